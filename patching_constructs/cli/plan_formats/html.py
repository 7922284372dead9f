"""The plan as one page for a browser, with everything in it: nothing is loaded from anywhere.

A Content Security Policy in the page allows its own script and style, by their hashes, and nothing else.
"""

import base64
import hashlib
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined

from patching_constructs._version import __version__
from patching_constructs.cli.plan_formats.page.calendar import calendar
from patching_constructs.cli.plan_formats.page.costs import costs_view
from patching_constructs.cli.plan_formats.page.exposure import exposure_views
from patching_constructs.cli.plan_formats.page.finding_list import findings_view
from patching_constructs.cli.plan_formats.page.quotas import quota_views
from patching_constructs.cli.plan_formats.page.ring_rows import ring_views, window_views
from patching_constructs.cli.plan_formats.page.timeline import timeline
from patching_constructs.cli.plan_formats.page.travel import travel
from patching_constructs.cli.plan_formats.page.verdict import verdict
from patching_constructs.model.finding import Level
from patching_constructs.plan.plan import Plan

_PAGE = "patching_constructs.cli.plan_formats.page"


def format_html(plan: Plan) -> str:
    """Render the plan as a page."""
    rings = ring_views(plan)
    way = timeline(plan, rings)
    first = travel(way.classes[0], rings, way.published) if way.classes else None
    style, script = _asset("page.css"), _asset("page.js")
    return (
        _environment()
        .get_template("page.html.jinja")
        .render(
            version=__version__,
            style=style,
            script=script,
            style_hash=_hash(style),
            script_hash=_hash(script),
            plan=plan,
            errors=plan.count(Level.ERROR),
            warnings=plan.count(Level.WARNING),
            verdict=verdict(plan),
            rings=rings,
            other_windows=window_views(plan),
            costs=costs_view(plan.costs),
            calendar=calendar(plan, rings),
            timeline=way,
            travel=first,
            stops={stop.ring.number: stop for stop in first.stops} if first is not None else {},
            exposure=exposure_views(rings),
            quotas=quota_views(plan),
            findings=findings_view(plan),
        )
    )


def _environment() -> Environment:
    return Environment(
        loader=PackageLoader(_PAGE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _asset(name: str) -> str:
    return resources.files(_PAGE).joinpath("templates", name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
