"""The plans that the browser is shown."""

import datetime as dt
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from patching_constructs.analysis.ring_plans import RingChoice
from patching_constructs.model.acknowledgement import Acknowledgement
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.freeze import Freeze
from patching_constructs.model.promises import PROMISES, Promise, Severity
from patching_constructs.plan.build import build_plan
from patching_constructs.plan.plan import Plan
from patching_constructs.rules.acknowledged_findings import judge
from patching_constructs.rules.estate import CheckOptions, check_estates
from patching_constructs.schedules.horizon import horizon_between
from patching_constructs.templates.acknowledgement_file import read_acknowledgements
from patching_constructs.templates.estate_files import read_estates
from tests.sample import sample_app

ROOT = Path(__file__).parents[2]
NOAA = str(ROOT / "tests" / "cases" / "noaa-hydrovis-615-fix" / "template.yaml")
TODAY = dt.date(2026, 11, 26)
HOSTILE = "</script><img src=x onerror=\"document.title='broken'\">'\"&<b>\u2028é日本"
"""What a name must not be able to do: end the script, open a tag, end an attribute or a string."""

YEAR_END = Freeze(
    name="year end", from_=datetime(2026, 12, 18, tzinfo=UTC), until=datetime(2027, 1, 4, tzinfo=UTC)
)
TWO_WEEKS = Promise(
    name="two weeks", within={Severity.CRITICAL: timedelta(days=14), Severity.HIGH: timedelta(days=14)}
)


@lru_cache
def sample() -> Plan:
    """Return the plan of the sample organisation, for two years."""
    with TemporaryDirectory() as folder:
        app = sample_app()
        app.synth()
        for template in Path(app.outdir).glob("*.json"):
            (Path(folder) / template.name).write_bytes(template.read_bytes())
        return _plan(
            [folder],
            acknowledgements=read_acknowledgements(
                ROOT / "patching-acknowledgements.yaml", finding_ids=set(FindingId)
            ),
        )


@lru_cache
def public_case() -> Plan:
    """Return the plan of the public template that the README shows."""
    return _plan([NOAA], rings=("dev", "prod"), today=dt.date(2026, 12, 1))


@lru_cache
def frozen() -> Plan:
    """Return a plan with a ring that is ahead, a freeze, and promises that are kept and missed."""
    return _plan(
        [NOAA],
        months=12,
        rings=("dev", "prod"),
        freezes=(YEAR_END,),
        promises={"dev": (TWO_WEEKS,), "prod": (TWO_WEEKS, PROMISES["pci-dss-6.3.3"])},
    )


@lru_cache
def hostile() -> Plan:
    """Return a plan in which everything that a template names is hostile."""
    with TemporaryDirectory() as folder:
        template = Path(folder) / "hostile.json"
        template.write_text(_hostile_template(), encoding="utf-8")
        return _plan(
            [str(template)],
            months=12,
            rings=(f"dev {HOSTILE}", f"prod {HOSTILE}"),
            freezes=(Freeze(name=HOSTILE, from_=YEAR_END.from_, until=YEAR_END.until),),
            promises={f"dev {HOSTILE}": (Promise(name=HOSTILE, within=TWO_WEEKS.within),)},
        )


def _hostile_template() -> str:
    import json

    resources: dict[str, object] = {}
    for number, (ring, weekday) in enumerate((("dev", "SUN#1"), ("prod", "TUE#2"), ("other", "FRI"))):
        group = f"{ring} {HOSTILE}"
        resources[f"Baseline{number}"] = {
            "Type": "AWS::SSM::PatchBaseline",
            "Properties": {
                "Name": group,
                "OperatingSystem": "WINDOWS",
                "PatchGroups": [group],
                "ApprovalRules": {
                    "PatchRules": [{"ApproveAfterDays": 6 * number, "PatchFilterGroup": {"PatchFilters": []}}]
                },
            },
        }
        resources[f"Window{number}"] = {
            "Type": "AWS::SSM::MaintenanceWindow",
            "Properties": {
                "Name": f"window {HOSTILE}",
                "Schedule": f"cron(0 22 ? * {weekday} *)",
                "ScheduleTimezone": "America/New_York",
                "Duration": 4,
                "Cutoff": 1,
                "AllowUnassociatedTargets": False,
            },
        }
        resources[f"Target{number}"] = {
            "Type": "AWS::SSM::MaintenanceWindowTarget",
            "Properties": {
                "WindowId": {"Ref": f"Window{number}"},
                "ResourceType": "INSTANCE",
                "Targets": [{"Key": "tag:PatchGroup", "Values": [group]}],
            },
        }
        resources[f"Task{number}"] = {
            "Type": "AWS::SSM::MaintenanceWindowTask",
            "Properties": {
                "WindowId": {"Ref": f"Window{number}"},
                "TaskType": "RUN_COMMAND",
                "TaskArn": "AWS-RunPatchBaseline",
                "Priority": 1,
                "Targets": [{"Key": "WindowTargetIds", "Values": [{"Ref": f"Target{number}"}]}],
                "TaskInvocationParameters": {
                    "MaintenanceWindowRunCommandParameters": {"Parameters": {"Operation": ["Install"]}}
                },
            },
        }
    return json.dumps({"Resources": resources})


def _plan(
    paths: list[str],
    *,
    months: int = 24,
    today: dt.date = TODAY,
    rings: tuple[str, ...] = (),
    freezes: tuple[Freeze, ...] = (),
    promises: Mapping[str, tuple[Promise, ...]] | None = None,
    acknowledgements: tuple[Acknowledgement, ...] = (),
) -> Plan:
    options = CheckOptions(
        horizon=horizon_between(today, today.replace(year=today.year + months // 12)),
        rings=tuple(RingChoice(name=ring) for ring in rings),
        freezes=freezes,
        promises=promises or {},
    )
    estates = list(read_estates(paths))
    findings = judge(check_estates(estates, options), acknowledgements, today=today)
    return build_plan(estates[0], options, findings=findings, today=today)


PLANS = {"sample": sample, "public_case": public_case, "frozen": frozen, "hostile": hostile}
