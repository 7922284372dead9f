"""A message as AWS's chat service shows it."""

import json
from collections.abc import Sequence


def chat_message(*, title: str, description: str, next_steps: Sequence[str]) -> str:
    """Write a custom notification of Amazon Q Developer in chat applications (AWS Chatbot).

    Args:
        title: What happened, in a few words.
        description: What happened, where and when.
        next_steps: What to do about it.

    See: https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html
    """
    return json.dumps(
        {
            "version": "1.0",
            "source": "custom",
            "content": {
                "textType": "client-markdown",
                "title": title,
                "description": description,
                "nextSteps": list(next_steps),
            },
        }
    )
