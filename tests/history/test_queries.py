"""The named queries, run on what the reporter writes, against a count in plain Python."""

import datetime as dt
import shutil
from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from patching_constructs.constructs.compliance.history.columns import COLUMNS, PARTITIONS, PROBLEM_FIELDS
from patching_constructs.constructs.compliance.history.queries import (
    EXCEPTIONS,
    HISTORY_QUERIES,
    NEVER_SCANNED,
    REBOOT_DEBT,
    RING_TREND,
    WHO_IS_BEHIND,
)
from tests.history.athena import ask, translated
from tests.history.reports import LAST, rows
from tests.lambdas.fleets import OPENSSL

HOUR = dt.timedelta(hours=1)
PROMISED = {"CRITICAL": 48, "HIGH": 24, "MEDIUM": 720, "LOW": 720}

Rows = list[dict[str, Any]]


def _time(text: str) -> dt.datetime:
    return dt.datetime.strptime(text, "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007 - Athena's times have no zone


def _standing(found: Rows) -> Rows:
    """Return the rows of the last report."""
    last = max(row["seen_at"] for row in found)
    return [row for row in found if row["seen_at"] == last]


def _problems(found: Rows) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    return ((row, problem) for row in found for problem in row["problems"])


def _until_install(history: Path) -> Rows:
    """Return the rows until a report just after an install run, which shows what has failed."""
    return [row for row in rows(history) if row["day"] < "2026-12-10"]


def _ask(history: Path, sql: str, *values: object) -> Rows:
    return ask(history, sql, values, today=LAST.date())


def test_the_reporter_writes_the_columns_of_the_table(history: Path) -> None:
    found = rows(history)
    assert {tuple(row) for row in found} == {(*COLUMNS, *PARTITIONS)}
    assert {tuple(problem) for _, problem in _problems(found)} == {tuple(PROBLEM_FIELDS)}


def test_the_files_have_what_the_queries_are_about(history: Path) -> None:
    last = _standing(rows(history))
    assert Counter(problem["state"] for _, problem in _problems(last)).keys() >= {
        "MISSING",
        "INSTALLED_PENDING_REBOOT",
    }
    assert "FAILED" in {problem["state"] for _, problem in _problems(_standing(_until_install(history)))}
    assert {problem["severity"] for _, problem in _problems(last)} == {"CRITICAL", "HIGH", None}
    assert {row["node_name"] for row in last} == {"web-1", "web-2", "web-3", "web-4", "web-5", "web-7"}


@pytest.mark.parametrize(
    ("day", "promised"), [("2026-12-13", PROMISED), ("2026-12-09", dict.fromkeys(PROMISED, 0))]
)
def test_who_is_behind(history: Path, day: str, promised: dict[str, int]) -> None:
    reports = [row for row in rows(history) if row["day"] <= day]
    expected = sorted(
        (row["node_id"], problem["patch"], problem["state"], int((seen - since) / HOUR) - hours)
        for row, problem in _problems(_standing(reports))
        if problem["state"] in {"MISSING", "FAILED"} and not problem["exempt"]
        for hours in [promised.get(problem["severity"], min(promised.values()))]
        for seen in [_time(row["seen_at"])]
        for since in [_time(problem["published"] or problem["first_seen"])]
        if seen > since + hours * HOUR
    )
    days = "*" if day == "2026-12-13" else "2026-12-0*"
    answer = ask(
        history,
        WHO_IS_BEHIND.sql,
        [*promised.values()],
        today=dt.date.fromisoformat(day),
        files=f"**/day={days}/*.json.gz",
    )
    assert expected
    assert (
        sorted((row["node_id"], row["patch"], row["state"], row["hours_late"]) for row in answer) == expected
    )
    assert [row["hours_late"] for row in answer] == sorted(
        (row["hours_late"] for row in answer), reverse=True
    )


def test_exempt_nodes_and_patches_are_not_behind_and_expired_exemptions_do_not_help(history: Path) -> None:
    answer = _ask(history, WHO_IS_BEHIND.sql, 1, 1, 1, 1)
    assert "web-5" not in {row["node_name"] for row in answer}
    assert OPENSSL not in {row["patch"] for row in answer}
    assert "web-2" in {row["node_name"] for row in answer}


def test_no_one_is_behind_a_promise_of_years(history: Path) -> None:
    assert _ask(history, WHO_IS_BEHIND.sql, 9999, 9999, 9999, 9999) == []


def test_the_trend_of_a_ring(history: Path) -> None:
    expected = []
    for day, of_day in groupby(rows(history), key=lambda row: row["day"]):
        last = _standing(list(of_day))
        states = Counter(problem["state"] for _, problem in _problems(last) if not problem["exempt"])
        waiting = {
            row["node_id"]
            for row, problem in _problems(last)
            if problem["state"] == "INSTALLED_PENDING_REBOOT"
        }
        expected.append(
            {
                "rollout": "web",
                "ring": "prod",
                "day": day,
                "accounts_and_regions": len({(row["account"], row["region"]) for row in last}),
                "nodes": sum(not row["exempt"] for row in last),
                "compliant_nodes": sum(row["compliant"] for row in last),
                "exempt_nodes": sum(row["exempt"] for row in last),
                "unmanaged_nodes": sum(not row["managed"] for row in last),
                "nodes_waiting_for_reboot": len(waiting),
                "missing_patches": states["MISSING"],
                "failed_patches": states["FAILED"],
            }
        )
    assert len(expected) == 12
    assert _ask(history, RING_TREND.sql, 30) == expected
    assert _ask(history, RING_TREND.sql, 3) == expected[-4:]


def test_a_day_on_which_an_account_is_silent_says_so(history: Path, tmp_path: Path) -> None:
    """Two accounts with the same reports, of which one misses a day."""
    copy = Path(shutil.copytree(history, tmp_path / "copy"))
    other = next(copy.rglob("account=*")).with_name("account=777777777777")
    shutil.copytree(next(copy.rglob("account=*")), other)
    shutil.rmtree(next(other.rglob("day=2026-12-05")))
    answer = {row["day"]: row for row in _ask(copy, RING_TREND.sql, 30)}
    assert {day for day, row in answer.items() if row["accounts_and_regions"] != 2} == {"2026-12-05"}
    assert answer["2026-12-05"]["accounts_and_regions"] == 1


def test_exceptions(history: Path) -> None:
    expected = []
    for row in sorted(_standing(rows(history)), key=lambda row: str(row["node_id"])):
        exempt = [problem for problem in row["problems"] if problem["exempt"]]
        if row["exempt"] or exempt:
            oldest = min((_time(problem["first_seen"]) for problem in exempt), default=None)
            expected.append((row["node_name"], row["exempt"], len(exempt), oldest))
    assert {whole for _, whole, _, _ in expected} == {True, False}
    assert [
        (row["node_name"], row["whole_node_exempt"], row["exempt_problems"], row["oldest_first_seen"])
        for row in _ask(history, EXCEPTIONS.sql)
    ] == expected


def test_nodes_that_no_scan_has_seen(history: Path) -> None:
    found = rows(history)
    scanned = {row["node_id"] for row in found if row["reported_at"] is not None}
    since: dict[str, dt.datetime] = {}
    for row in found:
        since.setdefault(row["node_id"], _time(row["seen_at"]))
    expected = [
        (row["node_name"], row["managed"], since[row["node_id"]])
        for row in _standing(found)
        if row["node_id"] not in scanned
    ]
    assert expected == [("web-3", False, dt.datetime(2026, 12, 2, 6))]  # noqa: DTZ001
    answer = _ask(history, NEVER_SCANNED.sql, 30)
    assert [(row["node_name"], row["managed"], row["in_history_since"]) for row in answer] == expected


def test_reboot_debt(history: Path) -> None:
    expected = []
    for row in _standing(rows(history)):
        waiting = [
            _time(problem["first_seen"])
            for problem in row["problems"]
            if problem["state"] == "INSTALLED_PENDING_REBOOT"
        ]
        if waiting:
            hours = int((_time(row["seen_at"]) - min(waiting)) / HOUR)
            expected.append((-hours, row["node_id"], len(waiting), min(waiting), row["exempt"]))
    answer = _ask(history, REBOOT_DEBT.sql)
    assert len(expected) > 1
    assert [
        (-row["hours_waiting"], row["node_id"], row["patches"], row["waits_since"], row["exempt"])
        for row in answer
    ] == sorted(expected)


@pytest.mark.parametrize("query", HISTORY_QUERIES, ids=lambda query: query.name)
def test_a_history_without_files_of_these_days_answers_nothing(query: Any, history: Path) -> None:
    values = [1] * query.sql.count("?")
    assert ask(history, query.sql, values, today=LAST.date() + dt.timedelta(days=9)) == []


@pytest.mark.parametrize("query", HISTORY_QUERIES, ids=lambda query: query.name)
def test_a_query_reads_only_some_days_and_fits_athena(query: Any) -> None:
    # https://docs.aws.amazon.com/athena/latest/APIReference/API_CreateNamedQuery.html
    assert len(query.sql) <= 262_144
    assert len(query.description) <= 1024
    assert len(query.name) <= 128
    assert "day >=" in query.sql
    assert not query.sql.rstrip().endswith(";")
    assert translated(query.sql, today=LAST.date())
