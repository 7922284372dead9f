"""Which metrics the compliance reporter publishes: those that an alarm or a dashboard reads, and no others.

CloudWatch charges for each metric. The choice travels in the environment of the reporter's function, because
readers are only known after the function is defined.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from patching_constructs.contracts.compliance_metrics import AccountMetric, ComplianceMetric

PUBLISHED_METRICS_VARIABLE = "PUBLISHED_METRICS"
"""Environment variable of the reporter's function that holds them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PublishedMetrics:
    """The metrics that have a reader.

    Attributes:
        account: Metrics of the account and Region.
        rings: Metrics of each ring, by its name.
    """

    account: frozenset[AccountMetric] = frozenset()
    rings: Mapping[str, frozenset[ComplianceMetric]] = field(default_factory=dict)

    def to_json(self) -> str:
        """Write them on one line, in the order of the vocabulary.

        Rings with the same metrics share one entry: the environment of a function holds 4 KB in all
        (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html).
        """
        rings_of: dict[tuple[str, ...], list[str]] = {}
        for ring, metrics in self.rings.items():
            names = tuple(str(metric) for metric in ComplianceMetric if metric in metrics)
            rings_of.setdefault(names, []).append(ring)
        return json.dumps(
            {
                "account": [str(metric) for metric in AccountMetric if metric in self.account],
                "rings": [{"names": rings, "metrics": names} for names, rings in rings_of.items()],
            },
            separators=(",", ":"),
        )

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `to_json` has written."""
        data: dict[str, Any] = json.loads(text)
        return cls(
            account=frozenset(map(AccountMetric, data["account"])),
            rings={
                ring: frozenset(map(ComplianceMetric, entry["metrics"]))
                for entry in data["rings"]
                for ring in entry["names"]
            },
        )
