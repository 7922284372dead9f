"""The history of compliance in the security account, by hand."""

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_athena as athena
from aws_cdk import aws_glue as glue
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3

from bench.handwritten_environments import ENVIRONMENTS
from bench.handwritten_places import HISTORY_BUCKET, HISTORY_BUCKET_ARN, REGION, SECURITY_ACCOUNT

_QUERIES = Path(__file__).with_name("handwritten_queries")
_DESCRIPTIONS = {
    "who-is-behind": "Patches that are not installed in the promised time, with the hours by which they are "
    "late, the latest first. Values: promised hours for CRITICAL, HIGH, MEDIUM and LOW. For a patch whose "
    "severity nobody tells the shortest time counts.",
    "ring-trend": "How each ring stood at the end of each day, by the accounts and Regions that reported it "
    "on that day; where fewer did, the figures are those of fewer. Value: days back.",
    "exceptions": "Nodes that are exempt, and nodes with exempt patches that are not installed.",
    "never-scanned": "Nodes that carry the tag of a group and that no scan has seen in these days, with the "
    "time since which they are in the history. Value: days back.",
    "reboot-debt": "Nodes that wait for a reboot, with the hours since they were first seen waiting, the "
    "longest first.",
}
_COLUMNS = {
    "schema_version": "int",
    "seen_at": "timestamp",
    "ring": "string",
    "patch_group": "string",
    "operating_system": "string",
    "node_id": "string",
    "node_name": "string",
    "managed": "boolean",
    "compliant": "boolean",
    "exempt": "boolean",
    "reported_at": "timestamp",
    "reported_by_others": "boolean",
    "baseline_id": "string",
    "expected_baseline_id": "string",
    "unread": "string",
    "problems": "array<struct<patch:string,state:string,severity:string,first_seen:timestamp,"
    "published:timestamp,exempt:boolean>>",
}
_ACCOUNTS = [environment.account for environment in ENVIRONMENTS]


def define_history(stack: cdk.Stack, *, access_logs: s3.Bucket) -> None:
    """Define the bucket that accounts write into, and what answers questions."""
    key_arn = _define_bucket(stack, access_logs)
    _define_catalogue(stack)
    _define_queries(stack, key_arn)


def _define_bucket(stack: cdk.Stack, access_logs: s3.Bucket) -> str:
    key = kms.Key(
        stack,
        "HistoryKey",
        description="Encrypts the history of patch compliance",
        enable_key_rotation=True,
        removal_policy=cdk.RemovalPolicy.RETAIN,
    )
    key_arn = key.key_arn
    day, quarter = cdk.Duration.days(1), cdk.Duration.days(90)
    bucket = s3.Bucket(
        stack,
        "HistoryBucket",
        bucket_name=HISTORY_BUCKET,
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
                id="Rows",
                prefix="nodes/",
                transitions=[
                    s3.Transition(storage_class=s3.StorageClass.INFREQUENT_ACCESS, transition_after=quarter)
                ],
                expiration=cdk.Duration.days(1096),
                noncurrent_version_expiration=quarter,
                abort_incomplete_multipart_upload_after=day,
            ),
            s3.LifecycleRule(
                id="QueryResults",
                prefix="athena-results/",
                expiration=cdk.Duration.days(30),
                noncurrent_version_expiration=day,
                abort_incomplete_multipart_upload_after=day,
            ),
            s3.LifecycleRule(
                id="ResourceDataSync",
                prefix="resource-data-sync/",
                noncurrent_version_expiration=quarter,
                abort_incomplete_multipart_upload_after=day,
            ),
        ],
        server_access_logs_bucket=access_logs,
        removal_policy=cdk.RemovalPolicy.RETAIN,
    )
    accounts: list[iam.IPrincipal] = [iam.AccountPrincipal(account) for account in _ACCOUNTS]
    bucket.add_to_resource_policy(
        iam.PolicyStatement(
            sid="ReportersWriteBelowTheirOwnAccount",
            principals=accounts,
            actions=["s3:PutObject"],
            resources=[f"{HISTORY_BUCKET_ARN}/nodes/rollout=patching/account=${{aws:PrincipalAccount}}/*"],
        )
    )
    for sid, condition, value in (
        ("DenyOtherEncryption", "s3:x-amz-server-side-encryption", "aws:kms"),
        ("DenyOtherKeys", "s3:x-amz-server-side-encryption-aws-kms-key-id", key_arn),
    ):
        bucket.add_to_resource_policy(
            iam.PolicyStatement(
                sid=sid,
                effect=iam.Effect.DENY,
                principals=[iam.AnyPrincipal()],
                actions=["s3:PutObject"],
                resources=[f"{HISTORY_BUCKET_ARN}/*"],
                conditions={"StringNotEqualsIfExists": {condition: value}},
            )
        )
    key.add_to_resource_policy(
        iam.PolicyStatement(
            sid="ReportersEncrypt",
            principals=accounts,
            actions=["kms:GenerateDataKey"],
            resources=["*"],
            conditions={
                "StringEquals": {
                    "kms:ViaService": f"s3.{REGION}.{cdk.Aws.URL_SUFFIX}",
                    "kms:EncryptionContext:aws:s3:arn": HISTORY_BUCKET_ARN,
                }
            },
        )
    )
    return key_arn


