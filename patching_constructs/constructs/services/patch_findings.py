"""Patch Manager's findings in Security Hub."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as cloudwatch_actions
from aws_cdk import aws_events as events
from aws_cdk import aws_securityhub as securityhub
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from patching_constructs.constructs._shared.dead_letter_queue import define_dead_letter_queue, let_rules_send
from patching_constructs.constructs._shared.delivery_alarms import alarm_on_dead_letters
from patching_constructs.constructs._shared.report import refuse_errors
from patching_constructs.constructs._shared.stack_environment import environment_of
from patching_constructs.constructs._shared.topics import Publishers
from patching_constructs.model.security_hub import (
    FINDINGS_IMPORTED,
    PATCH_MANAGER_PRODUCT,
    SECURITY_HUB_EVENT_SOURCE,
    FindingSeverity,
    product_arn,
)
from patching_constructs.rules.alarms.security_hub import check_finding_topics
from patching_constructs.values.declared_types import checked_arguments

_PATHS = MappingProxyType(
    {
        "account": "$.detail.findings[0].AwsAccountId",
        "region": "$.region",
        "node": "$.detail.findings[0].Resources[0].Id",
        "severity": "$.detail.findings[0].Severity.Label",
        "title": "$.detail.findings[0].Title",
        "time": "$.time",
    }
)
_MESSAGE = (
    "Node <node> in account <account>, Region <region>, does not comply with its patch baseline, severity "
    "<severity>, at <time>: <title>. Security Hub repeats this while the finding's workflow status is NEW; "
    "set it to NOTIFIED once someone works on it."
)


class PatchFindings(Construct):
    """Send Patch Manager's findings in Security Hub to topics by severity.

    Security Hub CSPM has to be on in the account and Region, and Patch Manager's integration with it. Both
    can be switched on here, by choice, because CloudFormation refuses to switch on what is on already: the
    deployment fails and rolls back. In an organisation whose administrator switches Security Hub on for its
    members, leave `enable_security_hub` off. Where Security Hub is off and stays off, the rules stand there
    and no event ever comes.

    Security Hub sends a finding again whenever it is updated. Only findings that are active and whose
    workflow status is NEW are forwarded, so that a finding is forwarded until it is set to NOTIFIED,
    SUPPRESSED
    or RESOLVED. A finding arrives up to two hours after the scan. Its severity is that of the baseline's
    rules (`compliance_level`), INFORMATIONAL where they have none.

    Args:
        scope: Parent construct.
        id: Id, unique in `scope`.
        topics: Where findings of each severity go; severities that are not named are not forwarded. One
        topic may
            stand for several. Topics of this library and their keys get the grants; on an imported one its
            owner has to make them.
        subscribe: Switch on Patch Manager's integration. Default: False, it is on already.
        enable_security_hub: Switch on Security Hub CSPM, without its default standards. Default: False, it is
            on already, or an administrator account switches it on.

    Attributes:
        hub: Security Hub, or None if it is not switched on here.
        subscription: Patch Manager's integration, or None likewise.
        dead_letter_queue: Queue of what could not be delivered, kept for 14 days.
        dead_letter_alarm: Alarm on that queue; it notifies the topic of the highest severity.

    Raises:
        InvalidInputError: If no topic is given, or one for something that is no severity.

    Example:
        >>> import aws_cdk as cdk
        >>> from patching_constructs import ComplianceAlarms, FindingSeverity, PatchFindings, Recipient
        >>> stack = cdk.Stack(cdk.App(), "Patching")
        >>> alarms = ComplianceAlarms(stack, "Alarms", recipients=[Recipient.email("patching@example.com")])
        >>> findings = PatchFindings(
        ...     stack,
        ...     "Findings",
        ...     topics={FindingSeverity.CRITICAL: alarms.topic, FindingSeverity.HIGH: alarms.topic},
        ...     subscribe=True,
        ... )
        >>> findings.hub is None
        True

    See: https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-security-hub-integration.html
    """

    @checked_arguments
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        topics: Mapping[FindingSeverity, sns.ITopic],
        subscribe: bool = False,
        enable_security_hub: bool = False,
    ) -> None:
        refuse_errors(scope, id, check_finding_topics(list(topics)), subject="PatchFindings")
        super().__init__(scope, id)
        here = environment_of(scope)
        self.hub: securityhub.CfnHub | None = None
        if enable_security_hub:
            self.hub = securityhub.CfnHub(self, "Hub", enable_default_standards=False)
        self.subscription: securityhub.CfnProductSubscription | None = None
        if subscribe:
            self.subscription = securityhub.CfnProductSubscription(
                self,
                "Subscription",
                product_arn=product_arn(partition=here.partition, region=here.region),
            )
            if self.hub is not None:
                # A product can be subscribed to only where Security Hub is on, and no reference says so.
                self.subscription.add_dependency(self.hub)
        self.dead_letter_queue: sqs.IQueue = define_dead_letter_queue(self)
        severities = [severity for severity in FindingSeverity if severity in topics]
        publishers = Publishers(scope)
        by_topic: dict[str, list[FindingSeverity]] = {}
        for severity in severities:
            topic = topics[severity]
            if topic.node.path not in by_topic:
                publishers.grant_publish(topic)
                if topic.master_key is not None:
                    publishers.grant_use_of_key(topic.master_key)
            by_topic.setdefault(topic.node.path, []).append(severity)
        rule_arns = [
            self._define_rule(several, topics[several[0]].topic_arn) for several in by_topic.values()
        ]
        let_rules_send(self.dead_letter_queue, rule_arns)
        alarm = alarm_on_dead_letters(self, self.dead_letter_queue)
        alarm.add_alarm_action(cloudwatch_actions.SnsAction(topics[severities[0]]))
        self.dead_letter_alarm: cloudwatch.IAlarm = alarm

    def _define_rule(self, severities: list[FindingSeverity], topic_arn: str) -> str:
        labels = [str(severity) for severity in severities]
        return events.CfnRule(
            self,
            f"{severities[0].capitalize()}Rule",
            description=f"New patch findings of severity {', '.join(labels)}",
            event_pattern=_pattern(labels),
            targets=[
                events.CfnRule.TargetProperty(
                    id="Topic",
                    arn=topic_arn,
                    dead_letter_config=events.CfnRule.DeadLetterConfigProperty(
                        arn=self.dead_letter_queue.queue_arn
                    ),
                    input_transformer=events.CfnRule.InputTransformerProperty(
                        input_paths_map=dict(_PATHS), input_template=json.dumps(_MESSAGE)
                    ),
                )
            ],
        ).attr_arn


def _pattern(labels: list[str]) -> dict[str, Any]:
    # https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-cwe-event-formats.html
    return {
        "source": [SECURITY_HUB_EVENT_SOURCE],
        "detail-type": [FINDINGS_IMPORTED],
        "detail": {
            "findings": {
                "ProductArn": [{"suffix": f"::{PATCH_MANAGER_PRODUCT}"}],
                "RecordState": ["ACTIVE"],
                "Workflow": {"Status": ["NEW"]},
                "Severity": {"Label": labels},
            }
        },
    }
