"""Synthesizes the organisation in a process of its own: `python -m bench.synthesis FOLDER [CONFIG]`.

The feature flags are those of cdk.json. Security rules are left out and the built-in validator is switched
off: they cost more than everything else and are not the library's.
"""

import json
import sys
from pathlib import Path

import aws_cdk as cdk

from patching_constructs import load_settings
from stacks.organisation import define_organisation

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "patching.yaml"


def new_app(outdir: str | None = None) -> cdk.App:
    """Return an app under the feature flags of cdk.json."""
    context = json.loads((ROOT / "cdk.json").read_text())["context"]
    return cdk.App(analytics_reporting=False, context=context, outdir=outdir)


def define_sample(app: cdk.App, config: Path = SAMPLE) -> None:
    """Define the stacks of a configuration."""
    define_organisation(app, load_settings(config))


def main(outdir: str, config: str = str(SAMPLE)) -> None:
    """Synthesize a configuration into a folder."""
    app = new_app(outdir)
    define_sample(app, Path(config))
    app.synth()


if __name__ == "__main__":
    main(*sys.argv[1:])
