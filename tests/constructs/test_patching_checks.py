"""The rules as a gate of `cdk synth`: what fails it, what it prints, and what silences it."""

import datetime as dt
import json
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_ssm as ssm
from aws_cdk.assertions import Annotations, Match

from patching_constructs import (
    AccountQuotas,
    CommandOutput,
    CostBudget,
    Exemption,
    FindingId,
    Freeze,
    InvalidInputError,
    OperatingSystem,
    PatchBaseline,
    PatchGroup,
    PatchingChecks,
    PatchWindow,
    Promise,
    RebootOption,
    Ring,
    RingedMaintenanceWindow,
    Schedule,
    Severity,
    Weekday,
    security_updates,
)
from patching_constructs.cli import main
from patching_constructs.model.exemption import ExemptionRecord
from patching_constructs.rules import estate as estate_rules

FROM, UNTIL = dt.date(2026, 11, 23), dt.date(2027, 11, 23)
HORIZON = ["--from", str(FROM), "--until", str(UNTIL)]
FREEZE = Freeze(
    name="year end",
    from_=dt.datetime(2026, 12, 19, tzinfo=dt.UTC),
    until=dt.datetime(2027, 1, 4, tzinfo=dt.UTC),
)
ACCOUNTS = {"dev": "111111111111", "prod": "222222222222"}


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> cdk.App:
    monkeypatch.chdir(tmp_path)
    return cdk.App(analytics_reporting=False, outdir=str(tmp_path / "cdk.out"))


def checks(**options: Any) -> PatchingChecks:
    defaults: dict[str, Any] = {"from_": FROM, "until": UNTIL, "visibility_lag": dt.timedelta()}
    return PatchingChecks(**defaults | options)


def define_ring(
    scope: cdk.App | cdk.Stage,
    name: str,
    *,
    order: int,
    day: Weekday,
    approve_after_days: int = 0,
    operating_system: OperatingSystem = OperatingSystem.AMAZON_LINUX_2023,
    promises: Sequence[Promise] = (),
) -> cdk.Stack:
    """A ring in an account of its own."""
    stack = cdk.Stack(
        scope, f"Ring-{name}", env=cdk.Environment(account=ACCOUNTS[name], region="eu-central-1")
    )
    PatchBaseline(
        stack,
        "Baseline",
        patch_baseline_name=f"{name}-nodes",
        operating_system=operating_system,
        approval_rules=security_updates(
            operating_system,
            approve_after_days=None if operating_system is OperatingSystem.UBUNTU else approve_after_days,
        ),
        patch_groups=[f"{name}-web"],
    )
    RingedMaintenanceWindow(
        stack,
        "Windows",
        rollout_name="web",
        command_output=CommandOutput(stack, "CommandOutput"),
        rings=[
            Ring(
                name=name,
                patch_groups=[PatchGroup(name=f"{name}-web")],
                scan=PatchWindow(schedule=Schedule.daily(hour=1), duration_hours=2, cutoff_hours=1),
                install=PatchWindow(
                    schedule=Schedule.weekly(day=day, hour=6), duration_hours=2, cutoff_hours=1
                ),
                reboot_option=RebootOption.REBOOT_IF_NEEDED,
                max_concurrency="50%",
                max_errors="10%",
                order=order,
                production=name == "prod",
                promises=promises,
            )
        ],
    )
    return stack


def define_inverted(scope: cdk.App | cdk.Stage) -> cdk.Stack:
    """Equal delays and a later weekday: what looks safe on a calendar and is not. Returns production."""
    define_ring(scope, "dev", order=1, day=Weekday.SUNDAY)
    return define_ring(scope, "prod", order=2, day=Weekday.TUESDAY)


def report(app: cdk.App) -> list[dict[str, Any]]:
    """What the last synth reported of this plugin."""
    file = Path(app.outdir) / "validation-report.json"
    plugins = json.loads(file.read_text())["pluginReports"]
    return [
        violation
        for plugin in plugins
        if plugin["pluginName"] == "patching-constructs"
        for violation in plugin["violations"]
    ]


def fails_with(app: cdk.App, id: FindingId) -> dict[str, Any]:
    with pytest.raises(RuntimeError, match="ValidationFailed"):
        app.synth()
    (violation,) = (violation for violation in report(app) if violation["ruleName"] == id)
    return dict(violation)


