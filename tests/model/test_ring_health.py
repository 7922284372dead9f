"""Whether a run permits later rings to follow."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patching_constructs.contracts.ring_health import RingHealth, TaskResult, judge_run
from patching_constructs.model.systems_manager_events import ENDED_WINDOW_STATUSES

HEALTHY, UNHEALTHY, UNKNOWN = RingHealth
LESS_HEALTHY = [HEALTHY, UNKNOWN, UNHEALTHY]
BUDGETS = st.integers(0, 100).map(lambda share: f"{share}%") | st.integers(0, 50).map(str)


@st.composite
def task_results(draw: st.DrawFn) -> TaskResult:
    if draw(st.integers(0, 9)) == 0:
        return TaskResult(max_errors=draw(BUDGETS), is_readable=False)
    nodes = draw(st.integers(0, 50))
    succeeded = draw(st.integers(0, nodes))
    return TaskResult(
        max_errors=draw(BUDGETS),
        nodes=nodes,
        succeeded=succeeded,
        not_reached=draw(st.integers(0, nodes - succeeded)),
    )


TASKS = st.lists(task_results(), max_size=4)
STATUSES = st.sampled_from(ENDED_WINDOW_STATUSES)


def ok(nodes: int, *, failed: int = 0, max_errors: str = "10%") -> TaskResult:
    return TaskResult(max_errors=max_errors, nodes=nodes, succeeded=nodes - failed)


@pytest.mark.parametrize(
    ("tasks", "status", "health", "reason"),
    [
        ([ok(48)], "SUCCESS", HEALTHY, "0 of 48 nodes failed; the error budget is 4"),
        (
            [ok(48, failed=2, max_errors="5%")],
            "SUCCESS",
            HEALTHY,
            "2 of 48 nodes failed; the error budget is 2",
        ),
        (
            [ok(48, failed=3, max_errors="5%")],
            "SUCCESS",
            UNHEALTHY,
            "3 of 48 nodes failed; the error budget is 2",
        ),
        ([ok(9, failed=1)], "SUCCESS", UNHEALTHY, "1 of 9 nodes failed; the error budget is 0"),
        ([ok(20, failed=1)], "TIMED_OUT", UNHEALTHY, "the window ended as TIMED_OUT; 1 of 20 nodes failed"),
        ([ok(20)], "FAILED", UNHEALTHY, "the window ended as FAILED; 0 of 20 nodes failed"),
        ([ok(20)], "CANCELLED", UNHEALTHY, "the window ended as CANCELLED; 0 of 20 nodes failed"),
        ([ok(20), ok(0)], "SUCCESS", UNKNOWN, "1 of 2 tasks targeted no node"),
        ([ok(20), ok(0)], "FAILED", UNHEALTHY, "the window ended as FAILED; 0 of 20 nodes failed"),
        ([ok(20, failed=1), ok(0)], "FAILED", UNHEALTHY, "the window ended as FAILED; 1 of 20 nodes failed"),
        (
            [ok(20, failed=1), ok(10)],
            "SUCCESS",
            HEALTHY,
            "1 of 30 nodes failed, each task within its error budget",
        ),
        ([ok(0)], "SUCCESS", UNKNOWN, "no node was targeted; the window ended as SUCCESS"),
        ([], "FAILED", UNKNOWN, "no node was targeted; the window ended as FAILED"),
        (
            [ok(3), TaskResult(max_errors="0", is_readable=False)],
            "SUCCESS",
            UNKNOWN,
            "the results of 1 of 2 tasks cannot be read",
        ),
        (
            [ok(2, failed=1, max_errors="0"), TaskResult(max_errors="0", is_readable=False)],
            "SUCCESS",
            UNHEALTHY,
            "1 of 2 nodes failed; the error budget is 0",
        ),
        (
            [TaskResult(max_errors="1", nodes=2, succeeded=1, not_reached=1)],
            "SUCCESS",
            HEALTHY,
            "1 of 2 nodes failed; the error budget is 1, 1 of them not reached",
        ),
    ],
)
def test_a_run_is_judged_by_its_window_and_the_budget_of_each_task(
    tasks: list[TaskResult], status: str, health: RingHealth, reason: str
) -> None:
    assert judge_run(tasks, status=status) == (health, reason)


@given(TASKS, STATUSES)
def test_a_run_is_healthy_only_if_its_window_and_every_task_succeeded(
    tasks: list[TaskResult], status: str
) -> None:
    health, _ = judge_run(tasks, status=status)
    assert (health is HEALTHY) == (
        status == "SUCCESS"
        and bool(tasks)
        and all(task.is_readable and task.nodes and task.failed <= _budget(task) for task in tasks)
    )


def _budget(task: TaskResult) -> int:
    if task.max_errors.endswith("%"):
        return len(range(100, task.nodes * int(task.max_errors[:-1]) + 1, 100))
    return int(task.max_errors)


@given(TASKS.filter(bool), STATUSES, st.data())
def test_more_failures_never_make_a_run_healthier(
    tasks: list[TaskResult], status: str, data: st.DataObject
) -> None:
    before, _ = judge_run(tasks, status=status)
    worse = list(tasks)
    number = data.draw(st.sampled_from(range(len(tasks))))
    succeeded = data.draw(st.integers(0, tasks[number].succeeded))
    worse[number] = replace(tasks[number], succeeded=succeeded)
    after, _ = judge_run(worse, status=data.draw(st.sampled_from(sorted({status, "FAILED", "TIMED_OUT"}))))
    assert LESS_HEALTHY.index(after) >= LESS_HEALTHY.index(before)
