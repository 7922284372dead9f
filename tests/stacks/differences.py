"""Compares templates of accounts that differ in little more than their name."""

import json
import re
from typing import Any

from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from tests.conftest import normalised

_LOGICAL_ID = re.compile(r"\b([A-Za-z][A-Za-z0-9]*)[0-9A-F]{8}\b")


class DifferenceExtension(SingleFileSnapshotExtension):
    """Stores the differences as a file that editors show as a diff."""

    file_extension = "diff"
    _write_mode = WriteMode.TEXT

    def serialize(self, data: Any, **_: Any) -> str:
        """Return the text as it is."""
        return str(data)


def without_account(template: dict[str, Any], *, name: str, account: str) -> list[str]:
    """Return the lines of a template without name and id of its account, also in its logical ids."""

    def logical_id(found: re.Match[str]) -> str:
        # The hash at the end is made of the path, in which the name is.
        return f"{re.sub(name, '(account)', found[1], flags=re.IGNORECASE)}(hash)"

    text = _LOGICAL_ID.sub(logical_id, json.dumps(normalised(template)))
    text = re.sub(rf"(?<![a-z]){name}(?![a-z])", "(account)", text).replace(account, "(account-id)")
    return json.dumps(json.loads(text, object_pairs_hook=_unique), indent=1, sort_keys=True).splitlines()


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse two resources that only the hash tells apart: one would hide the other."""
    result = dict(pairs)
    assert len(result) == len(pairs), sorted(key for key, _ in pairs)
    return result
