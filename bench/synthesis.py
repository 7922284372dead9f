"""Synthesizes the organisation in a process of its own: `python -m bench.synthesis SIDE FOLDER [CONFIG]`.

The feature flags are those of cdk.json. Security rules are left out and the built-in validator is switched
off for both sides: they cost the same for the same templates, and more than everything else.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import aws_cdk as cdk

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "patching.yaml"


def new_app(outdir: str | None = None) -> cdk.App:
    """Return an app under the feature flags of cdk.json."""
    context = json.loads((ROOT / "cdk.json").read_text())["context"]
    return cdk.App(analytics_reporting=False, context=context, outdir=outdir)


def library(config: Path = SAMPLE) -> Callable[[cdk.App], None]:
    """Import what app.py imports, and return what defines the stacks of a configuration."""
    from patching_constructs import load_settings
    from stacks.organisation import define_organisation

    return lambda app: define_organisation(app, load_settings(config))


def handwritten() -> Callable[[cdk.App], None]:
    """Import the twin, and return what defines the stacks of patching.yaml without the library."""
    from bench.handwritten import define_organisation

    return define_organisation


def main(side: str, outdir: str, config: str = str(SAMPLE)) -> None:
    """Synthesize one side into a folder."""
    define = library(Path(config)) if side == "library" else handwritten()
    app = new_app(outdir)
    define(app)
    app.synth()


if __name__ == "__main__":
    main(*sys.argv[1:])
