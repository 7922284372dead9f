"""What a CloudFormation template says: its text, its intrinsic functions, its order of resources.

See: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
"""

import base64
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import Any

import yaml

from local_aws.errors import NotEmulatedError, TemplateError

NO_VALUE = "AWS::NoValue"
_SECTIONS = frozenset(
    {"AWSTemplateFormatVersion", "Description", "Metadata", "Parameters", "Rules", "Mappings", "Conditions"}
    | {"Resources", "Outputs"}
)
_RESOURCE_ATTRIBUTES = frozenset(
    {"Type", "Properties", "DependsOn", "Condition", "Metadata", "DeletionPolicy", "UpdateReplacePolicy"}
)
_SUBSTITUTION = re.compile(r"\$\{([^!}][^}]*)\}")
_ESCAPED_SUBSTITUTION = re.compile(r"\$\{!([^}]*)\}")


class _Loader(yaml.CSafeLoader):
    """YAML as CloudFormation reads it: short forms of functions, and dates stay text."""


def _short_form(loader: Any, tag: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    return {tag if tag in {"Ref", "Condition"} else f"Fn::{tag}": value}


_Loader.add_multi_constructor("!", _short_form)
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


def parse(text: str) -> dict[str, Any]:
    """Read a template from JSON or YAML text.

    Raises:
        TemplateError: If the text is neither, has no resources, or uses an unknown section.
    """
    try:
        template = json.loads(text) if text.lstrip().startswith("{") else yaml.load(text, _Loader)  # noqa: S506 - a safe loader
    except (json.JSONDecodeError, yaml.YAMLError) as error:
        raise TemplateError(f"Template format error: {error}") from error
    if not isinstance(template, dict) or not template.get("Resources"):
        raise TemplateError("Template format error: At least one Resources member must be defined.")
    if unknown := sorted(template.keys() - _SECTIONS):
        raise TemplateError(f"Invalid template property or properties [{', '.join(unknown)}]")
    for logical_id, resource in template["Resources"].items():
        if unknown := sorted(resource.keys() - _RESOURCE_ATTRIBUTES):
            raise TemplateError(
                f"Resource {logical_id} has attributes that are not known: {', '.join(unknown)}"
            )
    return template


def references(value: object) -> Iterator[str]:
    """Yield every logical id, parameter or pseudo parameter that a value refers to."""
    if isinstance(value, list):
        for item in value:
            yield from references(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key == "Ref":
                yield item
            elif key == "Fn::GetAtt":
                yield item[0] if isinstance(item, list) else item.split(".", 1)[0]
            elif key == "Fn::Sub":
                text, variables = item if isinstance(item, list) else (item, {})
                yield from references(list(variables.values()))
                names = (name.strip().split(".", 1)[0] for name in _SUBSTITUTION.findall(text))
                yield from (name for name in names if name not in variables)
            else:
                yield from references(item)


def in_dependency_order(
    resources: Mapping[str, Mapping[str, Any]], *, early: Sequence[str] = ()
) -> list[str]:
    """Order logical ids so that each resource comes after those that it needs.

    Args:
        resources: The resources by logical id.
        early: Those that come before all that they do not need, in this order.

    Raises:
        TemplateError: If resources need each other in a circle, or need what the template does not have.
    """
    graph: dict[str, set[str]] = {}
    for logical_id, resource in resources.items():
        depends_on = resource.get("DependsOn", [])
        needed = {depends_on} if isinstance(depends_on, str) else set(depends_on)
        if missing := sorted(needed - resources.keys()):
            raise TemplateError(f"Template format error: Unresolved resource dependencies {missing}")
        graph[logical_id] = needed | {
            name for name in references(resource.get("Properties", {})) if name in resources
        }
    try:
        order = list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        circle = ", ".join(sorted(set(error.args[1])))
        raise TemplateError(f"Circular dependency between resources: [{circle}]") from error
    found: dict[str, None] = {}
    for first in early:
        needed = {first}
        for logical_id in reversed(order):
            if logical_id in needed:
                needed |= graph[logical_id]
        found |= dict.fromkeys(logical_id for logical_id in order if logical_id in needed)
    return list(found | dict.fromkeys(order))


class Resolver:
    """Works out intrinsic functions against what is known about a stack.

    Args:
        template: The template.
        ref: Gives the value of `Ref` for a parameter, pseudo parameter or resource, or raises KeyError.
        attribute: Gives the value of `Fn::GetAtt` for a logical id and attribute name, or raises KeyError.
        import_value: Looks up another stack's export.
    """

    def __init__(
        self,
        template: Mapping[str, Any],
        *,
        ref: Callable[[str], Any],
        attribute: Callable[[str, str], Any],
        import_value: Callable[[str], str],
    ) -> None:
        self._template = template
        self._known = ref
        self._attribute = attribute
        self._import_value = import_value
        self._functions: dict[str, Callable[[Any], Any]] = {
            "Ref": self._ref,
            "Fn::GetAtt": self._get_att,
            "Fn::Sub": self._sub,
            "Fn::Join": lambda item: str(item[0]).join(str(part) for part in self(item[1])),
            "Fn::Select": lambda item: self(item[1])[int(self(item[0]))],
            "Fn::Split": lambda item: self(item[1]).split(item[0]),
            "Fn::If": lambda item: self(item[1] if self.condition(item[0]) else item[2]),
            "Fn::FindInMap": self._find_in_map,
            "Fn::ImportValue": lambda item: self._import_value(self(item)),
            "Fn::Base64": lambda item: base64.b64encode(self(item).encode()).decode(),
        }
        self._tests: dict[str, Callable[[Any], bool]] = {
            "Condition": self.condition,
            "Fn::Equals": lambda item: bool(self(item[0]) == self(item[1])),
            "Fn::Not": lambda item: not self.test(item[0]),
            "Fn::And": lambda item: all(self.test(part) for part in item),
            "Fn::Or": lambda item: any(self.test(part) for part in item),
            "Fn::Contains": lambda item: self(item[1]) in self(item[0]),
        }

    def __call__(self, value: Any) -> Any:
        """Work out a value, with `AWS::NoValue` removed from the lists and objects that hold it."""
        if isinstance(value, list):
            items = (self(item) for item in value)
            return [item for item in items if item is not NO_VALUE]
        if isinstance(value, dict):
            if len(value) == 1:
                (name,) = value
                if name in self._functions:
                    return self._functions[name](value[name])
                if name.startswith("Fn::"):
                    raise NotEmulatedError(f"{name} is not part of the local AWS")
            pairs = ((key, self(item)) for key, item in value.items())
            return {key: item for key, item in pairs if item is not NO_VALUE}
        if isinstance(value, str) and "{{resolve:" in value:
            raise NotEmulatedError(f"dynamic references are not part of the local AWS: {value}")
        return value

    def condition(self, name: str) -> bool:
        """Work out a condition by its name."""
        try:
            return self.test(self._template.get("Conditions", {})[name])
        except KeyError as error:
            raise TemplateError(f"Template format error: unresolved condition {error}") from error

    def test(self, expression: Mapping[str, Any]) -> bool:
        """Work out a condition expression."""
        ((name, item),) = expression.items()
        if name not in self._tests:
            raise NotEmulatedError(f"{name} in a condition is not part of the local AWS")
        return self._tests[name](item)

    def _ref(self, name: str) -> Any:
        if name == NO_VALUE:
            return NO_VALUE
        try:
            return self._known(name)
        except KeyError as error:
            raise TemplateError(
                f"Template format error: Unresolved resource dependencies [{name}]"
            ) from error

    def _get_att(self, item: Any) -> Any:
        logical_id, attribute = item if isinstance(item, list) else item.split(".", 1)
        try:
            return self._attribute(logical_id, attribute)
        except KeyError as error:
            raise TemplateError(
                f"Template error: resource {logical_id} does not support attribute type {attribute} "
                "in Fn::GetAtt"
            ) from error

    def _sub(self, item: Any) -> str:
        text, variables = item if isinstance(item, list) else (item, {})

        def value(match: re.Match[str]) -> str:
            name = match[1].strip()
            if name in variables:
                return str(self(variables[name]))
            return str(self._get_att(name) if "." in name else self._ref(name))

        return _ESCAPED_SUBSTITUTION.sub(r"${\1}", _SUBSTITUTION.sub(value, text))

    def _find_in_map(self, item: Any) -> Any:
        name, first, second = (self(part) for part in item)
        try:
            return self._template["Mappings"][name][first][second]
        except KeyError as error:
            raise TemplateError(
                f"Template error: Unable to get mapping for {name}::{first}::{second}"
            ) from error
