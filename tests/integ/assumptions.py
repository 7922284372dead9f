"""What a run says about the assumptions of docs/not-proven.md."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.integ.proof import Result

PAGE = Path(__file__).parents[2] / "docs" / "not-proven.md"


def slugs() -> list[str]:
    """Return the sections of the page."""
    return re.findall(r"^## ([a-z0-9-]+)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)


def observations(result: Result) -> dict[str, str]:
    """Return what was observed about each assumption, in the order of the page."""
    return {
        slug: OBSERVERS[slug](result) if slug in OBSERVERS else "not settled by this run" for slug in slugs()
    }


def _counts(result: Result) -> str:
    return "; ".join(
        f"{system} after the {name}: {stage.missing_by_aws(node_id)} counted, "
        f"{stage.listed[node_id]} listed as missing"
        for name, stage in result.stages.items()
        for system, node_id in result.site.nodes.items()
    )


def _source_of_events(result: Result) -> str:
    """The queue takes events of two rules, and the deployed functions were started by others."""
    return f"{len(result.events)} events reached a queue whose policy names the ARN of the rule alone"


def _disabled_windows(result: Result) -> str:
    became = "enabled it again" if result.is_enabled_by_update else "left it disabled"
    return f"an update of the schedule by CloudFormation {became}"


def _event_values(result: Result) -> str:
    kinds = {
        f"{event['detail-type']} {event['detail'].get('status', '')}".strip()
        for event in result.events
        if event["source"] == "aws.ssm"
    }
    return f"seen: {', '.join(sorted(kinds))}"


OBSERVERS: Mapping[str, Callable[[Result], str]] = {
    "counts-and-patches": _counts,
    "disabled-windows": _disabled_windows,
    "event-values-without-an-example": _event_values,
    "source-of-eventbridge": _source_of_events,
}
