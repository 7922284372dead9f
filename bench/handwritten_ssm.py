"""The Systems Manager resources of patching.yaml, written by hand with L1s."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import aws_cdk as cdk
from aws_cdk import aws_ssm as ssm

_BASELINE = ssm.CfnPatchBaseline
_TASK = ssm.CfnMaintenanceWindowTask


@dataclass(frozen=True, kw_only=True, slots=True)
class Approval:
    """An approval rule, with filters as pairs of key and values."""

    filters: dict[str, list[str]]
    after_days: int
    compliance_level: str
    enable_non_security: bool | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Baseline:
    """A patch baseline."""

    name: str
    operating_system: str
    patch_groups: list[str]
    approvals: list[Approval]
    description: str | None = None
    available_security_updates_compliance_status: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Ring:
    """Patch groups with the windows in which they are scanned and patched, and what is promised for them."""

    name: str
    order: int
    production: bool = False
    promised_hours: dict[str, float] = field(default_factory=dict)
    patch_groups: list[str]
    max_concurrency: str
    max_errors: str
    scan_schedule: str
    install_schedule: str | None = None
    install_schedule_offset_days: int | None = None
    install_duration_hours: int = 4


def amazon_linux_2023_security(after_days: int) -> list[Approval]:
    """Approve security updates, as severe as Amazon says."""
    return _security(
        after_days,
        classification="Security",
        severity_key="SEVERITY",
        levels={
            "CRITICAL": ["Critical"],
            "HIGH": ["Important"],
            "MEDIUM": ["Medium"],
            "LOW": ["Low"],
        },
    )


def windows_security_and_bugfix(after_days: int) -> list[Approval]:
    """Approve security updates, as severe as Microsoft says, and bug fixes."""
    return [
        *_security(
            after_days,
            classification="SecurityUpdates",
            severity_key="MSRC_SEVERITY",
            levels={
                "CRITICAL": ["Critical"],
                "HIGH": ["Important"],
                "MEDIUM": ["Moderate", "Unspecified"],
                "LOW": ["Low"],
            },
        ),
        Approval(
            filters={"CLASSIFICATION": ["CriticalUpdates"]}, after_days=after_days, compliance_level="HIGH"
        ),
        Approval(
            filters={"CLASSIFICATION": ["UpdateRollups", "Updates"]},
            after_days=after_days,
            compliance_level="LOW",
        ),
    ]


def ubuntu_security() -> list[Approval]:
    """Approve what comes from Ubuntu's security archive."""
    return [Approval(filters={"PRIORITY": ["*"]}, after_days=0, compliance_level="HIGH")]


def everything_else(after_days: int) -> Approval:
    """Approve every other update of a Linux."""
    return Approval(
        filters={"PRODUCT": ["*"]}, after_days=after_days, compliance_level="LOW", enable_non_security=True
    )


def _security(
    after_days: int, *, classification: str, severity_key: str, levels: dict[str, list[str]]
) -> list[Approval]:
    return [
        Approval(
            filters={"CLASSIFICATION": [classification], severity_key: severities},
            after_days=after_days,
            compliance_level=level,
        )
        for level, severities in levels.items()
    ]


def define_baseline(stack: cdk.Stack, baseline: Baseline) -> None:
    """Define the baseline with its patch groups."""
    _BASELINE(
        stack,
        f"Baseline{baseline.operating_system}",
        name=baseline.name,
        operating_system=baseline.operating_system,
        description=baseline.description,
        approval_rules=_BASELINE.RuleGroupProperty(
            patch_rules=[
                _BASELINE.RuleProperty(
                    approve_after_days=approval.after_days,
                    compliance_level=approval.compliance_level,
                    enable_non_security=approval.enable_non_security,
                    patch_filter_group=_BASELINE.PatchFilterGroupProperty(
                        patch_filters=[
                            _BASELINE.PatchFilterProperty(key=key, values=values)
                            for key, values in approval.filters.items()
                        ]
                    ),
                )
                for approval in baseline.approvals
            ]
        ),
        available_security_updates_compliance_status=baseline.available_security_updates_compliance_status,
        patch_groups=baseline.patch_groups,
    )


