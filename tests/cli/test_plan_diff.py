"""`patching plan --diff`, as people and pipelines meet it."""

import json
from importlib import resources
from pathlib import Path

import jsonschema
import pytest

from patching_constructs.cli import main
from patching_constructs.cli.plan_formats.markdown import MAX_CHARACTERS
from patching_constructs.plan.diff.change import Area, ChangeKind
from tests.plan.diff_templates import Template, assembly, baseline, changed, dev_and_prod

HORIZON = ["--from", "2026-11-23", "--until", "2027-05-23"]
SCHEMA = json.loads(
    resources.files("patching_constructs.cli.diff_formats").joinpath("diff.schema.json").read_text()
)


@pytest.fixture(autouse=True)
def _templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    new = changed(dev_and_prod(), "Prod/Properties/ApprovalRules/PatchRules/0/ApproveAfterDays", 0)
    moved = changed(dev_and_prod(), "Prod/Properties/PatchGroups", [])
    moved = changed(moved, "Dev/Properties/PatchGroups", ["dev", "prod"])
    for name, template in (("old", dev_and_prod()), ("new", new), ("moved", moved)):
        Path(f"{name}.json").write_text(json.dumps({"Resources": template}))


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    try:
        status = main(["plan", "--diff", *arguments])
    except SystemExit as error:
        status = int(str(error.code))
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def test_nothing_changes(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "old.json", "old.json", *HORIZON)
    assert (status, err) == (0, "")
    assert out == (
        "Nothing changes in the schedule.\n\n"
        "0 warnings, 0 changes; looked at 2026-11-23 to 2027-05-23\n"
        "These results are computed from schedules. No instance was queried.\n"
    )


def test_costs_are_compared_before_and_after(capsys: pytest.CaptureFixture[str]) -> None:
    key = {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": {}, "EnableKeyRotation": True}}
    Path("more.json").write_text(json.dumps({"Resources": {**dev_and_prod(), "Key": key}}))
    prices = "region: '*', currency: EUR, per: 1, source: 'https://example.com', as_of: 2026-11-01}\n"
    Path("own.yaml").write_text(f"prices:\n- {{unit: kms-keys, amount: 5, {prices}")
    status, out, err = run(capsys, "old.json", "more.json", *HORIZON, "--prices", "own.yaml")
    assert (status, err) == (0, "")
    assert (
        "Costs in a month\n"
        "  fixed costs in the first year of all accounts and Regions\n"
        "    was: 0\n"
        "    will be: 5.00 EUR\n"
        "  fixed costs from the third year on of all accounts and Regions\n"
        "    was: 0\n"
        "    will be: 5.00 EUR and 2.00 USD\n"
    ) in out


def test_text_begins_with_the_order_that_is_lost(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "old.json", "new.json", *HORIZON)
    assert status == 0
    assert out.startswith(
        "Ring order\n"
        "! ring prod is no longer behind ring dev on AMAZON_LINUX_2023\n"
        "    was: proved against ring dev, "
    )
    assert (
        "Baselines\n"
        "  the baseline prod has another approval rule (ring prod)\n"
        "    was: CLASSIFICATION Security after 7 days\n"
        "    will be: CLASSIFICATION Security after 0 days\n"
        "    so: patches are approved 7 days earlier\n"
    ) in out


def test_a_group_that_moves_comes_first_and_fails_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "old.json", "moved.json", *HORIZON)
    assert status == 0
    assert out.startswith("warning patch-group-moves  moved.json:1 Dev\n  the patch group 'prod'")
    assert "    fix: two deployments between two runs" in out
    assert "\n1 warning, " in out


def test_a_move_can_be_accepted(capsys: pytest.CaptureFixture[str]) -> None:
    Path("patching-acknowledgements.yaml").write_text(
        "acknowledgements:\n"
        "  - {id: patch-group-moves, where: Dev, owner: web, reason: no run now, expires: '2199-01-01'}\n"
    )
    _, out, _ = run(capsys, "old.json", "moved.json", *HORIZON)
    assert out.startswith("acknowledged warning patch-group-moves")
    assert "    accepted by web: no run now" in out
    assert "\n0 warnings, 1 acknowledged, " in out


def test_markdown_is_safe_and_says_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    template = changed(dev_and_prod(), "prodTarget/Properties/Targets/0/Values", ["<b>|`x`_*"])
    Path("odd.json").write_text(json.dumps({"Resources": template}))
    status, out, _ = run(capsys, "old.json", "odd.json", "--format", "markdown", *HORIZON)
    assert status == 0
    assert out.startswith("## What changes in the schedule\n\n")
    assert "### Windows\n\n- the window web-prod works on other nodes" in out
    assert r"patch group &lt;b&gt;\|\`x\`\_\*" in out
    assert "<b>" not in out
    _, out, _ = run(capsys, "old.json", "moved.json", "--format", "markdown", *HORIZON)
    assert "> **Warning** `patch-group-moves`: the patch group 'prod'" in out
    assert "- **ring prod is no longer behind ring dev on AMAZON_LINUX_2023**" in out


