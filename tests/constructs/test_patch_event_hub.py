"""Which events reach the security account, who may do what there, and that failures raise alarms."""

import datetime as dt
import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_events as events
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sqs as sqs
from aws_cdk.assertions import Match, Template

from local_aws.aws import client
from local_aws.in_process import in_process
from patching_constructs import (
    FindingId,
    InvalidInputError,
    PatchEventHub,
    PatchEventKind,
    PatchEventSeverity,
    Recipient,
    RingStates,
)
from patching_constructs.contracts.event_hub_settings import EventHubSettings
from patching_constructs.contracts.ring_owners import RingOwners
from patching_constructs.lambdas.patch_event_hub import handler
from patching_constructs.lambdas.patch_event_hub.messages import RUNBOOK
from tests.deployment import deploy_stack
from tests.lambdas.test_event_hub import PAST, event_of
from tests.nag import nag_findings
from tests.ssm_events import matches

ROOT = Path(__file__).parents[2]
ACCOUNT, REGION = "222222222222", "eu-central-1"
CRITICAL, WARNING, INFO = PatchEventSeverity
MAIL = Recipient.email("on-call@example.com")
SLACK = Recipient.slack(workspace_id="T0123456789", channel_id="C0123456789")
TEAMS = Recipient.microsoft_teams(
    tenant_id="11111111-1111-1111-1111-111111111111",
    team_id="22222222-2222-2222-2222-222222222222",
    channel_id="19%3Aab12cd%40thread.tacv2",
)
ORGANIZATION = "o-a1b2c3d4e5"
OWNERS = {"web": {"prod": ["666666666666"], "dev": ["333333333333"]}}


def _stack(region: str = REGION) -> cdk.Stack:
    return cdk.Stack(
        cdk.App(analytics_reporting=False),
        "Security",
        env=cdk.Environment(account=ACCOUNT, region=region),
    )


def _bus(stack: cdk.Stack) -> events.IEventBus:
    return events.EventBus(stack, "EventBus", event_bus_name="patching")


def _hub(stack: cdk.Stack, **options: Any) -> PatchEventHub:
    arguments: dict[str, Any] = {
        "organization_id": ORGANIZATION,
        "owners": OWNERS,
        "recipients": {CRITICAL: [MAIL]},
    }
    return PatchEventHub(stack, "Hub", event_bus=_bus(stack), **{**arguments, **options})


def _full(stack: cdk.Stack) -> PatchEventHub:
    queue = sqs.Queue(stack, "Tickets")
    return _hub(
        stack,
        recipients={
            WARNING: [SLACK, Recipient.queue(queue)],
            CRITICAL: [MAIL, SLACK, TEAMS],
            INFO: [Recipient.queue(queue)],
        },
        account_names={"666666666666": "shop-prod"},
        patch_groups={"web": {"prod": ["prod-web"]}},
        ops_items=[CRITICAL],
        quiet_period=dt.timedelta(hours=1),
        encryption_key=kms.Key(stack, "OtherKey"),
        runbooks="https://example.com/runbooks",
        reserved_concurrent_executions=2,
    )


def _template(stack: cdk.Stack) -> dict[str, Any]:
    """Return the template with the construct's own resources only."""
    template = dict(Template.from_stack(stack).to_json())
    template["Resources"] = {
        name: resource for name, resource in template["Resources"].items() if name.startswith("Hub")
    }
    return template


def _of_type(stack: cdk.Stack, kind: str) -> dict[str, dict[str, Any]]:
    return {
        name: dict(found["Properties"])
        for name, found in Template.from_stack(stack).find_resources(kind).items()
    }


def test_minimal(template_snapshot: Callable[[dict[str, Any]], None]) -> None:
    stack = _stack()
    _hub(stack)
    template_snapshot(_template(stack))


def test_full(template_snapshot: Callable[[dict[str, Any]], None]) -> None:
    stack = _stack()
    _full(stack)
    template_snapshot(_template(stack))


# --- who may send ---


def _arns(*accounts: str) -> dict[str, Any]:
    return {
        "AWS": [
            {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, f":iam::{account}:root"]]}
            for account in accounts
        ]
    }


