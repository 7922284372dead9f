"""Which metrics of a reporter have a reader, as far as the app says at synthesis."""

from collections.abc import Iterable

import jsii
from aws_cdk import IStableStringProducer, Lazy

from patching_constructs.contracts.compliance_metrics import AccountMetric, ComplianceMetric
from patching_constructs.contracts.published_metrics import PublishedMetrics


class MetricReaders:
    """Collects the metrics that are read; alarms and dashboards are defined after the reporter.

    Args:
        rings: Names of the rings.
    """

    def __init__(self, rings: Iterable[str]) -> None:
        self._account: set[AccountMetric] = set()
        self._rings: dict[str, set[ComplianceMetric]] = {ring: set() for ring in rings}

    def add_of_ring(self, ring: str, metric: ComplianceMetric) -> None:
        """Note that a metric of a ring is read."""
        self._rings[ring].add(metric)

    def add_of_account(self, metric: AccountMetric) -> None:
        """Note that a metric of the account and Region is read."""
        self._account.add(metric)

    def to_json(self) -> str:
        """Write what is read so far."""
        return PublishedMetrics(
            account=frozenset(self._account),
            rings={ring: frozenset(metrics) for ring, metrics in self._rings.items()},
        ).to_json()


def published_at_synthesis(readers: MetricReaders) -> str:
    """Return a token for what is read when everything is defined."""
    # Alarms and dashboards are defined after the reporter, so the metrics that are read are known only
    # when the template is written.
    return Lazy.string(_Published(readers))


@jsii.implements(IStableStringProducer)
class _Published:
    def __init__(self, readers: MetricReaders) -> None:
        self._readers = readers

    def produce(self) -> str:
        return self._readers.to_json()
