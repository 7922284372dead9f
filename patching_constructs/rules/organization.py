"""How ids of accounts and organisations look."""

import re

ACCOUNT_ID = re.compile(r"[0-9]{12}")
"""https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-identifiers.html"""

ACCOUNT_ID_WORDS = "12 digits"

ORGANIZATION_ID = re.compile(r"o-[a-z0-9]{10,32}")
"""https://docs.aws.amazon.com/organizations/latest/APIReference/API_Organization.html"""

ORGANIZATION_ID_WORDS = "an id such as o-a1b2c3d4e5"
