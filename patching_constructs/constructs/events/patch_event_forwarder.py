"""Forwards patching events to the security account, with the names that AWS's events lack."""

from collections.abc import Collection, Sequence

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from patching_constructs.constructs._shared.functions.function import LONGEST_TIMEOUT, RuntimeFunction
from patching_constructs.constructs._shared.functions.trigger import Trigger, start_on
from patching_constructs.constructs._shared.functions.watch import watch
from patching_constructs.constructs._shared.report import refuse_errors
from patching_constructs.constructs._shared.stack_environment import environment_of
from patching_constructs.constructs.compliance.alarms.ring_alarms import RunbookPages
from patching_constructs.constructs.compliance.compliance_alarms import DEFAULT_RUNBOOKS
from patching_constructs.constructs.encryption.patching_key import EncryptionKey, customer_key
from patching_constructs.constructs.windows.ring_document import ring_document
from patching_constructs.constructs.windows.ringed_maintenance_window import RingedMaintenanceWindow
from patching_constructs.contracts.patch_event import STATUSES, PatchEventKind
from patching_constructs.contracts.ring_document import RINGS_FILE
from patching_constructs.model.systems_manager_events import (
    CALENDAR_STATE_CHANGE,
    COMMAND_INVOCATION_STATUS_CHANGE,
    COMMAND_STATUS_CHANGE,
    COMPLIANCE_STATE_CHANGE,
    EVENT_SOURCE,
    PATCH_DOCUMENTS,
    WINDOW_EXECUTION_STATE_CHANGE,
    PatchCommandNotificationType,
)
from patching_constructs.rules.alarms.event_bus import check_event_bus_arn
from patching_constructs.rules.alarms.event_hub import check_event_kinds
from patching_constructs.values.declared_types import checked_arguments
from patching_constructs.values.tokens import maybe


class PatchEventForwarder(Construct):
    """Forward patching events to the security account, with the names that AWS's events lack.

    Systems Manager's events name windows, commands and nodes by their ids, and neither ring nor patch group.
    A function in the account where they happen looks the names up, and puts what it found on the bus of the
    security account: every window of this account and Region that is over, every patch command that ended
    without success, every change calendar that opened or closed and, by choice, every node whose patch
    compliance changed. A window that failed with its patch command carries the key of that command, so that
    both lead to one message.

    A window that does not belong to `maintenance_windows` is reported only if one of its tasks scans for
    patches or installs them. What cannot be looked up is stated, and never keeps an event back; a ring that
    is not known counts as production. Systems Manager delivers its events on a best-effort basis, and sends
    none for calendars that another account shares.

    Args:
        scope: Parent construct.
        id: Id, unique in `scope`.
        maintenance_windows: The windows and patch groups by which rings are known. Patching by other windows,
            and on other nodes, is reported without a ring.
        event_bus_arn: The security account's bus, in any Region. Its policy must let this account in.
        kinds: Kinds of events that are forwarded. With daily scans each newly approved patch makes most nodes
            non-compliant, and `COMPLIANCE` forwards an event for each of them; the alarms on a
            `ComplianceReporter` fire once for a ring. Default: all but `COMPLIANCE`.
        patch_command_notification_type: Whether one event is forwarded for each command, or one for each
            node. Default: for each command.
        alarm_topics: Topics that the alarms on the function notify. Default: none.
        runbooks: Address or path of the folder with the runbooks, which every text names. Default: their
            path in the repository of this library.
        reserved_concurrent_executions: How many functions may run at once; further events wait, up to six
            hours. The account's quota "Concurrent executions" must be at least the sum of all reservations
            of the account and Region and 100 more; a new account has 10, and AWS refuses any reservation
            there. Default: no reservation.
        encryption_key: Key of the log group and the environment. A key of the app gets the grants; on an
            imported one its owner must make them. `EncryptionKey.AWS_OWNED`: AWS's own keys, free of charge.
            Default: the key that the constructs of the stack share, `PatchingKey.of(scope)`.

    Attributes:
        function: The function.
        role: Role of the function.
        dead_letter_queue: Queue of the events that it failed on, kept for 14 days.
        encryption_key: The customer key of all of them, or None.
        alarms: Alarms on failures of the function, and on messages in its queue.

    Raises:
        InvalidInputError: If no kind or an invalid one is given, or `event_bus_arn` is not the ARN of a bus.

    Example:
        >>> import aws_cdk as cdk
        >>> from patching_constructs import (
        ...     CommandOutput, PatchEventForwarder, PatchGroup, PatchWindow, Ring, RingedMaintenanceWindow,
        ...     Schedule,
        ... )
        >>> stack = cdk.Stack(cdk.App(), "Patching")
        >>> windows = RingedMaintenanceWindow(
        ...     stack,
        ...     "Windows",
        ...     rollout_name="web",
        ...     command_output=CommandOutput(stack, "CommandOutput"),
        ...     rings=[
        ...         Ring(
        ...             name="images",
        ...             patch_groups=[PatchGroup(name="web-images")],
        ...             scan=PatchWindow(schedule=Schedule.daily(hour=5), duration_hours=2, cutoff_hours=1),
        ...             max_concurrency="50%",
        ...             max_errors="10%",
        ...         )
        ...     ],
        ... )
        >>> forwarder = PatchEventForwarder(
        ...     stack,
        ...     "Events",
        ...     maintenance_windows=windows,
        ...     event_bus_arn="arn:aws:events:eu-central-1:222222222222:event-bus/patching",
        ... )

    See: https://docs.aws.amazon.com/systems-manager/latest/userguide/monitoring-systems-manager-event-examples.html
    """

    @checked_arguments
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        maintenance_windows: RingedMaintenanceWindow,
        event_bus_arn: str,
        kinds: Sequence[PatchEventKind] = (
            PatchEventKind.WINDOW,
            PatchEventKind.COMMAND,
            PatchEventKind.CALENDAR,
        ),
        patch_command_notification_type: PatchCommandNotificationType = PatchCommandNotificationType.COMMAND,
        alarm_topics: Sequence[sns.ITopic] = (),
        runbooks: str = DEFAULT_RUNBOOKS,
        reserved_concurrent_executions: int | None = None,
        encryption_key: kms.IKey | EncryptionKey | None = None,
    ) -> None:
        refuse_errors(
            scope,
            id,
            [*check_event_kinds(kinds), *check_event_bus_arn(maybe(event_bus_arn))],
            subject="PatchEventForwarder",
        )
        super().__init__(scope, id)
        self.encryption_key: kms.IKey | None = customer_key(self, encryption_key)
        function = RuntimeFunction(
            self,
            "Function",
            handler="patch_event_forwarder.handler",
            description="Forwards patching events",
            encryption_key=self.encryption_key,
            environment={"EVENT_BUS_ARN": event_bus_arn},
            texts={RINGS_FILE: ring_document(self, maintenance_windows).to_json()},
            policy_statements=_statements(self, event_bus_arn),
            timeout=LONGEST_TIMEOUT,
            memory_size=256,
            reserved_concurrent_executions=reserved_concurrent_executions,
        )
        self.function: lambda_.IFunction = function.function
        self.role: iam.IRole = function.role
        self.dead_letter_queue: sqs.IQueue = function.dead_letter_queue
        start_on(self, function, _triggers(set(kinds), patch_command_notification_type))
        rollout = maintenance_windows.rollout_name
        self.alarms: tuple[cloudwatch.IAlarm, ...] = watch(
            self,
            function,
            alarm_topics,
            runbook=RunbookPages(base=runbooks)("event-not-forwarded"),
            on_error=f"A patching event of rollout {rollout} could not be forwarded to the security account. "
            "Lambda retries twice. The log of the function says why.",
            on_dead_letter=f"Patching events of rollout {rollout} were not forwarded to the security account"
            "; a failure may have gone unnoticed. Fix what the log of the function reports, then invoke the "
            "function with each message of its dead-letter queue.",
        )


