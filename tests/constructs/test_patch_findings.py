"""Which findings of Security Hub are reported to whom, and what is switched on."""

from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_sns as sns
from aws_cdk.assertions import Template

from patching_constructs import (
    ComplianceAlarms,
    FindingSeverity,
    InvalidInputError,
    PatchFindings,
    Recipient,
)
from tests.conformance.events.published import examples, matches
from tests.nag import nag_findings

SEVERE = (FindingSeverity.CRITICAL, FindingSeverity.HIGH)


def _stack() -> cdk.Stack:
    app = cdk.App(analytics_reporting=False)
    env = cdk.Environment(account="111111111111", region="eu-central-1")
    return cdk.Stack(app, "Patching", env=env)


def _topic(stack: cdk.Stack, id: str) -> sns.ITopic:
    return sns.Topic.from_topic_arn(stack, id, f"arn:aws:sns:eu-central-1:111111111111:{id}")


def _of_type(stack: cdk.Stack, kind: str) -> list[dict[str, Any]]:
    return [dict(found) for found in Template.from_stack(stack).find_resources(kind).values()]


def test_minimal(template_snapshot: Callable[[dict[str, Any]], None]) -> None:
    stack = _stack()
    findings = PatchFindings(stack, "Findings", topics={FindingSeverity.CRITICAL: _topic(stack, "urgent")})
    assert (findings.hub, findings.subscription) == (None, None)
    template_snapshot(dict(Template.from_stack(stack).to_json()))


def test_full(template_snapshot: Callable[[dict[str, Any]], None]) -> None:
    stack = _stack()
    urgent = ComplianceAlarms(stack, "Alarms", recipients=[Recipient.email("a@example.com")]).topic
    PatchFindings(
        stack,
        "Findings",
        topics={
            FindingSeverity.MEDIUM: _topic(stack, "later"),
            **dict.fromkeys(SEVERE, urgent),
        },
        subscribe=True,
        enable_security_hub=True,
    )
    template_snapshot(dict(Template.from_stack(stack).to_json()))


def test_nothing_is_switched_on_unless_it_is_chosen() -> None:
    """CloudFormation fails where Security Hub or the integration is on already."""
    stack = _stack()
    PatchFindings(stack, "Findings", topics={FindingSeverity.LOW: _topic(stack, "a")})
    assert _of_type(stack, "AWS::SecurityHub::Hub") == []
    assert _of_type(stack, "AWS::SecurityHub::ProductSubscription") == []


def test_the_integration_waits_for_security_hub() -> None:
    stack = _stack()
    findings = PatchFindings(
        stack,
        "Findings",
        topics={FindingSeverity.LOW: _topic(stack, "a")},
        subscribe=True,
        enable_security_hub=True,
    )
    assert findings.hub is not None
    (subscription,) = _of_type(stack, "AWS::SecurityHub::ProductSubscription")
    assert subscription["DependsOn"] == [stack.resolve(findings.hub.logical_id)]
    assert subscription["Properties"]["ProductArn"] == {
        "Fn::Join": [
            "",
            ["arn:", {"Ref": "AWS::Partition"}, ":securityhub:eu-central-1::product/aws/ssm-patch-manager"],
        ]
    }


def _event(**changes: Any) -> dict[str, Any]:
    (event,) = examples("Security Hub Findings - Imported")
    event["detail"]["findings"][0] |= {"Severity": {"Label": "HIGH"}, **changes}
    return event


@pytest.mark.parametrize(
    ("changes", "reported"),
    [
        ({}, True),
        ({"Severity": {"Label": "CRITICAL"}}, True),
        ({"Severity": {"Label": "LOW"}}, False),
        ({"Workflow": {"Status": "NOTIFIED"}}, False),
        ({"Workflow": {"Status": "SUPPRESSED"}}, False),
        ({"RecordState": "ARCHIVED"}, False),
        ({"ProductArn": "arn:aws:securityhub:us-east-1::product/aws/inspector"}, False),
    ],
)
def test_only_new_findings_of_patch_manager_are_reported(changes: dict[str, Any], reported: bool) -> None:
    stack = _stack()
    PatchFindings(stack, "Findings", topics=dict.fromkeys(SEVERE, _topic(stack, "urgent")))
    (rule,) = _of_type(stack, "AWS::Events::Rule")
    assert matches(rule["Properties"]["EventPattern"], _event(**changes)) is reported


def test_one_topic_for_several_severities_gets_one_rule() -> None:
    stack = _stack()
    urgent, later = _topic(stack, "urgent"), _topic(stack, "later")
    PatchFindings(stack, "Findings", topics={**dict.fromkeys(SEVERE, urgent), FindingSeverity.LOW: later})
    labels = [
        rule["Properties"]["EventPattern"]["detail"]["findings"]["Severity"]["Label"]
        for rule in _of_type(stack, "AWS::Events::Rule")
    ]
    assert labels == [["CRITICAL", "HIGH"], ["LOW"]]


@pytest.mark.parametrize(
    ("severities", "message"),
    [
        ([], "topics: empty, so findings have no recipient"),
        (["SEVERE"], "topics: not a severity, got 'SEVERE'"),
    ],
)
def test_topics_that_tell_no_one_are_refused(severities: list[Any], message: str) -> None:
    stack = _stack()
    with pytest.raises(InvalidInputError) as caught:
        PatchFindings(stack, "Findings", topics=dict.fromkeys(severities, _topic(stack, "a")))
    assert message in str(caught.value)


def test_cdk_nag_finds_only_that_a_dead_letter_queue_has_none() -> None:
    stack = _stack()
    PatchFindings(stack, "Findings", topics={FindingSeverity.LOW: _topic(stack, "a")}, subscribe=True)
    assert {path for _, path in nag_findings(stack)} <= {"Patching/Findings/DeadLetterQueue/Resource"}
