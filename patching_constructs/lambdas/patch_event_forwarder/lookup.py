"""Requests to AWS that may fail."""

from collections.abc import Callable
from typing import TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from patching_constructs.model.unknown import Maybe, Unknown

T = TypeVar("T")


def look_up(what: str, ask: Callable[[], T]) -> Maybe[T]:
    """Return what AWS answers, or why it did not: an event is reported with what is known.

    Args:
        what: What is requested, for the reason.
        ask: Sends the request.
    """
    try:
        return ask()
    except (BotoCoreError, ClientError) as error:
        return Unknown(f"{what} could not be read: {error}")
