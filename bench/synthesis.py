"""Synthesizes the organisation in a process of its own: `python -m bench.synthesis SIDE FOLDER [CONFIG]`.

The feature flags are those of cdk.json. Security rules are left out and the built-in validator is switched
off for both sides: they cost the same for the same templates, and more than everything else.
"""

import json
import sys
from pathlib import Path

import aws_cdk as cdk

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "patching.yaml"


def new_app(outdir: str | None = None) -> cdk.App:
    """Return an app under the feature flags of cdk.json."""
    context = json.loads((ROOT / "cdk.json").read_text())["context"]
    return cdk.App(analytics_reporting=False, context=context, outdir=outdir)


def define_with_library(app: cdk.App, config: Path = SAMPLE) -> None:
    """Define the stacks of a configuration as app.py does."""
    from patching_constructs import load_settings
    from stacks.organisation import define_organisation

    define_organisation(app, load_settings(config))


def define_by_hand(app: cdk.App) -> None:
    """Define the stacks of patching.yaml without the library."""
    from bench.handwritten import define_organisation

    define_organisation(app)


def main(side: str, outdir: str, config: str = str(SAMPLE)) -> None:
    """Synthesize one side into a folder."""
    app = new_app(outdir)
    if side == "library":
        define_with_library(app, Path(config))
    else:
        define_by_hand(app)
    app.synth()


if __name__ == "__main__":
    main(*sys.argv[1:])
