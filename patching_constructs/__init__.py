"""AWS CDK constructs for OS patching of an AWS Organization with Systems Manager Patch Manager.

Names load when they are first used, so that the model, the rules and the values can be imported without Node.
"""

import importlib
from typing import TYPE_CHECKING, Any

from patching_constructs._version import __version__

if TYPE_CHECKING:
    from patching_constructs.constructs.baselines.patch_baseline import IPatchBaseline, PatchBaseline
    from patching_constructs.constructs.checks.patching_checks import PatchingChecks
    from patching_constructs.constructs.compliance.compliance_alarms import ComplianceAlarms
    from patching_constructs.constructs.compliance.compliance_history import ComplianceHistory, NodeDataSync
    from patching_constructs.constructs.compliance.compliance_reporter import ComplianceReporter
    from patching_constructs.constructs.compliance.patch_dashboard import PatchDashboard
    from patching_constructs.constructs.compliance.patch_organization_dashboard import (
        PatchOrganizationDashboard,
    )
    from patching_constructs.constructs.encryption.patching_key import EncryptionKey, PatchingKey
    from patching_constructs.constructs.events.patch_event_forwarder import PatchEventForwarder
    from patching_constructs.constructs.events.patch_event_hub import PatchEventHub
    from patching_constructs.constructs.events.recipient import Recipient
    from patching_constructs.constructs.events.ring_run_recorder import RingRunRecorder
    from patching_constructs.constructs.events.ring_states import RingStates
    from patching_constructs.constructs.fleets.patch_group_fleet import PatchGroupFleet
    from patching_constructs.constructs.services.patch_config_rules import PatchConfigRules
    from patching_constructs.constructs.services.patch_findings import PatchFindings
    from patching_constructs.constructs.windows.command_output import CommandOutput
    from patching_constructs.constructs.windows.ringed_maintenance_window import (
        RingedMaintenanceWindow,
        RingWindow,
    )
    from patching_constructs.contracts.compliance_metrics import AccountMetric, ComplianceMetric
    from patching_constructs.contracts.patch_event import PatchEventKind, PatchEventSeverity
    from patching_constructs.errors import InvalidInputError, PatchingError, SettingsError
    from patching_constructs.model.account_quotas import AccountQuotas
    from patching_constructs.model.config_rules import ManagedConfigRule
    from patching_constructs.model.cost_budget import CostBudget
    from patching_constructs.model.finding import Finding, Level
    from patching_constructs.model.finding_kinds.finding_id import FindingId
    from patching_constructs.model.freeze import Freeze
    from patching_constructs.model.maintenance_window_limits import CutoffBehavior, MaintenanceWindowQuotas
    from patching_constructs.model.operating_system import OperatingSystem
    from patching_constructs.model.patch_choices import (
        AvailableSecurityUpdatesComplianceStatus,
        ComplianceLevel,
        PatchFilterKey,
        RejectedPatchesAction,
    )
    from patching_constructs.model.patch_group import PatchGroupTagKey
    from patching_constructs.model.patching_documents import PatchOperation, RebootOption
    from patching_constructs.model.promises import PROMISES, Promise, Severity
    from patching_constructs.model.security_hub import FindingSeverity
    from patching_constructs.model.systems_manager_events import PatchCommandNotificationType
    from patching_constructs.model.systems_manager_quotas import SystemsManagerQuotas
    from patching_constructs.schedules.runs import Run
    from patching_constructs.schedules.schedule_error import (
        PhaseUnknownError,
        RunsUnknownError,
        ScheduleSyntaxError,
    )
    from patching_constructs.settings.account import AccountSettings
    from patching_constructs.settings.alarms import RecipientSettings
    from patching_constructs.settings.baseline import BaselineSettings
    from patching_constructs.settings.loader import load_settings
    from patching_constructs.settings.settings import Settings
    from patching_constructs.values.approval_rule import ApprovalRule, PatchFilter, PatchSource
    from patching_constructs.values.compliance_thresholds import AccountThresholds, ComplianceThresholds
    from patching_constructs.values.dashboard_source import DashboardSource
    from patching_constructs.values.exemption import Exemption
    from patching_constructs.values.patch_group import PatchGroup
    from patching_constructs.values.patch_window import PatchWindow
    from patching_constructs.values.ready_made import (
        READY_MADE,
        all_updates,
        critical_and_important_security_updates,
        microsoft_application_updates,
        security_and_bugfix_updates,
        security_updates,
        windows_desktop_updates,
    )
    from patching_constructs.values.ring import Ring
    from patching_constructs.values.schedule import RateUnit, Schedule, Weekday

