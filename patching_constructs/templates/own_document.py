"""What documents that a template defines itself do to patches, by the documents that their steps run."""

import re
from collections.abc import Iterator, Mapping

from patching_constructs.model.patching_documents import (
    INSTALLING_DOCUMENTS,
    OPERATION_PARAMETERS,
    SCANNING_DOCUMENTS,
    PatchOperation,
)
from patching_constructs.model.unknown import Maybe, Unknown
from patching_constructs.templates.yaml_text import parse_yaml

Parameters = Mapping[str, Maybe[tuple[Maybe[str], ...]]]

_NAMES = {"documentname", "documentpath"}
_PARAMETERS = {"parameters", "documentparameters", "runtimeparameters"}
_PARAMETER = re.compile(r"\{\{\s*([A-Za-z0-9_]+)\s*\}\}")


def document_operation(content: object, parameters: Parameters) -> Maybe[PatchOperation] | None:
    """Return whether a document scans or installs; None if no step of it runs a patching document.

    Args:
        content: The content of the document, as data or as JSON or YAML.
        parameters: What the document is given.

    See: https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-action-runcommand.html
    """
    if isinstance(content, str):
        try:
            content, _ = parse_yaml(content)
        except SyntaxError:
            return Unknown("the content of the document is neither JSON nor YAML")
    if isinstance(content, Unknown):
        return content
    found = list(_operations(content, _Given(content, parameters)))
    unknown = next((each for each in found if isinstance(each, Unknown)), None)
    if PatchOperation.INSTALL in found:
        return PatchOperation.INSTALL
    return unknown if unknown is not None else next(iter(found), None)


class _Given:
    """The values of a document's parameters: those given, or else their defaults."""

    def __init__(self, content: object, parameters: Parameters) -> None:
        declared = content.get("parameters") if isinstance(content, Mapping) else None
        self._declared: Mapping[str, object] = declared if isinstance(declared, Mapping) else {}
        self._parameters = parameters

    def value(self, text: object) -> object:
        """Return a value with `{{ Name }}` replaced by what the parameter is."""
        match = _PARAMETER.fullmatch(text) if isinstance(text, str) else None
        if match is None:
            return text
        name = match[1]
        if name in self._parameters:
            return self._parameters[name]
        declaration = self._declared.get(name)
        if isinstance(declaration, Mapping) and "default" in declaration:
            return declaration["default"]
        return Unknown(f"the document is not given its parameter {name}")


def _operations(node: object, given: _Given) -> Iterator[Maybe[PatchOperation]]:
    """Yield what each step does that runs a patching document, anywhere in the document."""
    if isinstance(node, Mapping):
        by_name = {str(name).lower(): value for name, value in node.items()}
        for key in _NAMES & by_name.keys():
            document = _first(given.value(by_name[key]))
            if isinstance(document, Unknown):
                yield document
            elif isinstance(document, str):
                yield from _operation(document.rpartition("/")[2], by_name, given)
        children = tuple(node.values())
    elif isinstance(node, list | tuple):
        children = tuple(node)
    else:
        return
    for child in children:
        yield from _operations(child, given)


def _operation(document: str, step: Mapping[str, object], given: _Given) -> Iterator[Maybe[PatchOperation]]:
    if document in INSTALLING_DOCUMENTS:
        yield PatchOperation.INSTALL
    elif document in SCANNING_DOCUMENTS:
        yield PatchOperation.SCAN
    elif document in OPERATION_PARAMETERS:
        passed = next((step[key] for key in sorted(_PARAMETERS & step.keys())), None)
        value = passed.get(OPERATION_PARAMETERS[document]) if isinstance(passed, Mapping) else passed
        operation = _first(given.value(_first(value)))
        if isinstance(operation, str) and operation in set(PatchOperation):
            yield PatchOperation(operation)
        elif isinstance(operation, Unknown):
            yield operation
        else:
            yield Unknown(f"a step runs {document} with an operation that is not known")


def _first(value: object) -> object:
    return value[0] if isinstance(value, list | tuple) and value else value
