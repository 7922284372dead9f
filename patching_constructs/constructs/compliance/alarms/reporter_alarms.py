"""All alarms that need a compliance reporter."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from patching_constructs.constructs.compliance.alarms.ring_alarms import (
    RunbookPages,
    define_account_alarms,
    define_reporter_failure,
    define_reporter_symptoms,
    define_ring_alarms,
)
from patching_constructs.values.compliance_thresholds import AccountThresholds, ComplianceThresholds

if TYPE_CHECKING:  # the reporter brings more of the CDK than alarms without one need
    from patching_constructs.constructs.compliance.compliance_reporter import ComplianceReporter


@dataclass(frozen=True, kw_only=True, slots=True)
class ReporterAlarms:
    """The alarms of a reporter; without one there are none.

    Attributes:
        alarms: Those that notify people.
        failure: The composite alarm on the reporter, or None; it is one of `alarms`.
        symptoms: What `failure` is made of.
        silent: Those that only decide whether a ring is healthy.
        health: The composite alarm of each ring, by name.
    """

    alarms: tuple[cloudwatch.AlarmBase, ...] = ()
    failure: cloudwatch.IAlarm | None = None
    symptoms: tuple[cloudwatch.IAlarm, ...] = ()
    silent: tuple[cloudwatch.IAlarm, ...] = ()
    health: Mapping[str, cloudwatch.IAlarm] = field(default_factory=dict)


def define_reporter_alarms(
    scope: Construct,
    reporter: "ComplianceReporter",
    *,
    of_account: AccountThresholds,
    of_ring: Callable[[str], ComplianceThresholds],
    runbooks: RunbookPages,
) -> ReporterAlarms:
    """Define the alarms on the rings, on the account and on the reporter itself.

    Args:
        scope: Parent construct of the alarms.
        reporter: The reporter.
        of_account: Thresholds of what is about no ring.
        of_ring: Returns the thresholds of a ring, by its name.
        runbooks: Where the runbooks are.
    """
    symptoms = define_reporter_symptoms(scope, reporter, of_account)
    account_alarms = define_account_alarms(scope, reporter, of_account, runbooks)
    of_rings = {
        ring.name: define_ring_alarms(
            scope,
            reporter,
            ring.name,
            of_ring(ring.name),
            silence_arn=symptoms.silence_arn,
            runbooks=runbooks,
        )
        for ring in reporter.rings
    }
    rings = of_rings.values()
    failure = define_reporter_failure(
        scope,
        reporter,
        symptoms,
        reported=[arn for ring in rings for arn in ring.arns[:1]],
        runbooks=runbooks,
    )
    return ReporterAlarms(
        alarms=(*account_alarms, *(alarm for ring in rings for alarm in ring.alarms), failure),
        failure=failure,
        symptoms=(symptoms.silence, *symptoms.others),
        silent=tuple(alarm for ring in rings for alarm in ring.silent),
        health={name: ring.health for name, ring in of_rings.items()},
    )
