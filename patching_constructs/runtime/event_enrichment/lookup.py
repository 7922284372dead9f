"""Questions to AWS that may go unanswered."""

from collections.abc import Callable
from typing import TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from patching_constructs.model.unknown import Maybe, Unknown

T = TypeVar("T")


def look_up(what: str, ask: Callable[[], T]) -> Maybe[T]:
    """Return what AWS answers, or why it did not: an event is told with what is known.

    Args:
        what: What is asked for, for the reason.
        ask: Asks AWS.
    """
    try:
        return ask()
    except (BotoCoreError, ClientError) as error:
        return Unknown(f"{what} could not be read: {error}")
