"""Which price holds where."""

from collections.abc import Sequence

from patching_constructs.model.billable_unit import BillableUnit
from patching_constructs.model.price import ANY_REGION, REFERENCE_REGION, PriceLine, in_any_region
from patching_constructs.model.unknown import Maybe, Unknown


class PriceList:
    """Prices of several files.

    Args:
        files: The lines of each file. A line of a file goes before those of the files after it, and within a
            file a line for a Region goes before one for all Regions. Where none of the files has a price for
            a Region of the partition `aws`, the price of `us-east-1` is used.
    """

    def __init__(self, *files: Sequence[PriceLine]) -> None:
        self._files = [{(line.unit, line.region): line for line in lines} for lines in files]

    def find(self, unit: BillableUnit, region: Maybe[str]) -> PriceLine | None:
        """Return the price of a unit; where the Region is not known, the one for all Regions."""
        names = [] if isinstance(region, Unknown) else [region]
        if not isinstance(region, Unknown) and not in_any_region(region):
            return self._first(unit, names)
        return self._first(unit, [*names, ANY_REGION]) or self._first(unit, [REFERENCE_REGION])

    def _first(self, unit: BillableUnit, names: Sequence[str]) -> PriceLine | None:
        for lines in self._files:
            for name in names:
                if (unit, name) in lines:
                    return lines[unit, name]
        return None
