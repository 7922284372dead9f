"""What other repositories may rely on: names, parameters and words of the public interface.

`python -m tests.contract.public_face` prints it; the output is stored beside this file.
"""

import enum
import inspect
import json
import sys
from typing import Any

import patching_constructs


def public_face() -> dict[str, Any]:
    """Describe every public name: parameters with whether they are required, and words with their values."""
    parameters: dict[str, dict[str, bool]] = {}
    words: dict[str, dict[str, str | int]] = {}
    for name in sorted(patching_constructs.__all__):
        value = getattr(patching_constructs, name)
        if isinstance(value, enum.EnumType):
            words[name] = {member: value[member].value for member in value.__members__}
        elif inspect.isclass(value):
            parameters |= _of_class(name, value)
        elif inspect.isfunction(value):
            parameters[name] = _required(value)
    return {"names": sorted(patching_constructs.__all__), "parameters": parameters, "words": words}


def _of_class(name: str, value: type) -> dict[str, dict[str, bool]]:
    methods = {
        f"{name}.{member}": _required(getattr(value, member))
        for member in sorted(_own_members(value))
        if not member.startswith("_") and _is_method(getattr(value, member))
    }
    # Errors are caught by others, and made here only.
    return methods if issubclass(value, Exception) else {name: _required(value.__init__), **methods}


def _own_members(value: type) -> set[str]:
    """Return what the class defines, or inherits from another class of the library."""
    return {
        member
        for base in value.__mro__
        if base.__module__.startswith("patching_constructs.")
        for member in vars(base)
    }


def _is_method(value: object) -> bool:
    return inspect.isfunction(value) or inspect.ismethod(value)


def _required(value: Any) -> dict[str, bool]:
    return {
        parameter.name: parameter.default is inspect.Parameter.empty
        for parameter in inspect.signature(value).parameters.values()
        if parameter.name != "self"
        and parameter.kind not in (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    }


if __name__ == "__main__":
    json.dump(public_face(), sys.stdout, indent=1, sort_keys=True)
    sys.stdout.write("\n")
