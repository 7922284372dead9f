"""When a maintenance window opens next."""

import datetime as dt
from collections.abc import Mapping
from typing import Any


def next_execution(window: Mapping[str, Any]) -> dt.datetime | None:
    """Return when a window opens next, by what Systems Manager says of it, or None if it does not.

    The time is written as `2026-12-19T01:00+01:00[Europe/Berlin]`, or with a `Z`.
    """
    text = window.get("NextExecutionTime")
    if not text or not window.get("Enabled", True):
        return None
    time = dt.datetime.fromisoformat(text.partition("[")[0])
    return time if time.tzinfo is not None else time.replace(tzinfo=dt.UTC)
