"""Schedules in words."""

import itertools
from datetime import UTC, datetime
from functools import cache

import pytest

from patching_constructs.model.schedule import ScheduleRecord
from patching_constructs.model.unknown import Unknown
from patching_constructs.plan.schedule_wording import schedule_words
from patching_constructs.schedules.runs import runs


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("cron(0 22 ? * WED *)", "weekly on Wednesday at 22:00"),
        ("cron(0 22 ? * 4 *)", "weekly on Wednesday at 22:00"),
        ("cron(0 0 22 ? * WED *)", "weekly on Wednesday at 22:00"),
        ("cron(30 5 * * ? *)", "daily at 05:30"),
        ("cron(30 5,17 ? * * *)", "daily at 05:30 and 17:30"),
        ("cron(0 2 ? * MON-WED *)", "weekly on Monday, Tuesday and Wednesday at 02:00"),
        ("cron(0 2 ? * TUE,THU *)", "weekly on Tuesday and Thursday at 02:00"),
        ("cron(0 2 ? * TUE#2 *)", "on the second Tuesday of every month at 02:00"),
        ("cron(0 2 ? 1,JUL TUE#2 *)", "on the second Tuesday of January and July at 02:00"),
        ("cron(0 2 ? * 6L *)", "on the last Friday of every month at 02:00"),
        ("cron(0 2 15 * ? *)", "on day 15 of every month at 02:00"),
        ("cron(0 2 L * ? *)", "on the last day of every month at 02:00"),
        ("rate(1 day)", "every day"),
        ("rate(7 days)", "every 7 days"),
        # what has no common form stays as it is
        ("cron(0/5 2 ? * SUN *)", "cron(0/5 2 ? * SUN *)"),
        ("cron(0 2 ? * SUN 2027)", "cron(0 2 ? * SUN 2027)"),
        ("cron(30 0 2 ? * SUN *)", "cron(30 0 2 ? * SUN *)"),
        ("cron(0 2 3W * ? *)", "cron(0 2 3W * ? *)"),
        ("cron(0 99 ? * SUN *)", "cron(0 99 ? * SUN *)"),
        ("cron(0 2 ? * SAT-MON *)", "cron(0 2 ? * SAT-MON *)"),
        ("at(2026-12-01T02:00:00)", "at(2026-12-01T02:00:00)"),
        ("every now and then", "every now and then"),
    ],
)
def test_a_schedule_is_said_as_people_say_it(expression: str, words: str) -> None:
    assert schedule_words(ScheduleRecord(expression=expression)) == f"{words} UTC"
    assert (
        schedule_words(ScheduleRecord(expression=expression, timezone="Europe/Berlin"))
        == f"{words} Europe/Berlin"
    )


@pytest.mark.parametrize(
    ("schedule", "words"),
    [
        (
            ScheduleRecord(expression="cron(0 2 ? * TUE#2 *)", offset_days=4),
            "4 days after the second Tuesday of every month at 02:00 UTC",
        ),
        (
            ScheduleRecord(expression="cron(0 2 ? * TUE *)", offset_days=1),
            "cron(0 2 ? * TUE *) and 1 day later UTC",
        ),
        (
            ScheduleRecord(expression="rate(7 days)", start_date="2026-12-01T02:00:00Z"),
            "every 7 days UTC, from 2026-12-01T02:00:00Z",
        ),
        (
            ScheduleRecord(expression="cron(0 2 ? * TUE *)", end_date=Unknown("x")),
            "weekly on Tuesday at 02:00 UTC, until a time that is not known",
        ),
        (
            ScheduleRecord(expression="cron(0 2 ? * TUE *)", timezone=Unknown("x")),
            "weekly on Tuesday at 02:00 in a time zone that is not known",
        ),
        (
            ScheduleRecord(expression="cron(0 2 ? * TUE#2 *)", offset_days=Unknown("x")),
            "an unknown number of days after the second Tuesday of every month at 02:00 UTC",
        ),
        (
            ScheduleRecord(expression=Unknown("parameter S has no default")),
            "not known (parameter S has no default)",
        ),
    ],
)
def test_offset_bounds_and_what_is_not_known_are_said(schedule: ScheduleRecord, words: str) -> None:
    assert schedule_words(schedule) == words


SCHEDULES = [
    ScheduleRecord(expression=f"cron({' '.join(fields)} *)", offset_days=offset)
    for *fields, offset in itertools.product(
        ("0", "00"),
        ("2", "02", "2,14", "14,2"),
        ("?", "*", "1", "15", "L"),
        ("*", "1,7", "JUL,JAN"),
        ("?", "*", "TUE", "3", "1-3", "TUE,SUN,MON", "TUE#2", "3#2", "6L", "FRIL", "L"),
        (None, 4),
    )
]


def test_what_is_said_in_the_same_way_runs_on_the_same_dates() -> None:
    grouped: dict[str, list[ScheduleRecord]] = {}
    for schedule in SCHEDULES:
        if _runs(schedule) is not None:
            grouped.setdefault(schedule_words(schedule), []).append(schedule)
    several = {words: schedules for words, schedules in grouped.items() if len(schedules) > 1}
    assert len(several) > 50
    for words, schedules in several.items():
        assert all(_runs(schedule) == _runs(schedules[0]) for schedule in schedules), words


@cache
def _runs(schedule: ScheduleRecord) -> object:
    try:
        return [
            run.starts_at.astimezone(UTC)
            for run in runs(
                schedule, from_=datetime(2026, 11, 23, tzinfo=UTC), until=datetime(2027, 11, 23, tzinfo=UTC)
            )
        ]
    except ValueError:
        return None
