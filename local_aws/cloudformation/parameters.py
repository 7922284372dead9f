"""The parameters of a template and their values.

See: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local_aws.aws import Aws
from local_aws.errors import NotEmulatedError, TemplateError

_SSM_PARAMETER = "AWS::SSM::Parameter::Value<String>"


@dataclass(frozen=True, kw_only=True, slots=True)
class TemplateParameter:
    """A template parameter with its value.

    Attributes:
        key: Its name in the template.
        given: The value as given, or the default.
        resolved: What `Ref` gives: for an SSM parameter what is stored under the given name.
        is_secret: Whether the value is hidden from those who describe the stack.
    """

    key: str
    given: str
    resolved: Any
    is_secret: bool


def read_parameters(
    template: Mapping[str, Any], given: Mapping[str, str], aws: Aws
) -> dict[str, TemplateParameter]:
    """Match given values with the declared parameters.

    Raises:
        TemplateError: If a value is missing, unknown, or not one that the declaration allows.
    """
    declared = template.get("Parameters", {})
    if unknown := sorted(given.keys() - declared.keys()):
        raise TemplateError(f"Parameters: [{', '.join(unknown)}] do not exist in the template")
    values = {key: given.get(key, declaration.get("Default")) for key, declaration in declared.items()}
    if missing := sorted(key for key, value in values.items() if value is None):
        raise TemplateError(f"Parameters: [{', '.join(missing)}] must have values")
    return {key: _read(key, str(values[key]), declaration, aws) for key, declaration in declared.items()}


def _read(key: str, value: str, declaration: Mapping[str, Any], aws: Aws) -> TemplateParameter:
    if "AllowedValues" in declaration and value not in map(str, declaration["AllowedValues"]):
        raise TemplateError(f"Parameter '{key}' must be one of AllowedValues")
    if "AllowedPattern" in declaration and not re.fullmatch(declaration["AllowedPattern"], value):
        raise TemplateError(f"Parameter '{key}' must match pattern {declaration['AllowedPattern']}")
    kind = declaration["Type"]
    resolved: Any = value
    if kind == _SSM_PARAMETER:
        resolved = _stored(value, aws)
    elif kind == "CommaDelimitedList" or kind.startswith("List<"):
        resolved = [part.strip() for part in value.split(",")]
    elif kind not in {"String", "Number"}:
        raise NotEmulatedError(f"parameters of type {kind} are not part of the local AWS")
    return TemplateParameter(
        key=key, given=value, resolved=resolved, is_secret=bool(declaration.get("NoEcho"))
    )


def _stored(name: str, aws: Aws) -> str:
    ssm = aws.client("ssm")
    try:
        return str(ssm.get_parameter(Name=name)["Parameter"]["Value"])
    except ssm.exceptions.ParameterNotFound as error:
        raise TemplateError(
            f"Unable to fetch parameters [{name}] from parameter store for this account."
        ) from error
