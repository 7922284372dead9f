"""What people read about an event, and that an account can put nothing else into it than names."""

import datetime as dt
import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from linkify_it import LinkifyIt

from local_aws.aws import client
from local_aws.in_process import in_process
from patching_constructs.contracts.patch_event import EventNode, PatchEvent, PatchEventKind, severity_of
from patching_constructs.lambdas.patch_event_hub.messages import Messages
from patching_constructs.lambdas.patch_event_hub.plain_text import name, one_line, without_links
from tests.lambdas.test_event_hub import ACCOUNT, EVENT, MESSAGES, REGION, SECURITY
from tests.model.test_patch_event import patch_events

COMMAND = "14bea65d-5ccc"
NODES = tuple(EventNode(id=f"i-{number}", name=f"web-{number}") for number in range(5))
LINKS = LinkifyIt()
LINKS.tlds(
    ["example", "app", "bank", "dev", "io", "link", "mov", "online", "site", "top", "xyz", "zip"], True
)


def messages(event: PatchEvent, *, account_name: str = "shop-prod") -> Messages:
    return Messages(event=event, account_name=account_name, runbooks="docs/runbooks/")


def event_of(kind: PatchEventKind, status: str, **changes: object) -> PatchEvent:
    severity = severity_of(status, production=True)
    return replace(EVENT, kind=kind, status=status, severity=severity, **changes)  # type: ignore[arg-type]


# --- the sentences ---


def test_a_mail_says_what_happened_where_and_what_to_do() -> None:
    assert MESSAGES.subject == (
        "CRITICAL: Maintenance window web-prod-install FAILED in account shop-prod, eu-central-1"
    )
    assert MESSAGES.text.splitlines() == [
        "CRITICAL: Maintenance window web-prod-install FAILED in account shop-prod, eu-central-1",
        "",
        (
            "Execution b60fb56e-776c of maintenance window web-prod-install of ring prod ended "
            "with status FAILED in account shop-prod (666666666666), Region eu-central-1, "
            "at 2026-12-19T02:59:59+00:00."
        ),
        "",
        "Account: shop-prod (666666666666), Region eu-central-1",
        "Ring: prod of rollout web, patch group prod-web",
        "Maintenance window: web-prod-install (mw-0123456789abcdef0), status FAILED",
        "Time: 2026-12-19T02:59:59+00:00",
        "",
        (
            "What to do: Find the task that failed with: aws ssm describe-maintenance-window-execution-tasks "
            "--window-execution-id b60fb56e-776c --region eu-central-1"
        ),
        "",
        "Runbook: docs/runbooks/patching-event.md",
    ]


WHERE = "in account shop-prod, eu-central-1"
PLACE = "in account shop-prod (666666666666), Region eu-central-1, at 2026-12-19T02:59:59+00:00"