def test_a_long_comparison_is_shortened_to_fit_into_a_comment(capsys: pytest.CaptureFixture[str]) -> None:
    many = {f"B{index}": baseline(f"g{index}", Name=f"spare-{index}") for index in range(600)}
    Path("many.json").write_text(json.dumps({"Resources": {**dev_and_prod(), **many}}))
    _, out, _ = run(capsys, "old.json", "many.json", "--format", "markdown", *HORIZON)
    assert 50_000 < len(out) <= MAX_CHARACTERS
    assert "_Shortened to fit into a comment" in out
    assert out.endswith("No instance was queried.\n")
    _, whole, _ = run(capsys, "old.json", "many.json", *HORIZON)
    assert "Shortened" not in whole


def test_nothing_in_a_template_can_give_orders_to_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    template = changed(dev_and_prod(), "prodTarget/Properties/Targets/0/Values", ["\x1b[31mred"])
    Path("odd.json").write_text(json.dumps({"Resources": template}))
    _, out, _ = run(capsys, "old.json", "odd.json", *HORIZON)
    assert "\x1b" not in out
    assert "\\x1b[31mred" in out


def test_json_follows_the_published_schema(capsys: pytest.CaptureFixture[str]) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    for new in ("old", "new", "moved"):
        _, out, _ = run(capsys, "old.json", f"{new}.json", "--format", "json", *HORIZON)
        data = json.loads(out)
        jsonschema.validate(data, SCHEMA)
        assert bool(data["changes"]) is (new != "old")
        assert bool(data["warnings"]) is (new == "moved")
    assert {change["kind"] for change in data["changes"]} >= {"order-lost", "baseline-groups"}


def test_the_schema_names_every_kind_and_area() -> None:
    change = SCHEMA["$defs"]["change"]["properties"]
    assert change["kind"]["enum"] == list(ChangeKind)
    assert change["area"]["enum"] == list(Area)


def test_accounts_are_counted_and_output_is_the_same_every_time(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def app(folder: str, resources: Template) -> None:
        assembly(tmp_path / folder, {f"s{n}": (str(n) * 12, resources) for n in range(1, 4)})

    app("old.out", dev_and_prod())
    app("new.out", changed(dev_and_prod(), "prodWindow/Properties/Duration", 6))
    status, out, _ = run(capsys, "old.out", "new.out", *HORIZON)
    assert status == 0
    assert "  the window web-prod has another duration (ring prod, in 3 accounts)\n" in out
    assert run(capsys, "old.out", "new.out", *HORIZON)[1] == out


def test_what_is_not_known_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    resources_ = changed(dev_and_prod(), "prodWindow/Properties/Duration", {"Ref": "D"})
    template = {"Parameters": {"D": {"Type": "Number"}}, "Resources": resources_}
    Path("open.json").write_text(json.dumps(template))
    for name, said in (
        (
            "text",
            "Unknown before and after, so not compared\n  duration of the window web-prod: parameter D",
        ),
        (
            "markdown",
            "### Unknown before and after, so not compared\n\n- duration of the window web-prod: ",
        ),
    ):
        _, out, _ = run(capsys, "open.json", "open.json", "--format", name, *HORIZON)
        assert "Nothing changes in the schedule.\n" in out
        assert said in out


def test_rings_of_foreign_templates(capsys: pytest.CaptureFixture[str]) -> None:
    def foreign(name: str, schedule: str) -> None:
        template = changed(dev_and_prod(), "prodWindow/Properties/Schedule", schedule)
        for ring in ("dev", "prod"):
            del template[f"{ring}Window"]["Metadata"]
            del template[f"{ring}Window"]["Properties"]["Tags"]
        Path(name).write_text(json.dumps({"Resources": template}))

    foreign("a.json", "cron(0 22 ? * SAT *)")
    foreign("b.json", "cron(0 22 ? * SUN *)")
    _, out, _ = run(capsys, "a.json", "b.json", "--rings", "dev,prod", *HORIZON)
    assert "the order of ring prod behind ring dev changes on AMAZON_LINUX_2023" in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["old.json"], "--diff: not two PATHs, got 1; allowed: OLD and NEW"),
        (["old.json", "new.json", "moved.json"], "--diff: not two PATHs, got 3"),
        (
            ["old.json", "new.json", "--format", "html"],
            "--format: not with --diff, got 'html'; allowed: text",
        ),
        (["old.json", "new.json", "--format", "ics"], "--format: not with --diff, got 'ics'"),
        (["old.json", "new.json", "--format", "xml"], "invalid choice: 'xml'"),
        (["old.json", "missing.json"], "missing.json: cannot be read"),
        (["missing.json", "new.json"], "missing.json: cannot be read"),
        (["old.json", "new.json", "--from", "soon"], "--from: not a date"),
        ([], "the following arguments are required: PATH"),
    ],
)
def test_unusable_input_ends_with_2(
    capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    status, out, err = run(capsys, *arguments)
    assert (status, out) == (2, "")
    assert message in err
    assert "Traceback" not in err


def test_an_app_against_a_template(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assembly(tmp_path / "app", {"one": ("1" * 12, dev_and_prod())})
    status, out, _ = run(capsys, "old.json", "app", *HORIZON)
    assert status == 0
    assert "the window web-prod is gone" not in out
    assert "patch-group-moves" not in out


def test_a_baseline_alone_is_compared_too(capsys: pytest.CaptureFixture[str]) -> None:
    for name, days in (("one", 3), ("two", 4)):
        Path(f"{name}.json").write_text(json.dumps({"Resources": {"B": baseline("web", days=days)}}))
    _, out, _ = run(capsys, "one.json", "two.json", *HORIZON)
    assert "so: patches are approved 1 day later" in out
