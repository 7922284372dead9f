"""The role with which the security account's dashboard reads the metrics of a workload account."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from patching_constructs import AccountSettings
from stacks.acknowledgements.acceptance import accept

_ROLE_NAME = "CloudWatch-CrossAccountSharingRole"
"""https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Cross-Account-Cross-Region.html"""


def define_sharing_role(stack: cdk.Stack, *, partition: str, monitoring_account: AccountSettings) -> None:
    """Define the role. Its name is fixed, so an account has it once, for all Regions.

    CloudWatch assumes it with a service-linked role of the monitoring account. That role may not exist yet,
    and IAM refuses a trust policy with a missing principal, so the trust policy names the account.
    """
    policy = iam.CfnManagedPolicy(
        stack,
        "SharingPolicy",
        description="Read metrics, for dashboards of another account",
        policy_document={
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "ReadSharedMetrics",
                    "Effect": "Allow",
                    "Action": "cloudwatch:GetMetricData",  # docs/not-proven.md#metrics-of-other-accounts
                    "Resource": "*",
                }
            ],
        },
    )
    iam.CfnRole(
        stack,
        "SharingRole",
        role_name=_ROLE_NAME,
        description=f"Shares metrics with account {monitoring_account.name}, for its dashboards",
        assume_role_policy_document={
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"AWS": f"arn:{partition}:iam::{monitoring_account.id}:root"},
                    "Action": "sts:AssumeRole",
                }
            ],
        },
        managed_policy_arns=[policy.ref],
    )
    accept(
        policy,
        {
            "AwsSolutions-IAM5[Resource::*]": (
                "cloudwatch:GetMetricData takes no resource. It reads values of metrics and changes nothing."
            )
        },
    )
