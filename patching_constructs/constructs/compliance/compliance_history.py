"""Keeps what every report of every account has said, so that it can be asked later."""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_athena as athena
from aws_cdk import aws_glue as glue
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from patching_constructs.constructs._shared.bucket import define_bucket
from patching_constructs.constructs._shared.report import refuse_errors
from patching_constructs.constructs._shared.stack_environment import environment_of
from patching_constructs.constructs.compliance.history.columns import (
    COLUMNS,
    JSON_SERDE,
    PARTITIONS,
    PREFIX,
    TABLE,
    projection,
)
from patching_constructs.constructs.compliance.history.queries import HISTORY_QUERIES
from patching_constructs.constructs.encryption.patching_key import EncryptionKey, customer_key
from patching_constructs.rules.accounts.history import (
    check_history_days,
    check_history_places,
    check_history_writers,
    check_most_bytes_scanned,
)
from patching_constructs.values.declared_types import checked_arguments

RESULTS_PREFIX = "athena-results/"
SYNC_PREFIX = "resource-data-sync"

_REPLACED_KEPT_DAYS = 90
_UPLOADS_ABANDONED_AFTER = cdk.Duration.days(1)


class ComplianceHistory(Construct):
    """Keep the rows of the compliance reporters of all accounts, for auditors and questions with Athena.

    A bucket takes a file or more of each report. The listed accounts, or all accounts
    of an organization, may put files, each only below its own account id, and read nothing. An Athena
    workgroup, whose settings its users cannot change, has named queries: `who-is-behind`, `ring-trend`,
    `exceptions`, `never-scanned` and `reboot-debt`. Athena works out the partitions from the values given
    here, so that nothing has to crawl the bucket.

    Reports name no bucket of another account by reference: `ComplianceReporter(history_bucket_name=...,
    history_key_arn=...)` takes both spelled out.

    Args:
        scope: Parent construct, of a stack in the security account.
        id: Id, unique in `scope`.
        bucket_name: Name of the bucket, spelled out as other accounts write into it.
        rollout_names: The rollouts that are reported. Each value is a value of a partition.
        account_ids: The accounts whose reporters write. Queries look for files of these accounts only.
        regions: The Regions that they report from.
        organization_id: The organization of all of them. Every account in it may then write, each below its
            own id; the policy of a bucket has room for 500 account ids. Default: the policies list
            `account_ids`.
        retention_days: How long files are kept. Unit: days. Default: 1,096, three years.
        infrequent_access_after_days: When files move to the storage class Standard-IA, which S3 does by
            default with files of 128 KB and more only. Unit: days, at least 30. None: never. Default: 90.
        query_results_days: How long the results of queries are kept. Unit: days. Default: 30.
        most_bytes_scanned_by_query: Athena stops a query that reads more. Unit: bytes, at least 10,000,000.
            Default: 10,000,000,000.
        database_name: Name of the Glue database. Default: `patching`.
        workgroup_name: Name of the Athena workgroup. Default: `patching`.
        takes_resource_data_sync: Whether Resource Data Syncs of the accounts may write below
            `resource-data-sync/` too. They keep no history: AWS overwrites what it has written. The policy
            of the bucket names each of their accounts, and has room for about 60. Default: False.
        access_logs_bucket: Bucket for the server access logs. Default: access is not logged.
        encryption_key: Key of the bucket. A key of the app gets the grants; on an imported one its owner must
            make them. `EncryptionKey.AWS_OWNED`: S3's own, free of charge; reporters then need no
            `history_key_arn`. Default: the key that the constructs of the stack share,
            `PatchingKey.of(scope)`.
        removal_policy: What happens to the bucket when it leaves the stack. Default: it is retained on update
            and delete, and deleted if the deployment that creates it fails.

    Attributes:
        bucket: The bucket.
        bucket_name: Its name, spelled out.
        encryption_key: Its customer key, or None.
        database_name: The database.
        workgroup_name: The workgroup.

    Raises:
        InvalidInputError: If a name, a number of days or the limit cannot be used, or the accounts are too
            many for the policy of the bucket.

    Example:
        >>> import aws_cdk as cdk
        >>> from patching_constructs import ComplianceHistory
        >>> stack = cdk.Stack(cdk.App(), "Patching")
        >>> history = ComplianceHistory(
        ...     stack,
        ...     "History",
        ...     bucket_name="example-patching-history",
        ...     rollout_names=["web"],
        ...     account_ids=["111111111111"],
        ...     regions=["eu-central-1"],
        ... )
        >>> history.bucket_name
        'example-patching-history'

    See: https://docs.aws.amazon.com/athena/latest/ug/partition-projection.html
    """

    @checked_arguments
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        bucket_name: str,
        rollout_names: Sequence[str],
        account_ids: Sequence[str],
        regions: Sequence[str],
        organization_id: str | None = None,
        retention_days: int = 1096,
        infrequent_access_after_days: int | None = 90,
        query_results_days: int = 30,
        most_bytes_scanned_by_query: int = 10_000_000_000,
        database_name: str = "patching",
        workgroup_name: str = "patching",
        takes_resource_data_sync: bool = False,
        access_logs_bucket: s3.IBucket | None = None,
        encryption_key: kms.IKey | EncryptionKey | None = None,
        removal_policy: cdk.RemovalPolicy = cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    ) -> None:
        findings = [
            *check_history_places(
                bucket_name=bucket_name,
                rollout_names=rollout_names,
                account_ids=account_ids,
                regions=regions,
                organization_id=organization_id,
                database_name=database_name,
                workgroup_name=workgroup_name,
            ),
            *check_history_writers(
                account_ids,
                organization_id=organization_id,
                takes_resource_data_sync=takes_resource_data_sync,
            ),
            *check_history_days(
                retention_days=retention_days,
                infrequent_access_after_days=infrequent_access_after_days,
                query_results_days=query_results_days,
            ),
            *check_most_bytes_scanned(most_bytes_scanned_by_query),
        ]
        refuse_errors(scope, id, findings, subject="ComplianceHistory")
        super().__init__(scope, id)
        self.bucket_name = bucket_name
        self.database_name = database_name
        self.workgroup_name = workgroup_name
        self._bucket_arn = f"arn:{environment_of(self).partition}:s3:::{bucket_name}"

        self.encryption_key: kms.IKey | None = customer_key(self, encryption_key)
        self.bucket: s3.IBucket = define_bucket(
            self,
            bucket_name=bucket_name,
            encryption_key=self.encryption_key,
            lifecycle_rules=_lifecycle(retention_days, infrequent_access_after_days, query_results_days),
            access_logs_bucket=access_logs_bucket,
            removal_policy=removal_policy,
        )
        self._deny_other_encryption()
        self._let_accounts_write(rollout_names, account_ids, organization_id)
        if takes_resource_data_sync:
            self._let_syncs_write(account_ids)
        self._define_catalogue(
            projection(
                bucket_name,
                rollouts=rollout_names,
                account_ids=account_ids,
                regions=regions,
                days=retention_days,
            )
        )
        self._define_queries(most_bytes_scanned_by_query)

    def _deny_other_encryption(self) -> None:
        """Deny puts that ask for an encryption other than the bucket's own.

        A put that asks for none gets the bucket's own. S3 decides before that, so the keys are then absent,
        and a negated condition, with `IfExists` or without, is true of an absent key.

        See: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
        See: https://docs.aws.amazon.com/AmazonS3/latest/userguide/amazon-s3-policy-keys.html
        """
        encryption = "s3:x-amz-server-side-encryption"
        key = f"{encryption}-aws-kms-key-id"
        present, absent = "false", "true"
        denied: dict[str, dict[str, dict[str, str]]] = {
            "DenyOtherEncryption": {
                "Null": {encryption: present},
                "StringNotEquals": {encryption: "AES256" if self.encryption_key is None else "aws:kms"},
            },
            "DenyKeysOfWriters": {"Null": {f"{encryption}-customer-algorithm": present}},
        }
        if self.encryption_key is not None:
            denied["DenyOtherKeys"] = {
                "Null": {key: present},
                "StringNotEquals": {key: self.encryption_key.key_arn},
            }
            # Without a key in the request S3 takes its own, not that of the bucket.
            denied["DenyKeyOfS3"] = {"Null": {encryption: present, key: absent}}
        for sid, conditions in denied.items():
            self.bucket.add_to_resource_policy(
                iam.PolicyStatement(
                    sid=sid,
                    effect=iam.Effect.DENY,
                    principals=[iam.AnyPrincipal()],
                    actions=["s3:PutObject"],
                    resources=[f"{self._bucket_arn}/*"],
                    conditions=conditions,
                )
            )

    def _let_accounts_write(
        self, rollout_names: Sequence[str], account_ids: Sequence[str], organization_id: str | None
    ) -> None:
        """Let each account, or each account of the organization, put files below its own id.

        Rollouts are spelled out: a star would match slashes too, and with them the prefix of another account.

        See: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
        """
        here = environment_of(self)
        writers: list[iam.IPrincipal] = (
            [iam.AccountPrincipal(account_id) for account_id in account_ids]
            if organization_id is None
            else [iam.OrganizationPrincipal(organization_id)]
        )
        self.bucket.add_to_resource_policy(
            iam.PolicyStatement(
                sid="ReportersWriteBelowTheirOwnAccount",
                principals=writers,
                actions=["s3:PutObject"],
                resources=[
                    f"{self._bucket_arn}/{PREFIX}rollout={name}/account=${{aws:PrincipalAccount}}/*"
                    for name in rollout_names
                ],
            )
        )
        if self.encryption_key is None:
            return
        # https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html
        self.encryption_key.add_to_resource_policy(
            iam.PolicyStatement(
                sid="ReportersEncrypt",
                principals=writers,
                # Decrypt: docs/not-proven.md#bucket-key-decrypt. Nothing can be read with it, as the policy
                # of the bucket lets writers get no object.
                actions=["kms:Decrypt", "kms:GenerateDataKey"],
                resources=["*"],
                conditions={
                    "StringEquals": {
                        "kms:ViaService": f"s3.{here.region}.{here.stack.url_suffix}",
                        # With a bucket key the context is the ARN of the bucket, not that of the object.
                        "kms:EncryptionContext:aws:s3:arn": self._bucket_arn,
                    }
                },
            )
        )

    def _let_syncs_write(self, account_ids: Sequence[str]) -> None:
        """Let Systems Manager put the files of Resource Data Syncs, and look at the bucket before.

        See: https://docs.aws.amazon.com/systems-manager/latest/userguide/inventory-create-resource-data-sync.html
        """
        partition = environment_of(self).partition
        for_accounts = {
            "StringEquals": {"aws:SourceAccount": list(account_ids)},
            "ArnLike": {
                "aws:SourceArn": [
                    f"arn:{partition}:ssm:*:{account_id}:resource-data-sync/*" for account_id in account_ids
                ]
            },
        }
        systems_manager = iam.ServicePrincipal("ssm.amazonaws.com")
        self.bucket.add_to_resource_policy(
            iam.PolicyStatement(
                sid="ResourceDataSyncsCheckBucket",
                principals=[systems_manager],
                actions=["s3:GetBucketAcl"],
                resources=[self._bucket_arn],
            )
        )
        self.bucket.add_to_resource_policy(
            iam.PolicyStatement(
                sid="ResourceDataSyncsWrite",
                principals=[systems_manager],
                actions=["s3:PutObject"],
                resources=[
                    f"{self._bucket_arn}/{SYNC_PREFIX}/*/accountid={account_id}/*"
                    for account_id in account_ids
                ],
                conditions={
                    "StringEquals": {
                        # Resource Data Sync puts every file with this ACL, as AWS's example policy demands.
                        "s3:x-amz-acl": "bucket-owner-full-control",
                        **for_accounts["StringEquals"],
                    },
                    "ArnLike": for_accounts["ArnLike"],
                },
            )
        )
        if self.encryption_key is not None:
            self.encryption_key.add_to_resource_policy(
                iam.PolicyStatement(
                    sid="ResourceDataSyncsEncrypt",
                    principals=[systems_manager],
                    actions=["kms:GenerateDataKey"],
                    resources=["*"],
                    conditions=for_accounts,
                )
            )

    def _define_catalogue(self, parameters: dict[str, str]) -> None:
        """Define database and table.

        See: https://docs.aws.amazon.com/glue/latest/webapi/API_TableInput.html
        """
        account = environment_of(self).account
        database = glue.CfnDatabase(
            self,
            "Database",
            # Required by CloudFormation, although it can only be the account's own catalogue.
            catalog_id=account,
            database_input=glue.CfnDatabase.DatabaseInputProperty(
                name=self.database_name, description="Patch compliance of all accounts"
            ),
        )
        glue.CfnTable(
            self,
            "Table",
            catalog_id=account,
            database_name=database.ref,
            table_input=glue.CfnTable.TableInputProperty(
                name=TABLE,
                description="A row for each node and report of the compliance reporters",
                table_type="EXTERNAL_TABLE",
                parameters=parameters,
                partition_keys=[
                    glue.CfnTable.ColumnProperty(name=name, type="string") for name in PARTITIONS
                ],
                storage_descriptor=glue.CfnTable.StorageDescriptorProperty(
                    columns=[
                        glue.CfnTable.ColumnProperty(name=name, type=kind) for name, kind in COLUMNS.items()
                    ],
                    location=f"s3://{self.bucket_name}/{PREFIX}",
                    input_format="org.apache.hadoop.mapred.TextInputFormat",
                    output_format="org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
                    serde_info=glue.CfnTable.SerdeInfoProperty(serialization_library=JSON_SERDE),
                    compressed=True,
                ),
            ),
        )

    def _define_queries(self, most_bytes_scanned: int) -> None:
        """Define the workgroup and its named queries.

        See: https://docs.aws.amazon.com/athena/latest/ug/workgroups-settings-override.html
        """
        workgroup = athena.CfnWorkGroup(
            self,
            "WorkGroup",
            name=self.workgroup_name,
            description="Questions to the history of patch compliance",
            # A workgroup with queries that people have saved is not deleted with them.
            recursive_delete_option=False,
            work_group_configuration=athena.CfnWorkGroup.WorkGroupConfigurationProperty(
                # Athena charges for bytes that it scans, and a query that names no day scans all of them.
                bytes_scanned_cutoff_per_query=most_bytes_scanned,
                # Otherwise each client may choose where results go, and whether they are encrypted.
                enforce_work_group_configuration=True,
                publish_cloud_watch_metrics_enabled=True,
                engine_version=athena.CfnWorkGroup.EngineVersionProperty(
                    selected_engine_version="Athena engine version 3"
                ),
                result_configuration=athena.CfnWorkGroup.ResultConfigurationProperty(
                    output_location=f"s3://{self.bucket_name}/{RESULTS_PREFIX}",
                    # Athena fails if another account owns a bucket of this name, in place of writing results
                    # to it.
                    expected_bucket_owner=environment_of(self).account,
                    encryption_configuration=self._encryption_of_results(),
                ),
            ),
        )
        workgroup_name = workgroup.ref
        for query in HISTORY_QUERIES:
            athena.CfnNamedQuery(
                self,
                f"Query-{query.name}",
                name=query.name,
                description=query.description,
                database=self.database_name,
                query_string=query.sql,
                work_group=workgroup_name,
            )

    def _encryption_of_results(self) -> athena.CfnWorkGroup.EncryptionConfigurationProperty:
        if self.encryption_key is None:
            return athena.CfnWorkGroup.EncryptionConfigurationProperty(encryption_option="SSE_S3")
        return athena.CfnWorkGroup.EncryptionConfigurationProperty(
            encryption_option="SSE_KMS", kms_key=self.encryption_key.key_arn
        )


