"""Reads the patch state of every node, and publishes the metrics that AWS does not."""

import datetime as dt
from collections.abc import Mapping, Sequence

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from patching_constructs.constructs._shared.functions.function import LONGEST_TIMEOUT, RuntimeFunction
from patching_constructs.constructs._shared.functions.trigger import Trigger, start_on
from patching_constructs.constructs._shared.report import refuse_errors
from patching_constructs.constructs._shared.stack_environment import environment_of
from patching_constructs.constructs._shared.table import define_table
from patching_constructs.constructs.baselines.definition import reported_baselines
from patching_constructs.constructs.baselines.patch_baseline import PatchBaseline
from patching_constructs.constructs.compliance.published_metrics import MetricReaders, published_at_synthesis
from patching_constructs.constructs.encryption.patching_key import EncryptionKey, customer_key
from patching_constructs.constructs.windows.ring_document import ring_document
from patching_constructs.constructs.windows.ringed_maintenance_window import RingedMaintenanceWindow
from patching_constructs.contracts.compliance_metrics import (
    NAMESPACE,
    RING_DIMENSION,
    ROLLOUT_DIMENSION,
    AccountMetric,
    ComplianceMetric,
)
from patching_constructs.contracts.marks import REPORTED_RINGS
from patching_constructs.contracts.published_metrics import PUBLISHED_METRICS_VARIABLE
from patching_constructs.contracts.reporter_settings import REPORTER_FILE, ReporterSettings
from patching_constructs.contracts.ring_document import (
    RINGS_FILE,
    RingDocument,
)
from patching_constructs.errors import raise_errors
from patching_constructs.model.exemption import ExemptionRecord
from patching_constructs.model.patching_documents import PatchOperation
from patching_constructs.model.ring_terms import DEFAULT_REBOOT_WITHIN, DEFAULT_SCANNED_WITHIN
from patching_constructs.model.systems_manager_events import (
    ENDED_WINDOW_STATUSES,
    EVENT_SOURCE,
    WINDOW_EXECUTION_STATE_CHANGE,
)
from patching_constructs.rules.alarms.reported_metrics import check_published_metrics, check_reported_ring
from patching_constructs.values.declared_types import checked_arguments
from patching_constructs.values.ring import Ring

_HOUR = cdk.Duration.hours(1)
_MAXIMUM = cloudwatch.Stats.MAXIMUM


