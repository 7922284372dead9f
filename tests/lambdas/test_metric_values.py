"""Every metric has a meaning and a value."""

import datetime as dt
from collections import Counter

from patching_constructs.contracts.compliance_metrics import (
    METRIC_KINDS,
    PUBLISHED_ON_FAILURE,
    AccountMetric,
    ComplianceMetric,
)
from patching_constructs.lambdas.compliance_reporter.figures import Figures
from patching_constructs.lambdas.compliance_reporter.metric_values import metric_values
from patching_constructs.model.promises import Severity


def test_every_metric_says_what_it_means() -> None:
    assert METRIC_KINDS.keys() == {*ComplianceMetric, *AccountMetric}


def test_every_metric_of_a_ring_has_a_value() -> None:
    assert [metric for metric, _ in metric_values(Figures(nodes=1))] == [
        metric for metric in ComplianceMetric if metric not in PUBLISHED_ON_FAILURE
    ]


def test_a_ring_without_nodes_has_no_share_of_compliant_ones() -> None:
    found = [metric for metric, _ in metric_values(Figures())]
    unknown = PUBLISHED_ON_FAILURE | {ComplianceMetric.COMPLIANT_PERCENT}
    assert found == [metric for metric in ComplianceMetric if metric not in unknown]


def test_ages_are_in_hours_and_severities_have_metrics_of_their_own() -> None:
    found = dict(
        metric_values(
            Figures(
                nodes=4,
                compliant_nodes=3,
                missing=Counter({Severity.HIGH: 2, None: 1}),
                most_over_promise=dt.timedelta(hours=1, minutes=30),
            )
        )
    )
    assert found[ComplianceMetric.COMPLIANT_PERCENT] == 75
    assert found[ComplianceMetric.MISSING_HIGH] == 2
    assert found[ComplianceMetric.MISSING_UNRATED] == 1
    assert found[ComplianceMetric.OVER_PROMISE] == 1.5
    assert found[ComplianceMetric.OLDEST_REBOOT_DEBT] == 0
