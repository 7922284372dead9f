"""Lets AWS's services use a customer key for what it encrypts; without effect on an imported key."""

from collections.abc import Callable

from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms

from patching_constructs.constructs._shared.stack_environment import StackEnvironment

_KEY = "_patching_constructs_grants"


def grant_once(key: kms.IKey, sid: str, statement: Callable[[], iam.PolicyStatement]) -> None:
    """Add a statement to the policy of a key, unless another construct of the same account has added it."""
    # The key is shared by the constructs of a stack, and a statement that is repeated in its policy
    # would count towards the 32 KB of a key policy.
    granted: set[str] = vars(key).setdefault(_KEY, set())
    if sid not in granted:
        granted.add(sid)
        key.add_to_resource_policy(statement())


def let_logs_encrypt(key: kms.IKey, here: StackEnvironment) -> None:
    """Let CloudWatch Logs encrypt log groups of the account and Region.

    AWS's page lists `kms:Describe*` too. It has no encryption context, so its condition would never hold.

    See: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    """
    sid = "EncryptLogGroupsOfThisAccount"
    log_groups = f"arn:{here.partition}:logs:{here.region}:{here.account}:log-group:*"
    grant_once(
        key,
        sid,
        lambda: iam.PolicyStatement(
            sid=sid,
            principals=[iam.ServicePrincipal(f"logs.{here.region}.{here.stack.url_suffix}")],
            actions=["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*"],
            # In the policy of a key, * is that key; its ARN would be a circular reference.
            resources=["*"],
            # The service principal acts for all accounts; the context limits it to log groups of this one.
            conditions={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": log_groups}},
        ),
    )


def let_dynamodb_encrypt(key: kms.IKey, here: StackEnvironment) -> None:
    """Let DynamoDB use the key for whoever in the account may make or use a table.

    DynamoDB acts for the principal that makes the table, such as the execution role of CloudFormation, whose
    own policies may name no key. The statement is that of AWS's own key for DynamoDB.

    See: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
    """
    sid = "EncryptTablesOfThisAccount"
    grant_once(
        key,
        sid,
        lambda: iam.PolicyStatement(
            sid=sid,
            # Any principal is safe only with both conditions: through DynamoDB, and from this account.
            principals=[iam.AnyPrincipal()],
            actions=[
                "kms:CreateGrant",
                "kms:Decrypt",
                "kms:DescribeKey",
                "kms:Encrypt",
                "kms:GenerateDataKey*",
                "kms:ReEncrypt*",
            ],
            resources=["*"],
            conditions={
                "StringEquals": {
                    "kms:CallerAccount": here.account,
                    "kms:ViaService": f"dynamodb.{here.region}.{here.stack.url_suffix}",
                }
            },
        ),
    )
