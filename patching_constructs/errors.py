"""The exceptions of this library.

PatchingError (ValueError)
└── InvalidInputError     one or more mistakes in what a caller passed
    └── SettingsError     one or more mistakes in patching.yaml
"""

from collections.abc import Iterable, Sequence

from patching_constructs.model.finding import Finding, Level


class PatchingError(ValueError):
    """Base of every error that this library raises."""


class InvalidInputError(PatchingError):
    """One or more mistakes in what a caller passed, all reported together.

    Attributes:
        findings: The mistakes, in the order in which the fields stand.
        construct_path: Path of the construct that refused them, or None for a plain value.
    """

    def __init__(
        self, findings: Sequence[Finding], *, subject: str, construct_path: str | None = None
    ) -> None:
        self.findings = tuple(findings)
        self.subject = subject
        self.construct_path = construct_path
        place = f"{construct_path} ({subject})" if construct_path else subject
        super().__init__("\n".join(f"{place}: {finding}" for finding in self.findings))


class SettingsError(InvalidInputError):
    """One or more mistakes in patching.yaml; each finding's location has file and line."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(findings, subject="patching.yaml")
        self.args = ("\n".join(str(finding) for finding in self.findings),)


def raise_errors(findings: Iterable[Finding], *, subject: str, construct_path: str | None = None) -> None:
    """Raise `InvalidInputError` with every finding of level error, or return if there is none."""
    errors = [finding for finding in findings if finding.level is Level.ERROR]
    if errors:
        raise InvalidInputError(errors, subject=subject, construct_path=construct_path)
