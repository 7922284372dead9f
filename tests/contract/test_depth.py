"""The profile of hypothesis that a run chooses decides how many examples are tried."""

import pytest

from tests.depth import DEEP, examples

AT_IMPORT = examples(quick=1, deep=2)


def test_the_profile_is_loaded_before_tests_ask_for_examples(
    request: pytest.FixtureRequest,
) -> None:
    assert (2 if request.config.getoption("--hypothesis-profile") == DEEP else 1) == AT_IMPORT
