"""YAML files that hold one list."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from patching_constructs.model.location import Location
from patching_constructs.templates.template_error import ReadingError
from patching_constructs.templates.yaml_text import parse_yaml


def read_list(path: Path, key: str) -> Iterator[tuple[object, Location]]:
    """Yield the entries of the list under `key`, the only one of the file, each with its place.

    Raises:
        ReadingError: If the file is not readable or holds something else.
    """
    try:
        data, lines = parse_yaml(path.read_text("utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise ReadingError(f"cannot be read: {error}", location=Location(file=str(path))) from None
    except SyntaxError as error:
        raise ReadingError(
            f"not readable: {error.msg}", location=Location(file=str(path), line=error.lineno)
        ) from None
    sections = data if isinstance(data, dict) else {}
    entries = sections.get(key)
    if not isinstance(entries, list) or len(sections) != 1:
        raise ReadingError(
            f"needs the key {key} with a list, and nothing else", location=Location(file=str(path))
        )
    for index, entry in enumerate(entries):
        yield entry, Location(file=str(path), line=lines[key][str(index)])


def refuse(mistakes: Iterable[str], path: Path) -> None:
    """Raise for all mistakes of a file together, if there are any."""
    found = list(mistakes)
    if found:
        raise ReadingError("\n".join(["has mistakes", *found]), location=Location(file=str(path)))
