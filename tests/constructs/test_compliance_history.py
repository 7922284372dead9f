"""What the history deploys, who may write where, and which values it refuses."""

import json
from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_s3 as s3
from aws_cdk.assertions import Template

from patching_constructs import ComplianceHistory, FindingId, InvalidInputError, NodeDataSync
from tests.nag import nag_findings

ENVIRONMENT = cdk.Environment(account="222222222222", region="eu-central-1")
ACCOUNTS = ["333333333333", "666666666666"]
BUCKET = "example-patching-history"


def _stack(region: str = "eu-central-1") -> cdk.Stack:
    app = cdk.App(analytics_reporting=False)
    return cdk.Stack(app, "Patching", env=cdk.Environment(account="222222222222", region=region))


def _history(stack: cdk.Stack, **changes: Any) -> ComplianceHistory:
    values: dict[str, Any] = {
        "bucket_name": BUCKET,
        "rollout_names": ["web", "batch"],
        "account_ids": ACCOUNTS,
        "regions": ["eu-central-1", "eu-west-1"],
    }
    return ComplianceHistory(stack, "History", **{**values, **changes})


def _of_type(stack: cdk.Stack, kind: str) -> list[dict[str, Any]]:
    return [resource["Properties"] for resource in Template.from_stack(stack).find_resources(kind).values()]


def _bucket_statements(stack: cdk.Stack) -> dict[str, dict[str, Any]]:
    (policy,) = _of_type(stack, "AWS::S3::BucketPolicy")
    return {each["Sid"]: each for each in policy["PolicyDocument"]["Statement"] if "Sid" in each}


def _key_statements(stack: cdk.Stack) -> dict[str, dict[str, Any]]:
    (key,) = _of_type(stack, "AWS::KMS::Key")
    return {each["Sid"]: each for each in key["KeyPolicy"]["Statement"] if "Sid" in each}


def test_minimal(template_snapshot: Callable[[dict[str, Any]], None]) -> None:
    stack = _stack()
    _history(stack)
    template = dict(Template.from_stack(stack).to_json())
    template_snapshot(template)
    assert len(template["Resources"]) == 11


def test_full(template_snapshot: Callable[[dict[str, Any]], None]) -> None:
    stack = _stack()
    _history(
        stack,
        organization_id="o-a1b2c3d4e5",
        retention_days=400,
        infrequent_access_after_days=None,
        query_results_days=7,
        most_bytes_scanned_by_query=50_000_000,
        database_name="compliance",
        workgroup_name="auditors",
        takes_resource_data_sync=True,
        access_logs_bucket=s3.Bucket.from_bucket_name(stack, "AccessLogs", "access-logs"),
        removal_policy=cdk.RemovalPolicy.DESTROY,
    )
    template = dict(Template.from_stack(stack).to_json())
    template_snapshot(template)
    assert len(template["Resources"]) == 11


def test_an_account_writes_below_its_own_id_and_nowhere_else() -> None:
    stack = _stack()
    _history(stack)
    write = _bucket_statements(stack)["ReportersWriteBelowTheirOwnAccount"]
    assert write["Action"] == "s3:PutObject"
    assert len(write["Principal"]["AWS"]) == len(ACCOUNTS)

    def may_write(account: str, key: str) -> bool:
        patterns = [
            json.dumps(each).replace("${aws:PrincipalAccount}", account) for each in write["Resource"]
        ]
        prefixes = [pattern.split(f":s3:::{BUCKET}/")[1].split('"')[0] for pattern in patterns]
        return any(fnmatchcase(key, prefix) for prefix in prefixes)

    own, other = ACCOUNTS
    assert may_write(own, f"nodes/rollout=web/account={own}/region=eu-west-1/day=2026-12-01/1-a-0.json.gz")
    for key in (
        f"nodes/rollout=web/account={other}/region=eu-west-1/day=2026-12-01/1-a-0.json.gz",
        f"nodes/rollout=web/account={other}/region=x/rollout=web/account={own}/1-a-0.json.gz",
        f"nodes/rollout=none/account={own}/region=eu-west-1/day=2026-12-01/1-a-0.json.gz",
        f"nodes/rollout=web/account={own}1/x",
        "athena-results/x",
    ):
        assert not may_write(own, key)


