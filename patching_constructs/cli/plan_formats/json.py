"""The plan for programs."""

import json

from patching_constructs.cli.plan_formats.data import plan_data
from patching_constructs.plan.plan import Plan


def format_json(plan: Plan) -> str:
    """Render the plan as JSON."""
    return json.dumps(plan_data(plan), indent=2) + "\n"