@pytest.mark.parametrize(
    ("senders", "principal", "of_organization"),
    [
        ({"organization_id": ORGANIZATION}, "*", {"aws:PrincipalOrgID": ORGANIZATION}),
        ({"organization_id": None}, _arns("333333333333", "666666666666"), {}),
    ],
    ids=["an organization", "accounts"],
)
def test_the_bus_lets_senders_in_with_events_of_patching_and_nothing_else(
    senders: dict[str, Any], principal: Any, of_organization: dict[str, str]
) -> None:
    stack = _stack()
    _hub(stack, **senders)
    (policy,) = _of_type(stack, "AWS::Events::EventBusPolicy").values()
    assert policy["StatementId"] == "PatchEvents"
    statement = policy["Statement"]
    assert (statement["Effect"], statement["Action"]) == ("Allow", "events:PutEvents")
    assert statement["Principal"] == principal
    assert statement["Condition"] == {
        "ForAllValues:StringEquals": {
            "events:source": "patching-constructs",
            "events:detail-type": "Patching Event",
        },
        "Null": {"events:source": "false", "events:detail-type": "false"},
        **({"StringEquals": of_organization} if of_organization else {}),
    }


def test_an_organization_may_be_known_at_deployment_only() -> None:
    stack = _stack()
    parameter = cdk.CfnParameter(stack, "Organization")
    _hub(stack, organization_id=parameter.value_as_string)
    (policy,) = _of_type(stack, "AWS::Events::EventBusPolicy").values()
    assert policy["Statement"]["Condition"]["StringEquals"]["aws:PrincipalOrgID"] == {"Ref": "Organization"}


def test_the_function_hears_events_of_patching_and_no_runs_of_rings() -> None:
    stack = _stack()
    hub = _hub(stack)
    (rule,) = _of_type(stack, "AWS::Events::Rule").values()
    assert rule["EventBusName"] == {"Ref": "EventBus7B8748AA"}
    assert rule["Targets"][0]["Arn"] == stack.resolve(hub.function.function_arn)
    assert matches(rule["EventPattern"], event_of(PAST))
    assert not matches(rule["EventPattern"], event_of(PAST, **{"detail-type": "Patching Ring Run Finished"}))
    assert not matches(rule["EventPattern"], event_of(PAST, source="aws.ssm"))


def test_only_the_kinds_that_are_chosen_are_heard() -> None:
    stack = _stack()
    _hub(stack, kinds=[PatchEventKind.WINDOW, PatchEventKind.COMMAND])
    (rule,) = _of_type(stack, "AWS::Events::Rule").values()
    heard = {
        kind: matches(rule["EventPattern"], event_of(replace(PAST, kind=kind))) for kind in PatchEventKind
    }
    assert [kind for kind in PatchEventKind if heard[kind]] == [PatchEventKind.WINDOW, PatchEventKind.COMMAND]


def test_what_is_of_no_kind_is_heard_where_all_are_so_that_it_is_refused_aloud() -> None:
    stack = _stack()
    _hub(stack)
    (rule,) = _of_type(stack, "AWS::Events::Rule").values()
    assert matches(rule["EventPattern"], event_of(PAST, detail={**PAST.to_data(), "kind": "OTHER"}))


def test_a_hub_shares_its_bus_with_the_states_of_rings() -> None:
    stack = _stack()
    hub = _hub(stack)
    bus = stack.node.find_child("EventBus")
    assert isinstance(bus, events.EventBus)
    RingStates(stack, "States", event_bus=bus, owners={"web": {"prod": ["666666666666"]}})
    policies = _of_type(stack, "AWS::Events::EventBusPolicy").values()
    assert {policy["StatementId"] for policy in policies} == {"PatchEvents", "RingRunsOfOwners"}
    heard = [
        rule["Targets"][0]["Arn"] == stack.resolve(hub.function.function_arn)
        for rule in _of_type(stack, "AWS::Events::Rule").values()
        if "EventPattern" in rule and matches(rule["EventPattern"], event_of(PAST))
    ]
    assert heard == [True], "each rule matches its own events only"


# --- who may do what ---


def _statements(stack: cdk.Stack) -> dict[str, Any]:
    (policy,) = _of_type(stack, "AWS::IAM::ManagedPolicy").values()
    return {statement["Sid"]: statement for statement in policy["PolicyDocument"]["Statement"]}


