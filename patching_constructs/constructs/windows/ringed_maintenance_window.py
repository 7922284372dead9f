"""Maintenance windows that patch a fleet ring after ring."""

import dataclasses
from collections.abc import Iterator, Sequence

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from patching_constructs.constructs._shared.report import annotate_warnings, refuse_errors
from patching_constructs.constructs.baselines.registrations import (
    groups_with_snap_agents,
    registered_baselines,
)
from patching_constructs.constructs.windows.command_output import CommandOutput
from patching_constructs.constructs.windows.resources import (
    CommandSettings,
    define_target,
    define_task,
    define_window,
)
from patching_constructs.constructs.windows.role import check_groups_fit, window_role
from patching_constructs.contracts.marks import METADATA_KEY, metadata_of, tags_of
from patching_constructs.model.estate import RolloutMarks
from patching_constructs.model.finding import Finding
from patching_constructs.model.maintenance_window import WindowRecord
from patching_constructs.model.maintenance_window_limits import AWS_QUOTAS, MaintenanceWindowQuotas
from patching_constructs.model.patching_documents import UPDATE_SSM_AGENT, PatchOperation
from patching_constructs.rules.baselines.patch_baseline_warnings import check_shared_with_production
from patching_constructs.rules.rings.ring import check_rollout
from patching_constructs.rules.windows.agent_updates import check_agent_updates
from patching_constructs.values.declared_types import checked_arguments
from patching_constructs.values.patch_group import PatchGroup
from patching_constructs.values.ring import Ring
from patching_constructs.values.ring_windows import ring_windows
from patching_constructs.values.schedule import Schedule


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class RingWindow:
    """One maintenance window of a ring.

    Attributes:
        ring_name: Name of the ring.
        operation: What the window does.
        patch_groups: The groups on which it does it.
        schedule: When it opens.
        maintenance_window_name: Its name.
        maintenance_window_id: Its id; a token.
    """

    ring_name: str
    operation: PatchOperation
    patch_groups: tuple[PatchGroup, ...]
    schedule: Schedule
    maintenance_window_name: str
    maintenance_window_id: str


