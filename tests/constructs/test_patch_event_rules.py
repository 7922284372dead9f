"""Which events notify people, and what they read. No Node needed."""

import itertools
import re
import subprocess
import sys

import pytest

from patching_constructs.constructs.compliance.alarms.event_rules import (
    PatchEventRule,
    non_compliance_rule,
    patch_command_rule,
    window_rules,
)
from patching_constructs.model.systems_manager_events import PatchCommandNotificationType
from tests.ssm_events import (
    Event,
    command,
    command_invocation,
    compliance,
    matches,
    render,
    window_execution,
    window_task_execution,
)

COMMAND = patch_command_rule(PatchCommandNotificationType.COMMAND)
INVOCATION = patch_command_rule(PatchCommandNotificationType.INVOCATION)
FAILED, OVERLAPPING = window_rules(["mw-0ed7251d3fcf6e0c2"])
NON_COMPLIANCE = non_compliance_rule(["pb-0123456789abcdef0"])

RINGS = [
    *((COMMAND, command(status)) for status in ("Failed", "TimedOut", "Cancelled")),
    (COMMAND, command("Failed", document_name="AWS-RunPatchBaselineWithHooks")),
    (COMMAND, command("Failed", document_name="AWS-RunPatchBaselineAssociation")),
    *((INVOCATION, command_invocation(status)) for status in ("Failed", "TimedOut", "Cancelled")),
    *((FAILED, window_execution(status)) for status in ("FAILED", "TIMED_OUT", "CANCELLED")),
    (OVERLAPPING, window_execution("SKIPPED_OVERLAPPING")),
    (NON_COMPLIANCE, compliance("non_compliant")),
]

SILENT = [
    *((COMMAND, command(status)) for status in ("Success", "InProgress", "Pending", "Cancelling")),
    (COMMAND, command("Failed", document_name="AWS-RunPowerShellScript")),
    (COMMAND, command("Failed", document_name="AWS-UpdateSSMAgent")),
    (COMMAND, command_invocation("Failed")),
    *((INVOCATION, command_invocation(status)) for status in ("Success", "InProgress")),
    (INVOCATION, command_invocation("Failed", document_name="AWS-RunPowerShellScript")),
    (INVOCATION, command("Failed")),
    *((FAILED, window_execution(status)) for status in ("PENDING", "IN_PROGRESS", "SUCCESS")),
    (FAILED, window_execution("SKIPPED_OVERLAPPING")),
    (FAILED, window_task_execution("FAILED")),
    (OVERLAPPING, window_execution("FAILED")),
    (FAILED, window_execution("FAILED", window_id="mw-0aaaaaaaaaaaaaaaa")),
    (OVERLAPPING, window_execution("SKIPPED_OVERLAPPING", window_id="mw-0aaaaaaaaaaaaaaaa")),
    (NON_COMPLIANCE, compliance("compliant")),
    (NON_COMPLIANCE, compliance("non_compliant", compliance_type="Association")),
    (NON_COMPLIANCE, compliance("non_compliant", patch_baseline_id="pb-0aaaaaaaaaaaaaaaa")),
    (NON_COMPLIANCE, compliance("non_compliant", patch_baseline_id="xpb-0123456789abcdef0")),
]


def _named(case: tuple[PatchEventRule, Event]) -> str:
    rule, event = case
    detail = event["detail"]
    return f"{rule.name}-{detail.get('status', detail.get('compliance-status'))}"


@pytest.mark.parametrize(("rule", "event"), RINGS, ids=map(_named, RINGS))
def test_trouble_rings(rule: PatchEventRule, event: Event) -> None:
    assert matches(rule.event_pattern, event)


@pytest.mark.parametrize(("rule", "event"), SILENT, ids=map(_named, SILENT))
def test_anything_else_is_silent(rule: PatchEventRule, event: Event) -> None:
    assert not matches(rule.event_pattern, event)


@pytest.mark.parametrize("rule", [COMMAND, INVOCATION, FAILED, OVERLAPPING, NON_COMPLIANCE])
def test_events_that_only_look_like_systems_manager_are_silent(rule: PatchEventRule) -> None:
    event = next(event for firing, event in RINGS if firing is rule)
    assert not matches(rule.event_pattern, event | {"source": "my.application"})


def test_no_event_rings_through_two_rules() -> None:
    rules = [COMMAND, INVOCATION, FAILED, OVERLAPPING, NON_COMPLIANCE]
    for (_, event), (one, other) in itertools.product(RINGS, itertools.combinations(rules, 2)):
        assert not (matches(one.event_pattern, event) and matches(other.event_pattern, event))


def test_a_baseline_matches_by_bare_id_and_by_arn_because_aws_documents_neither() -> None:
    arn = "arn:aws:ssm:us-east-2:123456789012:patchbaseline/pb-0123456789abcdef0"
    for given in ("pb-0123456789abcdef0", arn):
        pattern = non_compliance_rule([given]).event_pattern
        assert matches(pattern, compliance("non_compliant", patch_baseline_id="pb-0123456789abcdef0"))
        assert matches(pattern, compliance("non_compliant", patch_baseline_id=arn))


