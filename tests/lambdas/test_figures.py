"""Nodes to figures, beside a slow count of the same."""

import datetime as dt
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patching_constructs.lambdas.compliance_reporter.figures import Figures, figures, is_overdue
from patching_constructs.model.exemption import ExemptionRecord
from patching_constructs.model.node_report import NodeReport, PatchProblem
from patching_constructs.model.operating_system import OperatingSystem
from patching_constructs.model.patch_state import PROBLEM_STATES, PatchState
from patching_constructs.model.promises import Severity
from patching_constructs.model.ring_terms import InstallTimes, RingTerms

NOW = dt.datetime(2026, 11, 26, 12, tzinfo=dt.UTC)
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


def problem(state: PatchState = PatchState.MISSING, **changes: object) -> PatchProblem:
    base = PatchProblem(patch="kernel", state=state, severity=Severity.CRITICAL, first_seen=NOW - DAY)
    return replace(base, **changes)  # type: ignore[arg-type]


def node(*problems: PatchProblem, **changes: object) -> NodeReport:
    base = NodeReport(
        node_id="i-1",
        patch_group="prod-web",
        operating_system=OperatingSystem.AMAZON_LINUX_2023,
        baseline_id="pb-1",
        expected_baseline_id="pb-1",
        reported_at=NOW - HOUR,
        problems=problems,
    )
    return replace(base, **changes)  # type: ignore[arg-type]


NOTHING_PROMISED = RingTerms()


def of(
    *nodes: NodeReport, terms: RingTerms = NOTHING_PROMISED, exemptions: tuple[ExemptionRecord, ...] = ()
) -> Figures:
    return figures(nodes, terms, exemptions=exemptions, now=NOW)


PROMISE = RingTerms(within={Severity.CRITICAL: 7 * DAY, Severity.HIGH: 30 * DAY})


# --- when a missing patch is late ---


def test_a_patch_that_the_next_window_installs_in_time_is_no_failure() -> None:
    terms = replace(PROMISE, runs=InstallTimes(next_ends_at=NOW + 5 * DAY))
    assert not is_overdue(problem(first_seen=NOW - DAY), terms, NOW)
    assert of(node(problem()), terms=terms).compliant_nodes == 1


def test_a_patch_that_the_next_window_installs_too_late_is_late_today() -> None:
    terms = replace(PROMISE, runs=InstallTimes(next_ends_at=NOW + 6 * DAY + HOUR))
    assert is_overdue(problem(first_seen=NOW - DAY), terms, NOW)


def test_the_promise_counts_from_publication_where_aws_says_when_that_was() -> None:
    assert is_overdue(problem(published=NOW - 8 * DAY), PROMISE, NOW)
    assert not is_overdue(problem(published=NOW - 6 * DAY), PROMISE, NOW)


def test_without_a_window_ahead_a_patch_is_late_when_its_promise_is_over() -> None:
    assert not is_overdue(problem(first_seen=NOW - 7 * DAY), PROMISE, NOW)
    assert is_overdue(problem(first_seen=NOW - 7 * DAY - HOUR), PROMISE, NOW)


def test_a_patch_of_unknown_severity_has_the_shortest_promise() -> None:
    assert is_overdue(problem(severity=None, first_seen=NOW - 8 * DAY), PROMISE, NOW)


def test_without_a_promise_a_patch_is_late_that_a_run_has_passed_by() -> None:
    ran = RingTerms(runs=InstallTimes(last_started_at=NOW - DAY, next_ends_at=NOW + 6 * DAY))
    assert is_overdue(problem(first_seen=NOW - DAY - HOUR), ran, NOW)
    assert not is_overdue(problem(first_seen=NOW - DAY), ran, NOW)
    assert not is_overdue(problem(first_seen=NOW - 99 * DAY), RingTerms(), NOW)


# --- what makes a node not compliant ---


