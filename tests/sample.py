"""The sample organisation as the CDK CLI would define it."""

import json
from pathlib import Path

import aws_cdk as cdk

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
