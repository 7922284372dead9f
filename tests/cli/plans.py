"""Plans that the tests of formats share."""

import glob
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from patching_constructs.analysis.ring_plans import RingChoice
from patching_constructs.model.estate import BaselineAt, Environment, Estate, WindowAt
from patching_constructs.model.freeze import Freeze
from patching_constructs.model.promises import Promise, Severity
from patching_constructs.model.schedule import ScheduleRecord
from patching_constructs.plan.build import build_plan
from patching_constructs.plan.plan import Plan
from patching_constructs.rules.estate import CheckOptions
from tests.plan.test_build import HORIZON, TODAY, UNKNOWN, baseline, plan_of, window

IRELAND = Environment(account="111111111111", region="eu-west-1")
OHIO = Environment(account="222222222222", region="us-east-2")
SOMEWHERE = Environment(account=UNKNOWN, region=UNKNOWN)
RINGS = (RingChoice(name="dev"), RingChoice(name="prod"))
YEAR_END = Freeze(
    name="year end", from_=datetime(2026, 12, 20, tzinfo=UTC), until=datetime(2027, 1, 4, tzinfo=UTC)
)
RELEASE = Freeze(
    name="big release", from_=datetime(2027, 2, 1, 12, tzinfo=UTC), until=datetime(2027, 2, 3, 18, tzinfo=UTC)
)
PROMISES = {
    "prod": (
        Promise(name="loose", within={Severity.CRITICAL: timedelta(days=60)}),
        Promise(name="tight", within={Severity.CRITICAL: timedelta(days=1)}),
    )
}
DAILY = ScheduleRecord(expression="cron(0 3 * * ? *)", timezone="America/New_York")
BERLIN_WEEKLY = ScheduleRecord(expression="cron(0 22 ? * WED *)", timezone="Europe/Berlin")
TOKYO_MONTHLY = ScheduleRecord(expression="cron(0 1 ? * SAT#3 *)", timezone="Asia/Tokyo")


def two_rings(*, dev_group: str = "dev", **options: object) -> Plan:
    """Two rings over two Regions, a group and a window in none, freezes and promises."""
    rings = (RingChoice(name="dev", glob=glob.escape(dev_group)), RingChoice(name="prod"))
    estate = Estate(
        baselines=(
            baseline(dev_group, at=IRELAND),
            baseline("prod", days=5, at=IRELAND),
            baseline("prod", days=5, at=OHIO),
            baseline("db", system="WINDOWS", at=OHIO),
        ),
        windows=(
            window(dev_group, name=f"{dev_group}-install", schedule=BERLIN_WEEKLY, at=IRELAND),
            window("prod", name="prod-install", schedule=TOKYO_MONTHLY, at=IRELAND),
            window("prod", name="prod-install", schedule=TOKYO_MONTHLY, at=OHIO),
            window("prod", "Scan", name="prod-scan", schedule=DAILY, at=OHIO),
            window("db", name="db-install", schedule=ScheduleRecord(expression=UNKNOWN), at=OHIO),
            window("shop", name="by-tag", key="tag:Application", at=OHIO),
        ),
        assumptions=("parameter Stage is 'prod'",),
    )
    return plan_of(
        estate, **{"rings": rings, "freezes": (YEAR_END, RELEASE), "promises": PROMISES, **options}
    )


@lru_cache
def large(accounts: int, *, ringed: bool) -> Plan:
    """Many accounts: in two rings, or each with a group of its own that is in no ring."""
    baselines: list[BaselineAt] = []
    windows: list[WindowAt] = []
    for number in range(accounts):
        account = Environment(account=f"{number:012}", region="eu-central-1")
        for name in ("dev", "prod"):
            group = name if ringed else f"{name}-of-account-{number:012}"
            baselines.append(baseline(group, days=0 if name == "dev" else 5, at=account))
            schedule = BERLIN_WEEKLY if name == "dev" else TOKYO_MONTHLY
            windows.append(window(group, name=f"{group}-install", schedule=schedule, at=account))
    estate = Estate(baselines=tuple(baselines), windows=tuple(windows))
    options = CheckOptions(horizon=HORIZON, rings=RINGS if ringed else ())
    return build_plan(estate, options, findings=(), today=TODAY)
