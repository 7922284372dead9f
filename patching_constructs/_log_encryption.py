"""Lets CloudWatch Logs use a customer key."""

from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms

from patching_constructs._environment import Environment


def let_logs_encrypt(key: kms.IKey, here: Environment) -> None:
    """Let CloudWatch Logs encrypt log groups of the account and Region; without effect on an imported key.

    See: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    """
    log_groups = f"arn:{here.partition}:logs:{here.region}:{here.account}:log-group:*"
    key.add_to_resource_policy(
        iam.PolicyStatement(
            sid="EncryptLogGroupsOfThisAccount",
            principals=[iam.ServicePrincipal(f"logs.{here.region}.{here.stack.url_suffix}")],
            actions=["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
            resources=["*"],
            conditions={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": log_groups}},
        )
    )
