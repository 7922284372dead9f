"""The days that are looked at."""

import datetime as dt

from patching_constructs.schedules.span import Span

_DEFAULT_MONTHS = 24


def horizon_between(first: dt.date, until: dt.date) -> Span:
    """Return the time from the beginning of `first` to the beginning of `until`, in UTC."""
    return Span(from_=_midnight(first), until=_midnight(until))


def default_until(first: dt.date) -> dt.date:
    """Return the same day 24 months later, or the last day of that month if it is shorter."""
    start = _first_of_month(first, _DEFAULT_MONTHS)
    end = _first_of_month(first, _DEFAULT_MONTHS + 1)
    return min(start + dt.timedelta(days=first.day - 1), end - dt.timedelta(days=1))


def _midnight(date: dt.date) -> dt.datetime:
    return dt.datetime.combine(date, dt.time(), dt.UTC)


def _first_of_month(date: dt.date, months: int) -> dt.date:
    index = date.month - 1 + months
    return dt.date(date.year + index // 12, index % 12 + 1, 1)
