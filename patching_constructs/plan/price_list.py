"""Which price holds where."""

from collections.abc import Sequence

from patching_constructs.model.billable_unit import BillableUnit
from patching_constructs.model.price import ANY_REGION, PriceLine, in_any_region
from patching_constructs.model.unknown import Maybe, Unknown


class PriceList:
    """Prices of several files.

    Args:
        files: The lines of each file. A line of a file goes before those of the files after it, and within a
            file a line for a Region goes before one for all Regions.
    """

    def __init__(self, *files: Sequence[PriceLine]) -> None:
        self._files = [{(line.unit, line.region): line for line in lines} for lines in files]

    def find(self, unit: BillableUnit, region: Maybe[str]) -> PriceLine | None:
        """Return the price of a unit; where the Region is not known, the one for all Regions."""
        regions = [] if isinstance(region, Unknown) else [region]
        if isinstance(region, Unknown) or in_any_region(region):
            regions.append(ANY_REGION)
        for lines in self._files:
            for name in regions:
                if (unit, name) in lines:
                    return lines[unit, name]
        return None
