"""What every section of patching.yaml has in common."""

from typing import Annotated, NoReturn

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from patching_constructs.errors import InvalidInputError
from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId

Name = Annotated[str, Field(pattern=r"^[a-zA-Z0-9_\-.]{1,50}$")]
"""What AWS accepts as a part of window names and as a tag value."""


class SettingsModel(BaseModel):
    """A mapping in patching.yaml: unknown keys are mistakes, and nothing changes after it is read."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        use_attribute_docstrings=True,
        defer_build=True,  # else each section is built twice: alone, and again within the whole file
    )


def refuse(field: str, message: str, *, received: str | None = None, allowed: str) -> NoReturn:
    """Raise `InvalidInputError` for the key `field` of a mapping, or for all of it ("")."""
    finding = Finding(
        id=FindingId.SETTINGS_VALUE,
        level=Level.ERROR,
        field=field,
        message=message,
        received=received,
        allowed=allowed,
    )
    raise InvalidInputError([finding], subject="patching.yaml")


def refuse_unless_one(settings: SettingsModel, keys: tuple[str, ...]) -> None:
    """Raise `InvalidInputError` unless exactly one of `keys` is given."""
    given = [key for key in keys if getattr(settings, key) is not None]
    if len(given) != 1:
        refuse(
            "",
            "exactly one of several keys is needed",
            received=" and ".join(given) or "none of them",
            allowed=", ".join(keys),
        )


def exactly_one(keys: tuple[str, ...]) -> JsonDict:
    """Return what `refuse_unless_one` demands, as JSON Schema."""
    return {
        "oneOf": [{"properties": {key: {"not": {"type": "null"}}}, "required": [key]} for key in keys],
    }
