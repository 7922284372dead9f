"""The rules of composite alarms.

See: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
"""

import re
from collections.abc import Mapping

from local_aws.errors import NotEmulatedError

_STATES = ("OK", "ALARM", "INSUFFICIENT_DATA")
_TOKEN = re.compile(
    r"""\s*(?:(?P<state>OK|ALARM|INSUFFICIENT_DATA)\s*\(\s*(?P<quote>["']?)(?P<name>[^"')]+)(?P=quote)\s*\)"""
    r"|(?P<word>AND|OR|NOT|TRUE|FALSE|[()]))"
)


def alarms_in(rule: str) -> set[str]:
    """Give the names of the alarms that a rule is about."""
    return {name for kind, name in _tokens(rule) if kind in _STATES}


def holds(rule: str, states: Mapping[str, str]) -> bool:
    """Return whether a rule is true.

    Args:
        rule: The rule.
        states: State of each alarm by its name.

    Raises:
        NotEmulatedError: If it is no rule.
    """
    tokens = _tokens(rule)
    result = _either(tokens, states)
    if tokens:
        raise NotEmulatedError(f"not a rule of a composite alarm: {rule}")
    return result


def _tokens(rule: str) -> list[tuple[str, str]]:
    tokens: list[tuple[str, str]] = []
    position = 0
    text = rule.rstrip()
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None:
            raise NotEmulatedError(f"not a rule of a composite alarm: {rule}")
        tokens.append(
            (found["word"], "") if found["word"] else (found["state"], found["name"].rsplit(":alarm:", 1)[-1])
        )
        position = found.end()
    return tokens


def _either(tokens: list[tuple[str, str]], states: Mapping[str, str]) -> bool:
    result = _all(tokens, states)
    while tokens and tokens[0][0] == "OR":
        tokens.pop(0)
        result = _all(tokens, states) or result
    return result


def _all(tokens: list[tuple[str, str]], states: Mapping[str, str]) -> bool:
    result = _one(tokens, states)
    while tokens and tokens[0][0] == "AND":
        tokens.pop(0)
        result = _one(tokens, states) and result
    return result


def _one(tokens: list[tuple[str, str]], states: Mapping[str, str]) -> bool:
    word, name = tokens.pop(0) if tokens else ("", "")
    if word in _STATES:
        return states[name] == word
    if word in {"TRUE", "FALSE"}:
        return word == "TRUE"
    if word == "NOT":
        return not _one(tokens, states)
    if word == "(":
        result = _either(tokens, states)
        if tokens and tokens.pop(0)[0] == ")":
            return result
    raise NotEmulatedError(f"not a rule of a composite alarm: unexpected {word or 'end'}")
