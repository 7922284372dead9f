import pytest

from patching_constructs.analysis.ring_repair import schedule_moves
from patching_constructs.model.schedule import ScheduleRecord
from patching_constructs.model.unknown import Unknown


def moves(expression: str, offset_days: int | None = None) -> list[tuple[object, object]]:
    found = schedule_moves(ScheduleRecord(expression=expression, offset_days=offset_days))
    return [(each.expression, each.offset_days) for each in found]


def test_a_weekly_run_can_move_to_every_other_weekday_the_nearest_first() -> None:
    assert [expression for expression, _ in moves("cron(0 6 ? * SUN *)")] == [
        f"cron(0 6 ? * {day} *)" for day in ("SAT", "MON", "FRI", "TUE", "THU", "WED")
    ]


def test_a_monthly_run_can_also_move_to_another_week_that_every_month_has() -> None:
    assert [expression for expression, _ in moves("cron(30 6 ? * tue#2 *)")][6:] == [
        f"cron(30 6 ? * tue#{week} *)" for week in (1, 3, 4)
    ]


def test_the_last_weekday_of_a_month_keeps_its_number() -> None:
    assert moves("cron(0 6 ? * 6L *)")[:2] == [("cron(0 6 ? * 5L *)", None), ("cron(0 6 ? * 7L *)", None)]


def test_an_offset_moves_first_and_may_vanish() -> None:
    assert moves("cron(0 6 ? * TUE#2 *)", 2)[:6] == [
        ("cron(0 6 ? * TUE#2 *)", offset) for offset in (1, 3, None, 4, 5, 6)
    ]


@pytest.mark.parametrize(
    "expression", ["cron(0 6 ? * MON,WED *)", "cron(0 6 1 * ? *)", "rate(7 days)", "cron(0 6 * * ? *)"]
)
def test_other_schedules_cannot_be_moved(expression: str) -> None:
    assert moves(expression) == []
    assert list(schedule_moves(ScheduleRecord(expression=Unknown("a parameter")))) == []
