"""How a run of a ring is judged, and that its record survives the way to the security account."""

import datetime as dt

import pytest

from patching_constructs.model.ring_run import RingHealth, RingRun, judge_run

RUN = RingRun(
    rollout="web",
    ring="prod",
    ring_order=4,
    account="666666666666",
    region="eu-central-1",
    window_id="mw-0123456789abcdef0",
    window_execution_id="14bea65d-5ccc-462d-a2f3-e99c8EXAMPLE",
    started_at=dt.datetime(2026, 12, 19, tzinfo=dt.UTC),
    ended_at=dt.datetime(2026, 12, 19, 3, tzinfo=dt.UTC),
    status="SUCCESS",
    nodes=48,
    succeeded=47,
    failed=1,
    max_errors="5%",
    health=RingHealth.HEALTHY,
    reason="1 of 48 nodes failed, and 2 may",
)


def test_a_run_comes_back_as_it_was() -> None:
    assert RingRun.from_data(RUN.to_data()) == RUN


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("account", None),
        ("ring", ""),
        ("nodes", "48"),
        ("nodes", True),
        ("failed", -1),
        ("started-at", "yesterday"),
        ("ended-at", "2026-12-19T03:00:00"),
        ("health", "FINE"),
    ],
)
def test_a_record_that_is_not_one_is_refused(field: str, value: object) -> None:
    with pytest.raises(ValueError, match=r".+"):
        RingRun.from_data({**RUN.to_data(), field: value})


@pytest.mark.parametrize(
    ("nodes", "failed", "max_errors", "status", "health"),
    [
        (48, 0, "0", "SUCCESS", RingHealth.HEALTHY),
        (48, 2, "5%", "SUCCESS", RingHealth.HEALTHY),
        (48, 3, "5%", "SUCCESS", RingHealth.UNHEALTHY),
        (10, 1, "10%", "FAILED", RingHealth.HEALTHY),
        (9, 1, "10%", "FAILED", RingHealth.UNHEALTHY),
        (10, 1, "0", "FAILED", RingHealth.UNHEALTHY),
        (10, 0, "1", "TIMED_OUT", RingHealth.UNHEALTHY),
        (0, 0, "5%", "SUCCESS", RingHealth.UNKNOWN),
    ],
)
def test_a_run_is_judged_by_its_error_budget(
    nodes: int, failed: int, max_errors: str, status: str, health: RingHealth
) -> None:
    found, reason = judge_run(status=status, nodes=nodes, failed=failed, max_errors=max_errors)
    assert found is health
    assert str(nodes) in reason or "no node" in reason
