"""What is accepted of queues and alarms that tell about failed patching."""

from typing import TYPE_CHECKING

from patching_constructs import ComplianceAlarms
from stacks.acknowledgements.acceptance import IS_THE_DEAD_LETTER_QUEUE, accept
from stacks.event_forwarding import EventForwarding

if TYPE_CHECKING:
    from patching_constructs import PatchFindings


def acknowledge_event_forwarding(forwarding: EventForwarding) -> None:
    """Accept that the queue behind the forwarding rule has none behind it."""
    accept(forwarding.dead_letter_queue, IS_THE_DEAD_LETTER_QUEUE)


def acknowledge_findings(findings: "PatchFindings") -> None:
    """Accept that the queue behind the rules for findings has none behind it."""
    accept(findings.dead_letter_queue, IS_THE_DEAD_LETTER_QUEUE)


def acknowledge_alarms(alarms: ComplianceAlarms) -> None:
    """Accept that the queue has none behind it, and that some alarms tell nobody by themselves."""
    accept(alarms.dead_letter_queue, IS_THE_DEAD_LETTER_QUEUE)
    for symptom in alarms.reporter_symptom_alarms:
        accept(
            symptom,
            {
                "NIST.800.53.R5-CloudWatchAlarmAction": (
                    "One composite alarm tells people that the reporter fails in one way or another; this is "
                    "one of the ways. With an action of its own every failure would ring twice."
                )
            },
        )
