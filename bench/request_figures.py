"""Requests to the CDK kernel for each resource of the sample: exact, on any machine."""

from dataclasses import dataclass
from typing import Any

from rich.table import Table

from bench.jsii_requests import counted_jsii_requests
from bench.limit import Limit
from bench.synthesis import define_sample, new_app

REQUESTS_PER_RESOURCE_LIMIT = 5.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Count:
    """Requests that templates cost.

    Attributes:
        requests: Number of requests.
        templates: Templates that they defined, one for each stack.
    """

    requests: int
    templates: list[dict[str, Any]]

    @property
    def per_resource(self) -> float:
        """Requests for each resource of the templates."""
        return self.requests / sum(len(template["Resources"]) for template in self.templates)


def count_sample() -> Count:
    """Count the requests of the whole sample, metadata and acknowledgements included."""
    with counted_jsii_requests() as sent:
        app = new_app()
        define_sample(app)
        app.synth()
    return Count(requests=len(sent), templates=[stack.template for stack in app.synth().stacks])


def request_figures() -> tuple[Table, list[Limit]]:
    """Count the requests and compare them with the limit."""
    count = count_sample()
    table = Table("requests", "requests per resource", title="jsii requests of the sample")
    table.add_row(f"{count.requests}", f"{count.per_resource:.2f}")
    return table, [
        Limit(
            name="jsii requests per resource of the sample",
            measured=count.per_resource,
            at_most=REQUESTS_PER_RESOURCE_LIMIT,
        )
    ]
