import pytest

from patching_constructs.schedules.cron import parse_cron
from patching_constructs.schedules.schedule_error import ScheduleSyntaxError


def mistakes(fields: str) -> list[str]:
    with pytest.raises(ScheduleSyntaxError) as caught:
        parse_cron(fields)
    return [mistake.message for mistake in caught.value.findings]


def test_five_fields_are_named_unix_and_reported_what_aws_wants() -> None:
    with pytest.raises(
        ScheduleSyntaxError, match=r"5 fields, as in Unix.*six fields: minutes.*seven, with seconds"
    ):
        parse_cron("0 2 * * SUN")


@pytest.mark.parametrize("fields", ["", "0", "0 2 ? *", "0 0 0 2 ? * SUN *"])
def test_other_numbers_of_fields_are_refused(fields: str) -> None:
    assert mistakes(fields) == [f"cron with {len(fields.split())} fields"]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ("60 2 ? * * *", "minutes"),
        ("-1 2 ? * * *", "minutes"),
        ("0/0 2 ? * * *", "minutes"),
        ("0/60 2 ? * * *", "minutes"),
        ("0/ 2 ? * * *", "minutes"),
        ("/5 2 ? * * *", "minutes"),
        ("5, 2 ? * * *", "minutes"),
        ("? 2 ? * * *", "minutes"),
        ("٣ 2 ? * * *", "minutes"),
        ("60 0 2 ? * * *", "seconds"),
        ("0 24 ? * * *", "hours"),
        ("0 22-2 ? * * *", "hours"),  # AWS documents no range that wraps around
        ("0 2 0 * ? *", "day of month"),
        ("0 2 32 * ? *", "day of month"),
        ("0 2 L-3 * ? *", "day of month"),
        ("0 2 1,L * ? *", "day of month"),
        ("0 2 15W,16W * ? *", "day of month"),
        ("0 2 0W * ? *", "day of month"),
        ("0 2 L/2 * ? *", "day of month"),
        ("0 2 ? 0 * *", "month"),
        ("0 2 ? 13 * *", "month"),
        ("0 2 ? JANUARY * *", "month"),
        ("0 2 ? NOV-FEB * *", "month"),
        ("0 2 ? * 0 *", "day of week"),
        ("0 2 ? * 8 *", "day of week"),
        ("0 2 ? * FRI-MON *", "day of week"),
        ("0 2 ? * TUE#0 *", "day of week"),
        ("0 2 ? * TUE#6 *", "day of week"),
        ("0 2 ? * TUE#2,TUE#4 *", "day of week"),
        ("0 2 ? * MON-TUE#2 *", "day of week"),
        ("0 2 ? * 15W *", "day of week"),
        ("0 2 ? * * 1969", "year"),
        ("0 2 ? * * 2200", "year"),
        ("0 2 ? * * L", "year"),
    ],
)
def test_a_value_that_aws_does_not_document_is_refused(fields: str, field: str) -> None:
    assert set(mistakes(fields)) == {f"not a value for {field}"}


@pytest.mark.parametrize("days", ["* * *", "? * ?", "1 * MON", "* * MON", "1 * *"])
def test_exactly_one_day_field_is_a_question_mark(days: str) -> None:
    assert mistakes(f"0 2 {days} *") == ["day of month and day of week contradict each other"]


@pytest.mark.parametrize("days", ["29W * ?", "31W * ?", "30W FEB ?", "31W 4 ?", "29W 2 ?"])
def test_w_in_a_month_without_that_day_is_refused_because_aws_does_not_say_where_it_falls(days: str) -> None:
    assert mistakes(f"0 2 {days} *") == ["AWS does not say what W means in a month without that day"]


def test_all_mistakes_are_reported_together() -> None:
    assert mistakes("61 25 1 13 MON 1900") == [
        "day of month and day of week contradict each other",
        "not a value for month",
        "not a value for minutes",
        "not a value for hours",
        "not a value for year",
    ]
