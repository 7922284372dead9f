"""Amounts of which a part may not be known."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from patching_constructs.model.billable_unit import BillableUnit
from patching_constructs.model.unknown import Maybe, Unknown


@dataclass(frozen=True, kw_only=True, slots=True)
class BillableUse:
    """How much of a unit is used in a month.

    Attributes:
        unit: The unit.
        known: What is known of it.
        unknown: Why there may be more; empty if `known` is all.
    """

    unit: BillableUnit
    known: Fraction = Fraction()
    unknown: tuple[str, ...] = ()

    @property
    def amount(self) -> Maybe[Fraction]:
        """All of it, or why that is not known."""
        return Unknown("; ".join(self.unknown)) if self.unknown else self.known

    @property
    def is_nothing(self) -> bool:
        """Whether certainly none of it is used."""
        return not self.unknown and self.known == 0


class BillableTally:
    """Adds up uses, unit by unit."""

    def __init__(self) -> None:
        self._known: dict[BillableUnit, Fraction] = {}
        self._unknown: dict[BillableUnit, dict[str, None]] = {}

    def add(self, unit: BillableUnit, amount: Maybe[Fraction | int]) -> None:
        """Add an amount."""
        if isinstance(amount, Unknown):
            self._unknown.setdefault(unit, {})[amount.reason] = None
        else:
            self._known[unit] = self._known.get(unit, Fraction()) + amount

    def add_use(self, use: BillableUse) -> None:
        """Add what is used somewhere else."""
        self.add(use.unit, use.known)
        for reason in use.unknown:
            self.add(use.unit, Unknown(reason))

    def uses(self) -> Iterator[BillableUse]:
        """Yield the use of every unit, in the order of the vocabulary."""
        for unit in BillableUnit:
            yield BillableUse(
                unit=unit,
                known=self._known.get(unit, Fraction()),
                unknown=tuple(self._unknown.get(unit, ())),
            )


def product(*factors: Maybe[Fraction | int]) -> Maybe[Fraction]:
    """Multiply; where a factor is zero it makes no difference that another is not known."""
    if 0 in factors:
        return Fraction()
    result = Fraction(1)
    for factor in factors:
        if isinstance(factor, Unknown):
            return factor
        result *= factor
    return result


def total(*terms: Maybe[Fraction | int]) -> Maybe[Fraction]:
    """Add, unless a term is not known."""
    result = Fraction()
    for term in terms:
        if isinstance(term, Unknown):
            return term
        result += term
    return result
