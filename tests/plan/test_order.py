from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from patching_constructs.analysis.ring_proof import NotProved, prove_ring_order
from patching_constructs.model.estate import RingPlan
from patching_constructs.model.operating_system import OperatingSystem
from patching_constructs.model.patch_baseline import PatchBaselineRecord, PatchFilterRecord, PatchRuleRecord
from patching_constructs.model.schedule import ScheduleRecord
from patching_constructs.plan.order import OrderAnswer, OrderState, order_answers
from tests.rules.test_ring_order_rules import LATER, SNAPSHOT, TWO_YEARS, baseline, member, ring, weekly

UBUNTU = OperatingSystem.UBUNTU


def two_classes(days: int, days_of_bugfixes: int) -> PatchBaselineRecord:
    """Security patches after `days`, bug fixes after others."""
    return baseline(
        approval_rules=tuple(
            PatchRuleRecord(
                patch_filters=(PatchFilterRecord(key="CLASSIFICATION", values=(classification,)),),
                approve_after_days=wait,
            )
            for classification, wait in (("Security", days), ("Bugfix", days_of_bugfixes))
        )
    )


def answers(*rings: RingPlan, lag_days: int = 7) -> list[OrderAnswer]:
    proofs = prove_ring_order(rings, horizon=TWO_YEARS, visibility_lag=timedelta(days=lag_days))
    return list(order_answers(proofs))


def dev(*, soak_hours: int | None = None, **changes: object) -> RingPlan:
    return ring(1, member("dev", weekly("WED"), **changes), soak_hours=soak_hours)  # type: ignore[arg-type]


def prod(**changes: object) -> RingPlan:
    return ring(2, member("prod", weekly("SAT"), **changes))  # type: ignore[arg-type]


def test_a_proved_order_has_a_head_start_and_a_largest_lag() -> None:
    [answer] = answers(dev(), prod(rules=baseline(5)))
    assert (answer.state, answer.share, answer.first, answer.reason) == (OrderState.PROVED, 0, None, None)
    assert answer.head_start == timedelta(days=3)
    assert answer.lag == timedelta(hours=46)


def test_a_refuted_order_has_a_share_and_the_first_patch_that_refutes_it() -> None:
    [answer] = answers(dev(), prod())
    assert (answer.state, answer.reason, answer.lag) == (OrderState.REFUTED, None, None)
    assert answer.share == pytest.approx(3 / 7, abs=0.002)
    assert answer.head_start == timedelta(days=-4)
    assert answer.first is not None
    assert answer.first.published.from_ == datetime(2026, 11, 25, 6, tzinfo=UTC)
    assert answer.first.later.starts_at == datetime(2026, 11, 28, 6, tzinfo=UTC)


def test_one_class_out_of_order_is_enough_and_the_others_do_not_lend_it_their_lag() -> None:
    [answer] = answers(dev(rules=two_classes(0, 0)), prod(rules=two_classes(5, 0)))
    assert (answer.state, answer.lag) == (OrderState.REFUTED, None)
    assert answer.share == pytest.approx(3 / 7, abs=0.002)
    assert answer.head_start == timedelta(days=-4)


def test_the_worst_class_decides_where_all_are_in_order() -> None:
    [answer] = answers(dev(rules=two_classes(0, 0)), prod(rules=two_classes(11, 5)))
    assert (answer.state, answer.head_start) == (OrderState.PROVED, timedelta(days=3))
    assert answer.lag == timedelta(hours=46)


def test_each_operating_system_has_one_answer() -> None:
    windows = OperatingSystem.WINDOWS
    earlier = ring(1, member("dev", weekly("WED")))
    later = ring(2, member("prod", weekly("SAT"), rules=baseline(5)), member("office", weekly("SAT")))
    later = replace(later, members=(later.members[0], replace(later.members[1], operating_system=windows)))
    found = answers(earlier, later)
    assert [(each.pair.operating_system, each.state) for each in found] == [
        (OperatingSystem.AMAZON_LINUX_2023, OrderState.PROVED),
        (windows, OrderState.FIRST),
    ]


@pytest.mark.parametrize(("soak_hours", "state"), [(69, OrderState.PROVED), (70, OrderState.REFUTED)])
def test_a_soak_that_is_not_kept_refutes_an_order_that_holds_without_it(
    soak_hours: int, state: OrderState
) -> None:
    [answer] = answers(dev(soak_hours=soak_hours), prod(rules=baseline(3)))
    assert answer.state is state
    assert (answer.share > 0) is (answer.first is not None) is (state is OrderState.REFUTED)
    assert answer.head_start == timedelta(days=3)


