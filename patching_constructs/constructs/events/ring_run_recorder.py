"""Reports every install run of a ring to the security account."""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from patching_constructs.constructs._shared.functions.function import RuntimeFunction
from patching_constructs.constructs._shared.functions.trigger import Trigger, start_on
from patching_constructs.constructs._shared.functions.watch import watch
from patching_constructs.constructs._shared.report import refuse_errors
from patching_constructs.constructs._shared.stack_environment import environment_of
from patching_constructs.constructs.compliance.alarms.ring_alarms import RunbookPages
from patching_constructs.constructs.compliance.compliance_alarms import DEFAULT_RUNBOOKS
from patching_constructs.constructs.encryption.patching_key import EncryptionKey, customer_key
from patching_constructs.constructs.windows.ring_document import ring_document
from patching_constructs.constructs.windows.ringed_maintenance_window import RingedMaintenanceWindow
from patching_constructs.contracts.ring_document import RINGS_FILE
from patching_constructs.model.patching_documents import PatchOperation
from patching_constructs.model.systems_manager_events import (
    ENDED_WINDOW_STATUSES,
    EVENT_SOURCE,
    WINDOW_EXECUTION_STATE_CHANGE,
)
from patching_constructs.rules.alarms.event_bus import check_event_bus_arn
from patching_constructs.rules.rings.ring_states import check_install_windows
from patching_constructs.values.declared_types import checked_arguments
from patching_constructs.values.tokens import maybe


class RingRunRecorder(Construct):
    """Report every install run of a ring to the security account.

    When an install window of this account and Region is over, a function reads what its patch commands did on
    each node, judges the run by the status of the window and the error budget of each task, and puts the
    record on the bus of the security account, where `RingStates` judges it again and stores it. Nodes that a
    command did not reach count as failed. A window that ended without success is never healthy. A run with a
    task that targeted no node, or whose results Systems Manager has deleted, is `UNKNOWN`, which is no
    permission for later rings.

    Systems Manager delivers its events on a best-effort basis, so a run may have no record: readers must
    check the date of the latest one.

    Args:
        scope: Parent construct.
        id: Id, unique in `scope`.
        maintenance_windows: The windows whose install runs are reported.
        event_bus_arn: The security account's bus, in any Region. Its policy must let this account in, as
            that of `RingStates` does.
        alarm_topics: Topics that the alarms on the function notify. Default: none.
        runbooks: Address or path of the folder with the runbooks, which every text names. Default: their
            path in the repository of this library.
        reserved_concurrent_executions: How many functions may run at once; further events wait. The account's
            quota "Concurrent executions" must be at least the sum of all reservations of the account and
            Region and 100 more; a new account has 10, and AWS refuses any reservation there. Default: no
            reservation.
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
        InvalidInputError: If no window installs, or `event_bus_arn` is not the ARN of a bus.

    Example:
        >>> import aws_cdk as cdk
        >>> from patching_constructs import (
        ...     CommandOutput, PatchGroup, PatchWindow, RebootOption, Ring, RingedMaintenanceWindow,
        ...     RingRunRecorder, Schedule, Weekday,
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
        >>> recorder = RingRunRecorder(
        ...     stack,
        ...     "RingRuns",
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
        alarm_topics: Sequence[sns.ITopic] = (),
        runbooks: str = DEFAULT_RUNBOOKS,
        reserved_concurrent_executions: int | None = None,
        encryption_key: kms.IKey | EncryptionKey | None = None,
    ) -> None:
        windows = [
            window for window in maintenance_windows.windows if window.operation is PatchOperation.INSTALL
        ]
        refuse_errors(
            scope,
            id,
            [
                *check_install_windows([window.maintenance_window_name for window in windows]),
                *check_event_bus_arn(maybe(event_bus_arn)),
            ],
            subject="RingRunRecorder",
        )
        super().__init__(scope, id)
        self.encryption_key: kms.IKey | None = customer_key(self, encryption_key)
        window_ids = [window.maintenance_window_id for window in windows]
        function = RuntimeFunction(
            self,
            "Function",
            handler="ring_run_recorder.handler",
            description="Reports the install runs of rings",
            encryption_key=self.encryption_key,
            environment={"EVENT_BUS_ARN": event_bus_arn},
            texts={RINGS_FILE: ring_document(self, maintenance_windows).to_json()},
            policy_statements=_statements(self, window_ids, event_bus_arn),
            timeout=cdk.Duration.minutes(5),
            memory_size=256,
            reserved_concurrent_executions=reserved_concurrent_executions,
        )
        self.function: lambda_.IFunction = function.function
        self.role: iam.IRole = function.role
        self.dead_letter_queue: sqs.IQueue = function.dead_letter_queue
        # https://docs.aws.amazon.com/systems-manager/latest/userguide/monitoring-systems-manager-event-examples.html
        start_on(
            self,
            function,
            [
                Trigger(
                    id="Rule",
                    description="An install window of a ring is over",
                    event_pattern={
                        "source": [EVENT_SOURCE],
                        "detail-type": [WINDOW_EXECUTION_STATE_CHANGE],
                        "detail": {
                            "window-id": window_ids,
                            "status": list(ENDED_WINDOW_STATUSES),
                        },
                    },
                )
            ],
        )
        rollout = maintenance_windows.rollout_name
        self.alarms: tuple[cloudwatch.IAlarm, ...] = watch(
            self,
            function,
            alarm_topics,
            runbook=RunbookPages(base=runbooks)("ring-run-not-reported"),
            on_error=f"A run of a ring of rollout {rollout} could not be reported to the security account. "
            "Lambda retries twice. The log of the function says why.",
            on_dead_letter=f"Runs of rings of rollout {rollout} have no record in the security account, so "
            "later rings may wait. Fix what the log of the function reports, then invoke the function with "
            "each message of its dead-letter queue.",
        )


def _statements(scope: Construct, window_ids: Sequence[str], event_bus_arn: str) -> list[iam.PolicyStatement]:
    """Return the permissions of the recorder.

    See: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html
    """
    here = environment_of(scope)
    ssm = f"arn:{here.partition}:ssm:{here.region}:{here.account}"
    return [
        iam.PolicyStatement(
            sid="ReadRuns",  # none of these actions supports resources
            actions=[
                "ssm:DescribeMaintenanceWindowExecutionTaskInvocations",
                "ssm:DescribeMaintenanceWindowExecutionTasks",
                "ssm:GetMaintenanceWindowExecution",
                "ssm:GetMaintenanceWindowExecutionTask",
                "ssm:ListCommandInvocations",
                "ssm:ListCommands",
            ],
            resources=["*"],
        ),
        iam.PolicyStatement(
            sid="ReadWindows",
            actions=["ssm:GetMaintenanceWindow"],
            resources=[f"{ssm}:maintenancewindow/{window_id}" for window_id in window_ids],
        ),
        iam.PolicyStatement(
            sid="ReportToSecurityAccount", actions=["events:PutEvents"], resources=[event_bus_arn]
        ),
    ]
