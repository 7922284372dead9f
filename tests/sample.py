"""The sample organisation as the CDK CLI would define it."""

import json
from pathlib import Path

import aws_cdk as cdk

from local_aws import client
from patching_constructs import load_settings
from stacks.organisation import define_organisation

ROOT = Path(__file__).parents[1]


def sample_app() -> cdk.App:
    """Define the stacks of patching.yaml under the feature flags of cdk.json."""
    context = json.loads((ROOT / "cdk.json").read_text())["context"]
    app = cdk.App(analytics_reporting=False, context=context)
    define_organisation(app, load_settings(ROOT / "patching.yaml"))
    return app


def stacks_of(app: cdk.App) -> list[cdk.Stack]:
    """Return the stacks of `app`, in the order in which they were defined."""
    return [child for child in app.node.children if isinstance(child, cdk.Stack)]


def publish_assets(app: cdk.App, *, account: str, region: str) -> None:
    """Put the zips of a synthesized app where the CDK CLI would, in an account of the local AWS."""
    s3 = client("s3", account=account, region=region)
    bucket = f"cdk-hnb659fds-assets-{account}-{region}"
    if bucket not in {found["Name"] for found in s3.list_buckets()["Buckets"]}:
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": region})
    for bundle in Path(app.outdir).glob("asset.*.zip"):
        s3.put_object(Bucket=bucket, Key=bundle.name.removeprefix("asset."), Body=bundle.read_bytes())