def test_a_soak_is_open_where_the_hours_of_a_window_are_not_known() -> None:
    [answer] = answers(dev(soak_hours=24), prod(rules=baseline(3), duration_hours=LATER))
    assert (answer.state, answer.reason) == (OrderState.OPEN, LATER.reason)
    [without_soak] = answers(dev(), prod(rules=baseline(3), duration_hours=LATER))
    assert (without_soak.state, without_soak.reason) == (OrderState.PROVED, None)


def test_what_is_not_known_leaves_the_order_open_and_says_why() -> None:
    [answer] = answers(dev(), prod(rules=baseline(LATER)))
    assert (answer.state, answer.reason) == (OrderState.OPEN, LATER.reason)
    assert (answer.head_start, answer.lag, answer.first) == (None, None, None)


def test_a_ring_without_a_window_is_open_and_so_is_the_one_after_it() -> None:
    found = answers(ring(1, member("dev")), prod())
    assert [(each.pair.later.name, each.state) for each in found] == [
        ("dev", OrderState.OPEN),
        ("prod", OrderState.OPEN),
    ]


def test_an_order_that_is_uncertain_is_open_and_shows_what_is_possible() -> None:
    # On 2027-03-28 there is no 02:30 in Berlin: dev runs at 00:30, 01:30 or 02:30 UTC; prod at 01:30 UTC.
    schedule = ScheduleRecord(expression="cron(30 2 28 3 ? 2027)", timezone="Europe/Berlin")
    horizon = replace(TWO_YEARS, until=datetime(2027, 1, 1, tzinfo=UTC))
    rings = (
        ring(1, member("dev", schedule)),
        ring(2, member("prod", ScheduleRecord(expression="cron(30 1 28 3 ? 2027)"))),
    )
    [answer] = order_answers(prove_ring_order(rings, horizon=horizon, visibility_lag=timedelta()))
    assert (answer.state, answer.share) == (OrderState.OPEN, 1)
    assert answer.first is not None
    assert "does not exist in Europe/Berlin" in str(answer.reason)


def test_a_proof_and_a_reason_why_it_is_uncertain_are_one_answer() -> None:
    proofs = list(
        prove_ring_order(
            [dev(), prod(rules=baseline(5))], horizon=TWO_YEARS, visibility_lag=timedelta(days=7)
        )
    )
    warning = NotProved(pair=proofs[0].pair, reason="the clock is not known")
    [answer] = order_answers([*proofs, warning])
    assert (answer.state, answer.reason, answer.lag) == (OrderState.OPEN, warning.reason, None)


# --- apt ---


def test_no_schedule_orders_apt_whatever_its_delay() -> None:
    [answer] = answers(dev(system=UBUNTU), prod(system=UBUNTU, rules=baseline(30)))
    assert answer.state is OrderState.REFUTED
    assert answer.share == pytest.approx(3 / 7, abs=0.002)


def test_repositories_of_its_own_leave_a_ring_of_apt_open() -> None:
    pinned = baseline(sources=(SNAPSHOT,))
    [answer] = answers(dev(system=UBUNTU), prod(system=UBUNTU, rules=pinned))
    assert answer.state is OrderState.OPEN
    assert answer.reason == "the repositories of its baselines decide the order, not schedules"


def test_repositories_that_are_not_known_leave_a_ring_of_apt_open() -> None:
    [answer] = answers(dev(system=UBUNTU), prod(system=UBUNTU, rules=baseline(sources=LATER)))
    assert (answer.state, answer.reason) == (OrderState.OPEN, LATER.reason)


def test_repositories_do_not_excuse_what_the_earlier_ring_never_approves() -> None:
    pinned = baseline(sources=(SNAPSHOT,))
    [answer] = answers(
        dev(system=UBUNTU, rules=baseline(approval_rules=())), prod(system=UBUNTU, rules=pinned)
    )
    assert (answer.state, answer.share) == (OrderState.REFUTED, 1)


def test_a_soak_of_apt_is_not_judged_as_schedules_cannot_keep_it() -> None:
    # Both on Wednesday, prod an hour later: in order, but without any soak.
    later = ring(2, member("prod", weekly("WED", 6), system=UBUNTU))
    [answer] = answers(dev(system=UBUNTU, soak_hours=24), later)
    assert answer.state is OrderState.PROVED
