"""Each gate in front of a deployment, and the proof that it bites."""

import datetime as dt
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import aws_cdk as cdk
import pytest
import yaml
from aws_cdk import aws_s3 as s3
from cdk_nag import AwsSolutionsChecks, NIST80053R5Checks
from constructs import IConstruct

from stacks.acknowledgements import compliance, messages, patching
from stacks.acknowledgements import s3_buckets as buckets
from tests.nag import nag_findings
from tests.sample import ROOT, sample_app, stacks_of


def _sample_with_nag() -> cdk.App:
    app = sample_app()
    cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(app), NIST80053R5Checks(app))
    return app


CARELESS = """
import app
from aws_cdk import aws_s3 as s3, aws_ssm as ssm

define = app.define_organisation


def define_carelessly(scope, settings):
    define(scope, settings)
    stack = scope.node.find_child("Patching-security")
    s3.Bucket(stack, "Careless")
    ssm.CfnPatchBaseline(stack, "Refused", name="a b")


app.define_organisation = define_carelessly
app.main()
"""


def _run_app(
    directory: Path, program: Path = ROOT / "app.py", **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run app.py, or a program around it, the way the CDK CLI does, with the built-in validator on."""
    return subprocess.run(
        [sys.executable, str(program)],
        cwd=directory,
        env=os.environ
        | {"CDK_OUTDIR": str(directory / "cdk.out"), "CDK_VALIDATION": "true", "PYTHONPATH": str(ROOT)}
        | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_security_rules_find_nothing_unacknowledged_in_the_sample() -> None:
    _sample_with_nag().synth()


def test_the_security_gate_bites() -> None:
    app = _sample_with_nag()
    stack = stacks_of(app)[0]
    s3.Bucket(stack, "Careless")
    with pytest.raises(RuntimeError, match="ValidationFailed"):
        app.synth()


def test_every_gate_is_in_the_program_that_cdk_synth_runs(tmp_path: Path) -> None:
    program = tmp_path / "careless.py"
    program.write_text(CARELESS)
    context = json.loads((ROOT / "cdk.json").read_text())["context"]
    result = _run_app(
        tmp_path,
        program,
        PATCHING_CONFIG=str(ROOT / "patching.yaml"),
        CDK_CONTEXT_JSON=json.dumps(context),
    )
    assert result.returncode != 0
    for gate in (
        "AwsSolutions::AwsSolutions-S10",
        "NIST.800.53.R5::NIST.800.53.R5-S3BucketVersioningEnabled",
        "patching-constructs::patch-baseline-name",
        "CloudFormation-Validate::F3031",
    ):
        assert f"Acknowledge with '{gate}'" in result.stderr


def _make(*arguments: str) -> list[str]:
    command = ["make", "--no-print-directory", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()


def test_make_synth_runs_the_cdk_and_the_template_linter_and_both_can_fail_it() -> None:
    assert _make("--dry-run", "--always-make", "synth")[-2:] == [
        "cdk synth --quiet --no-notices",
        "python -m gates.lint",
    ]


def test_help_is_the_default_target_and_names_what_the_readme_names() -> None:
    offered = {line.split()[0] for line in _make()}
    assert {"help", "setup", "demo", "synth", "bench", "clean", "test", "test-full", "check"} <= offered
    named = set(re.findall(r"`make ([a-z-]+)", (ROOT / "README.md").read_text()))
    assert named
    assert named <= offered


def test_an_acknowledgement_covers_its_own_construct_only() -> None:
    app = _sample_with_nag()
    stack = stacks_of(app)[1]
    s3.Bucket(
        stack,
        "Other",
        encryption=s3.BucketEncryption.KMS,
        enforce_ssl=True,
        versioned=True,
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        server_access_logs_prefix="self",
    )
    with pytest.raises(RuntimeError, match="ValidationFailed"):
        app.synth()


def test_the_library_acknowledges_nothing() -> None:
    for path in (ROOT / "patching_constructs").rglob("*.py"):
        assert "acknowledge(" not in path.read_text(), path
        assert "Acknowledgment(" not in path.read_text(), path


def test_every_acknowledgement_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that no longer matches anything would hide the next finding with the same id."""
    acknowledged: list[tuple[str, str]] = []

    def note(construct: IConstruct, reasons: Mapping[str, str]) -> None:
        acknowledged.extend((construct.node.path, finding) for finding in reasons)

    for subject in (buckets, compliance, messages, patching):
        monkeypatch.setattr(subject, "accept", note)
    found = nag_findings(stacks_of(sample_app())[0])
    assert acknowledged
    for path, finding in acknowledged:
        assert any(rule == finding and place.startswith(f"{path}/") for rule, place in found), (path, finding)


def test_the_built_in_validator_bites(tmp_path: Path) -> None:
    shutil.copy(ROOT / "cdk.json", tmp_path)
    program = tmp_path / "broken.py"
    program.write_text(
        "import json\n"
        "from aws_cdk import App, Stack, aws_ssm as ssm\n"
        "app = App(context=json.load(open('cdk.json'))['context'])\n"
        "ssm.CfnPatchBaseline(Stack(app, 'Broken'), 'Baseline', name='a b')\n"
        "app.synth()\n"
    )
    result = subprocess.run(
        [sys.executable, str(program)],
        cwd=tmp_path,
        env=os.environ | {"CDK_OUTDIR": str(tmp_path / "cdk.out"), "CDK_VALIDATION": "true"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode != 0
    assert "ValidationFailed" in result.stderr


def test_a_mistake_in_the_configuration_ends_with_its_line_and_no_traceback(tmp_path: Path) -> None:
    data = yaml.safe_load((ROOT / "patching.yaml").read_text())
    data["rings"][0]["install"]["cutoff_hours"] = 9
    config = tmp_path / "patching.yaml"
    config.write_text(yaml.safe_dump(data, sort_keys=False))
    line = next(
        number
        for number, text in enumerate(config.read_text().splitlines(), start=1)
        if "cutoff_hours: 9" in text
    )
    result = _run_app(tmp_path, PATCHING_CONFIG=str(config))
    assert result.returncode == 1
    assert f"patching.yaml:{line}" in result.stderr
    assert "cutoff_hours" in result.stderr
    assert "Traceback" not in result.stderr


def _run_with_rings(
    directory: Path,
    *names: str,
    max_concurrency: str | None = None,
    promises: list[dict[str, object]] | None = None,
    freezes: list[dict[str, str]] | None = None,
    quotas: dict[str, int] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run app.py on the sample with its rings in the order of `names`; accepted risks have not expired."""
    data = yaml.safe_load((ROOT / "patching.yaml").read_text())
    data["rings"] = sorted(data["rings"], key=lambda ring: names.index(ring["name"]))
    if max_concurrency is not None:
        data["rings"][-1]["max_concurrency"] = max_concurrency
    if promises is not None:
        data["rings"][-1]["promises"] = promises
    if freezes is not None:
        data["freezes"] = freezes
    if quotas is not None:
        data["quotas"] = quotas
    config = directory / "patching.yaml"
    config.write_text(yaml.safe_dump(data, sort_keys=False))
    accepted = (ROOT / "patching-acknowledgements.yaml").read_text()
    (directory / "patching-acknowledgements.yaml").write_text(
        re.sub(r'expires: ".*"', 'expires: "2999-12-31"', accepted)
    )
    context = json.loads((ROOT / "cdk.json").read_text())["context"]
    return _run_app(
        directory, PATCHING_CONFIG=str(config), CDK_CONTEXT_JSON=json.dumps(context), CDK_VALIDATION="false"
    )


def test_the_rings_of_the_sample_are_in_order(tmp_path: Path) -> None:
    result = _run_with_rings(tmp_path, "dev", "test", "staging", "prod")
    assert result.returncode == 0, result.stderr
    assert "acknowledgement-expired" not in result.stderr
    assert "patching-constructs::ring-order-not-possible" not in result.stderr
    assert "patching-constructs::run-in-freeze" not in result.stderr


def test_two_rings_out_of_order_fail_the_synth(tmp_path: Path) -> None:
    result = _run_with_rings(tmp_path, "test", "dev", "staging", "prod")
    assert result.returncode != 0
    assert "ValidationFailed" in result.stderr
    assert "a patch reaches ring dev before ring test" in result.stderr
    assert "patching-constructs::ring-inversion" in result.stderr


def test_a_window_too_short_for_its_nodes_fails_the_synth(tmp_path: Path) -> None:
    result = _run_with_rings(tmp_path, "dev", "test", "staging", "prod", max_concurrency="10%")
    assert result.returncode != 0
    assert "24 of 48 nodes do not get their turn before the cutoff" in result.stderr
    assert "patching-constructs::window-too-short" in result.stderr


def test_a_broken_promise_fails_the_synth(tmp_path: Path) -> None:
    result = _run_with_rings(
        tmp_path, "dev", "test", "staging", "prod", promises=[{"public": "pci-dss-6.3.3"}]
    )
    assert result.returncode != 0
    assert "pci-dss-6.3.3 promises CRITICAL patches of AMAZON_LINUX_2023 within 30 days" in result.stderr
    assert "approve_after_days" in result.stderr
    assert "patching-constructs::exposure-over-promise" in result.stderr


def test_a_run_in_a_freeze_fails_the_synth(tmp_path: Path) -> None:
    today = dt.datetime.now(dt.UTC).date()
    freeze = {"name": "sales", "from": str(today + dt.timedelta(30)), "until": str(today + dt.timedelta(70))}
    result = _run_with_rings(tmp_path, "dev", "test", "staging", "prod", freezes=[freeze])
    assert result.returncode != 0
    assert "falls in the freeze 'sales'" in result.stderr
    assert "patching-constructs::run-in-freeze" in result.stderr


def test_more_than_the_quotas_of_the_accounts_fails_the_synth(tmp_path: Path) -> None:
    quotas = {"event_rules_per_bus": 5, "event_bus_policy_characters": 100, "managed_policies_per_role": 1}
    result = _run_with_rings(tmp_path, "dev", "test", "staging", "prod", quotas=quotas)
    assert result.returncode != 0
    for quota in quotas:
        assert f"if AWS has raised the quota, set quotas.{quota}" in result.stderr
    assert "patching-constructs::account-quota" in result.stderr
    assert "patching-constructs::policy-size" in result.stderr