def define_windows(
    stack: cdk.Stack,
    rings: Sequence[Ring],
    *,
    service_role_arn: str,
    bucket_name: str,
    log_group_name: str,
) -> dict[str, str]:
    """Define the windows of all rings.

    Returns:
        Their ids, which are tokens, by their names.
    """

    def define_task(
        ring: Ring,
        step: str,
        *,
        window_id: str,
        target_id: str,
        document: str,
        parameters: dict[str, list[str]],
    ) -> None:
        _TASK(
            stack,
            f"{ring.name}{step}Task",
            window_id=window_id,
            task_type="RUN_COMMAND",
            task_arn=document,
            priority=0 if step == "agent" else 1,
            targets=[_TASK.TargetProperty(key="WindowTargetIds", values=[target_id])],
            max_concurrency=ring.max_concurrency,
            max_errors=ring.max_errors,
            cutoff_behavior="CONTINUE_TASK",
            service_role_arn=service_role_arn,
            task_invocation_parameters=_TASK.TaskInvocationParametersProperty(
                maintenance_window_run_command_parameters=_TASK.MaintenanceWindowRunCommandParametersProperty(
                    parameters=parameters,
                    output_s3_bucket_name=bucket_name,
                    output_s3_key_prefix=f"patching/{ring.name}/{step}",
                    cloud_watch_output_config=_TASK.CloudWatchOutputConfigProperty(
                        cloud_watch_log_group_name=log_group_name, cloud_watch_output_enabled=True
                    ),
                )
            ),
        )

    window_ids = {}
    for ring in rings:
        window_id, target_id = _define_window(
            stack, ring, "scan", schedule=ring.scan_schedule, duration_hours=2
        )
        define_task(
            ring,
            "scan",
            window_id=window_id,
            target_id=target_id,
            document="AWS-RunPatchBaseline",
            parameters={"Operation": ["Scan"]},
        )
        window_ids[window_name(ring, "scan")] = window_id
        if ring.install_schedule is None:
            continue
        window_id, target_id = _define_window(
            stack,
            ring,
            "install",
            schedule=ring.install_schedule,
            schedule_offset_days=ring.install_schedule_offset_days,
            duration_hours=ring.install_duration_hours,
        )
        define_task(
            ring,
            "agent",
            window_id=window_id,
            target_id=target_id,
            document="AWS-UpdateSSMAgent",
            parameters={},
        )
        define_task(
            ring,
            "install",
            window_id=window_id,
            target_id=target_id,
            document="AWS-RunPatchBaseline",
            parameters={"Operation": ["Install"], "RebootOption": ["RebootIfNeeded"]},
        )
        window_ids[window_name(ring, "install")] = window_id
    return window_ids


def window_name(ring: Ring, operation: str) -> str:
    """Return the name of the window in which a ring is scanned or patched."""
    return f"patching-{ring.name}-{operation}"


def _define_window(
    stack: cdk.Stack,
    ring: Ring,
    operation: str,
    *,
    schedule: str,
    duration_hours: int,
    schedule_offset_days: int | None = None,
) -> tuple[str, str]:
    window_id = ssm.CfnMaintenanceWindow(
        stack,
        f"{ring.name}{operation}",
        name=window_name(ring, operation),
        schedule=schedule,
        schedule_timezone="Europe/Berlin",
        schedule_offset=schedule_offset_days,
        duration=duration_hours,
        cutoff=1,
        allow_unassociated_targets=False,
    ).ref
    target_id = ssm.CfnMaintenanceWindowTarget(
        stack,
        f"{ring.name}{operation}Target",
        window_id=window_id,
        resource_type="INSTANCE",
        targets=[
            ssm.CfnMaintenanceWindowTarget.TargetsProperty(key="tag:PatchGroup", values=ring.patch_groups)
        ],
    ).ref
    return window_id, target_id
