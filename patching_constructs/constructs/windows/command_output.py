"""Where the output of patch commands is kept: encrypted, for a fixed time."""

import functools

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from constructs import Construct

from patching_constructs.constructs._shared.bucket import define_bucket
from patching_constructs.constructs._shared.key_grants import let_logs_encrypt
from patching_constructs.constructs._shared.report import refuse_errors
from patching_constructs.constructs._shared.stack_environment import environment_of
from patching_constructs.constructs.encryption.patching_key import EncryptionKey, customer_key
from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.values.declared_types import checked_arguments

_RETENTION = {
    1: logs.RetentionDays.ONE_DAY,
    3: logs.RetentionDays.THREE_DAYS,
    5: logs.RetentionDays.FIVE_DAYS,
    7: logs.RetentionDays.ONE_WEEK,
    14: logs.RetentionDays.TWO_WEEKS,
    30: logs.RetentionDays.ONE_MONTH,
    60: logs.RetentionDays.TWO_MONTHS,
    90: logs.RetentionDays.THREE_MONTHS,
    120: logs.RetentionDays.FOUR_MONTHS,
    150: logs.RetentionDays.FIVE_MONTHS,
    180: logs.RetentionDays.SIX_MONTHS,
    365: logs.RetentionDays.ONE_YEAR,
    400: logs.RetentionDays.THIRTEEN_MONTHS,
    545: logs.RetentionDays.EIGHTEEN_MONTHS,
    731: logs.RetentionDays.TWO_YEARS,
    1096: logs.RetentionDays.THREE_YEARS,
    1827: logs.RetentionDays.FIVE_YEARS,
    2192: logs.RetentionDays.SIX_YEARS,
    2557: logs.RetentionDays.SEVEN_YEARS,
    2922: logs.RetentionDays.EIGHT_YEARS,
    3288: logs.RetentionDays.NINE_YEARS,
    3653: logs.RetentionDays.TEN_YEARS,
}
_RETENTION_SOURCE = (
    "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html"
)

_DELETED_OUTPUT_KEPT_DAYS = 30


class CommandOutput(Construct):
    """Define the encrypted log group and bucket that keep what patch commands print.

    The bucket is private, TLS only, and owned by this account
    whoever writes into it; it is versioned, so that deleted and replaced files can be recovered for
    30 days. Run Command truncates what its own API returns; the log group and the bucket hold all of it.

    The nodes write the output, not the maintenance window: `PatchGroupFleet(command_output=...)` grants
    them the statements of `node_policy_statements()`.

    Args:
        scope: Parent construct.
        id: Id, unique in `scope`.
        retention_days: How long log events and objects are kept. Unit: days; one of the values that
            CloudWatch Logs accepts: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096,
            1827, 2192, 2557, 2922, 3288 or 3653. Default: 365.
        access_logs_bucket: Bucket for the server access logs of the output bucket.
            Default: access is not logged.
        encryption_key: Key of both. A key of the app gets the grants; on an imported one its owner must make
            them. `EncryptionKey.AWS_OWNED`: AWS's own keys, free of charge. Default: the key that the
            constructs of the stack share, `PatchingKey.of(scope)`.
        removal_policy: What happens to log group and bucket when they leave the stack. `DESTROY` fails on a
            bucket that is not empty. Default: they are retained on update and delete, and deleted if the
            deployment that creates them fails.

    Attributes:
        bucket: The output bucket.
        log_group: The output log group.
        encryption_key: The customer key of both, or None.

    Raises:
        InvalidInputError: If CloudWatch Logs does not know the retention.

    Example:
        >>> import aws_cdk as cdk
        >>> from patching_constructs import CommandOutput
        >>> stack = cdk.Stack(cdk.App(), "Patching")
        >>> output = CommandOutput(stack, "CommandOutput", retention_days=90)
        >>> output.node_policy_statements()[0].sid
        'WriteCommandOutput'

    See: https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-rc-setting-up-cwlogs.html
    """

    @checked_arguments
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        retention_days: int = 365,
        access_logs_bucket: s3.IBucket | None = None,
        encryption_key: kms.IKey | EncryptionKey | None = None,
        removal_policy: cdk.RemovalPolicy = cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    ) -> None:
        refuse_errors(scope, id, _check_retention(retention_days), subject="CommandOutput")
        super().__init__(scope, id)
        self.encryption_key: kms.IKey | None = customer_key(self, encryption_key)
        if self.encryption_key is not None:
            let_logs_encrypt(self.encryption_key, environment_of(scope))
        self.log_group = logs.LogGroup(
            self,
            "LogGroup",
            encryption_key=self.encryption_key,
            retention=_RETENTION[retention_days],
            removal_policy=removal_policy,
        )
        self.bucket = define_bucket(
            self,
            encryption_key=self.encryption_key,
            lifecycle_rules=[
                s3.LifecycleRule(
                    expiration=cdk.Duration.days(retention_days),
                    noncurrent_version_expiration=cdk.Duration.days(_DELETED_OUTPUT_KEPT_DAYS),
                    abort_incomplete_multipart_upload_after=cdk.Duration.days(1),
                )
            ],
            access_logs_bucket=access_logs_bucket,
            removal_policy=removal_policy,
        )

    def node_policy_statements(self) -> list[iam.PolicyStatement]:
        """Return what the role of a node needs to write its output here.

        Returns:
            Statements for a policy of the node's role; resources in them are tokens.

        See: https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-instance-permissions.html
        """
        bucket_arn, log_group_arn = self._arns
        return [
            iam.PolicyStatement(
                sid="WriteCommandOutput", actions=["s3:PutObject"], resources=[f"{bucket_arn}/*"]
            ),
            iam.PolicyStatement(
                sid="ReadOutputBucketEncryption",
                actions=["s3:GetEncryptionConfiguration"],
                resources=[bucket_arn],
            ),
            *self._use_of_key,
            iam.PolicyStatement(
                sid="LogCommandOutput",
                actions=["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
                resources=[log_group_arn],
            ),
            iam.PolicyStatement(
                sid="FindOutputLogGroup",
                actions=["logs:DescribeLogGroups"],
                # IAM supports no resource for it, so a statement that names one allows nothing.
                # https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html
                resources=["*"],
            ),
        ]

    @functools.cached_property
    def _arns(self) -> tuple[str, str]:
        """Those of bucket and log group, read once for all fleets."""
        return self.bucket.bucket_arn, self.log_group.log_group_arn

    @functools.cached_property
    def _use_of_key(self) -> list[iam.PolicyStatement]:
        """What a node needs of the key, which encrypts more than output: only S3 may use it for the node."""
        if self.encryption_key is None:
            return []
        here = environment_of(self)
        return [
            iam.PolicyStatement(
                sid="EncryptCommandOutput",
                actions=["kms:GenerateDataKey", "kms:Decrypt"],  # Decrypt: for uploads in several parts
                resources=[self.encryption_key.key_arn],
                conditions={"StringEquals": {"kms:ViaService": f"s3.{here.region}.{here.stack.url_suffix}"}},
            )
        ]


def _check_retention(retention_days: int) -> list[Finding]:
    if retention_days in _RETENTION:
        return []
    return [
        Finding(
            id=FindingId.LOG_RETENTION_DAYS,
            level=Level.ERROR,
            field="retention_days",
            message="not a retention of CloudWatch Logs",
            received=repr(retention_days),
            allowed=", ".join(map(str, _RETENTION)),
            source=_RETENTION_SOURCE,
        )
    ]
