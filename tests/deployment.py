"""Deployment of stacks into the local AWS, as the CDK CLI would do it."""

from pathlib import Path

import aws_cdk as cdk
from aws_cdk.assertions import Template

from local_aws import client, deploy_template


def publish_assets(app: cdk.Stage, *, account: str, region: str) -> None:
    """Put the zips of a synthesized app where the CDK CLI would, in an account of the local AWS."""
    s3 = client("s3", account=account, region=region)
    bucket = f"cdk-hnb659fds-assets-{account}-{region}"
    if bucket not in {found["Name"] for found in s3.list_buckets()["Buckets"]}:
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": region})
    for bundle in Path(app.outdir).glob("asset.*.zip"):
        s3.put_object(Bucket=bucket, Key=bundle.name.removeprefix("asset."), Body=bundle.read_bytes())


def deploy_stack(stack: cdk.Stack) -> None:
    """Deploy a stack with its assets into its account and Region."""
    template = dict(Template.from_stack(stack).to_json())
    app = cdk.Stage.of(stack)
    assert app is not None
    publish_assets(app, account=stack.account, region=stack.region)
    deploy_template(template, stack_name=stack.stack_name, account=stack.account, region=stack.region)
