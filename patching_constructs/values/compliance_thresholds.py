"""From which values on the compliance of a ring, or of an account, rings."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from patching_constructs.errors import raise_errors
from patching_constructs.model.promises import Severity
from patching_constructs.rules.alarms.alarm_thresholds import check_hours, check_threshold
from patching_constructs.values.declared_types import settle_fields


@dataclass(frozen=True, kw_only=True, slots=True)
class ComplianceThresholds:
    """From which values on the nodes of a ring ring.

    Each is a count from 1, or None for no alarm. With the defaults a single one rings. A newly approved
    patch does not: it is overdue only when it breaks a promise, or when no next window installs it in time.

    Args:
        overdue_patches: Missing patches that break a promise of their severity, or that no next window
            installs in time. Default: 1.
        failed_patches: Patches whose installation has failed. Default: 1.
        reboot_overdue_nodes: Nodes that wait for a reboot for longer than the reporter allows. Default: 1.
        unmanaged_nodes: Nodes that carry the tag of the ring and that Systems Manager has not reached for
            three hours. Default: 1.
        stale_scan_nodes: Nodes whose last scan has been too old for 26 hours: a node that was just
            launched gets a day for its first scan. Default: 1.
        wrong_baseline_nodes: Nodes that have been on another baseline than that of their group for 26
            hours: after a change of baselines the next daily scan corrects it. Default: 1.
        reported_by_others_nodes: Nodes whose results something else than a window has overwritten.
            Default: 1.
        unread_nodes: Nodes whose patches could not be read for three hours. Default: 1.
        lost_nodes: Nodes that the ring had, if none of its nodes is left, as all are stopped, gone or without
            the tag. It notifies no one, but such a ring is not healthy. None for a ring that may be empty.
            Default: 1.
        missing_patches: Missing patches by severity, those included that were approved a minute ago.
            Default: no such alarm.

    Raises:
        InvalidInputError: If a threshold is not a whole number from 1.

    Example:
        >>> from patching_constructs import ComplianceThresholds
        >>> ComplianceThresholds(reported_by_others_nodes=None, failed_patches=3).overdue_patches
        1

    See: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html
    """

    overdue_patches: int | None = 1
    failed_patches: int | None = 1
    reboot_overdue_nodes: int | None = 1
    unmanaged_nodes: int | None = 1
    stale_scan_nodes: int | None = 1
    wrong_baseline_nodes: int | None = 1
    reported_by_others_nodes: int | None = 1
    unread_nodes: int | None = 1
    lost_nodes: int | None = 1
    missing_patches: Mapping[Severity, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check the thresholds."""
        settle_fields(self, subject="ComplianceThresholds")
        raise_errors(
            [
                *(
                    finding
                    for name in _COUNTS
                    for finding in check_threshold(getattr(self, name), field=name)
                ),
                *(
                    finding
                    for severity, value in self.missing_patches.items()
                    for finding in check_threshold(value, field=f"missing_patches[{severity}]")
                ),
            ],
            subject="ComplianceThresholds",
        )


_COUNTS = (
    "overdue_patches",
    "failed_patches",
    "reboot_overdue_nodes",
    "unmanaged_nodes",
    "stale_scan_nodes",
    "wrong_baseline_nodes",
    "reported_by_others_nodes",
    "unread_nodes",
    "lost_nodes",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountThresholds:
    """From which values on an account and Region rings, whatever the ring.

    Args:
        nodes_without_patch_group: Managed nodes that have carried no tag of a patch group for three hours, or
            one of a group that no baseline is registered for. None where some nodes are not patched on
            purpose. Default: 1.
        changed_baselines: Baselines that have differed from their definition for two hours, which is longer
            than a deployment takes. Default: 1.
        expired_exemptions: Exemptions that have expired and still stand there. Default: 1.
        history_failures: Files of the history that could not be written in an hour, two hours in a row. There
            is an alarm only where a history is kept. Default: 1.
        silent_hours: Hours without a whole report before the reporter counts as silent. CloudWatch looks
            back somewhat further than configured, so it takes up to two hours more. Give more if the
            reporter has a schedule of its own. Range: 1 to 168. Default: 2.

    Raises:
        InvalidInputError: If a threshold is not a whole number from 1, or the hours are out of range.

    Example:
        >>> from patching_constructs import AccountThresholds
        >>> AccountThresholds(nodes_without_patch_group=None).silent_hours
        2

    See: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
    """

    nodes_without_patch_group: int | None = 1
    changed_baselines: int | None = 1
    expired_exemptions: int | None = 1
    history_failures: int | None = 1
    silent_hours: int = 2

    def __post_init__(self) -> None:
        """Check the thresholds."""
        settle_fields(self, subject="AccountThresholds")
        raise_errors(
            [
                *(
                    finding
                    for name in (
                        "nodes_without_patch_group",
                        "changed_baselines",
                        "expired_exemptions",
                        "history_failures",
                    )
                    for finding in check_threshold(getattr(self, name), field=name)
                ),
                *check_hours(self.silent_hours, field="silent_hours"),
            ],
            subject="AccountThresholds",
        )
