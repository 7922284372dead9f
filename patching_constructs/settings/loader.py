"""From the file to settings, or to everything that is wrong with it."""

import datetime as dt
from collections.abc import Iterable
from pathlib import Path

from pydantic import ValidationError

from patching_constructs.errors import SettingsError
from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.location import Location
from patching_constructs.settings.baseline_checks import check_baselines
from patching_constructs.settings.budget import check_monthly_budget
from patching_constructs.settings.entry import Entry
from patching_constructs.settings.exemption import exemption_warnings_of
from patching_constructs.settings.file_finding import FileFinding, in_document
from patching_constructs.settings.names import check_names
from patching_constructs.settings.organisation import check_organisation
from patching_constructs.settings.production import check_production
from patching_constructs.settings.security_services import check_security_services
from patching_constructs.settings.settings import Settings
from patching_constructs.settings.validation import findings_of
from patching_constructs.settings.yaml_document import SettingsDocument


def load_settings(path: str | Path, *, today: dt.date | None = None) -> Settings:
    """Read patching.yaml.

    Input that is legal but probably wrong is in the `warnings` of the settings.

    Args:
        path: The file. Error messages name it as it is given here.
        today: The day on which exemptions have to hold. Default: today, in UTC.

    Raises:
        SettingsError: With all mistakes, each with its line, field, value received and values allowed.

    Example:
        >>> from patching_constructs import load_settings
        >>> load_settings("missing.yaml")
        Traceback (most recent call last):
        ...
        patching_constructs.errors.SettingsError: missing.yaml: cannot be read, got no such file ...
    """
    document = SettingsDocument(_read(path), file=str(path))
    data = document.data
    if not isinstance(data, dict):
        allowed = "a mapping with the keys of patching.yaml"
        raise _error(
            document.findings or [_unreadable(path, received=document.received(()), allowed=allowed)]
        )
    top = Entry(path=(), data=data)
    found = [
        # These read the plain data, so that their mistakes are found even where pydantic rejects the file.
        *check_names(top),
        *check_organisation(top),
        *check_production(top),
        *check_security_services(top),
        *check_monthly_budget(top),
        *exemption_warnings_of(top, today=today or dt.datetime.now(dt.UTC).date()),
    ]
    warnings = [in_document(*each, document) for each in found if each[1].level is Level.WARNING]
    by_kind: list[FileFinding] = []
    try:
        settings = Settings.model_validate(data, context=warnings)
    except ValidationError as error:
        by_kind = list(findings_of(error, data))
    # Where the type is wrong, a finding of the rules would only repeat the mistake.
    wrong_paths = {path for path, _ in by_kind}
    found += by_kind
    found += [(path, finding) for path, finding in check_baselines(top) if path not in wrong_paths]
    errors = [in_document(*each, document) for each in found if each[1].level is Level.ERROR]
    if document.findings or errors:
        raise _error([*document.findings, *errors])
    return settings


def _read(path: str | Path) -> str:
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise _error([_unreadable(path, received=(error.strerror or str(error)).lower())]) from None
    try:
        # Editors on Windows may start a file with a byte order mark, which YAML would take for text.
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        received = f"the byte {content[error.start]:#04x}"
        raise _error([_unreadable(path, received=received, line=line)]) from None


def _unreadable(
    path: str | Path, *, received: str, allowed: str = "a YAML file in UTF-8", line: int | None = None
) -> Finding:
    return Finding(
        id=FindingId.SETTINGS_FILE,
        level=Level.ERROR,
        field="",
        message="cannot be read",
        received=received,
        allowed=allowed,
        location=Location(file=str(path), line=line),
    )


def _error(findings: Iterable[Finding]) -> SettingsError:
    """Return the error with each finding once, in the order of the file."""
    # The same mistake can be found by the schema and by a rule.
    return SettingsError(sorted(dict.fromkeys(findings), key=_line))


def _line(finding: Finding) -> int:
    return finding.location.line or 0 if finding.location else 0
