"""Text that people read has no word of the list in wording.yaml."""

import io
import re
import subprocess
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
LIST = Path(__file__).with_name("wording.yaml")
RULES = yaml.safe_load(LIST.read_text(encoding="utf-8"))
WORDS = [
    (re.compile(rf"(?<![^\W_])(?:{rule['match']})(?![^\W_])", re.IGNORECASE), rule["say"])
    for rule in RULES["words"]
]
ALLOWED = re.compile("|".join(map(re.escape, RULES["allowed"])) or r"(?!)", re.IGNORECASE)
PROSE = {".css", ".j2", ".jinja", ".js", ".md", ".mjs", ".toml", ".yaml", ".yml"}
FROM_OTHERS = (
    "tests/cases/",
    "tests/conformance/answers/",
)
"""Texts that this project did not write."""


def bad_words(text: str) -> list[str]:
    """Return the words of the list that the text has, each with what to write instead."""
    readable = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", ALLOWED.sub("", text))
    return [f"{found[0]!r}: write {say}" for word, say in WORDS for found in word.finditer(readable)]


def _pieces(path: Path) -> Iterator[tuple[int, str]]:
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        yield from enumerate(text.splitlines(), start=1)
        return
    read = {tokenize.NAME, tokenize.STRING, tokenize.COMMENT} | {
        getattr(tokenize, name) for name in ("FSTRING_MIDDLE",) if hasattr(tokenize, name)
    }
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type in read:
            yield from enumerate(token.string.splitlines(), start=token.start[0])


def _files() -> list[str]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("the files of the project are listed by git, and this is no checkout")
    return [
        name
        for name in listed.stdout.splitlines()
        if (name.endswith((".py", ".schema.json")) or Path(name).suffix in PROSE)
        and not name.startswith(FROM_OTHERS)
        and ROOT / name not in (LIST, Path(__file__))
        and (ROOT / name).is_file()
    ]


def _is_unfinished(name: str) -> bool:
    return any(name == entry or name.startswith(f"{entry}/") for entry in RULES["unfinished"])


def _found(name: str) -> list[str]:
    if not bad_words((ROOT / name).read_text(encoding="utf-8")):
        return []  # most files; reading their tokens would take half a minute
    return [f"{name}:{line}: {word}" for line, piece in _pieces(ROOT / name) for word in bad_words(piece)]


def test_text_and_names_have_no_word_of_the_list() -> None:
    found = [word for name in _files() if not _is_unfinished(name) for word in _found(name)]
    assert found == []


def test_an_unfinished_folder_still_has_such_words() -> None:
    for entry in RULES["unfinished"]:
        names = [name for name in _files() if name == entry or name.startswith(f"{entry}/")]
        assert any(map(_found, names)), f"{entry} is finished: remove it from wording.yaml"


def test_titles_of_commits_have_no_word_of_the_list() -> None:
    log = subprocess.run(
        ["git", "log", "--format=%h %s", f"{RULES['since']}..HEAD"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if log.returncode:
        pytest.skip(f"commit {RULES['since']} is not in this clone")
    assert {title: bad for title in log.stdout.splitlines() if (bad := bad_words(title))} == {}


@pytest.mark.parametrize(
    "text",
    [
        "Mend the cause.",
        "nobody knows",
        "def told_once",
        "class EventTeller",
        "the key stands twice",
        "compliance itself rings, for each ring",
        "an alarm that rings when a scan is late",
        "severities that travel alike",
        "DOUBTFUL",
    ],
)
def test_a_word_of_the_list_is_found(text: str) -> None:
    assert bad_words(text)


@pytest.mark.parametrize(
    "text",
    [
        "Fix the cause.",
        "an amended rule, which the reader understands",
        "the order of that ring, and of all rings",
        "accounts that own which ring are listed",
        "rings without nodes, and the ring that is last",
    ],
)
def test_other_words_are_not_found(text: str) -> None:
    assert bad_words(text) == []


def test_a_file_with_such_a_word_is_named_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "module.py"
    file.write_text('"""Module."""\n\nx = f"nobody {1}"  # mended\n', encoding="utf-8")
    found = [(line, word) for line, piece in _pieces(file) for word in bad_words(piece)]
    assert [line for line, _ in found] == [3, 3]
