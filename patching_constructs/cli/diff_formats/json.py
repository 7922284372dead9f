"""A comparison for programs."""

import json

from patching_constructs.cli.diff_formats.data import diff_data
from patching_constructs.plan.diff.change import Comparison


def format_json(comparison: Comparison) -> str:
    """Render the comparison as JSON."""
    return json.dumps(diff_data(comparison), indent=2) + "\n"