def test_the_function_may_remember_and_notify_and_nothing_else() -> None:
    stack = _stack()
    hub = _hub(stack)
    found = _statements(stack)
    assert {sid: found[sid]["Action"] for sid in found} == {
        "WriteLog": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "SendDeadLetters": "sqs:SendMessage",
        "Decrypt": "kms:Decrypt",
        "EncryptMessages": "kms:GenerateDataKey",
        "RememberFacts": "dynamodb:PutItem",
        "Notify": "sns:Publish",
    }
    assert found["Notify"]["Resource"] == stack.resolve(hub.topics[CRITICAL].topic_arn)
    assert found["RememberFacts"]["Resource"] == stack.resolve(hub.table.table_arn)


def test_the_function_may_open_ops_items_only_where_that_is_chosen() -> None:
    stack = _stack()
    hub = _full(stack)
    found = _statements(stack)
    assert found["OpenOpsItems"]["Action"] == "ssm:CreateOpsItem"
    topics = [*hub.topics.values(), *hub.chat_topics.values()]
    assert found["Notify"]["Resource"] == [stack.resolve(topic.topic_arn) for topic in topics]


def test_only_the_alarms_of_the_account_publish_beside_the_function_and_only_over_tls() -> None:
    stack = _stack()
    _full(stack)
    policies = _of_type(stack, "AWS::SNS::TopicPolicy").values()
    assert len(policies) == 5
    for policy in policies:
        statements = policy["PolicyDocument"]["Statement"]
        allowed = [each["Principal"] for each in statements if each["Effect"] == "Allow"]
        assert allowed == [{"Service": "cloudwatch.amazonaws.com"}]
        (denied,) = [each for each in statements if each["Effect"] == "Deny"]
        assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_everything_is_encrypted_with_one_key_and_the_alarms_may_use_it() -> None:
    stack = _stack()
    hub = _hub(stack)
    key_arn = stack.resolve(hub.encryption_key.key_arn)
    template = Template.from_stack(stack)
    template.all_resources_properties("AWS::SNS::Topic", {"KmsMasterKeyId": key_arn})
    template.has_resource_properties("AWS::Lambda::Function", {"KmsKeyArn": key_arn})
    template.has_resource_properties(
        "AWS::DynamoDB::Table", {"SSESpecification": {"KMSMasterKeyId": key_arn}}
    )
    template.has_resource_properties(
        "AWS::KMS::Key",
        {
            "KeyPolicy": {
                "Statement": Match.array_with(
                    [
                        Match.object_like(
                            {"Principal": {"Service": "cloudwatch.amazonaws.com"}, "Effect": "Allow"}
                        )
                    ]
                )
            }
        },
    )
    assert "events.amazonaws.com" not in json.dumps(_of_type(stack, "AWS::KMS::Key"))


def test_dynamodb_forgets_what_has_expired() -> None:
    stack = _stack()
    _hub(stack)
    Template.from_stack(stack).has_resource(
        "AWS::DynamoDB::Table",
        {
            "DeletionPolicy": "Delete",
            "Properties": {
                "TimeToLiveSpecification": {"AttributeName": "expires-at", "Enabled": True},
                "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
            },
        },
    )


# --- who is notified ---


def test_each_severity_has_topics_of_its_own_and_a_channel_one_configuration() -> None:
    """AWS's chat service takes one configuration for each channel and account."""
    stack = _stack()
    hub = _full(stack)
    assert list(hub.topics) == [CRITICAL, WARNING, INFO]
    assert list(hub.chat_topics) == [CRITICAL, WARNING]
    arns = {severity: stack.resolve(topic.topic_arn) for severity, topic in hub.chat_topics.items()}
    (slack,) = _of_type(stack, "AWS::Chatbot::SlackChannelConfiguration").values()
    assert slack["SnsTopicArns"] == [arns[CRITICAL], arns[WARNING]]
    (teams,) = _of_type(stack, "AWS::Chatbot::MicrosoftTeamsChannelConfiguration").values()
    assert teams["SnsTopicArns"] == [arns[CRITICAL]]


