"""However a file is broken: settings or a report, never a traceback."""

from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from patching_constructs import Settings, SettingsError, load_settings
from patching_constructs.settings.schema import json_schema
from patching_constructs.settings.yaml_document import SettingsDocument
from tests.depth import examples

SAMPLE = (Path(__file__).parents[2] / "patching.yaml").read_text(encoding="utf-8")
SCHEMA = jsonschema.Draft202012Validator(json_schema())
NASTY = [
    *(
        "",
        "~",
        "yes",
        "0",
        "-1",
        "1e400",
        "0o17",
        "0x1F",
        "12345678901234567890",
        ".nan",
        "2026-02-30",
        "22:30",
    ),
    *(
        "[]",
        "{}",
        "[[]]",
        "{? [a] : b}",
        "*a",
        "&a [*a]",
        "<<: *a",
        "!!int x",
        "!!python/name:os.system",
        "!x y",
    ),
    *(
        "\t",
        "\0",
        "\ufeff",
        "\u2028",
        "---",
        "...",
        "%YAML 3.0",
        "|",
        ">-",
        "'",
        '"',
        "#",
        "é",
        "\ud7ff",
        "? ",
    ),
]


def check(path: Path) -> None:
    """Load the file; use what was loaded the way `stacks/` does, or look at the report.

    What the model accepts fits the schema, so that editors never underline what is right.
    """
    try:
        loaded = load_settings(path)
    except SettingsError as error:
        findings = error.findings
    else:
        SCHEMA.validate(SettingsDocument(path.read_text(encoding="utf-8-sig"), file="patching.yaml").data)
        use(loaded)
        return
    assert findings
    assert all(finding.location and finding.location.file == str(path) for finding in findings)
    assert len(set(findings)) == len(findings)


def use(loaded: Settings) -> None:
    assert len(loaded.freeze_values) == len(loaded.freezes)
    assert len(loaded.exemption_values) == len(loaded.exemptions)
    assert all(loaded.promises.values())
    assert loaded.visibility_lag.days == loaded.visibility_lag_days
    for account in loaded.workload_accounts:
        assert set(loaded.exemptions_of(account)) <= set(loaded.exemption_values)
        loaded.ring_values_of(account)
        for baseline in loaded.baselines_of(account):
            assert baseline.aws_default or baseline.approval_rule_values or baseline.approved_patches
            assert len(baseline.global_filter_values) == len(baseline.global_filters)
            assert len(baseline.source_values) == len(baseline.sources)


@st.composite
def corrupted_texts(draw: st.DrawFn) -> str:
    """The sample with some lines or pieces of it removed, doubled, swapped or replaced."""
    lines = SAMPLE.splitlines()
    for _ in range(draw(st.integers(1, 4))):
        here = draw(st.integers(0, len(lines) - 1))
        there = draw(st.integers(0, len(lines) - 1))
        column = draw(st.integers(0, len(lines[here])))
        piece = draw(st.sampled_from(NASTY) | st.text(max_size=8))
        match draw(st.integers(0, 4)):
            case 0:
                lines[here] = ""
            case 1:
                lines.insert(there, lines[here])
            case 2:
                lines[here], lines[there] = lines[there], lines[here]
            case 3:
                lines[here] = lines[here][:column] + piece + lines[here][column + len(piece) :]
            case _:
                lines[here] = f"{lines[here].partition(':')[0]}: {piece}"
    return "\n".join(lines)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=4,
)


@st.composite
def wrong_data(draw: st.DrawFn) -> Any:
    """The sample's data with one value, anywhere in it, replaced or removed."""
    data: Any = yaml.safe_load(SAMPLE)
    for _ in range(draw(st.integers(1, 3))):
        here = data
        while True:
            key = draw(st.sampled_from(sorted(here) if isinstance(here, dict) else range(len(here))))
            if isinstance(here[key], dict | list) and here[key] and draw(st.booleans() | st.just(True)):
                here = here[key]
                continue
            break
        if draw(st.booleans()):
            here[key] = draw(values)
        else:
            del here[key]
        if not data or any(section == [] for section in data.values()):
            break
    return data


quick = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
deeper = settings(quick, max_examples=examples(quick=60, deep=1000))


@deeper
@given(text=corrupted_texts())
def test_a_corrupted_text_gives_settings_or_a_report(tmp_path: Path, text: str) -> None:
    path = tmp_path / "patching.yaml"
    path.write_text(text, encoding="utf-8", errors="surrogatepass", newline="")
    check(path)


@deeper
@given(data=wrong_data())
def test_wrong_data_gives_settings_or_a_report(tmp_path: Path, data: Any) -> None:
    path = tmp_path / "patching.yaml"
    path.write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")
    check(path)


@quick
@given(content=st.binary(max_size=200))
def test_any_bytes_give_a_report(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "patching.yaml"
    path.write_bytes(content)
    with pytest.raises(SettingsError):
        load_settings(path)
