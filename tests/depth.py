"""How many examples a property test tries: few in `make test`, many in `make test-full`."""

from hypothesis import settings

DEEP = "deep"
"""The profile of hypothesis that `make test-full` chooses."""


def examples(*, quick: int, deep: int) -> int:
    """Return the number of examples under the profile that is loaded."""
    return deep if settings.get_current_profile_name() == DEEP else quick