def _triggers(
    kinds: Collection[PatchEventKind], notification_type: PatchCommandNotificationType
) -> list[Trigger]:
    """Return which events start the function.

    See: https://docs.aws.amazon.com/systems-manager/latest/userguide/monitoring-systems-manager-event-examples.html
    """
    of_command = notification_type is PatchCommandNotificationType.COMMAND
    triggers = {
        PatchEventKind.WINDOW: Trigger(
            id="WindowRule",
            description="An execution of a maintenance window is over",
            event_pattern=_pattern(
                WINDOW_EXECUTION_STATE_CHANGE, {"status": _statuses(PatchEventKind.WINDOW)}
            ),
        ),
        PatchEventKind.COMMAND: Trigger(
            id="CommandRule" if of_command else "CommandInvocationRule",
            description=f"A patch command ended without success{'' if of_command else ' on a node'}",
            event_pattern=_pattern(
                COMMAND_STATUS_CHANGE if of_command else COMMAND_INVOCATION_STATUS_CHANGE,
                {"document-name": list(PATCH_DOCUMENTS), "status": _statuses(PatchEventKind.COMMAND)},
            ),
        ),
        PatchEventKind.COMPLIANCE: Trigger(
            id="ComplianceRule",
            description="The patch compliance of a node changed",
            event_pattern=_pattern(
                COMPLIANCE_STATE_CHANGE,
                {"compliance-type": ["Patch"], "compliance-status": _statuses(PatchEventKind.COMPLIANCE)},
            ),
        ),
        PatchEventKind.CALENDAR: Trigger(
            id="CalendarRule",
            description="A change calendar opened or closed",
            event_pattern=_pattern(CALENDAR_STATE_CHANGE, {"state": _statuses(PatchEventKind.CALENDAR)}),
        ),
    }
    return [trigger for kind, trigger in triggers.items() if kind in kinds]


def _statuses(kind: PatchEventKind) -> list[str]:
    return list(STATUSES[kind])


def _pattern(detail_type: str, detail: dict[str, list[str]]) -> dict[str, object]:
    return {"source": [EVENT_SOURCE], "detail-type": [detail_type], "detail": detail}


def _statements(scope: Construct, event_bus_arn: str) -> list[iam.PolicyStatement]:
    """Return the permissions of the forwarder.

    See: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html
    See: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
    """
    here = environment_of(scope)
    ssm = f"arn:{here.partition}:ssm:{here.region}:{here.account}"
    return [
        iam.PolicyStatement(
            sid="LookUp",  # none of these actions supports resources
            actions=[
                "ec2:DescribeInstances",
                "ssm:DescribeInstanceInformation",
                "ssm:DescribeMaintenanceWindowExecutionTaskInvocations",
                "ssm:DescribeMaintenanceWindowExecutionTasks",
                "ssm:ListCommandInvocations",
            ],
            resources=["*"],
        ),
        iam.PolicyStatement(
            sid="ReadWindows",
            actions=["ssm:DescribeMaintenanceWindowTasks", "ssm:GetMaintenanceWindow"],
            resources=[f"{ssm}:maintenancewindow/*"],
        ),
        iam.PolicyStatement(
            sid="ReadTagsOfNodesOutsideEc2",
            actions=["ssm:ListTagsForResource"],
            resources=[f"{ssm}:managed-instance/mi-*"],
        ),
        iam.PolicyStatement(
            sid="ReportToSecurityAccount", actions=["events:PutEvents"], resources=[event_bus_arn]
        ),
    ]