class ComplianceReporter(Construct):
    """Report the patch compliance of the nodes of every ring.

    AWS publishes no metric of patch compliance, moves the time of a pending reboot with every install, and
    says nothing when a node falls back to the default baseline. A function reads the patch state of every
    node once an hour and after each install run of a ring, remembers in a table when it first saw each
    problem, and publishes metrics in the namespace `PatchingConstructs`, with the dimensions `Rollout` and
    `Ring`, or `Rollout` alone for the account and Region.

    CloudWatch charges for each metric, so only those are published that something reads: `ComplianceAlarms`
    and `PatchDashboard` with this reporter, what `ring_metric()` and `account_metric()` return, and
    `published_metrics`. Figures by patch group, operating system and node are in the history.

    Counts come from pages of whole groups; single nodes are asked only where something is wrong, and again
    only after a further scan or install. When AWS throttles, the function waits; when its time is over it
    goes on where it stopped. A node whose patches cannot be read, or are too many to remember, counts as
    unread. A report that did not read every group is an error of the function, and a report that never comes
    is a metric that is missing.

    Args:
        scope: Parent construct.
        id: Id, unique in `scope`.
        account_name: What people call the account.
        maintenance_windows: The windows whose rings are reported. Fleets of their patch groups that use AWS's
            default baseline have to be defined before the reporter, or their nodes count as without a group.
        baselines: Baselines whose definition is compared with what their patch groups have, and the default
            of the account: define them and register their groups before. Default: none.
        exemptions: Nodes and patches that need not comply. Default: none.
        reboot_within: How long a node may wait for its reboot, from when it was first seen waiting.
            Default: 7 days.
        scanned_within: How old the last scan of a node may be. Default: 2 days.
        history_bucket_name: Bucket that keeps a row for each node and report, in this or another account.
            Default: no history is kept.
        history_key_arn: Customer key of that bucket. Default: it has none.
        published_metrics: Metrics that a reader outside of this app needs of every ring, such as a dashboard
            in another account. Default: none.
        schedule: When reports are made, in addition to those after install runs. Default: once an hour.
        reserved_concurrent_executions: Lambda concurrency to reserve; one report is made at a
            time without it too. The account's quota "Concurrent executions" must be at least the sum of all
            reservations of the account and Region and 100 more; a new account has 10, and AWS refuses any
            reservation there. Default: no reservation.
        encryption_key: Key of the table, the log group and the environment. A key of the app gets the grants;
            on an imported one its owner must make them. `EncryptionKey.AWS_OWNED`: AWS's own keys, free of
            charge. Default: the key that the constructs of the stack share, `PatchingKey.of(scope)`.

    Attributes:
        function: The function.
        table: The table that remembers.
        dead_letter_queue: Queue of the reports that failed, kept for 14 days.
        encryption_key: The customer key of all of them, or None.
        role: Role of the function.
        log_group: Log group of the function.
        account_name: What people call the account.
        rollout_name: Name of the rollout.
        rings: The rings that are reported.
        account_metrics: Metrics of the account and Region that can have a value: without `baselines` none
            can differ from its definition, without `exemptions` none can have expired, and without a history
            bucket none can fail.

    Raises:
        InvalidInputError: If a metric is none.

    Example:
        >>> import aws_cdk as cdk
        >>> from patching_constructs import (
        ...     CommandOutput, ComplianceReporter, PatchGroup, PatchWindow, Ring, RingedMaintenanceWindow,
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
        >>> reporter = ComplianceReporter(
        ...     stack, "Reporter", account_name="prod", maintenance_windows=windows
        ... )

    See: https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-compliance-states.html
    """

    @checked_arguments
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        account_name: str,
        maintenance_windows: RingedMaintenanceWindow,
        baselines: Sequence[PatchBaseline] = (),
        exemptions: Sequence[ExemptionRecord] = (),
        reboot_within: dt.timedelta = DEFAULT_REBOOT_WITHIN,
        scanned_within: dt.timedelta = DEFAULT_SCANNED_WITHIN,
        history_bucket_name: str | None = None,
        history_key_arn: str | None = None,
        published_metrics: Sequence[ComplianceMetric] = (),
        schedule: events.Schedule | None = None,
        reserved_concurrent_executions: int | None = None,
        encryption_key: kms.IKey | EncryptionKey | None = None,
    ) -> None:
        refuse_errors(scope, id, check_published_metrics(published_metrics), subject="ComplianceReporter")
        super().__init__(scope, id)
        self.account_name = account_name
        self.rollout_name = maintenance_windows.rollout_name
        self.rings: tuple[Ring, ...] = maintenance_windows.rings
        self.account_metrics: frozenset[AccountMetric] = frozenset(
            metric
            for metric in AccountMetric
            if (metric is not AccountMetric.BASELINES_CHANGED or baselines)
            and (metric is not AccountMetric.EXPIRED_EXEMPTIONS or exemptions)
            and (metric is not AccountMetric.HISTORY_FAILURES or history_bucket_name is not None)
        )
        self._readers = _readers(self.rings, published_metrics)
        self.encryption_key: kms.IKey | None = customer_key(self, encryption_key)
        self.table = define_table(
            self,
            partition_key="id",
            time_to_live="expires",
            encryption_key=self.encryption_key,
            removal_policy=cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        )
        document = ring_document(self, maintenance_windows)
        settings = ReporterSettings(
            document=document,
            reboot_within=reboot_within,
            scanned_within=scanned_within,
            exemptions=tuple(exemptions),
            baselines=tuple(reported_baselines(baseline.record for baseline in baselines)),
        )
        function = RuntimeFunction(
            self,
            "Function",
            handler="compliance_reporter.handler",
            description="Reports how nodes comply with their patch baselines",
            encryption_key=self.encryption_key,
            environment={
                "TABLE_NAME": self.table.table_name,
                PUBLISHED_METRICS_VARIABLE: published_at_synthesis(self._readers),
                # A function without this variable keeps no history, which is why it is not left empty.
                **({} if history_bucket_name is None else {"HISTORY_BUCKET": history_bucket_name}),
            },
            texts={RINGS_FILE: document.to_json(), REPORTER_FILE: settings.to_json()},
            policy_statements=_statements(self, self.table, history_bucket_name, history_key_arn),
            timeout=LONGEST_TIMEOUT,
            memory_size=256,
            reserved_concurrent_executions=reserved_concurrent_executions,
            marks=_marks(document),
        )
        self.function: lambda_.IFunction = function.function
        self.log_group: logs.ILogGroup = function.log_group
        self.role: iam.IRole = function.role
        self.dead_letter_queue: sqs.IQueue = function.dead_letter_queue
        _let_it_resume(self, function)
        start_on(
            self,
            function,
            _triggers(schedule or events.Schedule.rate(_HOUR), maintenance_windows),
        )

    def ring_metric(self, ring: str, metric: ComplianceMetric) -> cloudwatch.Metric:
        """Return a metric of a ring, and publish it from now on.

        Args:
            ring: Name of the ring.
            metric: The metric.

        Returns:
            The metric with periods of an hour, as reports are made once an hour. Statistic: Maximum.

        Raises:
            InvalidInputError: If the reporter has no such ring.

        See: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/publishingMetrics.html
        """
        raise_errors(
            check_reported_ring(ring, [reported.name for reported in self.rings]),
            subject="ComplianceReporter.ring_metric",
        )
        self._readers.add_of_ring(ring, metric)
        return self._metric(metric, {RING_DIMENSION: ring})

    def account_metric(self, metric: AccountMetric) -> cloudwatch.Metric:
        """Return a metric of the account and Region, and publish it from now on.

        Args:
            metric: The metric.

        Returns:
            The metric with periods of an hour. Statistic: Maximum.

        See: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/publishingMetrics.html
        """
        self._readers.add_of_account(metric)
        return self._metric(metric, {})

    def _metric(
        self, metric: ComplianceMetric | AccountMetric, dimensions: Mapping[str, str]
    ) -> cloudwatch.Metric:
        return cloudwatch.Metric(
            namespace=NAMESPACE,
            metric_name=str(metric),
            dimensions_map={ROLLOUT_DIMENSION: self.rollout_name, **dimensions},
            period=_HOUR,
            statistic=_MAXIMUM,
        )


