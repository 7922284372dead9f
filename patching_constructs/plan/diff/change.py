"""What differs between two plans, as values before they are put into a format."""

import datetime as dt
import enum
from dataclasses import dataclass, field

from patching_constructs.model.estate import Environment
from patching_constructs.model.location import Location
from patching_constructs.rules.acknowledged_findings import JudgedFinding
from patching_constructs.schedules.span import Span


class Area(enum.StrEnum):
    """What a change is about; readers want them in this order."""

    ORDER = "order"
    RINGS = "rings"
    WINDOWS = "windows"
    BASELINES = "baselines"
    EXPOSURE = "exposure"
    QUOTAS = "quotas"
    COSTS = "costs"
    FINDINGS = "findings"


class ChangeKind(enum.StrEnum):
    """Kind of a change; public contract, never renamed."""

    ORDER_LOST = "order-lost"
    """The order of two rings was proved, and no longer is."""
    ORDER_GAINED = "order-gained"
    """The order of two rings was not proved, and now is."""
    ORDER_CHANGED = "order-changed"
    """Something else about the order of two rings."""

    RING_ADDED = "ring-added"
    RING_REMOVED = "ring-removed"
    RING_RENAMED = "ring-renamed"
    RING_REORDERED = "ring-reordered"
    """The ring is behind other rings than before."""
    RING_PRODUCTION = "ring-production"
    """The ring becomes production, or is no longer."""
    RING_PROMISES = "ring-promises"
    RING_SOAK = "ring-soak"
    RING_JOINED = "ring-joined"
    """A patch group, an account and Region, or an operating system joins the ring."""
    RING_LEFT = "ring-left"
    """A patch group, an account and Region, or an operating system leaves the ring."""
    RING_RUNS = "ring-runs"
    """The ring is patched or scanned at other times, although no schedule of it has changed."""

    WINDOW_ADDED = "window-added"
    WINDOW_REMOVED = "window-removed"
    WINDOW_RENAMED = "window-renamed"
    WINDOW_REPLACED = "window-replaced"
    """CloudFormation makes a new window and deletes the old one."""
    WINDOW_RING = "window-ring"
    """The window works for other rings than before."""
    WINDOW_SCHEDULE = "window-schedule"
    WINDOW_HOURS = "window-hours"
    """Duration or cutoff."""
    WINDOW_TARGETS = "window-targets"
    TASK_ADDED = "task-added"
    TASK_REMOVED = "task-removed"
    TASK_CHANGED = "task-changed"
    """Document, operation, parameter, concurrency, error budget, cutoff behavior or priority."""

    BASELINE_ADDED = "baseline-added"
    BASELINE_REMOVED = "baseline-removed"
    BASELINE_RENAMED = "baseline-renamed"
    BASELINE_REPLACED = "baseline-replaced"
    """CloudFormation makes a new baseline and deletes the old one."""
    BASELINE_RULES = "baseline-rules"
    BASELINE_CHANGED = "baseline-changed"
    """Filters, lists of patches, levels or flags."""
    BASELINE_GROUPS = "baseline-groups"
    """Patch groups are registered or released."""

    EXPOSURE_CHANGED = "exposure-changed"
    QUOTA_TIGHT = "quota-tight"
    """More of a quota is used than before, and little is left."""
    COST_CHANGED = "cost-changed"
    """Fixed costs or usage of an account and Region, or of all of them."""
    FINDING_NEW = "finding-new"
    FINDING_FIXED = "finding-fixed"


@dataclass(frozen=True, kw_only=True, slots=True)
class RunDates:
    """When a window opens.

    Attributes:
        next: First time within the horizon, or None if there is none.
        per_year: How often in 365 days, over the whole horizon.
    """

    next: dt.datetime | None
    per_year: float


@dataclass(frozen=True, kw_only=True, slots=True)
class DateChange:
    """What a change does to dates; None is unknown.

    Attributes:
        old: When it ran.
        new: When it will run.
        first_difference: First time that is in one of both only, or None if all times are the same.
    """

    old: RunDates | None
    new: RunDates | None
    first_difference: dt.datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One change.

    Attributes:
        area: What it is about.
        kind: What kind it is.
        what: What changes: one clause, lower case, no full stop.
        old: What was, or None.
        new: What will be, or None.
        consequence: What follows from it, or None.
        dates: What it does to dates, or None if it is not about dates.
        rings: Names of the rings that it is about.
        window: Name of the window, or logical id of the association, or None.
        baseline: Name of the baseline, or None.
        environments: Accounts and Regions in which the same changes.
        location: Where it is defined, in the new templates if it exists there.
        assumptions: Under which assumptions about open conditions; empty if under all.
    """

    area: Area
    kind: ChangeKind
    what: str
    old: str | None = None
    new: str | None = None
    consequence: str | None = None
    dates: DateChange | None = None
    rings: tuple[str, ...] = ()
    window: str | None = None
    baseline: str | None = None
    environments: tuple[Environment, ...] = ()
    location: Location | None = field(default=None, compare=False)
    assumptions: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class NotCompared:
    """A value that is unknown before and after, so that it is undecided whether it changes.

    Attributes:
        what: What it is.
        reason: Why it is not known.
    """

    what: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """What two states of the same templates differ in.

    Attributes:
        horizon: The time that is looked at.
        warnings: What is wrong with going from one to the other in one deployment.
        changes: What changes.
        not_compared: What is not known before and after.
    """

    horizon: Span
    warnings: tuple[JudgedFinding, ...]
    changes: tuple[Change, ...]
    not_compared: tuple[NotCompared, ...]
