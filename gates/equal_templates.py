"""Templates that differ in nothing but the names of their account and stack."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_NO_WORD_BEFORE, _NO_WORD_AFTER = r"(?<![A-Za-z0-9])", r"(?![A-Za-z0-9])"


@dataclass(frozen=True, kw_only=True, slots=True)
class Names:
    """What may differ between two templates that are otherwise equal.

    Attributes:
        account_id: Account of the stack.
        account_name: Its name in patching.yaml, or None if it has none there.
        stack_name: Name of the stack.
        file_assets: Hashes of the stack's files, such as zips of functions, which hold the account's name.
    """

    account_id: str
    account_name: str | None
    stack_name: str
    file_assets: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class Template:
    """A synthesized template.

    Attributes:
        path: Its file.
        text: Its content.
        region: Region of its stack, or None if that is not known.
        names: The names of its account and stack, or None if they are not known.
    """

    path: Path
    text: str
    region: str | None
    names: Names | None


def group_equal(templates: Iterable[Template]) -> list[list[Template]]:
    """Group templates of one Region that are equal after replacing the names of account and stack.

    A template whose names are not known is a group of its own. So are templates whose names use other kinds
    of characters: a rule may accept a name with a hyphen and refuse one with a dot.
    """
    groups: dict[object, list[Template]] = defaultdict(list)
    for template in templates:
        groups[_key(template)].append(template)
    return list(groups.values())


def longest_names(group: Iterable[Template]) -> list[Template]:
    """Return the templates of a group that reach limits of length first, which is usually one.

    None of the others has a longer stack name, or as long a one with a longer account name.
    """
    longest: list[Template] = []
    for template in sorted(group, key=_lengths, reverse=True):
        if all(_lengths(template)[1] > _lengths(other)[1] for other in longest):
            longest.append(template)
    return longest


def _lengths(template: Template) -> tuple[int, int]:
    names = template.names
    return (0, 0) if names is None else (len(names.stack_name), len(names.account_name or ""))


def _key(template: Template) -> object:
    names = template.names
    if names is None:
        return template.path
    kinds = tuple(_kinds_of_characters(name or "") for name in (names.stack_name, names.account_name))
    return template.region, kinds, _without_names(template.text, names)


def _kinds_of_characters(name: str) -> tuple[str, frozenset[str], str]:
    kinds = [_kind(character) for character in name] or [""]
    return kinds[0], frozenset(kinds), kinds[-1]


def _kind(character: str) -> str:
    if not character.isascii() or not character.isalnum():
        return character
    return "digit" if character.isdigit() else "upper" if character.isupper() else "lower"


def _without_names(text: str, names: Names) -> str:
    """Replace the names by NUL characters and a number, which no JSON text contains.

    Hashes of files are numbered by their first use, so that one file in place of another is a difference.
    """
    numbers: dict[str, int] = {}
    for asset in re.findall(r"[0-9a-f]{64}", text):
        if asset in names.file_assets:
            numbers.setdefault(asset, len(numbers))
    for asset, number in numbers.items():
        text = text.replace(asset, f"\0asset {number}\0")
    words = re.sub(r"[^A-Za-z0-9]", "", names.stack_name)
    # The CDK makes names of resources from stack name, construct path and a hash of both.
    text = re.sub(rf"{_NO_WORD_BEFORE}{words}([A-Za-z0-9]*)[0-9A-F]{{8}}{_NO_WORD_AFTER}", "\0id \\1\0", text)
    for number, name in enumerate((names.stack_name, names.account_id, names.account_name)):
        if name:
            text = re.sub(f"{_NO_WORD_BEFORE}{re.escape(name)}{_NO_WORD_AFTER}", f"\0{number}\0", text)
    return text
