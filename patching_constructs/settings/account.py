"""Accounts of the organisation, and what each is for."""

import enum
from typing import Annotated

from pydantic import Field

from patching_constructs.settings.base import Name, SettingsModel

OrganizationId = Annotated[str, Field(pattern=r"^o-[a-z0-9]{10,32}$", examples=["o-a1b2c3d4e5"])]
"""https://docs.aws.amazon.com/organizations/latest/APIReference/API_Organization.html"""


class Partition(enum.StrEnum):
    """Part of AWS with its own accounts and Regions.

    See: https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
    """

    AWS = "aws"
    AWS_CN = "aws-cn"
    AWS_US_GOV = "aws-us-gov"

    @property
    def region_pattern(self) -> str:
        """What the names of this partition's Regions look like."""
        return _REGIONS[self][0]

    @property
    def example_region(self) -> str:
        """One of this partition's Regions."""
        return _REGIONS[self][1]


_REGIONS = {
    Partition.AWS: (r"(?!cn-|us-gov-)[a-z]{2}-[a-z]+-[1-9]", "eu-central-1"),
    Partition.AWS_CN: (r"cn-[a-z]+-[1-9]", "cn-north-1"),
    Partition.AWS_US_GOV: (r"us-gov-[a-z]+-[1-9]", "us-gov-west-1"),
}


class AccountRole(enum.StrEnum):
    """What an account is for."""

    MANAGEMENT = "management"
    """Owns the organisation. Nothing is patched in it."""
    SECURITY = "security"
    """Receives the alarms of the whole organisation. Nothing is patched in it."""
    WORKLOAD = "workload"
    """Holds nodes that are patched."""


class AccountSettings(SettingsModel):
    """One AWS account."""

    name: Name
    """Short name, by which rings refer to the account."""
    id: Annotated[str, Field(pattern=r"^[0-9]{12}$", examples=["012345678901"])]
    """Account id: 12 digits in quotes, because YAML reads bare digits as a number and drops leading zeros."""
    role: AccountRole
    """What the account is for."""
