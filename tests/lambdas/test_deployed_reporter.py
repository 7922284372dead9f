"""The reporter as its stack deploys it: with the files shipped with its code, and its table."""

import datetime as dt
import json
import zipfile
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template

from local_aws.aws import client
from local_aws.fleet.clock import clock
from local_aws.fleet.simulation import simulate
from local_aws.services.moto_seams import place
from patching_constructs import (
    ComplianceAlarms,
    ComplianceReporter,
    PatchDashboard,
    Promise,
    RebootOption,
    Recipient,
    Severity,
)
from patching_constructs.analysis.costs.estate_units import billable_units
from patching_constructs.analysis.costs.window_units import CostAssumptions
from patching_constructs.contracts.compliance_metrics import NAMESPACE, PUBLISHED_ON_FAILURE, ComplianceMetric
from patching_constructs.contracts.published_metrics import PublishedMetrics
from patching_constructs.contracts.reporter_settings import REPORTER_FILE, ReporterSettings
from patching_constructs.contracts.ring_document import RINGS_FILE, RingDocument
from patching_constructs.lambdas.compliance_reporter.progress import Progress
from patching_constructs.lambdas.compliance_reporter.report import Clients, Reporter, ReportPlaces
from patching_constructs.model.billable_unit import BillableUnit
from patching_constructs.schedules.horizon import horizon_between
from patching_constructs.templates.estate_files import read_estates
from tests.deployment import deploy_stack
from tests.lambdas.fleets import ACCOUNT, DAY, KERNEL, REGION, START, node, patch
from tests.lambdas.prod_ring import define_prod_ring

pytestmark = pytest.mark.usefixtures("local_aws")


def _stack() -> cdk.Stack:
    stack, baseline, windows = define_prod_ring(
        approve_after_days=2,
        reboot_option=RebootOption.NO_REBOOT,
        max_errors="100%",
        promises=[Promise(name="own", within={Severity.CRITICAL: dt.timedelta(days=14)})],
    )
    reporter = ComplianceReporter(
        stack, "Reporter", account_name="prod", maintenance_windows=windows, baselines=[baseline]
    )
    ComplianceAlarms(stack, "Alarms", recipients=[Recipient.email("a@example.com")], reporter=reporter)
    PatchDashboard(stack, "Dashboard", reporter=reporter)
    return stack


def _deploy(stack: cdk.Stack) -> tuple[ReportPlaces, ReporterSettings]:
    """Deploy the stack; return the places of the function and the settings beside its code."""
    deploy_stack(stack)
    app = cdk.Stage.of(stack)
    assert app is not None
    (bundle,) = Path(app.outdir).glob("asset.*.zip")
    with zipfile.ZipFile(bundle) as opened:
        rings = RingDocument.from_json(opened.read(RINGS_FILE).decode())
        settings = ReporterSettings.from_json(opened.read(REPORTER_FILE).decode(), rings)
    (function,) = client("lambda", account=ACCOUNT, region=REGION).list_functions()["Functions"]
    variables = function["Environment"]["Variables"]
    places = ReportPlaces(
        account=ACCOUNT,
        region=REGION,
        table_name=variables["TABLE_NAME"],
        published_metrics=PublishedMetrics.from_json(variables["PUBLISHED_METRICS"]),
    )
    return places, settings


def _report(places: ReportPlaces, settings: ReporterSettings) -> Any:
    services = ("ssm", "ec2", "dynamodb", "cloudwatch", "s3")
    reporter = Reporter(
        settings,
        clients=Clients(**{name: client(name, account=ACCOUNT, region=REGION) for name in services}),
        places=places,
        remaining=lambda: dt.timedelta(minutes=15),
    )
    return reporter.make(Progress(run_id="run", now=clock()))


def test_what_is_deployed_reports_what_happens_to_its_nodes() -> None:
    clock.set(START)
    places, settings = _deploy(_stack())
    here = place(ACCOUNT, REGION)
    here.fleet.add(node(1), node(2, refuses={KERNEL}), patch(KERNEL, START - DAY))
    for _ in simulate([here], from_=START, until=START + 3 * DAY):
        pass
    report = _report(places, settings)
    assert report.is_finished
    assert report.changed_baselines == (), "the definition is what CloudFormation has made of it"
    (figures,) = report.progress.figures.values()
    assert (figures.nodes, figures.failed_patches, figures.reboot_debt_nodes) == (2, 0, 1)
    assert figures.missing == {Severity.CRITICAL: 1}, "a scan after the failed install says missing again"


def test_every_published_metric_has_a_reader_and_every_reader_a_metric_and_the_plan_counts_them(
    tmp_path: Path,
) -> None:
    clock.set(START)
    stack = _stack()
    places, settings = _deploy(stack)
    place(ACCOUNT, REGION).fleet.add(node(1), patch(KERNEL, START - DAY))
    _report(places, settings)
    cloudwatch = client("cloudwatch", account=ACCOUNT, region=REGION)
    published = [
        (metric["MetricName"], *sorted((each["Name"], each["Value"]) for each in metric["Dimensions"]))
        for page in cloudwatch.get_paginator("list_metrics").paginate()
        for metric in page["Metrics"]
        if metric["Namespace"] == NAMESPACE
    ]
    watched = {
        (alarm["MetricName"], *sorted((each["Name"], each["Value"]) for each in alarm["Dimensions"]))
        for alarm in cloudwatch.describe_alarms()["MetricAlarms"]
        if alarm["Namespace"] == NAMESPACE
    }
    (dashboard,) = cloudwatch.list_dashboards()["DashboardEntries"]
    body = json.loads(cloudwatch.get_dashboard(DashboardName=dashboard["DashboardName"])["DashboardBody"])
    shown = set()
    for widget in body["widgets"]:
        for metric in widget["properties"].get("metrics", ()):
            namespace, name, *rest = (part for part in metric if isinstance(part, str))
            if namespace == NAMESPACE:
                shown.add((name, *sorted(zip(rest[::2], rest[1::2], strict=True))))
    assert shown - watched == {("CompliantNodesPercent", ("Ring", "prod"), ("Rollout", "web"))}
    unfailed = {each for each in watched if each[0] in PUBLISHED_ON_FAILURE}
    assert sorted(published) == sorted((watched | shown) - unfailed)
    assert {name for name, *_ in unfailed} == {ComplianceMetric.LOST_NODES}

    template = tmp_path / "template.json"
    template.write_text(json.dumps(Template.from_stack(stack).to_json()))
    (estate,) = read_estates([template])
    (here,) = billable_units(
        estate,
        horizon=horizon_between(START.date(), START.date() + 365 * DAY),
        node_counts={},
        assumptions=CostAssumptions(),
    )
    amounts = {use.unit: use.amount for use in here.uses}
    assert amounts[BillableUnit.CUSTOM_METRICS] == len(published)


def test_a_baseline_that_someone_changes_by_hand_shows() -> None:
    clock.set(START)
    places, settings = _deploy(_stack())
    ssm = client("ssm", account=ACCOUNT, region=REGION)
    (baseline,) = ssm.describe_patch_baselines(Filters=[{"Key": "OWNER", "Values": ["Self"]}])[
        "BaselineIdentities"
    ]
    ssm.update_patch_baseline(BaselineId=baseline["BaselineId"], ApprovedPatches=["kernel"])
    assert _report(places, settings).changed_baselines == ("prod-linux: ApprovedPatches",)