# --- ring order over an app ---


def test_an_inversion_between_two_accounts_fails_the_synth(app: cdk.App) -> None:
    define_inverted(app)
    cdk.Validations.of(app).add_plugins(checks())
    violation = fails_with(app, FindingId.RING_INVERSION)
    assert violation["severity"] == "error"
    assert "ring prod before ring dev" in violation["description"]
    assert "published" in violation["description"]
    assert "approve_after_days" in violation["suggestedFix"]
    assert "https://docs.aws.amazon.com/" in violation["suggestedFix"]
    (place,) = violation["violatingConstructs"]
    assert place["constructPath"] == "Ring-prod/Baseline/Resource"


def test_rings_in_order_pass(app: cdk.App) -> None:
    define_ring(app, "dev", order=1, day=Weekday.SUNDAY)
    define_ring(app, "prod", order=2, day=Weekday.TUESDAY, approve_after_days=2)
    cdk.Validations.of(app).add_plugins(checks())
    app.synth()


def reserve_concurrency(app: cdk.App) -> None:
    lambda_.CfnFunction(
        cdk.Stack(app, "Stack", env=cdk.Environment(account=ACCOUNTS["dev"], region="eu-central-1")),
        "Function",
        code=lambda_.CfnFunction.CodeProperty(zip_file="pass"),
        role="arn:aws:iam::111111111111:role/function",
        reserved_concurrent_executions=1,
    )


def test_reserved_concurrency_fails_the_synth_as_a_new_account_refuses_it(app: cdk.App) -> None:
    reserve_concurrency(app)
    cdk.Validations.of(app).add_plugins(checks())
    violation = fails_with(app, FindingId.LAMBDA_CONCURRENCY)
    assert "quotas.lambda_concurrent_executions" in violation["suggestedFix"]
    (place,) = violation["violatingConstructs"]
    assert place["constructPath"] == "Stack/Function"


def test_reserved_concurrency_passes_where_the_quota_of_the_account_is_stated(app: cdk.App) -> None:
    reserve_concurrency(app)
    cdk.Validations.of(app).add_plugins(
        checks(account_quotas=AccountQuotas(lambda_concurrent_executions=1_000))
    )
    app.synth()


def test_rings_in_stages_are_compared_with_each_other(app: cdk.App) -> None:
    define_ring(cdk.Stage(app, "Early"), "dev", order=1, day=Weekday.SUNDAY)
    define_ring(cdk.Stage(cdk.Stage(app, "Outer"), "Late"), "prod", order=2, day=Weekday.TUESDAY)
    cdk.Validations.of(app).add_plugins(checks())
    violation = fails_with(app, FindingId.RING_INVERSION)
    (place,) = violation["violatingConstructs"]
    assert place["constructPath"] == "Outer/Late/Ring-prod/Baseline/Resource"


def test_on_a_stage_only_its_own_stacks_are_seen(app: cdk.App) -> None:
    define_ring(app, "dev", order=1, day=Weekday.SUNDAY)
    stage = cdk.Stage(app, "Alone")
    define_ring(stage, "prod", order=2, day=Weekday.TUESDAY)
    cdk.Validations.of(stage).add_plugins(checks())
    app.synth()


def test_rings_that_no_one_marked_are_named_by_patch_group(app: cdk.App) -> None:
    stack = define_inverted(app)
    for name in ("Ring-dev", "Ring-prod"):
        for construct in app.node.find_child(name).node.find_all():
            if isinstance(construct, ssm.CfnMaintenanceWindow):
                construct.add_property_deletion_override("Tags")
                construct.add_override("Metadata", {})
    cdk.Validations.of(app).add_plugins(checks(rings={"early": "dev-*", "late": "prod-*"}))
    violation = fails_with(app, FindingId.RING_INVERSION)
    assert "ring late before ring early" in violation["description"]
    assert stack.node.path in violation["violatingConstructs"][0]["constructPath"]


# --- levels ---