class NodeDataSync(Construct):
    """Let Systems Manager copy inventory and compliance of an account and Region into the history's bucket.

    It shows the present only: AWS overwrites what it has written. It is for those who use it already.

    Args:
        scope: Parent construct, of a stack in a workload account.
        id: Id, unique in `scope`.
        bucket_name: The history's bucket, which has to take syncs: `takes_resource_data_sync`.
        bucket_region: Its Region.
        key_arn: Its customer key. Default: it has none.
        sync_name: Name of the sync, unique in account and Region. Default: `patching-constructs`.

    Example:
        >>> import aws_cdk as cdk
        >>> from patching_constructs import NodeDataSync
        >>> sync = NodeDataSync(
        ...     cdk.Stack(cdk.App(), "Patching"),
        ...     "Sync",
        ...     bucket_name="example-patching-history",
        ...     bucket_region="eu-central-1",
        ...     key_arn="arn:aws:kms:eu-central-1:222222222222:key/12345678-1234-1234-1234-123456789012",
        ... )

    See: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ssm-resourcedatasync.html
    """

    @checked_arguments
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        bucket_name: str,
        bucket_region: str,
        key_arn: str | None = None,
        sync_name: str = "patching-constructs",
    ) -> None:
        super().__init__(scope, id)
        ssm.CfnResourceDataSync(
            self,
            "Resource",
            sync_name=sync_name,
            sync_type="SyncToDestination",
            s3_destination=ssm.CfnResourceDataSync.S3DestinationProperty(
                bucket_name=bucket_name,
                bucket_region=bucket_region,
                bucket_prefix=SYNC_PREFIX,
                sync_format="JsonSerDe",
                kms_key_arn=key_arn,
            ),
        )


