"""The version of the settings in the zip of a function."""

from collections.abc import Mapping
from typing import Any


class SchemaVersionError(Exception):
    """Settings were written by another version of this library than the code that reads them."""


def check_schema_version(data: Mapping[str, Any], version: int, *, file: str) -> None:
    """Refuse settings with another schema version.

    Args:
        data: The settings.
        version: The version that the code reads.
        file: Name of their file.

    Raises:
        SchemaVersionError: If the version differs or is missing.
    """
    found = data.get("schema-version")
    if found != version:
        message = (
            f"{file}: expected schema-version {version}, got {found}; deploy the stack again with one version"
            " of patching-constructs"
        )
        raise SchemaVersionError(message)
