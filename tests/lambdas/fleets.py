"""A local AWS with baselines, windows and a fleet, for tests of what runs inside AWS."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain, repeat
from pathlib import Path
from typing import Any

from local_aws.aws import client
from local_aws.fleet.clock import clock
from local_aws.fleet.records import Node, Patch
from local_aws.fleet.simulation import SimulatedPlace, WindowFired, simulate
from local_aws.services.moto_seams import place
from patching_constructs import OperatingSystem, RebootOption
from patching_constructs.contracts.published_metrics import PublishedMetrics
from patching_constructs.contracts.reporter_settings import REPORTER_FILE, ReporterSettings
from patching_constructs.contracts.ring_document import (
    RINGS_FILE,
    DeployedGroup,
    DeployedRing,
    DeployedWindow,
    RingDocument,
)
from patching_constructs.lambdas.compliance_reporter.progress import Progress
from patching_constructs.lambdas.compliance_reporter.report import (
    Clients,
    Reporter,
    ReportPlaces,
    ReportResult,
)
from patching_constructs.model.exemption import ExemptionRecord
from patching_constructs.model.ring_terms import RingTerms

ACCOUNT, REGION = "666666666666", "eu-central-1"
START = dt.datetime(2026, 12, 1, tzinfo=dt.UTC)
DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
LINUX, WINDOWS = OperatingSystem.AMAZON_LINUX_2023, OperatingSystem.WINDOWS
TABLE, BUCKET = "memory", "history"
GROUP = "prod-web"
KERNEL = "kernel.x86_64:0:6.1.119-129.201.amzn2023"
GLIBC = "glibc.x86_64:0:2.34-117.amzn2023"
OPENSSL = "openssl.x86_64:1:3.0.8-1.amzn2023.0.18"
CURL = "curl.x86_64:0:8.5.0-1.amzn2023.0.4"


def with_rings(settings: ReporterSettings, *rings: DeployedRing) -> ReporterSettings:
    """Return the same settings for other rings."""
    return replace(settings, document=replace(settings.document, rings=rings))


def write_settings(settings: ReporterSettings, folder: Path) -> None:
    """Write the files beside the code of the reporter."""
    (folder / RINGS_FILE).write_text(settings.document.to_json())
    (folder / REPORTER_FILE).write_text(settings.to_json())


class World:
    """One account and Region with one ring of one group; made inside `in_process`.

    Args:
        delay_days: Approval delay of the baselines.
        terms: What the nodes are measured against.
        exemptions: Nodes and patches that need not comply.
        install: When the ring is patched.
        scan: When it is scanned.
        reboot_option: Whether nodes reboot.
        max_errors: The error budget.
    """

    def __init__(
        self,
        *,
        delay_days: int = 0,
        terms: RingTerms | None = None,
        exemptions: tuple[ExemptionRecord, ...] = (),
        install: str = "cron(0 22 ? * WED *)",
        scan: str = "cron(0 5 ? * * *)",
        reboot_option: RebootOption = RebootOption.REBOOT_IF_NEEDED,
        max_errors: str = "100%",
    ) -> None:
        clock.set(START)
        self.ssm = self.client("ssm")
        self.place: SimulatedPlace = place(ACCOUNT, REGION)
        self.baselines = {system: self._baseline(system, delay_days) for system in (LINUX, WINDOWS)}
        self.windows = {
            "web-prod-scan": self._window("web-prod-scan", scan, {"Operation": ["Scan"]}, max_errors),
            "web-prod-install": self._window(
                "web-prod-install",
                install,
                {"Operation": ["Install"], "RebootOption": [str(reboot_option)]},
                max_errors,
            ),
        }
        terms = terms or RingTerms()
        ring = DeployedRing(
            name="prod",
            order=1,
            patch_groups=(DeployedGroup(name=GROUP, tag_key="PatchGroup"),),
            windows=(
                DeployedWindow(name="web-prod-scan", installs=False),
                DeployedWindow(name="web-prod-install", installs=True),
            ),
            within=terms.within,
        )
        self.settings = ReporterSettings(
            document=RingDocument(rollout="web", rings=(ring,)),
            reboot_within=terms.reboot_within,
            scanned_within=terms.scanned_within,
            exemptions=exemptions,
        )
        self.client("dynamodb").create_table(
            TableName=TABLE,
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        self.client("s3").create_bucket(
            Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION}
        )

    def client(self, service: str) -> Any:
        """Give a boto3 client of the account and Region."""
        return client(service, account=ACCOUNT, region=REGION)

    def add(self, *things: Node | Patch) -> None:
        """Add nodes and patches."""
        self.place.fleet.add(*things)

    def advance(self, until: dt.datetime) -> list[str]:
        """Let the windows run until then, and return their names in order."""
        return [fired.name for fired in self.fire(until)]

    def fire(self, until: dt.datetime) -> list[WindowFired]:
        """Let the windows run until then, and return what they did in order."""
        return list(simulate([self.place], from_=clock(), until=until))

    def reporter(
        self,
        *,
        settings: ReporterSettings | None = None,
        minutes: Sequence[float] = (),
        published_metrics: PublishedMetrics | None = None,
    ) -> Reporter:
        """Make a reporter; `minutes` are what is left of its time, each time that it asks; then the last."""
        left = chain(minutes, repeat([15, *minutes][-1]))
        return Reporter(
            settings or self.settings,
            clients=Clients(
                **{name: self.client(name) for name in ("ssm", "ec2", "dynamodb", "cloudwatch", "s3")}
            ),
            places=ReportPlaces(
                account=ACCOUNT,
                region=REGION,
                table_name=TABLE,
                history_bucket=BUCKET,
                published_metrics=published_metrics,
            ),
            remaining=lambda: dt.timedelta(minutes=next(left)),
        )

    def report(self, **settings: Any) -> ReportResult:
        """Make a whole report."""
        return self.reporter(**settings).make(self.progress("run"))

    def progress(self, run_id: str) -> Progress:
        """Begin a report."""
        return Progress(run_id=run_id, now=clock())

    def metrics(self, name: str, dimensions: Mapping[str, str]) -> list[float]:
        """Return the published values of a metric, the oldest first."""
        points = self.client("cloudwatch").get_metric_statistics(
            Namespace="PatchingConstructs",
            MetricName=name,
            Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()],
            StartTime=START - DAY,
            EndTime=START + 400 * DAY,
            Period=60,
            Statistics=["Maximum"],
        )["Datapoints"]
        return [point["Maximum"] for point in sorted(points, key=lambda point: point["Timestamp"])]

    def _baseline(self, system: OperatingSystem, delay_days: int) -> str:
        baseline_id: str = self.ssm.create_patch_baseline(
            Name=f"prod-{system}",
            OperatingSystem=str(system),
            ApprovalRules={
                "PatchRules": [
                    {
                        "PatchFilterGroup": {"PatchFilters": [{"Key": "CLASSIFICATION", "Values": ["*"]}]},
                        "ApproveAfterDays": delay_days,
                    }
                ]
            },
        )["BaselineId"]
        self.ssm.register_patch_baseline_for_patch_group(BaselineId=baseline_id, PatchGroup=GROUP)
        return baseline_id

    def _window(self, name: str, schedule: str, parameters: Mapping[str, list[str]], max_errors: str) -> str:
        window_id: str = self.ssm.create_maintenance_window(
            Name=name, Schedule=schedule, Duration=4, Cutoff=1, AllowUnassociatedTargets=False
        )["WindowId"]
        target_id = self.ssm.register_target_with_maintenance_window(
            WindowId=window_id,
            ResourceType="INSTANCE",
            Targets=[{"Key": "tag:PatchGroup", "Values": [GROUP]}],
        )["WindowTargetId"]
        self.ssm.register_task_with_maintenance_window(
            WindowId=window_id,
            Targets=[{"Key": "WindowTargetIds", "Values": [target_id]}],
            TaskArn="AWS-RunPatchBaseline",
            TaskType="RUN_COMMAND",
            Priority=1,
            MaxConcurrency="100%",
            MaxErrors=max_errors,
            TaskInvocationParameters={"RunCommand": {"Parameters": dict(parameters)}},
        )
        return window_id


@contextmanager
def counted(world: World) -> Iterator[Counter[str]]:
    """Count the calls of Systems Manager and EC2."""
    calls: Counter[str] = Counter()

    def count(model: Any, **_: object) -> None:
        calls[model.name] += 1

    clients = [world.client(service) for service in ("ssm", "ec2")]
    for each in clients:
        each.meta.events.register("before-call", count, unique_id="count")
    yield calls
    for each in clients:
        each.meta.events.unregister("before-call", unique_id="count")


def node(number: int, **changes: Any) -> Node:
    """Make a node of the group that is there from the start."""
    values: dict[str, Any] = {
        "node_id": f"i-{number:017x}",
        "operating_system": LINUX,
        "tags": {"PatchGroup": GROUP, "Name": f"web-{number}"},
        "launched_at": START - DAY,
    }
    return Node(**{**values, **changes})


def patch(patch_id: str, published_at: dt.datetime = START, **changes: Any) -> Patch:
    """Make a critical security patch of Amazon Linux that nodes see at once."""
    values: dict[str, Any] = {
        "patch_id": patch_id,
        "operating_system": LINUX,
        "published_at": published_at,
        "visible_at": published_at,
        "classification": "Security",
        "severity": "Critical",
    }
    return Patch(**{**values, **changes})