def _lifecycle(
    retention_days: int, infrequent_access_after_days: int | None, query_results_days: int
) -> list[s3.LifecycleRule]:
    replaced = cdk.Duration.days(_REPLACED_KEPT_DAYS)
    transitions = (
        []
        if infrequent_access_after_days is None
        else [
            s3.Transition(
                storage_class=s3.StorageClass.INFREQUENT_ACCESS,
                transition_after=cdk.Duration.days(infrequent_access_after_days),
            )
        ]
    )
    return [
        s3.LifecycleRule(
            id="Rows",
            prefix=PREFIX,
            transitions=transitions,
            expiration=cdk.Duration.days(retention_days),
            noncurrent_version_expiration=replaced,
            abort_incomplete_multipart_upload_after=_UPLOADS_ABANDONED_AFTER,
        ),
        s3.LifecycleRule(
            id="QueryResults",
            prefix=RESULTS_PREFIX,
            expiration=cdk.Duration.days(query_results_days),
            noncurrent_version_expiration=cdk.Duration.days(1),
            abort_incomplete_multipart_upload_after=_UPLOADS_ABANDONED_AFTER,
        ),
        s3.LifecycleRule(
            id="ResourceDataSync",
            prefix=f"{SYNC_PREFIX}/",
            noncurrent_version_expiration=replaced,
            abort_incomplete_multipart_upload_after=_UPLOADS_ABANDONED_AFTER,
        ),
    ]