def test_a_warning_is_printed_and_does_not_fail(app: cdk.App) -> None:
    define_ring(app, "dev", order=1, day=Weekday.SUNDAY)
    define_ring(app, "prod", order=2, day=Weekday.TUESDAY, approve_after_days=2)
    cdk.Validations.of(app).add_plugins(checks(visibility_lag=dt.timedelta(days=7)))
    app.synth()
    margins = [violation for violation in report(app) if violation["ruleName"] == FindingId.RING_MARGIN]
    assert [margin["severity"] for margin in margins] == ["warning"]


def test_exposure_without_a_promise_is_no_violation(app: cdk.App) -> None:
    define_ring(app, "dev", order=1, day=Weekday.SUNDAY)
    cdk.Validations.of(app).add_plugins(checks())
    app.synth()
    if (Path(app.outdir) / "validation-report.json").is_file():
        assert {violation["ruleName"] for violation in report(app)}.isdisjoint({FindingId.EXPOSURE})


def test_what_cannot_be_decided_is_reported(app: cdk.App) -> None:
    stack = define_ring(app, "dev", order=1, day=Weekday.SUNDAY)
    define_ring(app, "prod", order=2, day=Weekday.TUESDAY, approve_after_days=2)
    parameter = cdk.CfnParameter(stack, "Hours", type="Number")
    for construct in stack.node.find_all():
        if isinstance(construct, ssm.CfnMaintenanceWindow):
            construct.add_property_override("Schedule", {"Ref": parameter.logical_id})
    cdk.Validations.of(app).add_plugins(checks())
    app.synth()
    assert any("cannot be decided" in violation["description"] for violation in report(app))


def test_a_rule_that_crashes_is_a_finding_and_hides_no_other(
    app: cdk.App, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object, **__: object) -> None:
        message = "unthought of"
        raise LookupError(message)

    monkeypatch.setattr(estate_rules, "check_alarms", crash)
    define_inverted(app)
    cdk.Validations.of(app).add_plugins(checks())
    violation = fails_with(app, FindingId.RULE_FAILED)
    assert "unthought of" in violation["description"]
    assert FindingId.RING_INVERSION in {violation["ruleName"] for violation in report(app)}


def test_a_plugin_that_crashes_is_no_pass(app: cdk.App, tmp_path: Path) -> None:
    define_ring(app, "dev", order=1, day=Weekday.SUNDAY)
    cdk.Validations.of(app).add_plugins(checks(acknowledgements=tmp_path / "none.yaml"))
    with pytest.raises(RuntimeError, match=r"none\.yaml: cannot be read"):
        app.synth()


# --- promises and freezes ---


def promise(days: int) -> Promise:
    return Promise(name="house rule", within={Severity.CRITICAL: dt.timedelta(days=days)})


@pytest.mark.parametrize(("days", "kept"), [(7, False), (8, True)])
def test_a_ring_that_breaks_its_own_promise_fails_the_synth_and_the_command_line(
    app: cdk.App, capsys: pytest.CaptureFixture[str], *, days: int, kept: bool
) -> None:
    define_ring(app, "dev", order=1, day=Weekday.SUNDAY, promises=[promise(days)])
    cdk.Validations.of(app).add_plugins(checks())
    if kept:
        app.synth()
        assert check_exit_status(app) == 0
        return
    violation = fails_with(app, FindingId.EXPOSURE_OVER_PROMISE)
    assert (
        "house rule promises CRITICAL patches of AMAZON_LINUX_2023 within 7 days" in violation["description"]
    )
    assert violation["violatingConstructs"][0]["constructPath"] == "Ring-dev/Baseline/Resource"
    assert check_exit_status(app) == 1
    assert "error exposure-over-promise" in capsys.readouterr().out


def test_a_promise_can_be_asked_of_a_ring_that_makes_none(app: cdk.App) -> None:
    define_ring(app, "dev", order=1, day=Weekday.SUNDAY)
    cdk.Validations.of(app).add_plugins(checks(promises={"dev": [promise(7)]}))
    fails_with(app, FindingId.EXPOSURE_OVER_PROMISE)


def test_a_promise_for_a_ring_that_is_not_there_is_printed(app: cdk.App) -> None:
    define_ring(app, "dev", order=1, day=Weekday.SUNDAY)
    cdk.Validations.of(app).add_plugins(checks(promises={"prod": [promise(7)]}))
    app.synth()
    assert {violation["ruleName"] for violation in report(app)} >= {FindingId.PROMISE_WITHOUT_RING}


