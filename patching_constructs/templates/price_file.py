"""Files of prices: the one that we ship, and those of users."""

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path

from patching_constructs.model.billable_unit import BillableUnit
from patching_constructs.model.location import Location
from patching_constructs.model.price import ANY_REGION, PriceLine
from patching_constructs.model.region import is_region
from patching_constructs.templates.list_file import read_list, refuse

SHIPPED_FILE = Path(__file__).with_name("prices.yaml")
"""The prices that come with the library."""

_KEYS = ("unit", "region", "currency", "amount", "per", "source", "as_of")
_CURRENCY = re.compile("[A-Z]{3}")
_SOURCE = re.compile(r"https?://\S+")
_LEAST, _MOST = Decimal("1E-12"), 10**12
"""Our own limits, far beyond prices, so that no number can exhaust the memory."""


def read_prices(path: Path) -> tuple[PriceLine, ...]:
    """Read a file of prices.

    Raises:
        ReadingError: With all mistakes.
    """
    read: dict[tuple[str, str], PriceLine] = {}
    mistakes: list[str] = []
    for entry, location in read_list(path, "prices"):
        found = list(_mistakes(entry))
        if isinstance(entry, dict) and not found:
            line = _line(entry, location)
            earlier = read.setdefault((line.unit, line.region), line)
            if earlier is not line:
                found = [f"{line.unit} has a price in {line.region} already, at {earlier.location}"]
        mistakes += [f"{location}: {mistake}" for mistake in found]
    refuse(mistakes, path)
    return tuple(read.values())


def _line(entry: Mapping[str, object], location: Location) -> PriceLine:
    return PriceLine(
        unit=BillableUnit(str(entry["unit"])),
        region=str(entry["region"]),
        currency=str(entry["currency"]),
        amount=_number(entry["amount"]) or Decimal(),
        per=_number(entry["per"]) or Decimal(),
        source=str(entry["source"]),
        as_of=dt.date.fromisoformat(str(entry["as_of"])),
        location=location,
    )


def _mistakes(entry: object) -> Iterator[str]:
    if not isinstance(entry, dict):
        yield f"not a mapping; allowed: {', '.join(_KEYS)}"
        return
    for key in sorted(entry.keys() - set(_KEYS)):
        yield f"{key}: unknown key; allowed: {', '.join(_KEYS)}"
    for key in _KEYS:
        if key not in entry:
            yield f"{key}: missing"
    yield from _refused(entry, "unit", list(BillableUnit).__contains__, ", ".join(BillableUnit))
    yield from _refused(entry, "region", _is_region, "a Region such as eu-central-1, or '*'")
    yield from _refused(entry, "currency", _fits(_CURRENCY), "three letters such as USD")
    yield from _refused(
        entry, "amount", lambda value: _number(value) is not None, f"a number from 0 to {_MOST}"
    )
    yield from _refused(entry, "per", lambda value: bool(_number(value)), f"a number above 0, to {_MOST}")
    yield from _refused(entry, "source", _fits(_SOURCE), "the address of the page that says so")
    yield from _refused(entry, "as_of", _is_date, "YYYY-MM-DD")


def _refused(
    entry: Mapping[str, object], key: str, is_fine: Callable[[object], bool], allowed: str
) -> Iterator[str]:
    if key in entry and not is_fine(entry[key]):
        yield f"{key}: got {entry[key]!r}; allowed: {allowed}"


def _is_region(value: object) -> bool:
    return isinstance(value, str) and (value == ANY_REGION or is_region(value))


def _fits(pattern: re.Pattern[str]) -> Callable[[object], bool]:
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


def _number(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    if number == 0:
        return Decimal()
    return number if number.is_finite() and _LEAST <= number <= _MOST else None


def _is_date(value: object) -> bool:
    try:
        return isinstance(value, str) and dt.date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False
