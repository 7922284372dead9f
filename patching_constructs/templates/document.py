"""The text of a template as data, with the line of every logical id."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from patching_constructs.contracts.marks import METADATA_KEY
from patching_constructs.model.location import Location
from patching_constructs.templates.json_text import parse_json
from patching_constructs.templates.resource_types import COUNTED, LOOKED_AT
from patching_constructs.templates.template_error import ReadingError
from patching_constructs.templates.yaml_text import parse_yaml

MAX_VALUES = 1_000_000
"""Our own limit. A template of AWS has at most a million characters; aliases could blow up what they say.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class TemplateDocument:
    """A template as data.

    Attributes:
        file: Name under which findings point at it.
        sections: The top-level sections: `Resources`, `Parameters` and so on; intrinsics in their long form.
        lines: For each section its entries with the lines where they stand.
    """

    file: str
    sections: Mapping[str, object]
    lines: Mapping[str, Mapping[str, int]]

    def section(self, name: str) -> Mapping[str, object]:
        """Return a section, empty if it is missing or no mapping."""
        section = self.sections.get(name)
        return section if isinstance(section, dict) else {}

    def line(self, section: str, name: str) -> int | None:
        """Return the line of an entry of a section."""
        return self.lines.get(section, {}).get(name)


def parse_template(text: str, *, file: str) -> TemplateDocument:
    """Parse a template in JSON or YAML.

    Raises:
        ReadingError: If it is neither, or no template.
    """
    try:
        parsed = parse_json(text) if text.lstrip("\ufeff \t\r\n").startswith("{") else None
        data, lines = parse_yaml(text, max_values=MAX_VALUES) if parsed is None else parsed
    except SyntaxError as error:
        raise ReadingError(
            f"not readable: {error.msg}", location=Location(file=file, line=error.lineno)
        ) from None
    except RecursionError:
        raise ReadingError("not readable: nested too deeply", location=Location(file=file)) from None
    if not isinstance(data, dict) or not isinstance(data.get("Resources"), dict):
        raise ReadingError(
            "no CloudFormation template, got no mapping with Resources", location=Location(file=file, line=1)
        )
    return TemplateDocument(
        file=file, sections={**data, "Resources": _looked_at(data["Resources"])}, lines=lines
    )


def _looked_at(resources: Mapping[str, object]) -> dict[str, object]:
    """Keep of resources that do not patch only what costs and quotas count, so that memory stays small."""
    kept: dict[str, object] = {}
    for logical_id, resource in resources.items():
        resource_type = resource.get("Type") if isinstance(resource, dict) else None
        if not isinstance(resource, dict) or not isinstance(resource_type, str) or resource_type in LOOKED_AT:
            kept[logical_id] = resource
        elif resource_type in COUNTED:
            kept[logical_id] = _counted(resource, COUNTED[resource_type])
        else:
            kept[logical_id] = {"Type": resource_type}
    return kept


def _counted(resource: Mapping[str, object], names: Collection[str]) -> dict[str, object]:
    kept = {name: resource[name] for name in ("Type", "Condition") if name in resource}
    properties = resource.get("Properties")
    if names and isinstance(properties, dict):
        kept["Properties"] = {name: properties[name] for name in names if name in properties}
    metadata = resource.get("Metadata")
    if isinstance(metadata, dict) and METADATA_KEY in metadata:
        kept["Metadata"] = {METADATA_KEY: metadata[METADATA_KEY]}
    return kept
