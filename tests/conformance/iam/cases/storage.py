"""Buckets, tables and log groups, and the services and people who keep and read what is in them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from tests.conformance.iam import estates
from tests.conformance.iam.api_calls import ApiCall
from tests.conformance.iam.cases.case import Case, without_tls
from tests.conformance.iam.deployed import Deployed
from tests.conformance.iam.evaluator import Request

_S3_KEYS = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/amazon-s3-policy-keys.html"
_OPERATORS = (
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html"
)
_ACCESS_LOGS = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html"
_LOGS_KEY = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html"
_TABLES = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html"
_SYNC = (
    "https://docs.aws.amazon.com/systems-manager/latest/userguide/inventory-create-resource-data-sync.html"
)
_ATHENA = "https://docs.aws.amazon.com/athena/latest/ug/encrypting-query-results-stored-in-s3.html"

_LOG_ACTIONS = (
    "kms:Encrypt",
    "kms:Decrypt",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
    "kms:GenerateDataKey",
)
_TABLE_ACTIONS = (
    "kms:CreateGrant",
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
)
"""What DynamoDB requires of a customer key at a minimum."""


# --- the history ---


def _history(deployed: Deployed, stack: str) -> str:
    return deployed.arn(stack, "AWS::S3::Bucket", "History")


def _put_report(
    deployed: Deployed,
    *,
    below: str = estates.PROD,
    rollout: str = "patching",
    headers: Mapping[str, str] | None = None,
) -> list[Request]:
    return ApiCall(
        principal=deployed.arn(estates.PROD_STACK, "AWS::IAM::Role", "Reporter"),
        service="s3",
        operation="PutObject",
        parameters={
            "Bucket": _history(deployed, estates.SECURITY_STACK).rpartition(":")[2],
            "Key": f"nodes/rollout={rollout}/account={below}/region={estates.REGION}/x.json.gz",
            **(headers or {}),
        },
        account=estates.PROD,
        region=estates.REGION,
    ).requests()


def _writer(deployed: Deployed, account: str, stack: str, *, action: str = "s3:PutObject") -> Request:
    """Let a role whose own account lets it do everything ask for a row of its own account."""
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    everything = deployed.add_policy("everything", {"Version": "2012-10-17", "Statement": [statement]})
    rollout = "patching" if stack == estates.SECURITY_STACK else "web"
    return Request(
        principal=deployed.add_role(account, "administrator", [everything]),
        action=action,
        resource=f"{_history(deployed, stack)}/nodes/rollout={rollout}/account={account}/x.json.gz",
    )


def _use_key(deployed: Deployed, account: str, context: Mapping[str, str]) -> Request:
    bucket = _history(deployed, estates.SECURITY_STACK)
    return Request(
        principal=_writer(deployed, account, estates.SECURITY_STACK).principal,
        action="kms:GenerateDataKey",
        resource=deployed.key_of[bucket],
        context=context,
    )


# --- Resource Data Syncs ---


def _sync(deployed: Deployed, *, source: str, below: str) -> list[Request]:
    bucket = _history(deployed, estates.OWN_SECURITY_STACK)
    key = deployed.key_of[bucket]
    of_sync = {
        "aws:SourceAccount": source,
        "aws:SourceArn": f"arn:aws:ssm:{estates.REGION}:{source}:resource-data-sync/patching-constructs",
    }
    folder = f"resource-data-sync/AWS:Application/accountid={below}"
    return [
        Request(
            principal="ssm.amazonaws.com",
            action="s3:PutObject",
            resource=f"{bucket}/{folder}/region={estates.REGION}/resourcetype=ManagedInstance/i-1.json",
            context={
                **of_sync,
                "s3:x-amz-acl": "bucket-owner-full-control",
                "s3:x-amz-server-side-encryption": "aws:kms",
                "s3:x-amz-server-side-encryption-aws-kms-key-id": key,
            },
        )
    ]


def _check_bucket(deployed: Deployed) -> list[Request]:
    return [
        Request(
            principal="ssm.amazonaws.com",
            action="s3:GetBucketAcl",
            resource=_history(deployed, estates.OWN_SECURITY_STACK),
        )
    ]


# --- access logs ---


def _access_logs(deployed: Deployed) -> Iterator[Request]:
    """Yield what S3 asks for where it delivers the access logs of each bucket."""
    for stack in estates.STACKS:
        for bucket, properties in deployed.with_properties(stack, "AWS::S3::Bucket"):
            logging = properties.get("LoggingConfiguration", {})
            if "DestinationBucketName" in logging:
                yield _access_log(
                    logging["DestinationBucketName"],
                    logging.get("LogFilePrefix", ""),
                    bucket,
                    deployed.buckets[bucket],
                )


def _access_log(log_bucket: str, prefix: str, bucket: str, account: str) -> Request:
    return Request(
        principal="logging.s3.amazonaws.com",
        action="s3:PutObject",
        resource=f"arn:aws:s3:::{log_bucket}/{prefix}2026-12-01-00-00-00-ABC",
        context={"aws:SourceArn": bucket, "aws:SourceAccount": account},
    )


# --- log groups and tables ---


def _log_groups(deployed: Deployed) -> Iterator[Request]:
    for stack in estates.STACKS:
        for log_group in deployed.arns(stack, "AWS::Logs::LogGroup"):
            yield from _log_group(deployed.key_of[log_group], log_group.removesuffix(":*"))


def _log_group(key: str, log_group: str) -> Iterator[Request]:
    for action in _LOG_ACTIONS:
        yield Request(
            principal=f"logs.{estates.REGION}.amazonaws.com",
            action=action,
            resource=key,
            context={"kms:EncryptionContext:aws:logs:arn": log_group},
        )


def _tables(deployed: Deployed, *, via: str | None) -> Iterator[Request]:
    """Yield what is asked of the key of each table for a role whose own policies name DynamoDB alone."""
    context = {} if via is None else {"kms:ViaService": f"{via}.{estates.REGION}.amazonaws.com"}
    statement = {"Effect": "Allow", "Action": "dynamodb:*", "Resource": "*"}
    dynamodb = deployed.add_policy("DynamoDB", {"Version": "2012-10-17", "Statement": [statement]})
    for stack in estates.STACKS:
        for table in deployed.arns(stack, "AWS::DynamoDB::Table"):
            role = deployed.add_role(table.split(":")[4], "deployer", [dynamodb])
            for action in _TABLE_ACTIONS:
                yield Request(principal=role, action=action, resource=deployed.key_of[table], context=context)


def _from_another_account(deployed: Deployed) -> list[Request]:
    """Let a role of another account, whose own account lets it do everything, ask for the same."""
    administrator = _writer(deployed, "123456789012", estates.SECURITY_STACK).principal
    return [replace(request, principal=administrator) for request in _tables(deployed, via="dynamodb")]


# --- readers ---


def _gate(deployed: Deployed, operation: str) -> list[Request]:
    """Read the state of a ring as a gate does that was granted it."""
    (table,) = deployed.physical_ids(estates.OWN_SECURITY_STACK, "AWS::DynamoDB::Table", "States")
    return ApiCall(
        principal=deployed.arn(estates.OWN_SECURITY_STACK, "AWS::IAM::Role", "Gate"),
        service="dynamodb",
        operation=operation,
        parameters={"TableName": table},
        account=estates.OWN_SECURITY,
        region=estates.REGION,
    ).requests()


def _analyst(deployed: Deployed, *, encrypted: bool = True) -> Iterator[Request]:
    """Ask the history with Athena, with AWS's policy for it and read access to bucket and key."""
    bucket = _history(deployed, estates.SECURITY_STACK)
    key = deployed.key_of[bucket]
    own = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": f"{bucket}/*"},
            {"Effect": "Allow", "Action": ["kms:Decrypt", "kms:GenerateDataKey"], "Resource": key},
        ],
    }
    role = deployed.add_role(
        estates.SECURITY,
        "analyst",
        ["arn:aws:iam::aws:policy/AmazonAthenaFullAccess", deployed.add_policy("analyst", own)],
    )
    yield Request(principal=role, action="s3:ListBucket", resource=bucket)
    yield Request(principal=role, action="s3:GetBucketLocation", resource=bucket)
    yield Request(
        principal=role, action="s3:GetObject", resource=f"{bucket}/nodes/rollout=patching/x.json.gz"
    )
    encryption = {
        "s3:x-amz-server-side-encryption": "aws:kms",
        "s3:x-amz-server-side-encryption-aws-kms-key-id": key,
    }
    yield Request(
        principal=role,
        action="s3:PutObject",
        resource=f"{bucket}/athena-results/1.csv",
        context=encryption if encrypted else {"s3:x-amz-server-side-encryption": "AES256"},
    )


ALLOWED: Sequence[Case] = [
    Case(
        name="every account of the organization writes below its own id",
        source=_OPERATORS,
        requests=lambda deployed: [_writer(deployed, estates.DEV, estates.SECURITY_STACK)],
    ),
    Case(
        name="a listed account writes below its own id",
        source=_OPERATORS,
        requests=lambda deployed: [_writer(deployed, estates.SHOP, estates.OWN_SECURITY_STACK)],
    ),
    Case(
        name="a Resource Data Sync looks at the bucket and writes below its own account",
        source=_SYNC,
        requests=lambda deployed: [
            *_check_bucket(deployed),
            *_sync(deployed, source=estates.SHOP, below=estates.SHOP),
        ],
    ),
    Case(
        name="S3 delivers access logs",
        source=_ACCESS_LOGS,
        requests=lambda deployed: list(_access_logs(deployed)),
    ),
    Case(
        name="CloudWatch Logs encrypts every log group",
        source=_LOGS_KEY,
        requests=lambda deployed: list(_log_groups(deployed)),
    ),
    Case(
        name="DynamoDB uses the key for whoever makes a table, though no policy of theirs names a key",
        source=_TABLES,
        requests=lambda deployed: list(_tables(deployed, via="dynamodb")),
    ),
    Case(
        name="a gate reads the state of a ring",
        source="https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html",
        requests=lambda deployed: [
            Request(
                principal="lambda.amazonaws.com",
                action="sts:AssumeRole",
                resource=deployed.arn(estates.OWN_SECURITY_STACK, "AWS::IAM::Role", "Gate"),
            ),
            *_gate(deployed, "GetItem"),
            *_gate(deployed, "Query"),
        ],
    ),
    Case(
        name="an analyst asks the history with Athena",
        source=_ATHENA,
        requests=lambda deployed: list(_analyst(deployed)),
    ),
]

DENIED: Sequence[Case] = [
    *(
        Case(
            name=f"a report is encrypted {how}",
            source=_S3_KEYS,
            requests=lambda deployed, headers=headers: _put_report(deployed, headers=headers),  # type: ignore[misc]
        )
        for how, headers in {
            "with a key of S3": {"ServerSideEncryption": "aws:kms"},
            "without KMS": {"ServerSideEncryption": "AES256"},
            "with another key": {
                "ServerSideEncryption": "aws:kms",
                "SSEKMSKeyId": f"arn:aws:kms:{estates.REGION}:{estates.PROD}:key/of-the-writer",
            },
            "with a key that the writer keeps": {"SSECustomerAlgorithm": "AES256"},
        }.items()
    ),
    Case(
        name="a reporter writes below the id of another account, or in another rollout",
        source=_OPERATORS,
        requests=lambda deployed: [
            *_put_report(deployed, below=estates.DEV),
            *_put_report(deployed, rollout="other"),
        ],
    ),
    Case(
        name="a reporter writes over a connection without encryption",
        source="https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html",
        requests=lambda deployed: without_tls(_put_report(deployed)),
    ),
    Case(
        name="an account reads the history of its own nodes",
        source=_OPERATORS,
        requests=lambda deployed: [
            _writer(deployed, estates.DEV, estates.SECURITY_STACK, action="s3:GetObject")
        ],
    ),
    Case(
        name="an account that is not listed writes",
        source=_OPERATORS,
        requests=lambda deployed: [_writer(deployed, estates.DEV, estates.OWN_SECURITY_STACK)],
    ),
    Case(
        name="an account of another organization writes",
        source=_OPERATORS,
        requests=lambda deployed: [
            replace(
                _writer(deployed, estates.DEV, estates.SECURITY_STACK),
                context={"aws:PrincipalOrgID": "o-zzzzzzzzzz"},
            )
        ],
    ),
    Case(
        name="a writer uses the key of the history for something else",
        source="https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html",
        requests=lambda deployed: [
            _use_key(deployed, estates.DEV, {}),
            _use_key(
                deployed,
                estates.DEV,
                {
                    "kms:ViaService": f"s3.{estates.REGION}.amazonaws.com",
                    "kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::another-bucket",
                },
            ),
        ],
    ),
    Case(
        name="a Resource Data Sync of another account writes, or one writes below another account",
        source=_SYNC,
        requests=lambda deployed: [
            *_sync(deployed, source=estates.DEV, below=estates.DEV),
            *_sync(deployed, source=estates.SHOP, below=estates.DEV),
        ],
    ),
    Case(
        name="access logs of another account are delivered",
        source=_ACCESS_LOGS,
        requests=lambda deployed: [
            _access_log(
                request.resource.removeprefix("arn:aws:s3:::").split("/")[0],
                "",
                "arn:aws:s3:::foreign",
                "123456789012",
            )
            for request in _access_logs(deployed)
        ],
    ),
    Case(
        name="CloudWatch Logs uses a key for a log group of another account",
        source=_LOGS_KEY,
        requests=lambda deployed: [
            request
            for stack in estates.STACKS
            for log_group in deployed.arns(stack, "AWS::Logs::LogGroup")
            for request in _log_group(
                deployed.key_of[log_group], f"arn:aws:logs:{estates.REGION}:123456789012:log-group:foreign"
            )
        ],
    ),
    Case(
        name="whoever may make tables uses their keys without DynamoDB",
        source=_TABLES,
        requests=lambda deployed: [*_tables(deployed, via=None), *_tables(deployed, via="s3")],
    ),
    Case(
        name="another account uses keys through its DynamoDB",
        source=_TABLES,
        requests=_from_another_account,
    ),
    Case(
        name="a gate changes or lists the states of rings",
        source="https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html",
        requests=lambda deployed: [*_gate(deployed, "PutItem"), *_gate(deployed, "Scan")],
    ),
    Case(
        name="Athena writes results that are not encrypted with the key of the history",
        source=_ATHENA,
        requests=lambda deployed: list(_analyst(deployed, encrypted=False))[-1:],
    ),
]
