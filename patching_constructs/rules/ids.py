"""The ids of all findings: public contract, never renamed, never used again for something else."""

import enum


class FindingId(enum.StrEnum):
    """Stable id of a finding, for acknowledgements and for pipelines that filter."""

    PATCH_GROUP_NAME = "patch-group-name"
    """AWS refuses the name of the patch group."""

    LOG_RETENTION_DAYS = "log-retention-days"
    """CloudWatch Logs does not know the retention."""