_EXPORTS = {
    "AccountMetric": "contracts.compliance_metrics",
    "AccountQuotas": "model.account_quotas",
    "AccountSettings": "settings.account",
    "AccountThresholds": "values.compliance_thresholds",
    "ApprovalRule": "values.approval_rule",
    "AvailableSecurityUpdatesComplianceStatus": "model.patch_choices",
    "BaselineSettings": "settings.baseline",
    "CommandOutput": "constructs.windows.command_output",
    "ComplianceAlarms": "constructs.compliance.compliance_alarms",
    "ComplianceHistory": "constructs.compliance.compliance_history",
    "ComplianceLevel": "model.patch_choices",
    "ComplianceMetric": "contracts.compliance_metrics",
    "ComplianceReporter": "constructs.compliance.compliance_reporter",
    "ComplianceThresholds": "values.compliance_thresholds",
    "CostBudget": "model.cost_budget",
    "CutoffBehavior": "model.maintenance_window_limits",
    "DashboardSource": "values.dashboard_source",
    "EncryptionKey": "constructs.encryption.patching_key",
    "Exemption": "values.exemption",
    "Finding": "model.finding",
    "FindingId": "model.finding_kinds.finding_id",
    "FindingSeverity": "model.security_hub",
    "Freeze": "model.freeze",
    "IPatchBaseline": "constructs.baselines.patch_baseline",
    "InvalidInputError": "errors",
    "Level": "model.finding",
    "MaintenanceWindowQuotas": "model.maintenance_window_limits",
    "NodeDataSync": "constructs.compliance.compliance_history",
    "OperatingSystem": "model.operating_system",
    "PROMISES": "model.promises",
    "PatchBaseline": "constructs.baselines.patch_baseline",
    "PatchCommandNotificationType": "model.systems_manager_events",
    "ManagedConfigRule": "model.config_rules",
    "PatchConfigRules": "constructs.services.patch_config_rules",
    "PatchDashboard": "constructs.compliance.patch_dashboard",
    "PatchEventForwarder": "constructs.events.patch_event_forwarder",
    "PatchEventHub": "constructs.events.patch_event_hub",
    "PatchEventKind": "contracts.patch_event",
    "PatchEventSeverity": "contracts.patch_event",
    "PatchFilter": "values.approval_rule",
    "PatchFilterKey": "model.patch_choices",
    "PatchFindings": "constructs.services.patch_findings",
    "PatchGroup": "values.patch_group",
    "PatchGroupFleet": "constructs.fleets.patch_group_fleet",
    "PatchGroupTagKey": "model.patch_group",
    "PatchOperation": "model.patching_documents",
    "PatchOrganizationDashboard": "constructs.compliance.patch_organization_dashboard",
    "PatchSource": "values.approval_rule",
    "PatchWindow": "values.patch_window",
    "PatchingChecks": "constructs.checks.patching_checks",
    "PatchingError": "errors",
    "PatchingKey": "constructs.encryption.patching_key",
    "PhaseUnknownError": "schedules.schedule_error",
    "Promise": "model.promises",
    "READY_MADE": "values.ready_made",
    "RateUnit": "values.schedule",
    "RebootOption": "model.patching_documents",
    "Recipient": "constructs.events.recipient",
    "RecipientSettings": "settings.alarms",
    "RejectedPatchesAction": "model.patch_choices",
    "Ring": "values.ring",
    "RingRunRecorder": "constructs.events.ring_run_recorder",
    "RingStates": "constructs.events.ring_states",
    "RingWindow": "constructs.windows.ringed_maintenance_window",
    "RingedMaintenanceWindow": "constructs.windows.ringed_maintenance_window",
    "Run": "schedules.runs",
    "RunsUnknownError": "schedules.schedule_error",
    "Schedule": "values.schedule",
    "ScheduleSyntaxError": "schedules.schedule_error",
    "Settings": "settings.settings",
    "SettingsError": "errors",
    "Severity": "model.promises",
    "SystemsManagerQuotas": "model.systems_manager_quotas",
    "Weekday": "values.schedule",
    "all_updates": "values.ready_made",
    "critical_and_important_security_updates": "values.ready_made",
    "load_settings": "settings.loader",
    "microsoft_application_updates": "values.ready_made",
    "security_and_bugfix_updates": "values.ready_made",
    "security_updates": "values.ready_made",
    "windows_desktop_updates": "values.ready_made",
}

__all__ = [
    "PROMISES",
    "READY_MADE",
    "AccountMetric",
    "AccountQuotas",
    "AccountSettings",
    "AccountThresholds",
    "ApprovalRule",
    "AvailableSecurityUpdatesComplianceStatus",
    "BaselineSettings",
    "CommandOutput",
    "ComplianceAlarms",
    "ComplianceHistory",
    "ComplianceLevel",
    "ComplianceMetric",
    "ComplianceReporter",
    "ComplianceThresholds",
    "CostBudget",
    "CutoffBehavior",
    "DashboardSource",
    "EncryptionKey",
    "Exemption",
    "Finding",
    "FindingId",
    "FindingSeverity",
    "Freeze",
    "IPatchBaseline",
    "InvalidInputError",
    "Level",
    "MaintenanceWindowQuotas",
    "ManagedConfigRule",
    "NodeDataSync",
    "OperatingSystem",
    "PatchBaseline",
    "PatchCommandNotificationType",
    "PatchConfigRules",
    "PatchDashboard",
    "PatchEventForwarder",
    "PatchEventHub",
    "PatchEventKind",
    "PatchEventSeverity",
    "PatchFilter",
    "PatchFilterKey",
    "PatchFindings",
    "PatchGroup",
    "PatchGroupFleet",
    "PatchGroupTagKey",
    "PatchOperation",
    "PatchOrganizationDashboard",
    "PatchSource",
    "PatchWindow",
    "PatchingChecks",
    "PatchingError",
    "PatchingKey",
    "PhaseUnknownError",
    "Promise",
    "RateUnit",
    "RebootOption",
    "Recipient",
    "RecipientSettings",
    "RejectedPatchesAction",
    "Ring",
    "RingRunRecorder",
    "RingStates",
    "RingWindow",
    "RingedMaintenanceWindow",
    "Run",
    "RunsUnknownError",
    "Schedule",
    "ScheduleSyntaxError",
    "Settings",
    "SettingsError",
    "Severity",
    "SystemsManagerQuotas",
    "Weekday",
    "__version__",
    "all_updates",
    "critical_and_important_security_updates",
    "load_settings",
    "microsoft_application_updates",
    "security_and_bugfix_updates",
    "security_updates",
    "windows_desktop_updates",
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