def test_a_baseline_id_that_is_a_token_is_left_whole() -> None:
    token = "${Token[Baseline/Ref.12]}"
    assert non_compliance_rule([token]).detail["patch-baseline-id"] == [token, {"suffix": f"/{token}"}]


MESSAGES = [
    (
        COMMAND,
        command("TimedOut"),
        """
        Patch command e8d3c0e4-71f7-4491-898f-c9b35bee5f3b (AWS-RunPatchBaseline) ended with status TimedOut
        in account 123456789012, Region us-east-2, at 2016-07-10T21:51:32Z.
        Nodes may be unpatched: find them and their output with: aws ssm list-command-invocations
        --command-id e8d3c0e4-71f7-4491-898f-c9b35bee5f3b --details --region us-east-2
        """,
    ),
    (
        INVOCATION,
        command_invocation("Failed"),
        """
        Patch command e8d3c0e4-71f7-4491-898f-c9b35bee5f3b (AWS-RunPatchBaseline) ended with status Failed
        on node i-9bb89e2b in account 123456789012, Region us-east-2, at 2016-07-10T21:51:32Z.
        The node may be unpatched: read its output with: aws ssm get-command-invocation
        --command-id e8d3c0e4-71f7-4491-898f-c9b35bee5f3b --instance-id i-9bb89e2b --region us-east-2
        """,
    ),
    (
        FAILED,
        window_execution("FAILED"),
        """
        Execution 14bea65d-5ccc-462d-a2f3-e99c8EXAMPLE of maintenance window mw-0ed7251d3fcf6e0c2
        ended with status FAILED in account 123456789012, Region us-east-2, at 2025-06-02T14:52:18Z.
        Find the task that failed with: aws ssm describe-maintenance-window-execution-tasks
        --window-execution-id 14bea65d-5ccc-462d-a2f3-e99c8EXAMPLE --region us-east-2
        """,
    ),
    (
        OVERLAPPING,
        window_execution("SKIPPED_OVERLAPPING"),
        """
        Execution 14bea65d-5ccc-462d-a2f3-e99c8EXAMPLE of maintenance window mw-0ed7251d3fcf6e0c2
        did not start in account 123456789012, Region us-east-2, at 2025-06-02T14:52:18Z:
        an earlier execution of the window was still running. This execution patched nothing.
        Find the earlier execution with: aws ssm describe-maintenance-window-executions
        --window-id mw-0ed7251d3fcf6e0c2 --region us-east-2.
        If this happens again, give the window fewer nodes, more concurrency or a less frequent schedule.
        """,
    ),
    (
        NON_COMPLIANCE,
        compliance("non_compliant"),
        """
        Node i-01234567890abcdef became non-compliant with patch baseline pb-0123456789abcdef0
        (severity critical) in account 123456789012, Region us-east-2, at 2024-07-17T19:02:31Z.
        See which patches it lacks with: aws ssm describe-instance-patches --instance-id i-01234567890abcdef
        --filters Key=State,Values=Missing,Failed,InstalledPendingReboot,InstalledRejected --region us-east-2
        """,
    ),
]


@pytest.mark.parametrize(("rule", "event", "lines"), MESSAGES, ids=[rule.name for rule, _, _ in MESSAGES])
def test_messages_read_as_sentences_that_say_what_where_when_and_what_to_do(
    rule: PatchEventRule, event: Event, lines: str
) -> None:
    text = " ".join(lines.split())
    assert render(rule.input_paths_map, rule.text_template, event) == text
    content = render(rule.input_paths_map, rule.chat_template, event)["content"]
    assert f"{content['description']} {content['nextSteps'][0]}" == text


@pytest.mark.parametrize(("rule", "event"), RINGS, ids=map(_named, RINGS))
def test_chat_gets_the_schema_that_its_service_shows(rule: PatchEventRule, event: Event) -> None:
    message = render(rule.input_paths_map, rule.chat_template, event)
    assert message.keys() == {"version", "source", "content"}
    assert (message["version"], message["source"]) == ("1.0", "custom")
    assert message["content"].keys() == {"textType", "title", "description", "nextSteps"}
    assert message["content"]["textType"] == "client-markdown"


@pytest.mark.parametrize("rule", [COMMAND, INVOCATION, FAILED, OVERLAPPING, NON_COMPLIANCE])
def test_templates_use_the_fields_that_are_mapped_and_no_others(rule: PatchEventRule) -> None:
    used = set(re.findall(r"<([a-z]+)>", rule.text_template + rule.chat_template))
    assert used == rule.input_paths_map.keys()


def test_the_rules_need_no_node() -> None:
    program = (
        "import sys, patching_constructs.constructs.compliance.alarms.event_rules; "
        "sys.exit(bool({'aws_cdk', 'jsii', 'boto3'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