def test_a_run_in_a_freeze_fails_with_the_name_of_the_freeze(app: cdk.App) -> None:
    define_ring(app, "dev", order=1, day=Weekday.SUNDAY)
    cdk.Validations.of(app).add_plugins(checks(freezes=[FREEZE]))
    violation = fails_with(app, FindingId.RUN_IN_FREEZE)
    assert "falls in the freeze 'year end'" in violation["description"]
    assert violation["severity"] == "error"


def test_an_expired_exemption_is_printed(app: cdk.App) -> None:
    define_ring(app, "dev", order=1, day=Weekday.SUNDAY)
    expired = Exemption(owner="web", reason="a", ticket="T-1", expires=dt.date(2020, 1, 31), nodes="web-1")
    cdk.Validations.of(app).add_plugins(checks(exemptions=[expired]))
    app.synth()
    (violation,) = (
        reported for reported in report(app) if reported["ruleName"] == FindingId.EXEMPTION_EXPIRED
    )
    assert violation["severity"] == "warning"
    assert "exemptions[0].expires: the exemption of 'web' (T-1) has expired" in violation["description"]


def test_fixed_costs_over_the_budget_fail_with_the_account_the_sum_and_its_parts(app: cdk.App) -> None:
    define_ring(app, "dev", order=1, day=Weekday.SUNDAY)
    budget = CostBudget(account_and_region=Fraction("2.99"), account_names={ACCOUNTS["dev"]: "dev"})
    cdk.Validations.of(app).add_plugins(checks(budget=budget))
    violation = fails_with(app, FindingId.COST_BUDGET)
    assert violation["severity"] == "error"
    assert violation["description"] == (
        "monthly_budget: fixed costs of account dev (111111111111/eu-central-1) are over the budget, got "
        "3.00 USD a month from the third year on (1.00 USD in the first), most of all for rotations of KMS "
        "keys 2.00 USD, KMS keys 1.00 USD"
    )


def test_own_prices_go_before_the_list_prices_in_a_budget(app: cdk.App, tmp_path: Path) -> None:
    define_ring(app, "dev", order=1, day=Weekday.SUNDAY)
    rest = "region: '*', currency: USD, per: 1, source: 'https://example.com', as_of: 2026-11-01}"
    own = tmp_path / "own.yaml"
    own.write_text(f"prices:\n- {{unit: kms-key-rotations, amount: 0.5, {rest}\n")
    budget = CostBudget(organization=Fraction(2))
    cdk.Validations.of(app).add_plugins(checks(budget=budget, prices=own))
    app.synth()
    assert [
        reported["ruleName"] for reported in report(app) if reported["ruleName"] == FindingId.COST_BUDGET
    ] == []


def test_more_minutes_per_node_make_a_window_too_short(app: cdk.App) -> None:
    define_ring(app, "dev", order=1, day=Weekday.SUNDAY)
    cdk.Validations.of(app).add_plugins(checks(node_counts={"dev-web": 4}, minutes_per_node=90))
    fails_with(app, FindingId.WINDOW_TOO_SHORT)


# --- acknowledgements ---


def check_exit_status(app: cdk.App, *arguments: str) -> int:
    return main(["check", app.outdir, *HORIZON, *arguments])


@pytest.mark.parametrize("acknowledged", [False, True])
def test_one_acknowledgement_silences_construct_plugin_and_command_line(
    app: cdk.App, capsys: pytest.CaptureFixture[str], *, acknowledged: bool
) -> None:
    stack = cdk.Stack(app, "Stack")
    baseline = PatchBaseline(
        stack,
        "Baseline",
        patch_baseline_name="slow-nodes",
        operating_system=OperatingSystem.AMAZON_LINUX_2023,
        approval_rules=security_updates(OperatingSystem.AMAZON_LINUX_2023, approve_after_days=60),
    )
    if acknowledged:
        cdk.Validations.of(baseline).acknowledge(
            cdk.Acknowledgment(
                id=f"patching-constructs::{FindingId.CRITICAL_APPROVAL_DELAY}", reason="patched by hand"
            )
        )
    cdk.Validations.of(app).add_plugins(checks())
    app.synth()

    annotated = Annotations.from_stack(stack).find_warning(
        "*", Match.string_like_regexp(FindingId.CRITICAL_APPROVAL_DELAY)
    )
    reported = [violation["ruleName"] for violation in report(app)] if _has_report(app) else []
    check_exit_status(app, "--format", "json")
    findings = json.loads(capsys.readouterr().out)["findings"]
    open_findings = [
        finding["id"]
        for finding in findings
        if finding["id"] == FindingId.CRITICAL_APPROVAL_DELAY and finding["acknowledgement"] is None
    ]
    assert (bool(annotated), FindingId.CRITICAL_APPROVAL_DELAY in reported, bool(open_findings)) == (
        not acknowledged,
        not acknowledged,
        not acknowledged,
    )


