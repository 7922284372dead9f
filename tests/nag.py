"""What cdk-nag says about an app, as a set that a test can compare."""

import json
from pathlib import Path

import aws_cdk as cdk
import pytest
from cdk_nag import AwsSolutionsChecks, NIST80053R5Checks


def nag_findings(stack: cdk.Stack) -> set[tuple[str, str]]:
    """Synthesize the app of `stack` under AwsSolutions and NIST 800-53 R5: rules with paths."""
    app = cdk.Stage.of(stack)
    assert isinstance(app, cdk.App)
    cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(app), NIST80053R5Checks(app))
    try:
        app.synth()
    except RuntimeError as error:
        if "ValidationFailed" not in str(error):
            raise
    else:
        pytest.fail("cdk-nag found nothing at all; did it run?")
    report = json.loads((Path(app.outdir) / "validation-report.json").read_text())
    assert {plugin["pluginName"] for plugin in report["pluginReports"]} <= {"AwsSolutions", "NIST.800.53.R5"}
    return {
        (violation["ruleName"], construct["constructPath"])
        for plugin in report["pluginReports"]
        for violation in plugin["violations"]
        for construct in violation["violatingConstructs"]
    }
