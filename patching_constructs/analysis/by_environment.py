"""Split an estate by account and Region."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from patching_constructs.model.estate import BaselineAt, Environment, Estate, ResourceAt, WindowAt


@dataclass(frozen=True, kw_only=True, slots=True)
class EnvironmentPart:
    """The part of an estate in one account and Region.

    Attributes:
        environment: The account and Region.
        windows: Its maintenance windows.
        baselines: Its patch baselines.
        resources: Its other resources.
    """

    environment: Environment
    windows: list[WindowAt] = field(default_factory=list)
    baselines: list[BaselineAt] = field(default_factory=list)
    resources: list[ResourceAt] = field(default_factory=list)


def by_environment(estate: Estate) -> Iterator[EnvironmentPart]:
    """Yield the parts that have windows or baselines."""
    parts: dict[Environment, EnvironmentPart] = {}
    for window in estate.windows:
        _part(parts, window.environment).windows.append(window)
    for baseline in estate.baselines:
        _part(parts, baseline.environment).baselines.append(baseline)
    for resource in estate.resources:
        if resource.environment in parts:
            parts[resource.environment].resources.append(resource)
    yield from parts.values()


def _part(parts: dict[Environment, EnvironmentPart], environment: Environment) -> EnvironmentPart:
    if environment not in parts:
        parts[environment] = EnvironmentPart(environment=environment)
    return parts[environment]