@pytest.mark.parametrize(
    ("event", "title", "text", "next_step"),
    [
        (
            event_of(PatchEventKind.WINDOW, "SUCCESS"),
            f"INFO: Maintenance window web-prod-install SUCCESS {WHERE}",
            (
                f"Execution {EVENT.execution} of maintenance window web-prod-install of ring prod "
                f"ended with status SUCCESS {PLACE}."
            ),
            None,
        ),
        (
            event_of(PatchEventKind.WINDOW, "SKIPPED_OVERLAPPING", ring=None, patch_group=None),
            f"CRITICAL: Maintenance window web-prod-install SKIPPED_OVERLAPPING {WHERE}",
            (
                f"Execution {EVENT.execution} of maintenance window web-prod-install did not start "
                f"{PLACE}: an earlier execution of the window was still running. This one patched nothing."
            ),
            "aws ssm describe-maintenance-window-executions --window-id mw-0123456789abcdef0 --region",
        ),
        (
            event_of(
                PatchEventKind.COMMAND,
                "Failed",
                subject=COMMAND,
                subject_name="AWS-RunPatchBaseline",
                nodes=NODES,
                node_count=7,
            ),
            f"CRITICAL: Patch command of ring prod Failed {WHERE}",
            (
                f"Patch command {COMMAND} (AWS-RunPatchBaseline) of patch group prod-web of ring prod "
                f"ended with status Failed {PLACE}. Nodes without success: web-0 (i-0), web-1 (i-1), "
                "web-2 (i-2), web-3 (i-3), web-4 (i-4) and 2 more."
            ),
            f"aws ssm list-command-invocations --command-id {COMMAND} --details --region eu-central-1",
        ),
        (
            event_of(
                PatchEventKind.COMMAND,
                "TimedOut",
                subject=COMMAND,
                subject_name="AWS-RunPatchBaseline",
                nodes=(EventNode(id="i-1", name="i-1"),),
                node_count=1,
                ring=None,
                patch_group=None,
            ),
            f"CRITICAL: Patching of node i-1 TimedOut {WHERE}",
            (
                f"Patch command {COMMAND} (AWS-RunPatchBaseline) ended with status TimedOut {PLACE}. "
                "Nodes without success: i-1."
            ),
            f"aws ssm get-command-invocation --command-id {COMMAND} --instance-id i-1 --region eu-central-1",
        ),
        (
            event_of(
                PatchEventKind.COMMAND, "Cancelled", subject=COMMAND, subject_name="AWS-RunPatchBaseline"
            ),
            f"CRITICAL: Patch command of ring prod Cancelled {WHERE}",
            f"ended with status Cancelled {PLACE}.",
            f"aws ssm list-command-invocations --command-id {COMMAND}",
        ),
        (
            event_of(
                PatchEventKind.COMPLIANCE,
                "non_compliant",
                subject="i-1",
                subject_name="web-1",
                baseline="pb-1",
                compliance_severity="critical",
            ),
            f"WARNING: Node web-1 of ring prod is non_compliant {WHERE}",
            (
                "Node web-1 (i-1) of patch group prod-web of ring prod became non-compliant with patch "
                f"baseline pb-1 (severity critical) {PLACE}."
            ),
            (
                "aws ssm describe-instance-patches --instance-id i-1 --filters "
                "Key=State,Values=Missing,Failed,InstalledPendingReboot,InstalledRejected --region"
            ),
        ),
        (
            event_of(PatchEventKind.COMPLIANCE, "compliant", subject="i-1", subject_name="i-1"),
            f"INFO: Node i-1 of ring prod is compliant {WHERE}",
            f"of patch group prod-web of ring prod became compliant with its patch baseline {PLACE}.",
            None,
        ),
        (
            event_of(
                PatchEventKind.CALENDAR,
                "CLOSED",
                subject_name="YearEnd",
                until=dt.datetime(2027, 1, 2, tzinfo=dt.UTC),
            ),
            f"INFO: Change calendar YearEnd is CLOSED {WHERE}",
            f"Change calendar YearEnd is CLOSED until 2027-01-02T00:00:00+00:00 {PLACE}.",
            None,
        ),
        (
            event_of(PatchEventKind.CALENDAR, "OPEN", subject_name="YearEnd"),
            f"INFO: Change calendar YearEnd is OPEN {WHERE}",
            f"Change calendar YearEnd is OPEN {PLACE}.",
            None,
        ),
    ],
)
def test_each_kind_has_its_sentences(event: PatchEvent, title: str, text: str, next_step: str | None) -> None:
    lines = messages(event).text.splitlines()
    assert lines[0] == title
    assert lines[2].endswith(text)
    to_do = [line for line in lines if line.startswith("What to do: ")]
    assert len(to_do) == (next_step is not None)
    assert next_step is None or next_step in to_do[0]


def test_what_is_not_known_is_stated_as_the_word_of_the_account() -> None:
    unknown = replace(EVENT, ring=None, patch_group=None, unknown='the window is "gone"\nRing: dev')
    lines = messages(unknown).text.splitlines()
    assert "Ring: unknown of rollout web" in lines
    assert "Not known, as account 666666666666 reports: \"the window is 'gone' Ring: dev\"" in lines


def test_a_chat_message_has_the_form_of_custom_notifications() -> None:
    message = json.loads(MESSAGES.chat)
    assert (message["version"], message["source"]) == ("1.0", "custom")
    assert message["content"]["textType"] == "client-markdown"
    assert message["content"]["title"] == MESSAGES.text.splitlines()[0]
    assert message["content"]["description"].splitlines() == [
        line for line in MESSAGES.text.splitlines()[2:8] if line
    ]
    (step, runbook) = message["content"]["nextSteps"]
    assert step.startswith("Find the task that failed with: aws ssm describe")
    assert runbook == "Runbook: docs/runbooks/patching-event.md"


# --- what accounts choose are names ---


def test_a_name_cannot_be_taken_for_a_sentence() -> None:
    evil = 'x" FAILED in account prod.\r\nSubject: other'
    event = replace(
        EVENT,
        kind=PatchEventKind.COMMAND,
        status="Failed",
        nodes=(EventNode(id="i-1", name=evil),),
        node_count=1,
        ring=None,
        patch_group=None,
    )
    found = messages(event)
    assert found.subject == f"CRITICAL: Patching of node i-1 Failed {WHERE}"
    assert 'Nodes without success: "x\' FAILED in account prod. Subject: other" (i-1).' in found.text
    assert not any(line.startswith("Subject") for line in found.text.splitlines())


