"""How many steps the runbooks of an estate have."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from patching_constructs.model.estate import ResourceAt
from patching_constructs.model.unknown import Maybe, Reference, Unknown

_SCRIPT = "aws:executeScript"
# Actions that stand for a number of steps that the runbook does not state.
# https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-actions.html
_NOT_ONE_STEP = {
    "aws:executeAutomation": "starts other runbooks",
    "aws:loop": "repeats steps",
}


@dataclass(frozen=True, slots=True)
class Runbook:
    """What is known of a runbook.

    Attributes:
        steps: How many steps it has.
        runs_scripts: Whether one of them runs a script.
    """

    steps: Maybe[int]
    runs_scripts: Maybe[bool]


class RunbookIndex:
    """The documents of an estate, by name and by the resource that defines them."""

    def __init__(self, resources: Iterable[ResourceAt]) -> None:
        self._by_resource: dict[tuple[str, str | None], Runbook] = {}
        self._by_name: dict[str, list[Runbook]] = {}
        for resource in resources:
            if resource.type == "AWS::SSM::Document":
                properties = {} if isinstance(resource.properties, Unknown) else resource.properties
                runbook = _read(properties.get("Content"))
                self._by_resource[resource.stack, resource.location.logical_id] = runbook
                if isinstance(name := properties.get("Name"), str):
                    self._by_name.setdefault(name, []).append(runbook)

    def of(self, task_arn: Maybe[str]) -> Runbook:
        """Return what is known of the runbook that a task names."""
        if isinstance(task_arn, Reference):
            key = (task_arn.stack, task_arn.logical_id)
            if key in self._by_resource:
                return self._by_resource[key]
        if isinstance(task_arn, Unknown):
            return Runbook(task_arn, task_arn)
        name = task_arn.rpartition("/")[2].partition(":")[0]
        found = self._by_name.get(name, [])
        if found and all(runbook == found[0] for runbook in found):
            return found[0]
        unknown = Unknown(f"the templates do not say what steps the runbook {name} has")
        return Runbook(unknown, unknown)


def _read(content: object) -> Runbook:
    if isinstance(content, str):
        try:
            content = json.loads(content)
        except (ValueError, RecursionError):
            content = Unknown("a runbook is written as a text that is not JSON")
    steps: object = content.get("mainSteps") if isinstance(content, Mapping) else content
    if isinstance(steps, Unknown):
        return Runbook(steps, steps)
    if not isinstance(steps, tuple | list):
        unknown = Unknown("a runbook has no list mainSteps")
        return Runbook(unknown, unknown)
    actions = [step.get("action") if isinstance(step, Mapping) else step for step in steps]
    return Runbook(_count(actions), _runs_scripts(actions))


def _count(actions: list[object]) -> Maybe[int]:
    for action in actions:
        if isinstance(action, Unknown):
            return action
        if isinstance(action, str) and action in _NOT_ONE_STEP:
            return Unknown(f"a step {action} {_NOT_ONE_STEP[action]}")
    return len(actions)


def _runs_scripts(actions: list[object]) -> Maybe[bool]:
    if _SCRIPT in actions:
        return True
    for action in actions:
        if isinstance(action, Unknown):
            return action
        if isinstance(action, str) and action in _NOT_ONE_STEP:
            return Unknown(f"a step {action} {_NOT_ONE_STEP[action]}")
    return False