def test_writers_read_nothing_and_use_the_key_for_this_bucket_only() -> None:
    stack = _stack()
    _history(stack)
    allowed = [each for each in _bucket_statements(stack).values() if each["Effect"] == "Allow"]
    assert [each["Action"] for each in allowed] == ["s3:PutObject"]
    encrypt = _key_statements(stack)["ReportersEncrypt"]
    assert encrypt["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]
    condition = encrypt["Condition"]["StringEquals"]
    assert condition["kms:ViaService"] == {"Fn::Join": ["", ["s3.eu-central-1.", {"Ref": "AWS::URLSuffix"}]]}
    assert BUCKET in json.dumps(condition["kms:EncryptionContext:aws:s3:arn"])


def test_every_denial_of_another_encryption_asks_whether_the_request_names_one() -> None:
    """What the denials do is decided by the evaluator in tests/conformance/iam."""
    stack = _stack()
    _history(stack)
    denials = [
        statement
        for statement in _bucket_statements(stack).values()
        if statement["Effect"] == "Deny" and statement["Action"] == "s3:PutObject"
    ]
    assert len(denials) == 4
    for statement in denials:
        conditions = statement["Condition"]
        (named,) = [key for key, is_absent in conditions["Null"].items() if is_absent == "false"]
        assert set(conditions.get("StringNotEquals", {})) <= {named}


def test_an_organization_takes_the_place_of_the_list_of_accounts() -> None:
    stack = _stack()
    _history(stack, organization_id="o-a1b2c3d4e5")
    for statement in (
        _bucket_statements(stack)["ReportersWriteBelowTheirOwnAccount"],
        _key_statements(stack)["ReportersEncrypt"],
    ):
        assert statement["Principal"] == {"AWS": "*"}
        assert statement["Condition"]["StringEquals"]["aws:PrincipalOrgID"] == "o-a1b2c3d4e5"
        assert not any(account in json.dumps(statement) for account in ACCOUNTS)


def test_syncs_write_only_where_they_are_wanted() -> None:
    without, with_syncs = _stack(), _stack()
    _history(without)
    _history(with_syncs, takes_resource_data_sync=True)
    assert "ResourceDataSyncsWrite" not in _bucket_statements(without)
    statement = _bucket_statements(with_syncs)["ResourceDataSyncsWrite"]
    assert statement["Condition"]["StringEquals"]["aws:SourceAccount"] == ACCOUNTS
    assert len(statement["Resource"]) == len(ACCOUNTS)
    assert "ResourceDataSyncsEncrypt" in _key_statements(with_syncs)
    assert _bucket_statements(with_syncs)["ResourceDataSyncsCheckBucket"]["Action"] == "s3:GetBucketAcl"


def test_a_sync_writes_where_the_history_takes_it() -> None:
    stack = _stack()
    key_arn = "arn:aws:kms:eu-central-1:222222222222:key/12345678-1234-1234-1234-123456789012"
    NodeDataSync(stack, "Sync", bucket_name=BUCKET, bucket_region="eu-central-1", key_arn=key_arn)
    assert _of_type(stack, "AWS::SSM::ResourceDataSync") == [
        {
            "S3Destination": {
                "BucketName": BUCKET,
                "BucketPrefix": "resource-data-sync",
                "BucketRegion": "eu-central-1",
                "KMSKeyArn": key_arn,
                "SyncFormat": "JsonSerDe",
            },
            "SyncName": "patching-constructs",
            "SyncType": "SyncToDestination",
        }
    ]


def test_athena_works_out_the_partitions() -> None:
    stack = _stack()
    _history(stack, retention_days=400)
    (table,) = _of_type(stack, "AWS::Glue::Table")
    parameters = table["TableInput"]["Parameters"]
    assert parameters["projection.account.values"] == "333333333333,666666666666"
    assert parameters["projection.day.range"] == "NOW-400DAYS,NOW+1DAYS"
    assert parameters["storage.location.template"] == (
        f"s3://{BUCKET}/nodes/rollout=${{rollout}}/account=${{account}}/region=${{region}}/day=${{day}}/"
    )


def test_the_workgroup_binds_its_users() -> None:
    stack = _stack()
    key = _history(stack).encryption_key
    assert key is not None
    (group,) = _of_type(stack, "AWS::Athena::WorkGroup")
    settings = group["WorkGroupConfiguration"]
    assert settings["EnforceWorkGroupConfiguration"] is True
    assert settings["BytesScannedCutoffPerQuery"] == 10_000_000_000
    assert settings["EngineVersion"] == {"SelectedEngineVersion": "Athena engine version 3"}
    assert settings["ResultConfiguration"]["EncryptionConfiguration"] == {
        "EncryptionOption": "SSE_KMS",
        "KmsKey": stack.resolve(key.key_arn),
    }
    assert {query["Name"] for query in _of_type(stack, "AWS::Athena::NamedQuery")} == {
        "who-is-behind",
        "ring-trend",
        "exceptions",
        "never-scanned",
        "reboot-debt",
    }


@pytest.mark.parametrize(
    ("changes", "id", "field"),
    [
        ({"bucket_name": "Example"}, FindingId.HISTORY_PLACE, "bucket_name"),
        ({"rollout_names": ["web/account=1"]}, FindingId.HISTORY_PLACE, "rollout_names"),
        ({"rollout_names": ["*"]}, FindingId.HISTORY_PLACE, "rollout_names"),
        ({"rollout_names": ["a,b"]}, FindingId.HISTORY_PLACE, "rollout_names"),
        ({"account_ids": ["12345"]}, FindingId.HISTORY_PLACE, "account_ids"),
        ({"account_ids": []}, FindingId.HISTORY_PLACE, "account_ids"),
        ({"regions": ["europe"]}, FindingId.HISTORY_PLACE, "regions"),
        ({"organization_id": "r-1"}, FindingId.HISTORY_PLACE, "organization_id"),
        ({"database_name": "Patching"}, FindingId.HISTORY_PLACE, "database_name"),
        ({"workgroup_name": "a b"}, FindingId.HISTORY_PLACE, "workgroup_name"),
        (
            {"retention_days": 0, "infrequent_access_after_days": None},
            FindingId.HISTORY_DAYS,
            "retention_days",
        ),
        ({"query_results_days": 0}, FindingId.HISTORY_DAYS, "query_results_days"),
        ({"infrequent_access_after_days": 29}, FindingId.HISTORY_DAYS, "infrequent_access_after_days"),
        ({"infrequent_access_after_days": 1096}, FindingId.HISTORY_DAYS, "infrequent_access_after_days"),
        (
            {"most_bytes_scanned_by_query": 9_999_999},
            FindingId.HISTORY_QUERY_LIMIT,
            "most_bytes_scanned_by_query",
        ),
    ],
)
def test_what_aws_would_refuse_is_refused_here(changes: dict[str, Any], id: FindingId, field: str) -> None:
    stack = _stack()
    with pytest.raises(InvalidInputError) as raised:
        _history(stack, **changes)
    assert [(finding.id, finding.field) for finding in raised.value.findings] == [(id, field)]
    assert stack.node.find_all() == [stack]


def test_what_security_rules_still_say() -> None:
    stack = _stack()
    _history(stack)
    rules = {rule for rule, path in nag_findings(stack) if path.startswith("Patching/History")}
    assert rules == {
        "AwsSolutions-S1",
        "NIST.800.53.R5-S3BucketLoggingEnabled",
        "NIST.800.53.R5-S3BucketReplicationEnabled",
    }


@pytest.mark.parametrize("region", ["cn-north-1", "us-gov-west-1"])
def test_other_partitions_have_arns_of_their_own(region: str) -> None:
    stack = _stack(region)
    _history(stack, takes_resource_data_sync=True)
    assert '"arn:aws:' not in json.dumps(Template.from_stack(stack).to_json())