def _has_report(app: cdk.App) -> bool:
    return (Path(app.outdir) / "validation-report.json").is_file()


def test_an_acknowledged_error_does_not_fail(app: cdk.App) -> None:
    prod = define_inverted(app)
    cdk.Validations.of(prod).acknowledge(
        cdk.Acknowledgment(id="patching-constructs::ring-inversion", reason="moves next week")
    )
    cdk.Validations.of(app).add_plugins(checks())
    app.synth()
    assert check_exit_status(app) == 0


def test_an_acknowledgement_elsewhere_silences_nothing(app: cdk.App) -> None:
    define_inverted(app)
    cdk.Validations.of(app.node.find_child("Ring-dev")).acknowledge(
        cdk.Acknowledgment(id="patching-constructs::ring-inversion", reason="not this one")
    )
    cdk.Validations.of(app).add_plugins(checks())
    fails_with(app, FindingId.RING_INVERSION)


ACCEPTED = """
acknowledgements:
  - id: ring-inversion
    where: Ring-prod/*
    owner: jane@example.com
    reason: moves next week
    expires: "{expires}"
"""


def test_the_file_of_acknowledgements_silences_plugin_and_command_line(app: cdk.App) -> None:
    Path("patching-acknowledgements.yaml").write_text(ACCEPTED.format(expires="2999-12-31"))
    define_inverted(app)
    cdk.Validations.of(app).add_plugins(checks())
    app.synth()
    assert check_exit_status(app) == 0


def test_an_expired_acknowledgement_is_reported_and_silences_nothing(app: cdk.App, tmp_path: Path) -> None:
    file = tmp_path / "accepted.yaml"
    file.write_text(ACCEPTED.format(expires="2020-01-31"))
    define_inverted(app)
    cdk.Validations.of(app).add_plugins(checks(acknowledgements=file))
    fails_with(app, FindingId.RING_INVERSION)
    (expired,) = (
        violation for violation in report(app) if violation["ruleName"] == FindingId.ACKNOWLEDGEMENT_EXPIRED
    )
    assert "jane@example.com" in expired["description"]


# --- options ---


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"until": FROM}, "until: not after the first day, got 2026-11-23; allowed: a day after 2026-11-23"),
        ({"visibility_lag": dt.timedelta(days=-1)}, "visibility_lag: negative"),
        ({"minutes_per_node": 0}, "minutes_per_node: not a whole number from 1, got 0"),
        (
            {"promises": {"prod": ["pci"]}},
            "promises[prod][0]: of a wrong type, got 'pci'; allowed: a Promise, such as one of PROMISES",
        ),
        (
            {"freezes": [Freeze(name="a", from_=FREEZE.until, until=FREEZE.from_)]},
            "freezes[0].until: not after the beginning of the freeze",
        ),
        (
            {
                "exemptions": [
                    ExemptionRecord(owner="", reason="a", ticket="b", expires=dt.date(2027, 1, 1), nodes="c")
                ]
            },
            "exemptions[0].owner: empty",
        ),
    ],
)
def test_options_that_mean_nothing_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        checks(**options)
    assert message in str(caught.value)


def test_apt_rings_are_an_error_where_order_is_promised(app: cdk.App) -> None:
    define_ring(app, "dev", order=1, day=Weekday.SUNDAY, operating_system=OperatingSystem.UBUNTU)
    define_ring(app, "prod", order=2, day=Weekday.TUESDAY, operating_system=OperatingSystem.UBUNTU)
    cdk.Validations.of(app).add_plugins(checks())
    assert fails_with(app, FindingId.RING_ORDER_NOT_POSSIBLE)["severity"] == "error"
