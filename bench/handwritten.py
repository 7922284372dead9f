"""The organisation of patching.yaml, written by hand: the same resources without this library."""

import json

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as cloudwatch_actions
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from bench.handwritten_environments import ENVIRONMENTS, Environment, Fleet
from bench.handwritten_ssm import define_baseline, define_windows

_REGION = "eu-central-1"
_SECURITY_ACCOUNT = "222222222222"
_EVENT_BUS_ARN = f"arn:aws:events:{_REGION}:{_SECURITY_ACCOUNT}:event-bus/patching"
_PATCH_DOCUMENTS = [
    "AWS-RunPatchBaseline",
    "AWS-RunPatchBaselineWithHooks",
    "AWS-RunPatchBaselineAssociation",
]
_WINDOW_EVENT = "Maintenance Window Execution State-change Notification"


def define_organisation(app: cdk.App) -> None:
    """Define every stack of the organisation in `app`."""
    SecurityStack(app, "Patching-security")
    for environment in ENVIRONMENTS:
        WorkloadStack(app, f"Patching-{environment.name}-{_REGION}", environment)


class SecurityStack(cdk.Stack):
    """Define the organisation's event bus and the alarms on it."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id, env=cdk.Environment(account=_SECURITY_ACCOUNT, region=_REGION))
        event_bus = events.EventBus(
            self, "EventBus", event_bus_name="patching", description="Patching events of all accounts"
        )
        for environment in ENVIRONMENTS:
            event_bus.add_to_resource_policy(
                iam.PolicyStatement(
                    sid=f"Allow-{environment.name}",
                    principals=[iam.AccountPrincipal(environment.account)],
                    actions=["events:PutEvents"],
                    resources=[event_bus.event_bus_arn],
                )
            )
        define_alarms(
            self,
            account=_SECURITY_ACCOUNT,
            recipient="security-patching@example.com",
            event_bus_name=event_bus.event_bus_name,
        )


class WorkloadStack(cdk.Stack):
    """Define baselines, fleets, windows and alarms of one account."""

    def __init__(self, scope: Construct, id: str, environment: Environment) -> None:
        super().__init__(scope, id, env=cdk.Environment(account=environment.account, region=_REGION))
        account = environment.account
        access_logs = s3.Bucket(
            self,
            "AccessLogs",
            encryption=s3.BucketEncryption.S3_MANAGED,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            enforce_ssl=True,
            versioned=True,
            lifecycle_rules=[
                s3.LifecycleRule(
                    expiration=cdk.Duration.days(365), noncurrent_version_expiration=cdk.Duration.days(30)
                )
            ],
            removal_policy=cdk.RemovalPolicy.RETAIN,
        )
        key = kms.Key(
            self,
            "OutputKey",
            description="Encrypts the output of patch commands",
            enable_key_rotation=True,
            removal_policy=cdk.RemovalPolicy.RETAIN,
        )
        key.add_to_resource_policy(
            iam.PolicyStatement(
                sid="EncryptLogGroupsOfThisAccount",
                principals=[iam.ServicePrincipal(f"logs.{_REGION}.{cdk.Aws.URL_SUFFIX}")],
                actions=[
                    "kms:Encrypt",
                    "kms:Decrypt",
                    "kms:ReEncrypt*",
                    "kms:GenerateDataKey*",
                    "kms:Describe*",
                ],
                resources=["*"],
                conditions={
                    "ArnLike": {
                        "kms:EncryptionContext:aws:logs:arn": f"arn:aws:logs:{_REGION}:{account}:log-group:*"
                    }
                },
            )
        )
        log_group = logs.LogGroup(
            self,
            "OutputLogGroup",
            encryption_key=key,
            retention=logs.RetentionDays.ONE_YEAR,
            removal_policy=cdk.RemovalPolicy.RETAIN,
        )
        bucket = s3.Bucket(
            self,
            "OutputBucket",
            encryption=s3.BucketEncryption.KMS,
            encryption_key=key,
            bucket_key_enabled=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            versioned=True,
            lifecycle_rules=[
                s3.LifecycleRule(
                    expiration=cdk.Duration.days(365),
                    noncurrent_version_expiration=cdk.Duration.days(30),
                    abort_incomplete_multipart_upload_after=cdk.Duration.days(1),
                )
            ],
            server_access_logs_bucket=access_logs,
            removal_policy=cdk.RemovalPolicy.RETAIN,
        )
        for fleet in environment.fleets:
            _define_fleet(self, fleet, account=account, key=key, bucket=bucket, log_group=log_group)
        for baseline in environment.baselines:
            define_baseline(self, baseline)
        window_ids = define_windows(
            self,
            environment.rings,
            service_role_arn=_define_window_role(self, environment).role_arn,
            bucket_name=bucket.bucket_name,
            log_group_name=log_group.log_group_name,
        )
        _define_event_forwarding(self)
        define_alarms(self, account=account, recipient=environment.recipient, window_ids=window_ids)


def _define_fleet(
    stack: cdk.Stack,
    fleet: Fleet,
    *,
    account: str,
    key: kms.Key,
    bucket: s3.Bucket,
    log_group: logs.LogGroup,
) -> None:
    bucket_arn = bucket.bucket_arn
    patch_buckets = [
        f"amazon-ssm-{_REGION}",
        f"aws-ssm-{_REGION}",
        f"patch-baseline-snapshot-{_REGION}",
        f"aws-patch-manager-{_REGION}-9163fdaaf",
    ]
    if fleet.has_windows:
        patch_buckets.append(f"aws-windows-downloads-{_REGION}")
    role = iam.Role(
        stack,
        f"{fleet.patch_group}Role",
        assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"),
        managed_policies=[
            iam.ManagedPolicy.from_aws_managed_policy_name("AmazonSSMManagedEC2InstanceDefaultPolicy"),
            iam.ManagedPolicy(
                stack,
                f"{fleet.patch_group}Policy",
                description="What the nodes of a patch group need to be patched",
                statements=[
                    iam.PolicyStatement(
                        sid="ReadPatchBuckets",
                        actions=["s3:GetObject"],
                        resources=[f"arn:aws:s3:::{name}/*" for name in patch_buckets],
                    ),
                    iam.PolicyStatement(
                        sid="WriteCommandOutput", actions=["s3:PutObject"], resources=[f"{bucket_arn}/*"]
                    ),
                    iam.PolicyStatement(
                        sid="ReadOutputBucketEncryption",
                        actions=["s3:GetEncryptionConfiguration"],
                        resources=[bucket_arn],
                    ),
                    iam.PolicyStatement(
                        sid="EncryptCommandOutput",
                        actions=["kms:GenerateDataKey", "kms:Decrypt"],
                        resources=[key.key_arn],
                    ),
                    iam.PolicyStatement(
                        sid="LogCommandOutput",
                        actions=["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
                        resources=[log_group.log_group_arn],
                    ),
                    iam.PolicyStatement(
                        sid="FindOutputLogGroup",
                        actions=["logs:DescribeLogGroups"],
                        resources=[f"arn:aws:logs:{_REGION}:{account}:log-group:*"],
                    ),
                ],
            ),
        ],
    )
    iam.InstanceProfile(stack, f"{fleet.patch_group}InstanceProfile", role=role)


def _define_window_role(stack: cdk.Stack, environment: Environment) -> iam.Role:
    partition, region, account = cdk.Aws.PARTITION, cdk.Aws.REGION, cdk.Aws.ACCOUNT_ID
    role = iam.Role(
        stack,
        "WindowRole",
        assumed_by=iam.ServicePrincipal("ssm.amazonaws.com"),
        description="Assumed by maintenance windows to run patching documents on their rings",
    )
    iam.ManagedPolicy(
        stack,
        "WindowPolicy",
        description="Lets maintenance windows run patching documents on nodes of their rings",
        roles=[role],
        statements=[
            iam.PolicyStatement(
                actions=["ssm:SendCommand"],
                resources=[
                    f"arn:{partition}:ssm:{region}::document/{document}"
                    for document in ("AWS-RunPatchBaseline", "AWS-UpdateSSMAgent")
                ],
            ),
            iam.PolicyStatement(
                actions=["ssm:SendCommand"],
                resources=[
                    f"arn:{partition}:ec2:{region}:{account}:instance/*",
                    f"arn:{partition}:ssm:{region}:{account}:managed-instance/*",
                ],
                conditions={
                    "StringEquals": {
                        "ssm:resourceTag/PatchGroup": [fleet.patch_group for fleet in environment.fleets]
                    }
                },
            ),
            iam.PolicyStatement(
                actions=[
                    "ssm:CancelCommand",
                    "ssm:GetCommandInvocation",
                    "ssm:ListCommandInvocations",
                    "ssm:ListCommands",
                    "tag:GetResources",
                ],
                resources=["*"],
            ),
        ],
    )
    return role


def _define_event_forwarding(stack: cdk.Stack) -> None:
    queue = _define_dead_letter_queue(stack, "ForwardingDeadLetterQueue")
    role = iam.Role(
        stack,
        "ForwardingRole",
        description="Sends patching events to the security account",
        assumed_by=iam.ServicePrincipal("events.amazonaws.com"),
        managed_policies=[
            iam.ManagedPolicy(
                stack,
                "ForwardingPolicy",
                statements=[iam.PolicyStatement(actions=["events:PutEvents"], resources=[_EVENT_BUS_ARN])],
            )
        ],
    )
    rule = events.CfnRule(
        stack,
        "ForwardingRule",
        description="Patch commands and maintenance windows of this account, for the security account",
        event_pattern={
            "source": ["aws.ssm"],
            "$or": [
                {
                    "detail-type": ["EC2 Command Status-change Notification"],
                    "detail": {"document-name": [{"prefix": "AWS-RunPatchBaseline"}]},
                },
                {"detail-type": [_WINDOW_EVENT]},
            ],
        },
        targets=[
            events.CfnRule.TargetProperty(
                id="SecurityAccount",
                arn=_EVENT_BUS_ARN,
                role_arn=role.role_arn,
                dead_letter_config=events.CfnRule.DeadLetterConfigProperty(arn=queue.queue_arn),
            )
        ],
    )
    _let_rules_send(queue, rule.attr_arn)


def define_alarms(
    stack: cdk.Stack,
    *,
    account: str,
    recipient: str,
    event_bus_name: str | None = None,
    window_ids: list[str] | None = None,
) -> None:
    """Define the topic, the rules that publish on it, and the alarms on the delivery."""
    alarms_of_this_account = {
        "StringEquals": {"aws:SourceAccount": account},
        "ArnLike": {"aws:SourceArn": f"arn:aws:cloudwatch:{_REGION}:{account}:alarm:*"},
    }
    cloud_watch = iam.ServicePrincipal("cloudwatch.amazonaws.com")
    event_bridge = iam.ServicePrincipal("events.amazonaws.com")
    key = kms.Key(
        stack,
        "AlarmsKey",
        description="Encrypts the topics that tell about failed patching",
        enable_key_rotation=True,
        removal_policy=cdk.RemovalPolicy.DESTROY,
    )
    topic = sns.Topic(stack, "Topic", display_name="Failed patching", master_key=key, enforce_ssl=True)
    topic_arn = topic.topic_arn
    key_actions = ["kms:Decrypt", "kms:GenerateDataKey*"]
    key.add_to_resource_policy(
        iam.PolicyStatement(
            sid="CloudWatchAlarmsUseKey",
            principals=[cloud_watch],
            actions=key_actions,
            resources=["*"],
            conditions=alarms_of_this_account,
        )
    )
    key.add_to_resource_policy(
        iam.PolicyStatement(
            sid="EventBridgeUsesKey", principals=[event_bridge], actions=key_actions, resources=["*"]
        )
    )
    topic.add_to_resource_policy(
        iam.PolicyStatement(
            sid="CloudWatchAlarmsPublish",
            principals=[cloud_watch],
            actions=["sns:Publish"],
            resources=[topic_arn],
            conditions=alarms_of_this_account,
        )
    )
    topic.add_to_resource_policy(
        iam.PolicyStatement(
            sid="EventBridgePublishes",
            principals=[event_bridge],
            actions=["sns:Publish"],
            resources=[topic_arn],
        )
    )
    sns.Subscription(stack, "Email", topic=topic, protocol=sns.SubscriptionProtocol.EMAIL, endpoint=recipient)
    queue = _define_dead_letter_queue(stack, "AlarmsDeadLetterQueue")
    action = cloudwatch_actions.SnsAction(topic)
    _alarm(
        stack,
        "DeadLetters",
        action,
        queue.metric_approximate_number_of_messages_visible(
            period=cdk.Duration.minutes(5), statistic="Maximum"
        ),
        "Messages about failed patching could not be delivered and wait in the dead-letter queue. Read them "
        "there: their attributes say which rule failed and why. Mend that, then purge the queue.",
    )
    _alarm(
        stack,
        "TopicUndelivered",
        action,
        topic.metric_number_of_notifications_failed(period=cdk.Duration.minutes(5), statistic="Sum"),
        "A recipient did not get a message about failed patching. Check the subscriptions of the topic, and "
        "for a queue its policy, its key and the dead-letter queue.",
    )
    queue_arn = queue.queue_arn

    def define_rule(
        id: str, *, description: str, pattern: dict[str, object], paths: dict[str, str], message: str
    ) -> str:
        rule_arn = events.CfnRule(
            stack,
            id,
            description=description,
            event_bus_name=event_bus_name,
            event_pattern={"source": ["aws.ssm"], **pattern},
            targets=[
                events.CfnRule.TargetProperty(
                    id="Topic",
                    arn=topic_arn,
                    dead_letter_config=events.CfnRule.DeadLetterConfigProperty(arn=queue_arn),
                    input_transformer=events.CfnRule.InputTransformerProperty(
                        input_paths_map={
                            "account": "$.account",
                            "region": "$.region",
                            "time": "$.time",
                            **paths,
                        },
                        input_template=json.dumps(message),
                    ),
                )
            ],
        ).attr_arn
        name_position = 1 if event_bus_name is None else 2
        dimensions = {"RuleName": cdk.Fn.select(name_position, cdk.Fn.split("/", rule_arn))}
        if event_bus_name is not None:
            dimensions["EventBusName"] = event_bus_name
        _alarm(
            stack,
            f"{id}FailedInvocations",
            action,
            cloudwatch.Metric(
                namespace="AWS/Events",
                metric_name="FailedInvocations",
                dimensions_map=dimensions,
                period=cdk.Duration.minutes(5),
                statistic="Sum",
            ),
            f"EventBridge could not publish what this rule matched: {description}. Check that the policies "
            "of topic and key let events.amazonaws.com publish, and read the dead-letter queue.",
        )
        return rule_arn

    of_windows = {} if window_ids is None else {"window-id": window_ids}
    window_paths = {"window": "$.detail.window-id", "execution": "$.detail.window-execution-id"}
    rule_arns = [
        define_rule(
            "PatchCommandRule",
            description="Patch commands that failed, timed out or were cancelled",
            pattern={
                "detail-type": ["EC2 Command Status-change Notification"],
                "detail": {
                    "document-name": _PATCH_DOCUMENTS,
                    "status": [
                        "Failed",
                        "TimedOut",
                        "Cancelled",
                        "DeliveryTimedOut",
                        "ExecutionTimedOut",
                        "Undeliverable",
                        "Terminated",
                        "Incomplete",
                    ],
                },
            },
            paths={
                "command": "$.detail.command-id",
                "document": "$.detail.document-name",
                "status": "$.detail.status",
            },
            message="Patch command <command> (<document>) ended with status <status> in account <account>, "
            "Region <region>, at <time>. Nodes may be unpatched: find them and their output with: aws ssm "
            "list-command-invocations --command-id <command> --details --region <region>",
        ),
        define_rule(
            "WindowFailedRule",
            description="Maintenance window executions that failed or timed out",
            pattern={
                "detail-type": [_WINDOW_EVENT],
                "detail": {"status": ["FAILED", "TIMED_OUT"], **of_windows},
            },
            paths={**window_paths, "status": "$.detail.status"},
            message="Execution <execution> of maintenance window <window> ended with status <status> in "
            "account <account>, Region <region>, at <time>. Find the task that failed with: aws ssm "
            "describe-maintenance-window-execution-tasks --window-execution-id <execution> --region <region>",
        ),
        define_rule(
            "WindowOverlapRule",
            description="Maintenance window executions that were skipped, an earlier one was still running",
            pattern={
                "detail-type": [_WINDOW_EVENT],
                "detail": {"status": ["SKIPPED_OVERLAPPING"], **of_windows},
            },
            paths=window_paths,
            message="Execution <execution> of maintenance window <window> did not start in account "
            "<account>, Region <region>, at <time>: an earlier execution of the window was still running. "
            "This execution patched nothing. Find the earlier execution with: aws ssm "
            "describe-maintenance-window-executions --window-id <window> --region <region>. If this comes "
            "back, give the window fewer nodes, more concurrency or a rarer schedule.",
        ),
    ]
    _let_rules_send(queue, rule_arns)


def _alarm(
    stack: cdk.Stack,
    id: str,
    action: cloudwatch_actions.SnsAction,
    metric: cloudwatch.IMetric,
    description: str,
) -> None:
    cloudwatch.Alarm(
        stack,
        id,
        metric=metric,
        alarm_description=description,
        threshold=1,
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        evaluation_periods=1,
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
    ).add_alarm_action(action)


def _define_dead_letter_queue(stack: cdk.Stack, id: str) -> sqs.Queue:
    return sqs.Queue(
        stack,
        id,
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=True,
        retention_period=cdk.Duration.days(14),
    )


def _let_rules_send(queue: sqs.Queue, rule_arns: str | list[str]) -> None:
    queue.add_to_resource_policy(
        iam.PolicyStatement(
            sid="EventBridgeSendsDeadLetters",
            principals=[iam.ServicePrincipal("events.amazonaws.com")],
            actions=["sqs:SendMessage"],
            resources=[queue.queue_arn],
            conditions={"ArnEquals": {"aws:SourceArn": rule_arns}},
        )
    )