@pytest.mark.parametrize(
    ("reported", "field"),
    [
        (node(is_managed=False), "unmanaged_nodes"),
        (node(reported_at=None), "stale_nodes"),
        (node(reported_at=NOW - 2 * DAY - HOUR), "stale_nodes"),
        (node(baseline_id="pb-other"), "wrong_baseline_nodes"),
        (node(problem(PatchState.FAILED)), "failed_patches"),
        (node(problem(PatchState.INSTALLED_REJECTED)), "rejected_patches"),
        (node(problem(first_seen=NOW - 8 * DAY)), "overdue_patches"),
        (
            node(problem(PatchState.INSTALLED_PENDING_REBOOT, first_seen=NOW - 7 * DAY - HOUR)),
            "reboot_overdue_nodes",
        ),
        (node(unread="throttled"), "unread_nodes"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_node_is_not_compliant_and_the_figures_say_why(reported: NodeReport, field: str) -> None:
    found = of(reported, terms=PROMISE)
    assert (found.nodes, found.compliant_nodes, getattr(found, field)) == (1, 0, 1)


@pytest.mark.parametrize(
    "reported",
    [
        node(),
        node(reported_at=NOW - 2 * DAY),
        node(expected_baseline_id=None),
        node(is_reported_by_others=True),
        node(problem(PatchState.INSTALLED_PENDING_REBOOT, first_seen=NOW - 7 * DAY)),
    ],
)
def test_a_node_is_compliant_that_has_nothing_left_to_do_now(reported: NodeReport) -> None:
    assert of(reported, terms=PROMISE).compliant_nodes == 1


def test_reboot_debt_counts_nodes_and_not_patches() -> None:
    waiting = problem(PatchState.INSTALLED_PENDING_REBOOT)
    found = of(node(waiting, replace(waiting, patch="glibc", first_seen=NOW - 3 * DAY)))
    assert (found.reboot_debt_nodes, found.oldest_reboot_debt) == (1, 3 * DAY)


def test_no_node_at_all_has_no_share() -> None:
    assert Figures().compliant_percent is None


# --- exemptions ---


def exemption(**changes: object) -> ExemptionRecord:
    base = ExemptionRecord(owner="a", reason="b", ticket="c", expires=NOW.date())
    return replace(base, **changes)  # type: ignore[arg-type]


def test_an_exempt_node_leaves_the_figures() -> None:
    found = of(node(problem(PatchState.FAILED)), exemptions=(exemption(nodes="i-*"),))
    assert found == Figures(exempt_nodes=1)


def test_an_exempt_patch_is_no_problem_and_the_others_stay() -> None:
    failed = problem(PatchState.FAILED)
    reported = node(failed, replace(failed, patch="glibc"))
    assert of(reported, exemptions=(exemption(patches="kern*"),)).failed_patches == 1


@pytest.mark.parametrize(
    "other", [{"nodes": "i-2"}, {"patch_groups": ("dev",)}, {"expires": NOW.date() - DAY}]
)
def test_an_exemption_of_something_else_or_of_yesterday_exempts_nothing(other: dict[str, object]) -> None:
    assert of(node(), exemptions=(exemption(**other),)).nodes == 1


# --- parts and the whole ---

moments = st.timedeltas(min_value=dt.timedelta(), max_value=60 * DAY).map(lambda age: NOW - age)
problems = st.builds(
    PatchProblem,
    patch=st.sampled_from(["kernel", "glibc", "KB1"]),
    state=st.sampled_from(sorted(PROBLEM_STATES)),
    severity=st.none() | st.sampled_from(Severity),
    first_seen=moments,
    published=st.none() | moments,
)
nodes_ = st.builds(
    NodeReport,
    node_id=st.sampled_from(["i-1", "i-2", "mi-1"]),
    patch_group=st.sampled_from(["prod-web", "prod-db"]),
    operating_system=st.just(OperatingSystem.WINDOWS),
    is_managed=st.booleans(),
    baseline_id=st.none() | st.sampled_from(["pb-1", "pb-2"]),
    expected_baseline_id=st.none() | st.just("pb-1"),
    reported_at=st.none() | moments,
    is_reported_by_others=st.booleans(),
    problems=st.lists(problems, max_size=4).map(tuple),
    unread=st.none() | st.just("throttled"),
)
terms_ = st.builds(
    RingTerms,
    within=st.dictionaries(
        st.sampled_from(Severity), st.timedeltas(min_value=HOUR, max_value=60 * DAY), max_size=4
    ),
    runs=st.builds(InstallTimes, last_started_at=st.none() | moments, next_ends_at=st.none() | moments),
)


@given(nodes=st.lists(nodes_, max_size=6), cut=st.integers(0, 6), terms=terms_)
def test_the_figures_of_parts_add_up_to_those_of_the_whole(
    nodes: list[NodeReport], cut: int, terms: RingTerms
) -> None:
    assert of(*nodes[:cut], terms=terms) + of(*nodes[cut:], terms=terms) == of(*nodes, terms=terms)


@given(nodes=st.lists(nodes_, max_size=6), terms=terms_)
def test_no_figure_is_negative_and_no_part_is_more_than_the_whole(
    nodes: list[NodeReport], terms: RingTerms
) -> None:
    found = of(*nodes, terms=terms)
    assert found.compliant_nodes <= found.nodes
    assert found.reboot_overdue_nodes <= found.reboot_debt_nodes <= found.nodes
    assert found.overdue_patches <= found.missing.total()
    for each in fields(found):
        value = getattr(found, each.name)
        assert value is None or isinstance(value, dict) or value >= type(value)()
