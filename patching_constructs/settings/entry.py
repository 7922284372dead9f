"""The file's data as it is, right or wrong, for checks that look at more than one section."""

from dataclasses import dataclass
from typing import Any

from patching_constructs.settings.yaml_document import Path


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A mapping of the file; what is not of the expected kind counts as absent."""

    path: Path
    data: dict[str, Any]

    def text(self, key: str) -> str | None:
        """Return the text under `key`, or None."""
        value = self.data.get(key)
        return value if isinstance(value, str) else None

    def texts(self, key: str) -> list[tuple[Path, str]]:
        """Return the texts in the list under `key`, each with its path."""
        return [(path, item) for path, item in self._items(key) if isinstance(item, str)]

    def entries(self, key: str) -> list["Entry"]:
        """Return the mappings in the list under `key`."""
        return [Entry(path=path, data=item) for path, item in self._items(key) if isinstance(item, dict)]

    def entry(self, key: str) -> "Entry | None":
        """Return the mapping under `key`, or None."""
        value = self.data.get(key)
        return Entry(path=(*self.path, key), data=value) if isinstance(value, dict) else None

    def _items(self, key: str) -> list[tuple[Path, Any]]:
        value = self.data.get(key)
        items = value if isinstance(value, list) else []
        return [((*self.path, key, index), item) for index, item in enumerate(items)]
