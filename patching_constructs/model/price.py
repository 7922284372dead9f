"""Prices with their source and date."""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal

from patching_constructs.model.billable_unit import BillableUnit
from patching_constructs.model.location import Location

ANY_REGION = "*"
"""Every Region of the partition `aws`; China, GovCloud and the others have price lists of their own."""

REFERENCE_REGION = "us-east-1"
"""The Region whose list prices stand in where nothing is known of another Region."""

# Prices of other Regions say nothing about these: each partition has a price list of its own.
# https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
_OTHER_PARTITIONS = ("cn-", "us-gov-", "us-iso", "eu-iso", "eusc-")


@dataclass(frozen=True, kw_only=True, slots=True)
class PriceLine:
    """What one unit costs in a Region.

    Attributes:
        unit: The unit.
        region: The Region, or `*`.
        currency: Three letters, such as `USD`.
        amount: What `per` units cost.
        per: How many units that is the price of.
        source: Address at which the price was read.
        as_of: The day on which it was true.
        location: Location of the price.
    """

    unit: BillableUnit
    region: str
    currency: str
    amount: Decimal
    per: Decimal
    source: str
    as_of: dt.date
    location: Location | None = field(default=None, compare=False)

    def is_old(self, today: dt.date) -> bool:
        """Return whether the price was true more than 12 months before `today`."""
        return (today.year - 1, today.month, today.day) > (
            self.as_of.year,
            self.as_of.month,
            self.as_of.day,
        )


def in_any_region(region: str) -> bool:
    """Return whether a price for `*` holds in a Region."""
    return not region.startswith(_OTHER_PARTITIONS)
