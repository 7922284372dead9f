"""Files that are no YAML, or none that the library reads."""

from pathlib import Path

import pytest

from patching_constructs import SettingsError, load_settings
from tests.settings.sample import TEXT, changed, load, mistakes


def test_a_missing_file_is_named_as_it_was_given() -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings("nowhere/patching.yaml")
    assert str(caught.value) == (
        "nowhere/patching.yaml: cannot be read, got no such file or directory; allowed: a YAML file in UTF-8"
    )


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read, got is a directory"):
        load_settings(tmp_path)


def test_another_encoding_is_reported_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "patching.yaml"
    path.write_bytes(b"rollout_name: x\n# Z\xfcrich\n")
    with pytest.raises(
        SettingsError, match=r"patching.yaml:2: cannot be read, got the byte 0xfc; allowed: .* UTF-8"
    ):
        load_settings(path)


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    assert load(tmp_path, f"\ufeff{TEXT}").rollout_name == "example"


@pytest.mark.parametrize(
    ("text", "received"),
    [
        ("", "nothing"),
        ("# only a comment\n", "nothing"),
        ("- a\n- b\n", "a list"),
        ("[]\n", "an empty list"),
        ("patching\n", "'patching'"),
    ],
)
def test_a_file_that_is_no_mapping(tmp_path: Path, text: str, received: str) -> None:
    assert mistakes(tmp_path, text) == [
        f"patching.yaml: cannot be read, got {received}; allowed: a mapping with the keys of patching.yaml"
    ]


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("a: 1\n\tb: 2\n", 2, "found character '\\t' that cannot start any token"),
        ("a: 1\nb: [1, 2\n", 3, "expected ',' or ']'"),
        ("a: 1\nb: 'x\n", 3, "found unexpected end of stream"),
        ("a: 1\n b: 2\n", 2, "mapping values are not allowed here"),
        ("a: *anchor\n", 1, "found undefined alias"),
        ("a: 1\n---\nb: 2\n", 2, "but found another document"),
        ("a: 1\n? [x]\n: 2\n", 2, "a key is text, not a list or a mapping"),
        ("a: \x07\n", 1, "special characters are not allowed, character 0x0007"),
        (
            "a: 1\nb: !!python/object/apply:os.system [x]\n",
            2,
            "python/object/apply:os.system' is not supported",
        ),
        ("a: 1\nb: !!set {x}\n", 2, "'tag:yaml.org,2002:set' is not supported"),
        ("a: !!int x\n", 1, "not a value of its kind: 'x'"),
        ("a: " + "[" * 5000, 1, "nested too deeply"),
    ],
)
def test_what_is_not_readable_is_reported_with_its_line(
    tmp_path: Path, text: str, line: int, message: str
) -> None:
    (mistake,) = mistakes(tmp_path, text)
    assert mistake.startswith(f"patching.yaml:{line}: not readable as YAML: ")
    assert message in mistake


def test_the_second_of_two_equal_keys_is_reported_although_yaml_readers_keep_it_in_silence(
    tmp_path: Path,
) -> None:
    (mistake,) = mistakes(tmp_path, changed(("node_count: 5,", "node_count: 5, node_count: 6,")))
    assert mistake == (
        "patching.yaml:29: node_count: duplicate key in one mapping, got 'node_count'; "
        "allowed: each key once; the first one is in line 29"
    )


def test_anchors_and_merge_keys_work_and_keep_their_lines(tmp_path: Path) -> None:
    scan = "    scan:\n      schedule: {daily: {hour: 5}}\n      duration_hours: 2\n      cutoff_hours: 1\n"
    text = changed(("    scan:\n", "    scan: &scan\n"), (scan, "    scan: {<<: *scan, duration_hours: 3}\n"))
    settings = load(tmp_path, text)
    assert settings.rings[1].scan.duration_hours == 3
    assert settings.rings[1].scan.cutoff_hours == 1
    report = mistakes(tmp_path, text.replace("cutoff_hours: 1", "cutoff_hours: 24", 1))
    assert [mistake.split(": ")[:3] for mistake in report] == [
        ["patching.yaml:33", "rings[0].scan.cutoff_hours", "out of range, got 24; allowed"],
        ["patching.yaml:33", "rings[1].scan.cutoff_hours", "out of range, got 24; allowed"],
    ]


def test_a_date_stays_text_as_editors_read_it(tmp_path: Path) -> None:
    settings = load(tmp_path, changed(("approve_after_days: 7", "approve_until_date: 2026-12-31")))
    assert settings.baselines[1].approval_rule_values[0].approve_until_date == "2026-12-31"
