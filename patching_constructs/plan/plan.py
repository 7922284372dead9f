"""The plan as a value, before it is put into a format."""

import datetime as dt
from dataclasses import dataclass

from patching_constructs.analysis.costs.costs import Costs
from patching_constructs.analysis.quota_use import QuotaUse
from patching_constructs.analysis.ring_exposure import RingExposure
from patching_constructs.model.estate import Environment, RingPlan
from patching_constructs.model.finding import Level
from patching_constructs.model.freeze import Freeze
from patching_constructs.model.operating_system import OperatingSystem
from patching_constructs.model.patching_documents import PatchOperation
from patching_constructs.model.promises import Promise
from patching_constructs.model.schedule import ScheduleRecord
from patching_constructs.model.unknown import Maybe
from patching_constructs.plan.journeys import Journey
from patching_constructs.plan.order import OrderAnswer
from patching_constructs.rules.acknowledged_findings import JudgedFinding
from patching_constructs.schedules.span import Span


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedWindow:
    """Windows that differ in nothing but their account and Region.

    Attributes:
        name: Name of the window.
        operations: What it does to its ring's nodes, `INSTALL` first; empty if that is not known.
        schedule: When it opens.
        duration_hours: Hours until it closes.
        cutoff_hours: Hours before its end in which no further node starts.
        openings: When it is open within the horizon, or why that is not known.
        environments: Where there is one.
    """

    name: str
    operations: tuple[PatchOperation, ...]
    schedule: ScheduleRecord
    duration_hours: Maybe[int]
    cutoff_hours: Maybe[int]
    openings: Maybe[tuple[Span, ...]]
    environments: tuple[Environment, ...]

    @property
    def installs(self) -> bool:
        """Whether it installs, or only scans."""
        return PatchOperation.INSTALL in self.operations


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedRing:
    """A ring, or a patch group that is in no ring, and what is planned for it.

    Attributes:
        ring: The ring; a patch group without a ring has the order 0.
        windows: Its windows, those that install first.
        exposure: How long its nodes are open to vulnerabilities.
        promises: What is promised for it.
        journeys: How patches reach it.
    """

    ring: RingPlan
    windows: tuple[PlannedWindow, ...]
    exposure: RingExposure
    promises: tuple[Promise, ...]
    journeys: tuple[Journey, ...]

    @property
    def has_order(self) -> bool:
        """Whether it is a ring, and not a patch group that is in none."""
        return self.ring.order > 0

    @property
    def environments(self) -> tuple[Environment, ...]:
        """Accounts and Regions in which it has nodes, each once."""
        return tuple(
            dict.fromkeys(
                Environment(account=member.account, region=member.region) for member in self.ring.members
            )
        )

    @property
    def operating_systems(self) -> tuple[OperatingSystem, ...]:
        """Operating systems of its nodes, each once."""
        return tuple(dict.fromkeys(member.operating_system for member in self.ring.members))


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedQuota:
    """One quota in the account and Region that uses the most of it.

    Attributes:
        use: How much of it is used there.
        environment: Where; the Region is "all Regions" if an account has one quota for them together.
    """

    use: QuotaUse
    environment: Environment

    @property
    def share(self) -> float:
        """The part of the quota that is used; above 1 if there is too much."""
        return self.use.used / self.use.quota


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What the templates of one reading will do.

    Attributes:
        horizon: The time that is looked at.
        today: The day on which the plan is made.
        assumptions: What is assumed about undecided conditions of the templates.
        freezes: When nothing may be installed.
        rings: The rings, earliest first, then patch groups that are in no ring.
        other_windows: Windows that patch nodes of no such ring or group: nodes that are chosen in another
            way, or groups that no baseline registers.
        order: Whether each ring is behind the ones before it, one answer for each operating system.
        quotas: What is used of each quota.
        costs: What the templates cost in a month.
        findings: What a check has to say, in the order in which a reader wants it.
        patch_tuesdays: When the monthly updates of Windows are published within the horizon.
    """

    horizon: Span
    today: dt.date
    assumptions: tuple[str, ...]
    freezes: tuple[Freeze, ...]
    rings: tuple[PlannedRing, ...]
    other_windows: tuple[PlannedWindow, ...]
    order: tuple[OrderAnswer, ...]
    quotas: tuple[PlannedQuota, ...]
    costs: Costs
    findings: tuple[JudgedFinding, ...]
    patch_tuesdays: tuple[dt.datetime, ...]

    def count(self, level: Level) -> int:
        """Count the findings of a level that have not been accepted."""
        return sum(entry.finding.level is level for entry in self.findings if entry.acknowledgement is None)
