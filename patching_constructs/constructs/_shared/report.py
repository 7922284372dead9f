"""Report findings of rules from constructs: errors are raised, the others become CDK warnings."""

from collections.abc import Iterable

from aws_cdk import Annotations
from constructs import Construct

from patching_constructs.errors import InvalidInputError
from patching_constructs.model.finding import Finding, Level


def refuse_errors(scope: Construct, id: str, findings: Iterable[Finding], *, subject: str) -> None:
    """Raise `InvalidInputError` for all errors among `findings`.

    Called before the construct joins the tree, so that a refused construct leaves nothing behind.
    """
    errors = [finding for finding in findings if finding.level is Level.ERROR]
    if errors:
        raise InvalidInputError(errors, subject=subject, construct_path=f"{scope.node.path}/{id}".lstrip("/"))


def annotate_warnings(construct: Construct, findings: Iterable[Finding]) -> None:
    """Attach each warning to `construct`, under its stable id so that it can be acknowledged."""
    for finding in findings:
        if finding.level is Level.WARNING:
            Annotations.of(construct).add_warning_v2(f"patching-constructs::{finding.id}", str(finding))
