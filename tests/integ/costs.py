"""What a run costs at most, and how long it may take for that."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from patching_constructs.analysis.costs.price_list import PriceList
from patching_constructs.contracts.compliance_metrics import METRIC_KINDS
from patching_constructs.model.billable_unit import BillableUnit
from patching_constructs.templates.price_file import SHIPPED_FILE, read_prices
from tests.integ.cloud import IntegError

CEILING = Decimal(2)
"""The most that a run may cost, in USD."""

TEARDOWN = timedelta(hours=1)
"""How long the removal may take; nodes are terminated at its beginning."""

NODES_END_AFTER = timedelta(minutes=15)
"""How long after the end of the run nodes terminate by themselves, if the script has died."""

_LONGEST, _SHORTEST, _STEP = timedelta(hours=4), timedelta(hours=2.5), timedelta(minutes=15)

_PRICED_REGION = "us-east-1"
_DEARER_REGIONS = 2
"""What other Regions are taken to cost, as a multiple: prices of few Regions are shipped."""

_HOURS_OF_A_MONTH = 730

# List prices of us-east-1 in USD. Copies of AWS's lists disagree about Windows on m5.large, 0.188 and 0.192.
_HOURLY_OF_NODES = {
    "t3.small with Linux": (Decimal("0.0208"), "https://aws.amazon.com/ec2/pricing/on-demand/"),
    "m5.large with Windows": (Decimal("0.192"), "https://aws.amazon.com/ec2/pricing/on-demand/"),
    "2 public IPv4 addresses": (Decimal("0.010"), "https://aws.amazon.com/vpc/pricing/"),
    "40 GB of gp3 volumes": (Decimal("0.08") * 40 / _HOURS_OF_A_MONTH, "https://aws.amazon.com/ebs/pricing/"),
}
_CHARGED_BY_MONTH = {
    "AWS::CloudWatch::Alarm": BillableUnit.ALARM_METRICS,
    "AWS::CloudWatch::CompositeAlarm": BillableUnit.COMPOSITE_ALARMS,
    "AWS::CloudWatch::Dashboard": BillableUnit.DASHBOARDS,
    "AWS::KMS::Key": BillableUnit.KMS_KEYS,
}
_USAGE = Decimal("0.10")


@dataclass(frozen=True, kw_only=True, slots=True)
class CostLine:
    """One thing that costs.

    Attributes:
        what: What it is.
        amount: What it costs at most, in USD.
        source: Where the price is from.
    """

    what: str
    amount: Decimal
    source: str


def longest_run(assembly: Path, *, region: str) -> timedelta:
    """Return how long a run may take so that it stays below the ceiling.

    Raises:
        IntegError: If that is too short for a run.
    """
    time = _LONGEST
    while total(estimate(assembly, region=region, time=time)) > CEILING:
        time -= _STEP
        if time < _SHORTEST:
            hours = _SHORTEST / timedelta(hours=1)
            message = f"{hours:g} hours in {region} may cost more than the ceiling of {CEILING:.2f} USD"
            raise IntegError(message)
    return time


def total(lines: list[CostLine]) -> Decimal:
    """Return the sum of an estimate."""
    return sum((line.amount for line in lines), Decimal())


def estimate(assembly: Path, *, region: str, time: timedelta) -> list[CostLine]:
    """Return what a run that takes `time` costs at most, its removal included, without free allowances."""
    factor = 1 if region == _PRICED_REGION else _DEARER_REGIONS
    return [
        CostLine(what=what, amount=amount * factor, source=source)
        for what, amount, source in _lines(assembly, time)
    ]


def _lines(assembly: Path, time: timedelta) -> Iterator[tuple[str, Decimal, str]]:
    of_nodes, hours = _hours(time + NODES_END_AFTER), _hours(time + TEARDOWN)
    for what, (price, source) in _HOURLY_OF_NODES.items():
        yield f"{of_nodes:g} hours of {what}", price * of_nodes, source
    types = [
        resource["Type"]
        for template in assembly.glob("*.template.json")
        for resource in json.loads(template.read_text(encoding="utf-8"))["Resources"].values()
    ]
    counts = {unit: types.count(resource_type) for resource_type, unit in _CHARGED_BY_MONTH.items()}
    prices = PriceList(read_prices(SHIPPED_FILE))
    for unit, count in {**counts, BillableUnit.CUSTOM_METRICS: len(METRIC_KINDS)}.items():
        line = prices.find(unit, _PRICED_REGION)
        assert line is not None, f"the shipped prices have none for {unit}"
        if count:
            of_month = line.amount / line.per * count
            what = unit.value.replace("-", " ")
            yield f"{hours:g} hours of {count} x {what}", of_month * hours / _HOURS_OF_A_MONTH, line.source
    yield "a few thousand calls, events and log lines", _USAGE, "https://aws.amazon.com/pricing/"


def _hours(time: timedelta) -> Decimal:
    return Decimal(time // timedelta(minutes=1)) / 60