def _define_catalogue(stack: cdk.Stack) -> None:
    database = glue.CfnDatabase(
        stack,
        "HistoryDatabase",
        catalog_id=SECURITY_ACCOUNT,
        database_input=glue.CfnDatabase.DatabaseInputProperty(
            name="patching", description="Patch compliance of all accounts"
        ),
    )
    partitions = ("rollout", "account", "region", "day")
    place = "/".join(f"{name}=${{{name}}}" for name in partitions)
    glue.CfnTable(
        stack,
        "HistoryTable",
        catalog_id=SECURITY_ACCOUNT,
        database_name=database.ref,
        table_input=glue.CfnTable.TableInputProperty(
            name="nodes",
            description="A row for each node and report of the compliance reporters",
            table_type="EXTERNAL_TABLE",
            parameters={
                "EXTERNAL": "TRUE",
                "classification": "json",
                "projection.enabled": "true",
                "projection.rollout.type": "enum",
                "projection.rollout.values": "patching",
                "projection.account.type": "enum",
                "projection.account.values": ",".join(_ACCOUNTS),
                "projection.region.type": "enum",
                "projection.region.values": REGION,
                "projection.day.type": "date",
                "projection.day.format": "yyyy-MM-dd",
                "projection.day.range": "NOW-1096DAYS,NOW+1DAYS",
                "projection.day.interval": "1",
                "projection.day.interval.unit": "DAYS",
                "storage.location.template": f"s3://{HISTORY_BUCKET}/nodes/{place}/",
            },
            partition_keys=[glue.CfnTable.ColumnProperty(name=name, type="string") for name in partitions],
            storage_descriptor=glue.CfnTable.StorageDescriptorProperty(
                columns=[
                    glue.CfnTable.ColumnProperty(name=name, type=kind) for name, kind in _COLUMNS.items()
                ],
                location=f"s3://{HISTORY_BUCKET}/nodes/",
                input_format="org.apache.hadoop.mapred.TextInputFormat",
                output_format="org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
                serde_info=glue.CfnTable.SerdeInfoProperty(
                    serialization_library="org.openx.data.jsonserde.JsonSerDe"
                ),
                compressed=True,
            ),
        ),
    )


def _define_queries(stack: cdk.Stack, key_arn: str) -> None:
    workgroup_name = athena.CfnWorkGroup(
        stack,
        "HistoryWorkGroup",
        name="patching",
        description="Questions to the history of patch compliance",
        recursive_delete_option=False,
        work_group_configuration=athena.CfnWorkGroup.WorkGroupConfigurationProperty(
            bytes_scanned_cutoff_per_query=10_000_000_000,
            enforce_work_group_configuration=True,
            publish_cloud_watch_metrics_enabled=True,
            engine_version=athena.CfnWorkGroup.EngineVersionProperty(
                selected_engine_version="Athena engine version 3"
            ),
            result_configuration=athena.CfnWorkGroup.ResultConfigurationProperty(
                output_location=f"s3://{HISTORY_BUCKET}/athena-results/",
                expected_bucket_owner=SECURITY_ACCOUNT,
                encryption_configuration=athena.CfnWorkGroup.EncryptionConfigurationProperty(
                    encryption_option="SSE_KMS", kms_key=key_arn
                ),
            ),
        ),
    ).ref
    for name, description in _DESCRIPTIONS.items():
        athena.CfnNamedQuery(
            stack,
            f"HistoryQuery-{name}",
            name=name,
            description=description,
            database="patching",
            query_string=Path(_QUERIES, f"{name}.sql").read_text("utf-8").rstrip("\n"),
            work_group=workgroup_name,
        )
