from typing import Any

import pytest

from patching_constructs import CutoffBehavior, InvalidInputError, PatchWindow, Schedule

SCHEDULE = Schedule.daily(hour=3)


def test_running_commands_continue_unless_the_caller_wants_them_cancelled() -> None:
    assert PatchWindow(schedule=SCHEDULE, duration_hours=2, cutoff_hours=1).cutoff_behavior is (
        CutoffBehavior.CONTINUE_TASK
    )


def test_all_mistakes_are_raised_together() -> None:
    with pytest.raises(InvalidInputError) as caught:
        PatchWindow(
            schedule=SCHEDULE,
            duration_hours=0,
            cutoff_hours=24,
            cutoff_behavior="STOP",  # type: ignore[arg-type]
        )
    assert [finding.field for finding in caught.value.findings] == [
        "duration_hours",
        "cutoff_hours",
        "cutoff_behavior",
    ]
    assert str(caught.value).startswith(
        "PatchWindow: duration_hours: not a number of hours that AWS accepts, got 0; "
        "allowed: 1 to 24 whole hours"
    )


def test_a_cutoff_as_long_as_the_window_is_refused() -> None:
    with pytest.raises(
        InvalidInputError, match="no command can ever start, got 2; allowed: 0 to 1 whole hours"
    ):
        PatchWindow(schedule=SCHEDULE, duration_hours=2, cutoff_hours=2)


@pytest.mark.parametrize("token", [-1.8881545897087626e289, "${Token[TOKEN.7]}"])
def test_a_cdk_token_is_refused_because_a_value_is_checked_before_deployment(token: Any) -> None:
    with pytest.raises(InvalidInputError, match="duration_hours"):
        PatchWindow(schedule=SCHEDULE, duration_hours=token, cutoff_hours=0)
