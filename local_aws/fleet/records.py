"""What a fleet consists of."""

import re
from dataclasses import dataclass, field
from datetime import datetime

from patching_constructs import OperatingSystem, PatchOperation, RebootOption

_WINDOWS_ID = re.compile(r"KB\d+")
_PACKAGE_ID = re.compile(r"[^:]+\.[a-z0-9_]+:(\d+:)?[^:]+")


@dataclass(frozen=True, kw_only=True, slots=True)
class Patch:
    """A patch that a maker publishes.

    Attributes:
        patch_id: The KB id on Windows, elsewhere name, architecture and version of the package, as AWS has
            them in a title: `kernel.x86_64:0:6.12.0-124.31.1.el10_1`.
        operating_system: What it is for.
        published_at: Its release or update time, from which approval delays count.
        visible_at: When nodes can see it.
        classification: Such as `Security` or `SecurityUpdates`.
        severity: Such as `Critical`, or empty where the vendor publishes none.
        supersedes: The patch that it replaces, or None.
        needs_reboot: Whether it is only in force after a reboot.
    """

    patch_id: str
    operating_system: OperatingSystem
    published_at: datetime
    visible_at: datetime
    classification: str
    severity: str = ""
    supersedes: str | None = None
    needs_reboot: bool = True

    def __post_init__(self) -> None:
        """Refuse an id that AWS would not answer."""
        pattern = _WINDOWS_ID if self.operating_system is OperatingSystem.WINDOWS else _PACKAGE_ID
        if not pattern.fullmatch(self.patch_id):
            message = f"{self.operating_system}: expected {pattern.pattern}, got {self.patch_id!r}"
            raise ValueError(message)

    @property
    def title(self) -> str:
        """What Patch Manager answers as `Title`."""
        if self.operating_system is OperatingSystem.WINDOWS:
            return f"Update for Windows ({self.patch_id})"
        return self.patch_id

    @property
    def kb_id(self) -> str:
        """What Patch Manager answers as `KBId`: on Linux name and architecture, without the version."""
        return self.patch_id.partition(":")[0]


@dataclass(kw_only=True, slots=True)
class Installed:
    """A patch on a node.

    Attributes:
        at: When it was installed.
        waits_for_reboot: Whether the node has not been rebooted since.
    """

    at: datetime
    waits_for_reboot: bool


@dataclass(kw_only=True, slots=True)
class SimulatedReport:
    """The report of the last scan or install of a node to Systems Manager.

    Attributes:
        operation: What it was.
        started_at: When it started.
        ended_at: When it ended.
        baseline_id: The baseline that was used.
        states: State of each patch, in AWS's words.
        critical: Patches that the baseline approved with the compliance level CRITICAL.
        reboot_option: What was asked for, of an install.
    """

    operation: PatchOperation
    started_at: datetime
    ended_at: datetime
    baseline_id: str
    states: dict[str, str]
    critical: frozenset[str] = frozenset()
    reboot_option: RebootOption | None = None


@dataclass(kw_only=True, slots=True)
class Node:
    """An instance, or a node outside EC2.

    Attributes:
        node_id: Its id: `i-...` or `mi-...`.
        operating_system: Its operating system.
        tags: Its tags.
        launched_at: When it was launched.
        stopped_at: From when on it is stopped or terminated, or None.
        has_agent: Whether the agent was ever registered: it needs a role and a network.
        agent_died_at: From when on the agent answers no more, or None.
        refuses: Ids of patches whose installation fails on it.
        suppresses_reboots: Whether the node is kept from rebooting, whatever an install asks for.
        installed: Patches on it.
        report: The report of its last scan or install.
        no_reboot_install_at: When it was last patched with `NoReboot`, or None.
    """

    node_id: str
    operating_system: OperatingSystem
    tags: dict[str, str]
    launched_at: datetime
    stopped_at: datetime | None = None
    has_agent: bool = True
    agent_died_at: datetime | None = None
    refuses: set[str] = field(default_factory=set)
    suppresses_reboots: bool = False
    installed: dict[str, Installed] = field(default_factory=dict)
    report: SimulatedReport | None = None
    no_reboot_install_at: datetime | None = None

    def is_there(self, now: datetime) -> bool:
        """Return whether it runs."""
        return self.launched_at <= now and (self.stopped_at is None or now < self.stopped_at)

    def answers(self, now: datetime) -> bool:
        """Return whether it runs and its agent answers."""
        return (
            self.is_there(now) and self.has_agent and (self.agent_died_at is None or now < self.agent_died_at)
        )

    @property
    def patch_group(self) -> str | None:
        """Value of its patch group tag, or None."""
        return self.tags.get("PatchGroup") or self.tags.get("Patch Group")