def test_the_function_gets_its_topics_and_settings() -> None:
    stack = _stack()
    hub = _full(stack)
    variables = next(iter(_of_type(stack, "AWS::Lambda::Function").values()))["Environment"]["Variables"]
    assert variables == {
        "TABLE_NAME": stack.resolve(hub.table.table_name),
        **{f"{each}_TOPIC_ARN": stack.resolve(hub.topics[each].topic_arn) for each in hub.topics},
        **{
            f"{each}_CHAT_TOPIC_ARN": stack.resolve(hub.chat_topics[each].topic_arn)
            for each in hub.chat_topics
        },
    }
    assert EventHubSettings.from_json(_settings_of(stack)) == EventHubSettings(
        owners=RingOwners(
            accounts={
                ("web", "prod"): frozenset({"666666666666"}),
                ("web", "dev"): frozenset({"333333333333"}),
            }
        ),
        account_names={"666666666666": "shop-prod"},
        patch_groups={("web", "prod"): frozenset({"prod-web"})},
        ops_items=frozenset({CRITICAL}),
        quiet_period=dt.timedelta(hours=1),
        runbooks="https://example.com/runbooks",
    )


def _settings_of(stack: cdk.Stack) -> str:
    """Read what is shipped with the code in the synthesized asset."""
    with zipfile.ZipFile(_bundle(stack)) as opened:
        return opened.read("event-hub.json").decode()


def _bundle(stack: cdk.Stack) -> Path:
    app = cdk.Stage.of(stack)
    assert app is not None
    app.synth()
    (bundle,) = Path(app.outdir).glob("asset.*.zip")
    return bundle


def test_every_failure_notifies_the_recipients_of_critical_events() -> None:
    stack = _stack()
    hub = _full(stack)
    alarms = _of_type(stack, "AWS::CloudWatch::Alarm").values()
    assert len(alarms) == len(hub.alarms) == 8
    reported = [stack.resolve(topics[CRITICAL].topic_arn) for topics in (hub.topics, hub.chat_topics)]
    assert all(alarm["AlarmActions"] == reported for alarm in alarms)
    assert hub.delivery_dead_letter_queue is not None
    watched = sorted(
        (alarm["MetricName"], *(json.dumps(each["Value"]) for each in alarm["Dimensions"]))
        for alarm in alarms
    )
    assert watched == sorted(
        [
            ("AsyncEventAge", json.dumps(stack.resolve(hub.function.function_name))),
            *(
                ("ApproximateNumberOfMessagesVisible", json.dumps(stack.resolve(queue.queue_name)))
                for queue in (hub.dead_letter_queue, hub.delivery_dead_letter_queue)
            ),
            *(
                ("NumberOfNotificationsFailed", json.dumps(stack.resolve(topic.topic_name)))
                for topic in (*hub.topics.values(), *hub.chat_topics.values())
            ),
        ]
    )


