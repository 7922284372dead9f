"""The function that reports compliance, by hand."""

import json

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam

from bench.handwritten_environments import Environment
from bench.handwritten_functions import Function, define_function, define_function_key, define_triggers
from bench.handwritten_places import HISTORY_BUCKET, HISTORY_BUCKET_ARN, HISTORY_KEYS, REGION, WINDOW_EVENT
from bench.handwritten_ssm import Approval, Baseline, Ring, window_name


def define_reporter(stack: cdk.Stack, environment: Environment, install_window_ids: list[str]) -> Function:
    """Define the function with its table, and what starts it."""
    account = environment.account
    key = define_function_key(
        stack,
        "ReporterKey",
        account=account,
        description="Encrypts what the compliance reporter remembers and logs",
    )
    table = dynamodb.Table(
        stack,
        "ReporterTable",
        partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
        billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
        encryption=dynamodb.TableEncryption.CUSTOMER_MANAGED,
        encryption_key=key,
        point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
            point_in_time_recovery_enabled=True
        ),
        time_to_live_attribute="expires",
        removal_policy=cdk.RemovalPolicy.RETAIN,
    )
    reporter = define_function(
        stack,
        "Reporter",
        handler="reporter",
        description="Reports how nodes comply with their patch baselines",
        key=key,
        environment={"TABLE_NAME": table.table_name, "HISTORY_BUCKET": HISTORY_BUCKET},
        settings_file="reporter.json",
        settings=_settings(environment),
        statements=_statements(account, table.table_arn),
        timeout=cdk.Duration.minutes(15),
    )
    iam.ManagedPolicy(
        stack,
        "ReporterResumePolicy",
        statements=[
            iam.PolicyStatement(
                sid="Resume",
                actions=["lambda:InvokeFunction"],
                resources=[reporter.function.function_arn],
            )
        ],
        roles=[reporter.role],
    )
    define_triggers(
        stack,
        reporter,
        {
            "ReporterSchedule": events.CfnRuleProps(
                description="Makes a compliance report", schedule_expression="rate(1 hour)"
            ),
            "ReporterAfterInstall": events.CfnRuleProps(
                description="Makes a compliance report when a ring has been patched",
                event_pattern={
                    "source": ["aws.ssm"],
                    "detail-type": [WINDOW_EVENT],
                    "detail": {
                        "window-id": install_window_ids,
                        "status": ["SUCCESS", "FAILED", "TIMED_OUT"],
                    },
                },
            ),
        },
        account=account,
    )
    return reporter


def _statements(account: str, table_arn: str) -> list[iam.PolicyStatement]:
    ssm = f"arn:aws:ssm:{REGION}:{account}"
    return [
        iam.PolicyStatement(
            sid="ListNodesAndPatches",
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
            actions=[
                "ssm:DescribeEffectivePatchesForPatchBaseline",
                "ssm:DescribeMaintenanceWindowExecutions",
                "ssm:GetPatchBaseline",
            ],
            resources=[f"{ssm}:maintenancewindow/*", f"{ssm}:patchbaseline/*"],
        ),
        iam.PolicyStatement(
            sid="PublishMetrics",
            actions=["cloudwatch:PutMetricData"],
            resources=["*"],
            conditions={"StringEquals": {"cloudwatch:namespace": "PatchingConstructs"}},
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
            resources=[table_arn],
        ),
        iam.PolicyStatement(
            sid="KeepHistory", actions=["s3:PutObject"], resources=[f"{HISTORY_BUCKET_ARN}/nodes/*"]
        ),
        iam.PolicyStatement(
            sid="EncryptHistory", actions=["kms:Decrypt", "kms:GenerateDataKey"], resources=[HISTORY_KEYS]
        ),
    ]


def _settings(environment: Environment) -> str:
    return json.dumps(
        {
            "schema-version": 1,
            "rollout": "patching",
            "account-name": environment.name,
            "rings": [_ring(ring) for ring in environment.rings],
            "exemptions": environment.exemptions,
            "baselines": {baseline.name: _baseline(baseline) for baseline in environment.baselines},
        },
        indent=1,
        sort_keys=True,
    )


def _ring(ring: Ring) -> dict[str, object]:
    operations = ["scan"] if ring.install_schedule is None else ["scan", "install"]
    return {
        "name": ring.name,
        "order": ring.order,
        "production": ring.production,
        "patch-groups": [{"name": name, "tag-key": "PatchGroup"} for name in ring.patch_groups],
        "windows": [
            {"name": window_name(ring, operation), "installs": operation == "install"}
            for operation in operations
        ],
        "within-hours": ring.promised_hours,
        "reboot-within-hours": 168.0,
        "scanned-within-hours": 48.0,
    }


def _baseline(baseline: Baseline) -> dict[str, object]:
    status = baseline.available_security_updates_compliance_status
    return {
        "OperatingSystem": baseline.operating_system,
        "ApprovalRules": {"PatchRules": [_approval(approval) for approval in baseline.approvals]},
        "GlobalFilters": {"PatchFilters": []},
        "ApprovedPatches": [],
        "RejectedPatches": [],
        **({} if status is None else {"AvailableSecurityUpdatesComplianceStatus": status}),
    }


def _approval(approval: Approval) -> dict[str, object]:
    return {
        "PatchFilterGroup": {
            "PatchFilters": [{"Key": key, "Values": values} for key, values in approval.filters.items()]
        },
        "ApproveAfterDays": approval.after_days,
        "ComplianceLevel": approval.compliance_level,
        "EnableNonSecurity": bool(approval.enable_non_security),
    }