def test_a_long_name_does_not_push_the_account_out_of_the_subject() -> None:
    subject = messages(replace(EVENT, subject_name="x" * 128)).subject
    assert subject == f"CRITICAL: Maintenance window {'x' * 29}... FAILED {WHERE}"[:96] + "..."


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("web-prod-install", "web-prod-install"),
        ("ip-10-0-0-1.eu-central-1.compute.internal", "ip-10-0-0-1.eu-central-1.compute.internal"),
        ("Web server 1", '"Web server 1"'),
        ('a "b" c', "\"a 'b' c\""),
        ("a\x00b\u202ec", '"a b c"'),
        ("<!channel>", '"<!channel>"'),
        ("日本", "日本"),
        (" ", '""'),
        ("a" * 300, f"{'a' * 253}..."),
    ],
)
def test_names(text: str, shown: str) -> None:
    assert name(text, 256) == shown
    assert one_line(shown, 300) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://evil.example/aws", "https[://]evil[.]example/aws"),
        ("//1.2.3.4/x", "[//]1.2.3.4/x"),
        ("www.evil.com", "www[.]evil[.]com"),
        ("EVIL.COM", "EVIL[.]COM"),
        ("evil\u3002com", "evil[.]com"),
        ("a@evil.com", "a@evil[.]com"),
        ("mailto:a@b", "[mailto:]a@b"),
        ("web-1.internal", "web-1.internal"),
        ("(web-1.internal)", "(web-1.internal)"),
        ("evil.com/.internal", "evil[.]com/[.]internal"),
        ("evil.com?web-1.internal", "evil[.]com?web-1[.]internal"),
        ("kernel-6.12.31 is missing. See", "kernel-6.12.31 is missing. See"),
        (
            "arn:aws:ssm:eu-central-1:666666666666:document/x",
            "arn:aws:ssm:eu-central-1:666666666666:document/x",
        ),
        ("at 2026-12-19T02:59:59+00:00.", "at 2026-12-19T02:59:59+00:00."),
    ],
)
def test_links_are_neutralized(text: str, shown: str) -> None:
    assert without_links(text) == shown
    assert LINKS.match(shown.replace("web-1.internal", "web-1")) is None


def test_a_link_in_every_field_is_none_in_any_message() -> None:
    link = "https://evil.example/aws"
    evil = replace(
        EVENT,
        ring=link,
        patch_group=link,
        rollout=link,
        subject=link,
        subject_name=f"Sign in at {link} now",
        execution=link,
        unknown=f"go to {link}",
        nodes=(EventNode(id=link, name=link),),
        node_count=1,
    )
    for event in (evil, replace(evil, kind=PatchEventKind.COMMAND, status="Failed")):
        found = messages(event)
        for message in (found.subject, found.text, found.chat):
            assert "evil" in message
            assert link not in message
            assert LINKS.match(message.replace("patching-event.md", "")) is None


EVIL_NAMES = st.sampled_from(
    [
        "<!channel>",
        "[this](https://evil.example)",
        "`evil.com`",
        "<https://evil.example|AWS>",
        "a@evil.com",
        "evil.zip",
        "\x00\u202e\u2028",
        "é" * 300,
    ]
)


@given(
    patch_events(), EVIL_NAMES, st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=128)
)
@settings(max_examples=100, deadline=None)
def test_every_message_is_one_that_its_reader_takes(event: PatchEvent, evil: str, account_name: str) -> None:
    found = messages(replace(event, subject_name=evil, unknown=evil), account_name=account_name)
    assert 0 < len(found.subject) < 100
    assert found.subject.isascii()
    assert found.subject.isprintable()
    for line in found.text.splitlines():
        assert line.isprintable()
    assert len(found.text.encode()) < 32_000
    content = json.loads(found.chat)["content"]
    chat = [content["title"], content["description"], *content["nextSteps"]]
    assert not any(mark in text for text in chat for mark in ("<", "](", "`"))
    for text in (found.subject, found.text, *chat):
        assert LINKS.match(text.replace("patching-event.md", "")) is None
    for value in found.attributes.values():
        assert value["StringValue"].isprintable()
        assert len(value["StringValue"]) <= 256


@given(patch_events(), EVIL_NAMES)
@settings(max_examples=30, deadline=None)
def test_every_ops_item_is_one_that_aws_takes(event: PatchEvent, evil: str) -> None:
    request = messages(replace(event, subject_name=evil, unknown=evil)).ops_item
    assert LINKS.match(request["Description"].replace("patching-event.md", "")) is None
    with in_process():
        # The local AWS compares the request with the constraints of AWS's own API model.
        client("ssm", account=SECURITY, region=REGION).create_ops_item(**request)


@pytest.mark.parametrize(
    ("kind", "about", "arn"),
    [
        (PatchEventKind.WINDOW, "mw-1", "arn:aws-cn:ssm:eu-central-1:666666666666:maintenancewindow/mw-1"),
        (PatchEventKind.COMPLIANCE, "i-1", "arn:aws-cn:ec2:eu-central-1:666666666666:instance/i-1"),
        (PatchEventKind.COMPLIANCE, "mi-1", "arn:aws-cn:ssm:eu-central-1:666666666666:managed-instance/mi-1"),
        (PatchEventKind.COMMAND, "c-1", None),
    ],
)
def test_an_ops_item_names_what_it_is_about(kind: PatchEventKind, about: str, arn: str | None) -> None:
    event = replace(EVENT, kind=kind, subject=about)
    data = Messages(event=event, account_name="shop-prod", runbooks="r", partition="aws-cn").ops_item
    resources = data["OperationalData"].get("/aws/resources")
    assert (None if resources is None else json.loads(resources["Value"])) == (
        None if arn is None else [{"arn": arn}]
    )
    assert data["OperationalData"]["account"]["Value"] == f"shop-prod ({ACCOUNT})"
