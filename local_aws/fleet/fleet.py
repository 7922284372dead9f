"""The nodes and patches of one account and Region, and what scans and installs do to them."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from local_aws.fleet.approval import compliance_level, is_approved
from local_aws.fleet.records import Installed, Node, Patch, SimulatedReport
from patching_constructs import OperatingSystem, PatchOperation, RebootOption

OPERATION_TIME = timedelta(minutes=10)
"""How long a node works on a command; AWS promises nothing."""


class Fleet:
    """Nodes and patches of one account and Region.

    Args:
        baseline_of: Gives the id and the rules of the baseline that a patch group and operating system use,
            the default baseline where none is registered.
    """

    def __init__(
        self, baseline_of: Callable[[str | None, OperatingSystem], tuple[str, Mapping[str, Any]]]
    ) -> None:
        self._baseline_of = baseline_of
        self.nodes: dict[str, Node] = {}
        self.patches: dict[str, Patch] = {}

    def add(self, *things: Node | Patch) -> None:
        """Add nodes and patches."""
        for thing in things:
            if isinstance(thing, Node):
                self.nodes[thing.node_id] = thing
            else:
                self.patches[thing.patch_id] = thing

    def run(
        self,
        node: Node,
        operation: PatchOperation,
        *,
        now: datetime,
        reboot_option: RebootOption = RebootOption.REBOOT_IF_NEEDED,
    ) -> bool:
        """Scan a node that answers, or patch it; return whether nothing failed.

        An install that reboots installs, reboots and reports; one that does not leaves what needs a reboot
        waiting. A scan changes nothing but the report.
        """
        baseline_id, baseline = self._baseline_of(node.patch_group, node.operating_system)
        approved = [patch for patch in self._on_offer(node, now) if is_approved(patch, baseline, now)]
        failed: set[str] = set()
        if operation is PatchOperation.INSTALL:
            for patch in approved:
                if patch.patch_id in node.refuses:
                    failed.add(patch.patch_id)
                elif patch.patch_id not in node.installed:
                    node.installed[patch.patch_id] = Installed(at=now, waits_for_reboot=patch.needs_reboot)
            if reboot_option is RebootOption.NO_REBOOT:
                node.no_reboot_install_at = now
            elif not node.suppresses_reboots:
                reboot(node)
        states = {
            patch_id: "InstalledPendingReboot" if found.waits_for_reboot else "Installed"
            for patch_id, found in node.installed.items()
        }
        for patch in self._on_offer(node, now):
            if patch.patch_id in node.installed:
                continue
            if patch.patch_id in failed:
                states[patch.patch_id] = "Failed"
            elif patch in approved:
                states[patch.patch_id] = "Missing"
            elif node.operating_system is OperatingSystem.WINDOWS:
                states[patch.patch_id] = "AvailableSecurityUpdate"
        node.report = SimulatedReport(
            operation=operation,
            started_at=now,
            ended_at=now + OPERATION_TIME,
            baseline_id=baseline_id,
            states=states,
            critical=frozenset(
                patch.patch_id for patch in approved if compliance_level(patch, baseline, now) == "CRITICAL"
            ),
            reboot_option=reboot_option if operation is PatchOperation.INSTALL else None,
        )
        return not failed

    def tagged(self, key: str, values: Iterable[str]) -> list[Node]:
        """List the nodes that carry a tag, in order of their ids."""
        wanted = set(values)
        return [node for _, node in sorted(self.nodes.items()) if node.tags.get(key) in wanted]

    def _on_offer(self, node: Node, now: datetime) -> list[Patch]:
        """List the patches that the node's repositories offer: what is replaced by then is not among them."""
        visible = [
            patch
            for patch in self.patches.values()
            if patch.operating_system is node.operating_system and patch.visible_at <= now
        ]
        replaced = {patch.supersedes for patch in visible}
        return [patch for patch in visible if patch.patch_id not in replaced]


def reboot(node: Node) -> None:
    """Reboot a node; its report stays what it was until the next scan."""
    for found in node.installed.values():
        found.waits_for_reboot = False
