"""What the sample organisation costs, worked out by hand from patching.yaml."""

import datetime as dt
import json
from fractions import Fraction
from pathlib import Path

import aws_cdk as cdk
import pytest

from patching_constructs import load_settings
from patching_constructs.analysis.costs.estate_units import billable_units
from patching_constructs.analysis.costs.window_units import CostAssumptions
from patching_constructs.model.billable_unit import BillableUnit
from patching_constructs.schedules.horizon import horizon_between
from patching_constructs.templates.estate_files import read_estates
from stacks.organisation import define_organisation
from tests.sample import ROOT

Amounts = dict[str, dict[BillableUnit, Fraction]]

YEAR = horizon_between(dt.date(2027, 1, 1), dt.date(2028, 1, 1))
"""365 days: as many scans, 52 Mondays and Wednesdays, and 12 Patch Tuesdays."""


@pytest.fixture(scope="module")
def amounts(tmp_path_factory: pytest.TempPathFactory) -> Amounts:
    """What is known of the amounts of every account."""
    folder = tmp_path_factory.mktemp("costs") / "cdk.out"
    context = json.loads(Path(ROOT, "cdk.json").read_text())["context"]
    app = cdk.App(outdir=str(folder), context=context, analytics_reporting=False)
    settings = load_settings(ROOT / "patching.yaml")
    define_organisation(app, settings)
    app.synth()
    (estate,) = read_estates([folder])
    return {
        str(entry.environment.account): {use.unit: use.known for use in entry.uses}
        for entry in billable_units(
            estate, horizon=YEAR, node_counts=settings.node_counts, assumptions=CostAssumptions()
        )
    }


@pytest.mark.parametrize(
    ("account", "commands"),
    [
        # dev, on Wednesdays: the install, and the update of the agent on Windows
        ("333333333333", (365 + 52) * 8 + 52 * 2),
        ("555555555555", (365 + 52) * 16 + 52 * 4),  # staging, on Mondays
        # prod, once a month, and images that are scanned
        ("666666666666", (365 + 12) * 48 + 12 * 8 + 365 * 60),
    ],
)
def test_output_is_what_the_commands_of_a_year_print(amounts: Amounts, account: str, commands: int) -> None:
    gigabytes = Fraction(commands * 100, 1_000_000) / 12
    assert amounts[account][BillableUnit.LOG_GIGABYTES] == gigabytes
    assert amounts[account][BillableUnit.LOG_STORAGE_GIGABYTES] == gigabytes * 12  # kept for 365 days
    assert amounts[account][BillableUnit.S3_STORAGE_GIGABYTES] == gigabytes * 12  # expires after 365 days
    assert amounts[account][BillableUnit.CROSS_REGION_GIGABYTES] == 0


def test_each_account_and_region_has_one_customer_key(amounts: Amounts) -> None:
    assert {units[BillableUnit.KMS_KEYS] for units in amounts.values()} == {1}


def test_rules_forward_no_event_functions_send_them(
    amounts: Amounts,
) -> None:
    assert {units[BillableUnit.EVENTS_TO_OTHER_BUSES] for units in amounts.values()} == {0}


def test_a_reporter_publishes_what_alarms_and_the_dashboard_of_the_organization_read(
    amounts: Amounts,
) -> None:
    assert amounts["333333333333"][BillableUnit.CUSTOM_METRICS] == 9 + 3
    # Production's images are a ring of their own, which is only scanned; it alone has an exemption.
    assert amounts["666666666666"][BillableUnit.CUSTOM_METRICS] == 9 * 2 + 4
    assert amounts["222222222222"][BillableUnit.CUSTOM_METRICS] == 0