def _marks(document: RingDocument) -> dict[str, object]:
    """Return what readers of the template need, who do not see the settings in the bundle."""
    return {
        REPORTED_RINGS: [
            {"ring": ring.name, "patch-groups": [group.name for group in ring.patch_groups]}
            for ring in document.rings
        ]
    }


def _readers(rings: Sequence[Ring], published: Sequence[ComplianceMetric]) -> MetricReaders:
    readers = MetricReaders(ring.name for ring in rings)
    for ring in rings:
        for metric in published:
            readers.add_of_ring(ring.name, ComplianceMetric(metric))
    return readers


def _let_it_resume(scope: Construct, function: RuntimeFunction) -> None:
    """Let the function start itself again.

    In the policy of its role this would be a circular reference, because the function depends on that policy.
    """
    iam.ManagedPolicy(
        scope,
        "ResumePolicy",
        statements=[
            iam.PolicyStatement(
                sid="Resume",
                actions=["lambda:InvokeFunction"],
                resources=[function.function.function_arn],
            )
        ],
        roles=[function.role],
    )


def _triggers(schedule: events.Schedule, windows: RingedMaintenanceWindow) -> list[Trigger]:
    triggers = [
        Trigger(
            id="Schedule",
            description="Makes a compliance report",
            schedule_expression=schedule.expression_string,
        )
    ]
    install_window_ids = [
        window.maintenance_window_id
        for window in windows.windows
        if window.operation is PatchOperation.INSTALL
    ]
    if install_window_ids:
        # https://docs.aws.amazon.com/systems-manager/latest/userguide/monitoring-systems-manager-event-examples.html
        triggers.append(
            Trigger(
                id="AfterInstall",
                description="Makes a compliance report when a ring has been patched",
                event_pattern={
                    "source": [EVENT_SOURCE],
                    "detail-type": [WINDOW_EXECUTION_STATE_CHANGE],
                    "detail": {
                        "window-id": install_window_ids,
                        "status": list(ENDED_WINDOW_STATUSES),
                    },
                },
            )
        )
    return triggers


def _statements(
    scope: Construct, table: dynamodb.ITable, bucket_name: str | None, key_arn: str | None
) -> list[iam.PolicyStatement]:
    """Return what the reporter may do.

    See: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html
    """
    here = environment_of(scope)
    ssm = f"arn:{here.partition}:ssm:{here.region}:{here.account}"
    statements = [
        iam.PolicyStatement(
            sid="ListNodesAndPatches",  # none of these supports resource-level permissions
            actions=[
                "ec2:DescribeInstances",
                "ssm:DescribeInstanceInformation",
                "ssm:DescribeInstancePatches",
                "ssm:DescribeInstancePatchStatesForPatchGroup",
                "ssm:DescribeMaintenanceWindows",
                "ssm:DescribePatchBaselines",
                "ssm:DescribePatchGroups",
            ],
            resources=["*"],
        ),
        iam.PolicyStatement(
            sid="ReadWindowsAndBaselines",
            actions=["ssm:DescribeMaintenanceWindowExecutions", "ssm:GetPatchBaseline"],
            resources=[f"{ssm}:maintenancewindow/*", f"{ssm}:patchbaseline/*"],
        ),
        iam.PolicyStatement(
            sid="ReadApprovedPatches",
            actions=["ssm:DescribeEffectivePatchesForPatchBaseline"],
            # AWS's own baselines are in accounts of AWS, another one in each Region:
            # docs/not-proven.md#owned-baselines.
            resources=[f"arn:{here.partition}:ssm:{here.region}:*:patchbaseline/*"],
        ),
        iam.PolicyStatement(
            sid="PublishMetrics",
            actions=["cloudwatch:PutMetricData"],
            resources=["*"],
            # PutMetricData has no resources; the namespace is the only limit that IAM offers.
            conditions={"StringEquals": {"cloudwatch:namespace": NAMESPACE}},
        ),
        iam.PolicyStatement(
            sid="Remember",
            actions=[
                "dynamodb:BatchGetItem",
                "dynamodb:BatchWriteItem",
                "dynamodb:DeleteItem",
                "dynamodb:GetItem",
                "dynamodb:PutItem",
            ],
            resources=[table.table_arn],
        ),
    ]
    if bucket_name is not None:
        statements.append(
            iam.PolicyStatement(
                sid="KeepHistory",
                actions=["s3:PutObject"],
                resources=[f"arn:{here.partition}:s3:::{bucket_name}/nodes/*"],
            )
        )
    if key_arn is not None:
        statements.append(
            iam.PolicyStatement(
                sid="EncryptHistory", actions=["kms:Decrypt", "kms:GenerateDataKey"], resources=[key_arn]
            )
        )
    return statements
