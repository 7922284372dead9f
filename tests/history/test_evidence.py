"""`patching evidence` on files that the reporter has written about a fleet."""

import csv
import datetime as dt
import gzip
import hashlib
import json
import re
import shutil
from base64 import b64encode
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from patching_constructs.cli import main
from patching_constructs.cli.evidence_formats.csv_text import format_csv
from patching_constructs.cli.evidence_formats.evidence_tables import EvidenceTable, tables
from patching_constructs.cli.evidence_formats.html import format_evidence
from patching_constructs.contracts.history_row import HistoryProblem, HistoryRow
from patching_constructs.evidence.installations import How, Installation, Kept, PatchTrail
from patching_constructs.evidence.order_seen import InOrder, OrderSeen, order_seen
from patching_constructs.evidence.pack import EvidencePack, Intent, build_evidence
from patching_constructs.model.patch_state import PatchState
from patching_constructs.model.promises import Promise, Severity
from tests.history.reports import TRUTH
from tests.lambdas.fleets import CURL, KERNEL, OPENSSL
from tests.sample import ROOT

PERIOD = ("--from", "2026-12-02", "--until", "2026-12-14")
NOON = dt.datetime(2026, 12, 1, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


def _run(history: Path, output: Path, *options: str) -> int:
    return main(["evidence", str(history), *PERIOD, "--output", str(output), *options])


def _table(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(newline="") as opened:
        return list(csv.DictReader(opened))


@pytest.fixture(scope="module")
def evidence(history: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("evidence")
    assert _run(history, folder, "--settings", str(ROOT / "patching.yaml")) == 0
    return folder


@pytest.fixture
def copy(history: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(history, tmp_path / "copy"))


# --- what was installed ---


def test_every_installation_is_within_its_two_reports(history: Path, evidence: Path) -> None:
    truth: dict[str, str] = json.loads((history / TRUTH).read_text())
    found = {f"{row['node_id']} {row['patch']}": row for row in _table(evidence, "installed")}
    assert found
    assert found.keys() <= truth.keys()
    for name, row in found.items():
        assert row["installed_after"] <= truth[name] <= row["installed_before"], name


def test_what_was_seen_missing_and_installed_is_there(history: Path, evidence: Path) -> None:
    truth: dict[str, str] = json.loads((history / TRUTH).read_text())
    found = {f"{row['node_id']} {row['patch']}" for row in _table(evidence, "installed")}
    missing = set()
    for file in history.rglob("*.json.gz"):
        for line in gzip.decompress(file.read_bytes()).splitlines():
            row = json.loads(line)
            missing |= {
                f"{row['node_id']} {problem['patch']}"
                for problem in row["problems"]
                if problem["state"] == "MISSING" and row["managed"]
            }
    assert found == missing & truth.keys()


def test_a_shorter_period_has_what_was_installed_in_it(history: Path, tmp_path: Path) -> None:
    arguments = ["evidence", str(history), "--from", "2026-12-09", "--until", "2026-12-11"]
    assert main([*arguments, "--output", str(tmp_path)]) == 0
    found = _table(tmp_path, "installed")
    assert {row["patch"] for row in found} == {OPENSSL, "KB5000001"}
    assert {row["installed_before"][:10] for row in found} == {"2026-12-09"}


def test_periods_that_follow_each_other_have_every_installation_once(history: Path, tmp_path: Path) -> None:
    days = ["2026-12-02", "2026-12-03", "2026-12-09", "2026-12-10", "2026-12-14"]
    found: list[tuple[str, str]] = []
    for from_, until in pairwise(days):
        period = ["--from", from_, "--until", until]
        assert main(["evidence", str(history), *period, "--output", str(tmp_path / from_)]) == 0
        found += [(row["node_id"], row["patch"]) for row in _table(tmp_path / from_, "installed")]
    assert _run(history, tmp_path / "whole") == 0
    whole = [(row["node_id"], row["patch"]) for row in _table(tmp_path / "whole", "installed")]
    assert sorted(found) == sorted(whole)


def test_nodes_of_which_nothing_is_known_are_reported(evidence: Path) -> None:
    found = {row["node_name"]: (row["why"][:11], row["last_known"]) for row in _table(evidence, "unknown")}
    assert found == {
        "web-3": ("not managed", "never"),
        "web-7": ("not managed", "2026-12-04 07:00:00Z"),
    }


def test_what_is_left_to_do_is_that_of_the_last_report(evidence: Path) -> None:
    found = _table(evidence, "open")
    assert {row["reported"] for row in found if row["node_name"] != "web-6"} == {"2026-12-13 07:00:00Z"}
    assert ("web-2", KERNEL, "MISSING") in {(row["node_name"], row["patch"], row["state"]) for row in found}


def _row(hours: int, *problems: HistoryProblem, scanned: int | None = None, **changes: object) -> HistoryRow:
    values: dict[str, object] = {
        "rollout": "web",
        "account": "666666666666",
        "region": "eu-central-1",
        "seen_at": NOON + hours * HOUR,
        "ring": "prod",
        "patch_group": "prod-web",
        "operating_system": "AMAZON_LINUX_2023",
        "node_id": "i-1",
        "node_name": None,
        "is_managed": True,
        "is_exempt": False,
        "reported_at": NOON + (hours if scanned is None else scanned) * HOUR,
        "baseline_id": "pb-1",
        "unread": None,
        "problems": problems,
    }
    return HistoryRow(**{**values, **changes})  # type: ignore[arg-type]


def _problem(state: PatchState = PatchState.MISSING, severity: str | None = "CRITICAL") -> HistoryProblem:
    return HistoryProblem(
        patch=KERNEL, state=state, severity=severity, first_seen=NOON, published=None, is_exempt=False
    )


def _trail(hours: int | None = None) -> PatchTrail:
    within = {} if hours is None else {Severity.CRITICAL: hours * HOUR}
    return PatchTrail({"prod": [Promise(name="own", within=within)]} if within else {})


@pytest.mark.parametrize(
    "after",
    [
        pytest.param(_row(5, is_managed=False), id="the agent is dead"),
        pytest.param(_row(5, unread="throttled"), id="its patches could not be read"),
        pytest.param(_row(5, reported_at=None), id="it was never scanned"),
        pytest.param(_row(5, scanned=0), id="it was not scanned again"),
        pytest.param(_row(5, _problem(PatchState.FAILED)), id="the install failed"),
    ],
)
def test_what_is_not_reported_is_not_installed(after: HistoryRow) -> None:
    trail = _trail()
    assert list(trail.follow(_row(0, _problem()))) == []
    assert list(trail.follow(after)) == []
    (found,) = trail.follow(_row(9))
    assert found.not_after == NOON + 9 * HOUR


@pytest.mark.parametrize(
    ("after", "how"),
    [
        (_row(5, _problem(PatchState.INSTALLED_PENDING_REBOOT)), How.WAITS_FOR_REBOOT),
        (_row(5), How.GONE),
        (_row(5, baseline_id="pb-2"), How.OTHER_BASELINE),
    ],
)
def test_how_it_is_known_is_said(after: HistoryRow, how: How) -> None:
    trail = _trail()
    assert list(trail.follow(_row(0, _problem()))) == []
    assert [found.how for found in trail.follow(after)] == [how]


@pytest.mark.parametrize(
    ("promised", "severity", "kept"),
    [
        (10, "CRITICAL", Kept.YES),
        (9, "CRITICAL", Kept.YES),
        (8, "CRITICAL", Kept.UNSURE),
        (4, "CRITICAL", Kept.UNSURE),
        (3, "CRITICAL", Kept.NO),
        (3, None, Kept.NO),
        (3, "LOW", Kept.NOTHING_PROMISED),
        (None, "CRITICAL", Kept.NOTHING_PROMISED),
    ],
)
def test_a_promise_is_judged_only_as_far_as_reports_tell(
    promised: int | None, severity: str | None, kept: Kept
) -> None:
    trail = _trail(promised)
    for hours in (0, 4):
        assert list(trail.follow(_row(hours, _problem(severity=severity)))) == []
    (found,) = trail.follow(_row(9, _problem(PatchState.INSTALLED_PENDING_REBOOT, severity)))
    assert found.kept is kept


@pytest.mark.parametrize("node_is_exempt", [True, False])
def test_what_was_exempt_breaks_no_promise(*, node_is_exempt: bool) -> None:
    exempt = replace(_problem(), is_exempt=not node_is_exempt)
    trail = _trail(3)
    for hours in (0, 4):
        assert list(trail.follow(_row(hours, exempt, is_exempt=node_is_exempt))) == []
    (left,) = trail.unfinished(gone_after=HOUR)
    (found,) = trail.follow(_row(9))
    assert (left.kept, found.kept) == (Kept.EXEMPT, Kept.EXEMPT)
    assert left.due == found.due == NOON + 3 * HOUR


def test_what_waits_for_a_reboot_is_judged_where_it_was_installed() -> None:
    trail = _trail(3)
    assert list(trail.follow(_row(9, _problem(PatchState.INSTALLED_PENDING_REBOOT)))) == []
    assert [left.kept for left in trail.unfinished(gone_after=HOUR)] == [Kept.INSTALLED]


def test_a_node_that_its_account_reports_no_more_owes_nothing_and_one_whose_account_is_silent_does() -> None:
    trail = _trail()
    for row in (
        _row(0, _problem(), node_id="i-gone"),
        _row(0, _problem(), node_id="i-silent", account="777777777777"),
        _row(9, node_id="i-there"),
    ):
        assert list(trail.follow(row)) == []
    assert [left.row.node_id for left in trail.unfinished(gone_after=2 * HOUR)] == ["i-silent"]


# --- in which order ---


def _installed(ring: str, after: int, before: int, **changes: object) -> Installation:
    return Installation(
        row=_row(after, ring=ring, **changes),  # type: ignore[arg-type]
        problem=_problem(),
        not_before=NOON + after * HOUR,
        not_after=NOON + before * HOUR,
        how=How.GONE,
        due=None,
        kept=Kept.NOTHING_PROMISED,
    )


def _seen(*installed: Installation, since: int = 0) -> list[OrderSeen]:
    return list(order_seen(installed, {"dev": 1, "test": 2, "prod": 3}, since=NOON + since * HOUR))


@pytest.mark.parametrize(
    ("dev", "prod", "expected"),
    [
        ((0, 4), (4, 9), InOrder.YES),
        ((0, 5), (4, 9), InOrder.UNSURE),
        ((4, 9), (0, 5), InOrder.UNSURE),
        ((4, 9), (0, 4), InOrder.NO),
    ],
)
def test_the_order_of_rings_is_judged_only_as_far_as_reports_tell(
    dev: tuple[int, int], prod: tuple[int, int], expected: InOrder
) -> None:
    (found,) = _seen(_installed("prod", *prod), _installed("dev", *dev))
    assert (found.later.rings, found.in_order) == (("prod",), expected)
    assert found.earlier is not None
    assert found.earlier.rings == ("dev",)


_HOURS = st.integers(min_value=1, max_value=20)
_INSTALLATIONS = st.lists(st.tuples(_HOURS, _HOURS, _HOURS), min_size=1, max_size=4)


@given(dev=_INSTALLATIONS, prod=_INSTALLATIONS)
def test_the_order_that_is_seen_is_the_true_one(
    dev: list[tuple[int, int, int]], prod: list[tuple[int, int, int]]
) -> None:
    """Each installation is its true time and how much earlier and later the reports around it were."""
    (found,) = _seen(
        *(_installed("dev", at - early, at + late) for at, early, late in dev),
        *(_installed("prod", at - early, at + late) for at, early, late in prod),
        since=-99,
    )
    first = {ring: min(at for at, _, _ in each) for ring, each in (("dev", dev), ("prod", prod))}
    if found.in_order is InOrder.YES:
        assert first["dev"] <= first["prod"]
    if found.in_order is InOrder.NO:
        assert first["prod"] <= first["dev"]


def test_a_ring_is_compared_with_the_nearest_earlier_one_that_had_the_patch() -> None:
    found = _seen(_installed("dev", 0, 1), _installed("test", 2, 3), _installed("prod", 4, 5))
    assert [(each.later.rings, each.earlier and each.earlier.rings) for each in found] == [
        (("test",), ("dev",)),
        (("prod",), ("test",)),
    ]


def test_a_patch_that_no_earlier_ring_had_is_reported() -> None:
    (found,) = _seen(_installed("prod", 4, 5))
    assert (found.earlier, found.in_order) == (None, InOrder.NOT_SEEN)


def test_only_what_the_later_ring_got_in_the_period_is_compared_with_what_was_before_too() -> None:
    before = _seen(_installed("dev", 0, 1), _installed("prod", 2, 3), since=4)
    across = _seen(_installed("dev", 0, 1), _installed("prod", 2, 5), since=4)
    assert (before, [each.in_order for each in across]) == ([], [InOrder.YES])


def test_operating_systems_rollouts_and_rings_of_no_known_order_are_not_mixed() -> None:
    other = _installed("dev", 0, 1, operating_system="UBUNTU")
    elsewhere = _installed("dev", 0, 1, rollout="office")
    (found,) = _seen(other, elsewhere, _installed("strange", 0, 1), _installed("prod", 4, 5))
    assert found.in_order is InOrder.NOT_SEEN


def test_the_settings_say_in_which_order_rings_are_compared(evidence: Path) -> None:
    found = {row["patch"]: row for row in _table(evidence, "ring-order-seen")}
    assert found.keys() == {CURL, KERNEL, OPENSSL, "KB5000001"}
    assert {row["later_ring"] for row in found.values()} == {"prod"}
    assert {row["earlier_ring_first"] for row in found.values()} == {"not seen in an earlier ring"}
    assert found[KERNEL]["later_nodes"] == "2"


# --- what should be ---


def test_templates_give_promises_and_the_proof_of_ring_order(history: Path, tmp_path: Path) -> None:
    windows = {
        f"{ring}{operation}": {
            "Type": "AWS::SSM::MaintenanceWindow",
            "Properties": {
                "Name": f"web-{ring}-{operation}",
                "Schedule": schedule,
                "Duration": 4,
                "Cutoff": 1,
                "AllowUnassociatedTargets": False,
            },
        }
        for ring, operation, schedule in (
            ("dev", "Install", "cron(0 22 ? * TUE *)"),
            ("prod", "Install", "cron(0 22 ? * THU *)"),
        )
    }
    resources: dict[str, object] = dict(windows)
    for ring in ("dev", "prod"):
        resources[f"{ring}Baseline"] = {
            "Type": "AWS::SSM::PatchBaseline",
            "Properties": {
                "Name": f"{ring}-linux",
                "OperatingSystem": "AMAZON_LINUX_2023",
                "PatchGroups": [ring],
                "ApprovalRules": {
                    "PatchRules": [
                        {
                            "PatchFilterGroup": {
                                "PatchFilters": [{"Key": "CLASSIFICATION", "Values": ["Security"]}]
                            },
                            "ApproveAfterDays": 0 if ring == "dev" else 7,
                        }
                    ]
                },
            },
        }
        resources[f"{ring}Target"] = {
            "Type": "AWS::SSM::MaintenanceWindowTarget",
            "Properties": {
                "WindowId": {"Ref": f"{ring}Install"},
                "ResourceType": "INSTANCE",
                "Targets": [{"Key": "tag:PatchGroup", "Values": [ring]}],
            },
        }
        resources[f"{ring}Task"] = {
            "Type": "AWS::SSM::MaintenanceWindowTask",
            "Properties": {
                "WindowId": {"Ref": f"{ring}Install"},
                "Targets": [{"Key": "WindowTargetIds", "Values": [{"Ref": f"{ring}Target"}]}],
                "TaskArn": "AWS-RunPatchBaseline",
                "TaskType": "RUN_COMMAND",
                "Priority": 1,
                "MaxConcurrency": "10%",
                "MaxErrors": "5%",
                "TaskInvocationParameters": {
                    "MaintenanceWindowRunCommandParameters": {
                        "Parameters": {"Operation": ["Install"], "RebootOption": ["RebootIfNeeded"]}
                    }
                },
            },
        }
    template = tmp_path / "template.json"
    template.write_text(json.dumps({"Resources": resources}))
    output = tmp_path / "out"
    assert _run(history, output, "--templates", str(template), "--rings", "dev,prod") == 0
    order = {(row["later_ring"], row["earlier_ring"]): row["state"] for row in _table(output, "ring-order")}
    assert order["prod", "dev"] == "proved"


def test_settings_give_promises(evidence: Path) -> None:
    promised = _table(evidence, "promised")
    assert {row["ring"] for row in promised} == {"prod", "staging"}
    assert all(int(row["hours"]) > 0 for row in promised)


def test_accepted_findings_have_owner_and_last_day(history: Path, tmp_path: Path) -> None:
    file = tmp_path / "accepted.yaml"
    file.write_text(
        "acknowledgements:\n  - id: ring-order-not-possible\n    where: '*'\n    owner: web@example.com\n"
        "    reason: rebuilt daily\n    expires: '2026-12-05'\n"
    )
    assert _run(history, tmp_path / "out", "--acknowledgements", str(file)) == 0
    (row,) = _table(tmp_path / "out", "exceptions")
    assert row == {
        "kind": "finding",
        "what": "ring-order-not-possible at *",
        "owner": "web@example.com",
        "reason": "rebuilt daily",
        "ticket": "",
        "last_day": "2026-12-05",
        "over_before_the_end": "yes",
    }


def test_exemptions_have_owner_ticket_and_last_day(history: Path, tmp_path: Path) -> None:
    settings = yaml.safe_load((ROOT / "patching.yaml").read_text())
    settings["exemptions"] = [
        {
            "owner": "shop",
            "reason": "till software",
            "ticket": "OPS-1",
            "expires": "2026-12-31",
            "nodes": "web-5",
            "accounts": ["prod"],
        }
    ]
    file = tmp_path / "patching.yaml"
    file.write_text(yaml.safe_dump(settings, sort_keys=False))
    assert _run(history, tmp_path / "out", "--settings", str(file)) == 0
    (row,) = [row for row in _table(tmp_path / "out", "exceptions") if row["kind"] == "exemption"]
    assert (row["what"], row["owner"], row["ticket"], row["last_day"], row["over_before_the_end"]) == (
        "nodes web-5; patches *; accounts prod",
        "shop",
        "OPS-1",
        "2026-12-31",
        "no",
    )


def test_exempt_nodes_are_distinguished_from_exempt_patches(evidence: Path) -> None:
    found = {row["node_name"]: row["patches"] for row in _table(evidence, "exempt-nodes")}
    assert found["web-5"] == "all"
    assert found["web-1"] == OPENSSL


# --- what is not known ---


def test_days_without_reports_are_reported(
    copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for folder in copy.rglob("day=2026-12-05"):
        shutil.rmtree(folder)
    assert _run(copy, tmp_path / "out") == 0
    (row,) = _table(tmp_path / "out", "reports")
    assert (row["days_without_report"], row["which"]) == ("1", "2026-12-05")
    assert "1 days without a report" in capsys.readouterr().err


def test_accounts_that_should_report_and_never_do_are_reported(evidence: Path) -> None:
    found = {(row["rollout"], row["account"]): row for row in _table(evidence, "reports")}
    silent = found["patching", "333333333333"]
    assert (silent["reports"], silent["days_without_report"]) == ("0", "12")
    assert silent["which"] == "2026-12-02..2026-12-13"
    assert found["web", "666666666666"]["days_without_report"] == "0"


def _pack(*rows: HistoryRow, until: dt.date, today: dt.date) -> EvidencePack:
    intent = Intent(promises={}, order=None, ranks={}, places=(), exemptions=None, acknowledgements=())
    return build_evidence(
        rows, from_=dt.date(2026, 12, 1), until=until, today=today, intent=intent, damages=[]
    )


def test_days_that_have_not_come_are_not_days_without_a_report() -> None:
    pack = _pack(_row(0), until=dt.date(2027, 1, 1), today=dt.date(2026, 12, 3))
    assert pack.over_until == dt.date(2026, 12, 4)
    assert [entry.days_without for entry in pack.coverage] == [(dt.date(2026, 12, 2), dt.date(2026, 12, 3))]
    page = format_evidence(pack, tables(pack), made_at=NOON)
    assert "The period is not over: there is no data from 2026-12-04 on." in page


def test_a_period_that_is_over_is_not_said_to_go_on() -> None:
    pack = _pack(_row(0), until=dt.date(2026, 12, 3), today=dt.date(2026, 12, 3))
    assert pack.over_until == pack.until
    assert "not over" not in format_evidence(pack, tables(pack), made_at=NOON)


def test_an_empty_section_says_what_it_means_that_it_is_empty() -> None:
    pack = _pack(until=dt.date(2026, 12, 3), today=dt.date(2026, 12, 3))
    shown = tables(pack)
    assert [table.rows for table in shown] == [()] * len(shown)
    page = format_evidence(pack, shown, made_at=NOON)
    for table in shown:
        assert f"<p><strong>{table.empty}</strong></p>" in page
    assert ">not compared<" in page
    assert ">nothing promised<" in page


def _first(folder: Path) -> Path:
    return min(folder.rglob("*.json.gz"))


def _zipped(text: bytes) -> bytes:
    """Zip without the time, which would give the test another id in every process."""
    return gzip.compress(text, mtime=0)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"no gzip", "not readable after line 0"),
        (_zipped(b"{}\n" * 3)[:-9], "not readable after line"),
        (_zipped(b"[1]\n"), "not an object"),
        (_zipped(b"{\n"), "no JSON"),
        (_zipped(b"\xff\xfe\n"), "no row"),
        (_zipped(b"[" * 100_000 + b"\n"), "nested too deep"),
        (_zipped(b'{"schema_version": 2}\n'), "schema_version 2; this version reads 1"),
        (_zipped(b'{"schema_version": 1}\n'), "a column is missing: seen_at"),
        (_zipped(b'{"schema_version": 1, "seen_at": 5}\n'), "no row"),
    ],
)
def test_damaged_files_are_reported_and_counted(
    copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, reason: str
) -> None:
    _first(copy).write_bytes(content)
    assert _run(copy, tmp_path / "out") == 0
    said = capsys.readouterr().err
    damaged = _table(tmp_path / "out", "damaged")
    assert any(reason in row["reason"] for row in damaged), damaged
    assert f"{len(damaged)} files or lines could not be read" in said
    assert "Traceback" not in said
    assert _table(tmp_path / "out", "installed")


def test_a_file_below_no_partition_is_reported(copy: Path, tmp_path: Path) -> None:
    shutil.copy(_first(copy), copy / "stray.json.gz")
    assert _run(copy, tmp_path / "out") == 0
    (row,) = _table(tmp_path / "out", "damaged")
    assert row == {"where": "stray.json.gz", "reason": "no folder rollout=... above the file"}


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["s3://bucket/nodes", *PERIOD], "aws s3 sync"),
        (["{empty}", *PERIOD], "no file of the history below it"),
        (["{empty}/none", *PERIOD], "no folder"),
        (["{history}", "--from", "2026-13-01", "--until", "2026-12-14"], "--from: not a date"),
        (["{history}", "--from", "2026-12-14", "--until", "2026-12-02"], "--until: not after --from"),
        (["{history}", *PERIOD, "--settings", "{empty}/none.yaml"], "none.yaml"),
        (["{history}", *PERIOD, "--templates", "{empty}/none"], "none"),
        (["{history}", *PERIOD, "--output", "{file}"], "--output: expected a folder"),
        (["{history}", *PERIOD, "--output", "{file}/below"], "--output: cannot be written"),
    ],
)
def test_unusable_input_ends_with_2_and_says_why(
    arguments: list[str],
    complaint: str,
    history: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    places = {"history": history, "empty": tmp_path / "empty", "file": tmp_path / "file"}
    places["empty"].mkdir()
    places["file"].write_text("")
    given = ["--output", str(tmp_path / "out"), *(argument.format(**places) for argument in arguments)]
    try:
        status = main(["evidence", *given])
    except SystemExit as stop:
        status = int(stop.code or 0)
    said = capsys.readouterr().err
    assert status == 2
    assert complaint in said
    assert "by a mistake of its own" not in said


# --- the files ---


def test_the_page_runs_and_loads_nothing(evidence: Path) -> None:
    page = (evidence / "evidence.html").read_text()
    (style,) = re.findall(r"<style>(.*?)</style>", page, flags=re.DOTALL)
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'" in page.replace("&#39;", "'")
    assert "<script" not in page
    assert not re.findall(r"(?:src|href)=", page)


def test_names_of_nodes_are_text_on_the_page_and_no_formulas_in_the_files(copy: Path, tmp_path: Path) -> None:
    for file in copy.rglob("*.json.gz"):
        text = gzip.decompress(file.read_bytes()).decode()
        named = text.replace('"web-1"', '"=cmd|<script>alert(1)</script>"')
        file.write_bytes(gzip.compress(named.encode()))
    assert _run(copy, tmp_path / "out") == 0
    page = (tmp_path / "out" / "evidence.html").read_text()
    assert "<script>" not in page
    assert "=cmd|&lt;script&gt;" in page
    assert "'=cmd|<script>alert(1)</script>" in {
        row["node_name"] for row in _table(tmp_path / "out", "installed")
    }


@pytest.mark.parametrize(
    "start", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20"]
)
def test_a_spreadsheet_calculates_nothing(start: str) -> None:
    table = EvidenceTable(
        name="a", title="", note="", head=("text", "number"), rows=((f"{start}1+1", -1),), empty=""
    )
    (row,) = list(csv.reader(format_csv(table).splitlines(keepends=True)))[1:]
    assert row == [f"'{start}1+1", "-1"]