def test_events_that_wait_raise_an_alarm_before_lambda_gives_them_up() -> None:
    stack = _stack()
    _hub(stack)
    (waiting,) = [
        alarm
        for alarm in _of_type(stack, "AWS::CloudWatch::Alarm").values()
        if alarm["MetricName"] == "AsyncEventAge"
    ]
    assert (waiting["Namespace"], waiting["Statistic"]) == ("AWS/Lambda", "Maximum")
    retries, longest = dt.timedelta(minutes=1 + 2), dt.timedelta(hours=6)
    assert retries < dt.timedelta(milliseconds=waiting["Threshold"]) < longest
    assert waiting["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"
    assert waiting["TreatMissingData"] == "notBreaching"


def test_no_account_waits_for_the_events_of_another() -> None:
    stack = _stack()
    _hub(stack)
    (function,) = _of_type(stack, "AWS::Lambda::Function").values()
    assert "ReservedConcurrentExecutions" not in function


def test_without_a_recipient_of_critical_events_those_of_the_next_severity_are_notified_of_failures() -> None:
    stack = _stack()
    hub = _hub(stack, recipients={CRITICAL: [], WARNING: [MAIL]}, ops_items=[CRITICAL])
    assert list(hub.topics) == [WARNING]
    for alarm in _of_type(stack, "AWS::CloudWatch::Alarm").values():
        assert alarm["AlarmActions"] == [stack.resolve(hub.topics[WARNING].topic_arn)]


def test_every_alarm_names_a_runbook_that_is_there() -> None:
    stack = _stack()
    _hub(stack, recipients={CRITICAL: [MAIL, SLACK, Recipient.queue(sqs.Queue(stack, "Tickets"))]})
    texts = [alarm["AlarmDescription"] for alarm in _of_type(stack, "AWS::CloudWatch::Alarm").values()]
    assert len(texts) == 5
    assert all(text.endswith(" Runbook: docs/runbooks/event-refused.md") for text in texts)
    for page in ("event-refused", RUNBOOK):
        assert (ROOT / "docs" / "runbooks" / f"{page}.md").is_file()


# --- what is refused ---


@pytest.mark.parametrize(
    ("options", "id", "reported"),
    [
        ({"owners": {}}, FindingId.RING_OWNER, "owners: everything that accounts report would be refused"),
        (
            {"organization_id": "r-1"},
            FindingId.EVENT_SENDER,
            "organization_id: not an organization, got 'r-1'",
        ),
        (
            {"owners": {"web": {"prod": ["*"]}}},
            FindingId.RING_OWNER,
            "owners['web']['prod'][0]: not an account id, got '*'",
        ),
        (
            {"account_names": {"prod": "prod"}},
            FindingId.ACCOUNT_NAME,
            "account_names['prod']: not an account id, got 'prod'",
        ),
        (
            {"account_names": {"666666666666": " "}},
            FindingId.ACCOUNT_NAME,
            "account_names['666666666666']: not a name, got ' '",
        ),
        (
            {"account_names": {"666666666666": "shop\nSeverity: INFO"}},
            FindingId.ACCOUNT_NAME,
            "account_names['666666666666']: not a name, got 'shop\\nSeverity: INFO'",
        ),
        (
            {"account_names": {"666666666666": cdk.Aws.ACCOUNT_ID}},
            FindingId.ACCOUNT_NAME,
            "account_names['666666666666']: not a name, got a CDK token",
        ),
        (
            {"patch_groups": {"web": {"images": ["web-images"]}}},
            FindingId.RING_OWNER,
            "patch_groups['web']['images']: the ring has no owner, got ring images of rollout web",
        ),
        (
            {"patch_groups": {"web": {"prod": ["prod,web"]}}},
            FindingId.PATCH_GROUP_NAME,
            "patch_groups['web']['prod'][0]: not a patch group name, got 'prod,web'",
        ),
        (
            {"recipients": {WARNING: [MAIL]}},
            FindingId.RECIPIENT_MISSING,
            "recipients: no one would be notified of critical events",
        ),
        (
            {"recipients": {}, "ops_items": [CRITICAL]},
            FindingId.RECIPIENT_MISSING,
            "recipients: no one would be notified of failures of the hub",
        ),
        (
            {"recipients": {CRITICAL: [MAIL, Recipient.email("On-Call@example.com")]}},
            FindingId.RECIPIENT_DUPLICATE,
            "recipients[CRITICAL][1]: the same as recipients[CRITICAL][0]",
        ),
        (
            {"recipients": {CRITICAL: [MAIL], "FATAL": [MAIL]}},
            FindingId.EVENT_SEVERITY,
            "recipients: not a severity, got 'FATAL'; allowed: CRITICAL, WARNING, INFO",
        ),
        ({"ops_items": ["FATAL"]}, FindingId.EVENT_SEVERITY, "ops_items: not a severity, got 'FATAL'"),
        (
            {
                "organization_id": None,
                "owners": {"web": {"prod": [f"{number:012}" for number in range(111)]}},
            },
            FindingId.EVENT_SENDER,
            "owners: too many for the policy of an event bus, which is limited to 10 KB, got 111 accounts",
        ),
        ({"kinds": []}, FindingId.EVENT_KIND, "kinds: no event would be processed"),
        ({"kinds": ["REBOOT"]}, FindingId.EVENT_KIND, "kinds: not a kind, got 'REBOOT'"),
        (
            {"quiet_period": dt.timedelta(seconds=59)},
            FindingId.QUIET_PERIOD,
            "quiet_period: too short or too long, got 0:00:59; allowed: 1 minute to 90 days",
        ),
        (
            {"quiet_period": dt.timedelta(days=91)},
            FindingId.QUIET_PERIOD,
            "quiet_period: too short or too long, got 91 days, 0:00:00",
        ),
    ],
)
def test_what_cannot_be(options: Mapping[str, Any], id: FindingId, reported: str) -> None:
    stack = _stack()
    with pytest.raises(InvalidInputError) as refused:
        _hub(stack, **options)
    assert reported in str(refused.value)
    assert {finding.id for finding in refused.value.findings} == {id}
    assert stack.node.try_find_child("Hub") is None


def test_all_mistakes_are_reported_together() -> None:
    with pytest.raises(InvalidInputError) as refused:
        _hub(_stack(), owners={}, recipients={}, quiet_period=dt.timedelta())
    assert len(refused.value.findings) == 4


@pytest.mark.parametrize("period", [dt.timedelta(minutes=1), dt.timedelta(days=90)])
def test_the_ends_of_the_quiet_period_are_in_its_range(period: dt.timedelta) -> None:
    _hub(_stack(), quiet_period=period)


def test_one_recipient_may_hear_of_several_severities() -> None:
    hub = _hub(_stack(), recipients={CRITICAL: [MAIL, SLACK], WARNING: [MAIL, SLACK]})
    assert list(hub.topics) == [CRITICAL, WARNING]


def test_what_security_rules_say() -> None:
    stack = _stack()
    queue = sqs.Queue(stack, "Tickets")
    _hub(stack, recipients={CRITICAL: [MAIL, SLACK, Recipient.queue(queue)]}, ops_items=[CRITICAL])
    rules = {rule for rule, path in nag_findings(stack) if path.startswith("Security/Hub")}
    assert rules == {
        "AwsSolutions-IAM5[Resource::*]",  # CreateOpsItem cannot be limited to a resource
        "AwsSolutions-SQS3",  # the dead-letter queue of subscriptions, which cdk-nag does not look for
        "NIST.800.53.R5-DynamoDBInBackupPlan",
        "NIST.800.53.R5-LambdaConcurrency",
        "NIST.800.53.R5-LambdaInsideVPC",
    }


def test_with_neither_queues_nor_ops_items_less_is_said() -> None:
    stack = _stack()
    _hub(stack)
    rules = {rule for rule, path in nag_findings(stack) if path.startswith("Security/Hub")}
    assert rules == {
        "NIST.800.53.R5-DynamoDBInBackupPlan",
        "NIST.800.53.R5-LambdaConcurrency",
        "NIST.800.53.R5-LambdaInsideVPC",
    }


def test_other_partitions_have_arns_of_their_own() -> None:
    stack = _stack("cn-north-1")
    _hub(stack, organization_id=None)
    assert "arn:aws:" not in json.dumps(_template(stack))


# --- deployed ---


def _deploy(stack: cdk.Stack) -> Mapping[str, str]:
    """Deploy the stack with its asset into the local AWS; return the variables of its function."""
    deploy_stack(stack)
    (function,) = client("lambda", account=ACCOUNT, region=REGION).list_functions()["Functions"]
    assert function["Handler"] == "patching_constructs.lambdas.patch_event_hub.handler.handler"
    return dict(function["Environment"]["Variables"])


def _read(queue_name: str) -> Sequence[Mapping[str, Any]]:
    queue = client("sqs", account=ACCOUNT, region=REGION)
    (url,) = queue.list_queues(QueueNamePrefix=queue_name)["QueueUrls"]
    found = queue.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    return [json.loads(message["Body"]) for message in found]


def test_an_event_on_the_bus_ends_in_the_queue_of_a_recipient(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The whole way, deployed; the test represents Lambda, which the local AWS does not run."""
    stack = _stack()
    queue = sqs.Queue(stack, "Tickets", queue_name="tickets")
    _hub(
        stack,
        recipients={CRITICAL: [Recipient.queue(queue)]},
        ops_items=[CRITICAL],
        account_names={"666666666666": "shop-prod"},
        patch_groups={"web": {"prod": ["prod-web"]}},
    )
    (tmp_path / "event-hub.json").write_text(_settings_of(stack))
    with in_process():
        for name, value in _deploy(stack).items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("LAMBDA_TASK_ROOT", str(tmp_path))
        monkeypatch.setattr(
            "boto3.client",
            lambda name, **_: client(name, account=ACCOUNT, region=REGION),
        )
        context = SimpleNamespace(invoked_function_arn=f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:hub")
        for _ in range(2):
            handler.handler(event_of(PAST), context)
        (message,) = _read("tickets")
        title = f"CRITICAL: Maintenance window web-prod-install FAILED in account shop-prod, {REGION}"
        assert message["Subject"] == title
        assert "Ring: prod of rollout web, patch group prod-web" in message["Message"]
        ssm = client("ssm", account=ACCOUNT, region=REGION)
        (item,) = ssm.describe_ops_items()["OpsItemSummaries"]
        assert item["Title"] == title
