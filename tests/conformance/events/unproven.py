"""Values in our event patterns of which AWS publishes no example event. This list only shrinks.

docs/not-proven.md#event-values-without-an-example
"""

from collections.abc import Mapping
from types import MappingProxyType

_COMMAND = frozenset(
    {
        "Canceled",
        "Cancelled",
        "DeliveryTimedOut",
        "ExecutionTimedOut",
        "Failed",
        "Incomplete",
        "Terminated",
        "TimedOut",
        "Undeliverable",
    }
)

UNPROVEN: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "EC2 Command Invocation Status-change Notification": _COMMAND,
        "EC2 Command Status-change Notification": _COMMAND,
        "Maintenance Window Execution State-change Notification": frozenset(
            {"CANCELLED", "FAILED", "SKIPPED_OVERLAPPING"}
        ),
        "Security Hub Findings - Imported": frozenset({"CRITICAL", "HIGH", "MEDIUM"}),
    }
)
"""By detail type. Those that AWS lists without an example are in documented-values.json."""
