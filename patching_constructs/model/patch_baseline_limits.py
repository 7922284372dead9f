"""Limits of patch baselines: the API's where the CloudFormation schema is laxer.

Unless another page is named beside it, a limit is from
https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreatePatchBaseline.html
"""

NAME_PATTERN = r"[a-zA-Z0-9_\-.]{3,128}"
DESCRIPTION_LENGTH = range(1, 1025)

MAX_RULES = 10
"""https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PatchRuleGroup.html"""

MAX_FILTERS = 4
"""https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PatchFilterGroup.html

The CloudFormation schema lets five pass.
"""

FILTER_VALUES = range(1, 21)
"""https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PatchFilter.html"""

FILTER_VALUE_LENGTH = range(1, 65)
"""https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PatchFilter.html"""

APPROVE_AFTER_DAYS = range(361)
"""https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PatchRule.html"""

MAX_PATCH_NAMES = 50
PATCH_NAME_LENGTH = range(1, 101)

MAX_SOURCES = 20
SOURCE_NAME_PATTERN = r"[a-zA-Z0-9_\-.]{3,50}"
"""https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PatchSource.html"""

SOURCE_PRODUCTS = range(1, 21)
"""https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PatchSource.html"""

SOURCE_PRODUCT_LENGTH = range(1, 129)
"""https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PatchSource.html"""

SOURCE_CONFIGURATION_LENGTH = range(1, 1025)
"""https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PatchSource.html"""

BASELINE_ID_PATTERN = r"[a-zA-Z0-9_\-:/]{20,128}"
"""https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_RegisterPatchBaselineForPatchGroup.html"""