class RingedMaintenanceWindow(Construct):
    """Define the maintenance windows in which rings of a fleet are scanned and patched.

    Each ring gets a scan window and, unless it is only scanned, an install window. They are separate because
    tasks in one window are never conditional. A window has one target, which lists the ring's patch groups,
    and one Run Command task on it that runs AWS-RunPatchBaseline, so that concurrency and error budget count
    over the whole ring. The install window updates the SSM agent first, if the ring wants it; it patches
    whether or not that worked. Define the fleets before the windows: a ring that does not say whether agents
    are updated leaves out the groups that have Ubuntu, and the rest of its groups have a target of their own.

    Windows do not honour change calendars, a node that is offline during the window waits for the next one,
    and a schedule does not prove that a patch reaches an earlier ring first.

    Rollout, ring and order stand as tags on each window, and with soak and promises as Metadata on the
    resource, under `patching-constructs`. Renaming a rollout renames its windows; renaming a ring replaces
    them.

    Args:
        scope: Parent construct.
        id: Id, unique in `scope`.
        rollout_name: Name of the rollout, the same wherever its rings stand. Characters: a-z A-Z 0-9 _ - .
            Windows are called `<rollout>-<ring>-scan` and `<rollout>-<ring>-install`, 3 to 128 characters.
        rings: The rings of this account and Region, earliest first.
        command_output: Where the output of the commands goes, in the bucket under `<rollout>/<ring>/scan`,
            `install` and `agent`. The nodes write it: give the same to their `PatchGroupFleet`.
        service_role: Role that the windows assume to run the documents on the rings' nodes. It must allow
            `ssm:SendCommand` on three kinds of resources: the documents, the nodes, and the ARN of
            `command_output.bucket`. Without the bucket Systems Manager refuses every command, and no scan or
            install starts. docs/guides/permissions.md has the whole policy. Default: a role that may run only
            these documents, and only on nodes that carry the tags of the rings' groups.
        separate_tasks: Whether each patch group has a target and a task of its own. The tasks run at the same
            time, each with the ring's concurrency and error budget. Default: one target and one task.
        quotas: How many windows, targets and tasks AWS accepts in the account. Default: AWS's defaults.

    Attributes:
        rollout_name: Name of the rollout.
        rings: The rings, each with its order.
        windows: The windows, ring after ring, scan before install.
        service_role: The role that the windows assume.

    Raises:
        InvalidInputError: If a name, an order, a group, a schedule or a number is one that AWS refuses
            or that can never work. All mistakes are reported at once.

    Example:
        >>> import aws_cdk as cdk
        >>> from patching_constructs import (
        ...     CommandOutput, PatchGroup, PatchWindow, RebootOption, Ring, RingedMaintenanceWindow, Schedule,
        ...     Weekday,
        ... )
        >>> stack = cdk.Stack(cdk.App(), "Patching")
        >>> windows = RingedMaintenanceWindow(
        ...     stack,
        ...     "Windows",
        ...     rollout_name="web",
        ...     command_output=CommandOutput(stack, "CommandOutput"),
        ...     rings=[
        ...         Ring(
        ...             name="dev",
        ...             patch_groups=[PatchGroup(name="web-dev")],
        ...             scan=PatchWindow(schedule=Schedule.daily(hour=5), duration_hours=2, cutoff_hours=1),
        ...             install=PatchWindow(
        ...                 schedule=Schedule.weekly(day=Weekday.TUESDAY, hour=20),
        ...                 duration_hours=4,
        ...                 cutoff_hours=1,
        ...             ),
        ...             reboot_option=RebootOption.REBOOT_IF_NEEDED,
        ...             max_concurrency="50%",
        ...             max_errors="10%",
        ...         )
        ...     ],
        ... )
        >>> [window.maintenance_window_name for window in windows.windows]
        ['web-dev-scan', 'web-dev-install']

    See: https://docs.aws.amazon.com/systems-manager/latest/userguide/maintenance-windows.html
    """

    @checked_arguments
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        rollout_name: str,
        rings: Sequence[Ring],
        command_output: CommandOutput,
        service_role: iam.IRole | None = None,
        separate_tasks: bool = False,
        quotas: MaintenanceWindowQuotas = AWS_QUOTAS,
    ) -> None:
        rings = [
            ring if ring.order is not None else dataclasses.replace(ring, order=position)
            for position, ring in enumerate(rings, start=1)
        ]
        snap_managed = groups_with_snap_agents(
            scope, [group.name for ring in rings for group in ring.patch_groups]
        )
        windows = [
            (ring, operation, window)
            for ring in rings
            for operation, window in ring_windows(
                rollout_name, ring, separate_tasks=separate_tasks, snap_managed=snap_managed
            ).items()
        ]
        findings = check_rollout(
            rollout_name,
            [ring.record for ring in rings],
            [window for _, _, window in windows],
            quotas=quotas,
        )
        if service_role is None:
            findings += check_groups_fit(rings)
        refuse_errors(scope, id, findings, subject="RingedMaintenanceWindow")
        super().__init__(scope, id)
        annotate_warnings(
            self,
            [
                *findings,
                *_warn_about_shared_baselines(scope, rings),
                *check_agent_updates([window for _, _, window in windows], snap_managed),
            ],
        )

        self.rollout_name = rollout_name
        self.rings: tuple[Ring, ...] = tuple(rings)
        self.service_role = (
            window_role(
                self,
                rings,
                documents=sorted({str(task.task_arn) for _, _, window in windows for task in window.tasks}),
                output_bucket_arn=command_output.bucket.bucket_arn,
            )
            if service_role is None
            else service_role
        )
        settings = CommandSettings(
            service_role_arn=self.service_role.role_arn,
            bucket_name=command_output.bucket.bucket_name,
            log_group_name=command_output.log_group.log_group_name,
        )
        self.windows = tuple(
            self._define(ring, operation, window, settings, separate_tasks=separate_tasks)
            for ring, operation, window in windows
        )

    def _define(
        self,
        ring: Ring,
        operation: PatchOperation,
        record: WindowRecord,
        settings: CommandSettings,
        *,
        separate_tasks: bool,
    ) -> RingWindow:
        ring_id = f"{ring.name[0].upper()}{ring.name[1:]}"
        marks = _marks(self.rollout_name, ring, operation)
        tags = [cdk.CfnTag(key=key, value=value) for key, value in tags_of(marks).items()]
        window = define_window(self, f"{ring_id}{operation}", record, tags=tags)
        # CloudFormation has no property for ring, order and promises, and does not send Metadata to AWS.
        window.add_metadata(METADATA_KEY, metadata_of(marks, operation))
        window_id = window.ref

        suffixes = [group.name for group in ring.patch_groups] if separate_tasks else ["", "Agents"]
        suffix_of = dict(zip(record.targets, suffixes, strict=False))
        target_ids = {
            target: define_target(self, f"{ring_id}{operation}Target{suffix}", target, window_id=window_id)
            for target, suffix in suffix_of.items()
        }
        for task in record.tasks:
            (target,) = task.targets
            step = "Agent" if task.task_arn == UPDATE_SSM_AGENT else operation.value
            define_task(
                self,
                f"{ring_id}{step}Task{suffix_of[target] if separate_tasks else ''}",
                task,
                window_id=window_id,
                target_id=target_ids[target],
                settings=settings,
                output_prefix=f"{self.rollout_name}/{ring.name}/{step.lower()}",
            )
        return RingWindow(
            ring_name=ring.name,
            operation=operation,
            patch_groups=tuple(ring.patch_groups),
            schedule=ring.patch_windows[operation].schedule,
            maintenance_window_name=str(record.name),
            maintenance_window_id=window_id,
        )


def _marks(rollout_name: str, ring: Ring, operation: PatchOperation) -> RolloutMarks:
    return RolloutMarks(
        rollout=rollout_name,
        ring=ring.name,
        ring_order=ring.order,
        soak_hours=ring.soak_hours,
        production=ring.production,
        promises=tuple(ring.promises) if operation is PatchOperation.INSTALL else None,
    )


def _warn_about_shared_baselines(scope: Construct, rings: Sequence[Ring]) -> Iterator[Finding]:
    for production in (ring for ring in rings if ring.production):
        ring_by_patch_group = {
            group.name: ring.name
            for ring in rings
            if ring is production or not ring.production
            for group in ring.patch_groups
        }
        for baseline in registered_baselines(scope, ring_by_patch_group):
            yield from check_shared_with_production(
                baseline.record, ring_by_patch_group=ring_by_patch_group, production_ring=production.name
            )
