"""AWS CDK constructs for OS patching of an AWS Organization with Systems Manager Patch Manager.

Names load when they are first used, so that the model, the rules and the values can be imported without Node.
"""

import importlib
from typing import TYPE_CHECKING, Any

from patching_constructs._version import __version__

if TYPE_CHECKING:
    from patching_constructs.command_output import CommandOutput
    from patching_constructs.compliance_alarms import ComplianceAlarms
    from patching_constructs.errors import InvalidInputError, PatchingError, SettingsError
    from patching_constructs.model.finding import Finding, Level
    from patching_constructs.model.maintenance_window_limits import CutoffBehavior, MaintenanceWindowQuotas
    from patching_constructs.model.operating_system import OperatingSystem
    from patching_constructs.model.patch_events import PatchCommandNotificationType
    from patching_constructs.model.patch_group import PatchGroupTagKey
    from patching_constructs.model.patching_documents import PatchOperation, RebootOption
    from patching_constructs.recipient import Recipient
    from patching_constructs.rollout.mistake import PhaseUnknownError, RunsUnknownError, ScheduleSyntaxError
    from patching_constructs.rollout.runs import Run
    from patching_constructs.rules.ids import FindingId
    from patching_constructs.values.patch_group import PatchGroup
    from patching_constructs.values.patch_window import PatchWindow
    from patching_constructs.values.ring import Ring
    from patching_constructs.values.schedule import RateUnit, Schedule, Weekday

_EXPORTS = {
    "CommandOutput": "command_output",
    "ComplianceAlarms": "compliance_alarms",
    "CutoffBehavior": "model.maintenance_window_limits",
    "Finding": "model.finding",
    "FindingId": "rules.ids",
    "InvalidInputError": "errors",
    "Level": "model.finding",
    "MaintenanceWindowQuotas": "model.maintenance_window_limits",
    "OperatingSystem": "model.operating_system",
    "PatchCommandNotificationType": "model.patch_events",
    "PatchGroup": "values.patch_group",
    "PatchGroupTagKey": "model.patch_group",
    "PatchOperation": "model.patching_documents",
    "PatchWindow": "values.patch_window",
    "PatchingError": "errors",
    "PhaseUnknownError": "rollout.mistake",
    "RateUnit": "values.schedule",
    "RebootOption": "model.patching_documents",
    "Recipient": "recipient",
    "Ring": "values.ring",
    "Run": "rollout.runs",
    "RunsUnknownError": "rollout.mistake",
    "Schedule": "values.schedule",
    "ScheduleSyntaxError": "rollout.mistake",
    "SettingsError": "errors",
    "Weekday": "values.schedule",
}

__all__ = [
    "CommandOutput",
    "ComplianceAlarms",
    "CutoffBehavior",
    "Finding",
    "FindingId",
    "InvalidInputError",
    "Level",
    "MaintenanceWindowQuotas",
    "OperatingSystem",
    "PatchCommandNotificationType",
    "PatchGroup",
    "PatchGroupTagKey",
    "PatchOperation",
    "PatchWindow",
    "PatchingError",
    "PhaseUnknownError",
    "RateUnit",
    "RebootOption",
    "Recipient",
    "Ring",
    "Run",
    "RunsUnknownError",
    "Schedule",
    "ScheduleSyntaxError",
    "SettingsError",
    "Weekday",
    "__version__",
]


def __getattr__(name: str) -> Any:
    """Load a public name from the module that defines it."""
    if name not in _EXPORTS:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    value = getattr(importlib.import_module(f"{__name__}.{_EXPORTS[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names."""
    return sorted(__all__)
