"""`patching explain`: the catalogue in a terminal."""

import pytest

from patching_constructs.cli.main import main
from patching_constructs.model.finding_kinds.finding_id import FindingId


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    try:
        status = main(["explain", *arguments])
    except SystemExit as error:
        status = int(str(error.code))
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def test_an_id_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "chat-channel-twice")
    assert status == 0
    first, *rest = out.splitlines()
    assert first == "error chat-channel-twice: Chat channel is configured twice"
    assert any(line.startswith("    warning if: the channel is of Microsoft Teams") for line in rest)
    for label in ("example", "fix", "see"):
        assert any(line.startswith(f"    {label}: ") for line in rest)
    assert all(len(line) <= 100 for line in rest if "https://" not in line)


def test_ids_are_explained_once_and_in_order(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "tag", "exposure", "tag")
    assert [line.split(":")[0] for line in out.splitlines() if line and line[0] != " "] == [
        "error tag",
        "info exposure",
    ]


def test_all_findings_are_explained(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "--all")
    assert status == 0
    titles = [line for line in out.splitlines() if line and line[0] != " "]
    assert {line.split(":")[0].split(" ")[1] for line in titles} == set(FindingId)


def test_unknown_ids_are_reported_together(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "ring-inversoin", "tag", "0815")
    assert (status, out) == (2, "")
    assert "unknown finding 'ring-inversoin'; did you mean ring-inversion" in err
    assert "unknown finding '0815'; --all lists all findings" in err


@pytest.mark.parametrize("arguments", [(), ("--all", "tag")])
def test_either_ids_or_all(capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]) -> None:
    status, out, err = run(capsys, *arguments)
    assert (status, out) == (2, "")
    assert "expected either at least one ID, such as ring-inversion, or --all" in err
