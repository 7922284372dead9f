"""From files and folders to stacks: templates, and cloud assemblies with their stages and nested stacks.

See: https://github.com/aws/aws-cdk-cli/tree/main/packages/@aws-cdk/cloud-assembly-schema
"""

import functools
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from patching_constructs.model.acknowledgement import Acknowledgement
from patching_constructs.model.estate import Environment
from patching_constructs.model.location import Location
from patching_constructs.model.track import Track, untracked
from patching_constructs.model.unknown import Maybe, Unknown
from patching_constructs.templates.document import TemplateDocument, parse_template
from patching_constructs.templates.resource_types import NESTED_STACK, STACK_SET
from patching_constructs.templates.stack import ConstructMetadata, TemplateStack
from patching_constructs.templates.template_error import ReadingError

_MANIFEST = "manifest.json"
_TEMPLATE_SUFFIXES = (".json", ".yaml", ".yml", ".template")
# What the CDK puts before the id of a finding of ours.
_ACKNOWLEDGED_PREFIX = "patching-constructs::"
# How much of a folder is kept from looking for templates until they are read; memory needs a bound.
_KEPT_BYTES = 64_000_000


def find_stacks(path: Path, *, track: Track = untracked) -> list[TemplateStack]:
    """Return the stacks of a template, of a cloud assembly or of a folder of templates.

    Raises:
        ReadingError: If there is no such thing.
    """
    if not path.is_dir():
        return [_template_stack(path)]
    if (path / _MANIFEST).is_file():
        return list(_assembly_stacks(path, name=""))
    stacks = _folder_stacks(path, track)
    if not stacks:
        raise ReadingError(
            f"no {_MANIFEST} of a cloud assembly and no CloudFormation template in it",
            location=Location(file=str(path)),
        )
    return stacks


def _template_stack(path: Path) -> TemplateStack:
    environment = Environment(
        account=Unknown(f"{path} does not say to which account it is deployed"),
        region=Unknown(f"{path} does not say to which Region it is deployed"),
    )
    return TemplateStack(str(path), path, _load_template, environment=environment, find_nested=_find_nested)


def _folder_stacks(path: Path, track: Track) -> list[TemplateStack]:
    """Return the templates of a folder; other JSON and YAML files are none of our business."""
    stacks: list[TemplateStack] = []
    nested: set[Path] = set()
    kept_bytes = 0
    for file in track(sorted(path.rglob("*")), "looking for templates"):
        if file.suffix in _TEMPLATE_SUFFIXES and file.is_file():
            try:
                stack = _template_stack(file)
                _add_nested(stack, nested)
            # Other files of a folder, such as package.json, are no templates.
            except ReadingError:
                continue
            kept_bytes += file.stat().st_size
            # A folder may have thousands of templates; a released one is read again when its turn comes.
            if stack.nested or kept_bytes > _KEPT_BYTES:
                stack.release()
            stacks.append(stack)
    return [stack for stack in stacks if stack.template.resolve() not in nested]


def _add_nested(stack: TemplateStack, nested: set[Path]) -> None:
    """Add the files of nested stacks; below one that is added already nothing is new."""
    for inner in stack.nested.values():
        file = inner.template.resolve()
        if file not in nested:
            _add_nested(inner, nested)
            nested.add(file)


def _assembly_stacks(folder: Path, *, name: str) -> Iterator[TemplateStack]:
    manifest = _load_json(folder / _MANIFEST)
    artifacts = manifest.get("artifacts")
    for artifact_id, artifact in artifacts.items() if isinstance(artifacts, dict) else ():
        properties = _mapping(_mapping(artifact).get("properties"))
        artifact_type = _mapping(artifact).get("type")
        directory, template = properties.get("directoryName"), properties.get("templateFile")
        # Each CDK stage is an assembly of its own inside the folder.
        if artifact_type == "cdk:cloud-assembly" and isinstance(directory, str):
            yield from _assembly_stacks(folder / directory, name=f"{name}{artifact_id}/")
        elif artifact_type == "aws:cloudformation:stack" and isinstance(template, str):
            yield _assembly_stack(folder / template, f"{name}{artifact_id}", artifact)


def _assembly_stack(template: Path, name: str, artifact: Mapping[str, object]) -> TemplateStack:
    stack_name = _mapping(artifact.get("properties")).get("stackName")
    return TemplateStack(
        name,
        template,
        _load_template,
        environment=_environment(artifact.get("environment"), name),
        stack_name=stack_name if isinstance(stack_name, str) else name.rpartition("/")[2],
        metadata=functools.partial(_metadata, template.parent, artifact),
        find_nested=_find_nested,
    )


def _environment(address: object, name: str) -> Environment:
    """Read `aws://account/region`, where either may be unknown."""
    match = re.fullmatch(r"aws://([^/]+)/([^/]+)", address) if isinstance(address, str) else None
    account, region = match.groups() if match else ("unknown-account", "unknown-region")
    return Environment(
        account=_known(account, "unknown-account", f"stack {name} does not say its account"),
        region=_known(region, "unknown-region", f"stack {name} does not say its Region"),
    )


def _known(value: str, placeholder: str, reason: str) -> Maybe[str]:
    return Unknown(reason) if value == placeholder else value


def _metadata(folder: Path, artifact: Mapping[str, object]) -> ConstructMetadata:
    """Read what the assembly holds for the template, in the manifest or in a file of its own.

    See: https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.Validations.html
    """
    metadata = _mapping(artifact.get("metadata"))
    file = artifact.get("additionalMetadataFile")
    if isinstance(file, str):
        metadata = {**metadata, **_load_json(folder / file)}
    paths: dict[str, str] = {}
    acknowledgements: list[Acknowledgement] = []
    for key, entries in metadata.items():
        path = key.removeprefix("/")
        for entry in entries if isinstance(entries, list) else ():
            data = _mapping(entry).get("data")
            match _mapping(entry).get("type"):
                case "aws:cdk:logicalId":
                    paths[str(data)] = path
                case "aws:cdk:acknowledged-rules":
                    acknowledgements += [
                        Acknowledgement(
                            finding_id=rule.removeprefix(_ACKNOWLEDGED_PREFIX),
                            where=path,
                            reason=str(reason),
                            with_children=True,
                        )
                        for rule, reason in _mapping(data).items()
                    ]
    return ConstructMetadata(paths=paths, acknowledgements=tuple(acknowledgements))


def _find_nested(stack: TemplateStack) -> dict[str, TemplateStack]:
    """Find the nested stacks and stack sets whose templates are files next to this one, or inline in it."""
    found: dict[str, TemplateStack] = {}
    for logical_id in stack.document.section("Resources"):
        resource_type = stack.resource_type(logical_id)
        if resource_type not in {NESTED_STACK, STACK_SET}:
            continue
        resource = stack.resource(logical_id)
        properties = _mapping(resource.get("Properties"))
        # The CDK replaces TemplateURL by an address in S3 and keeps the local file here.
        file = _mapping(resource.get("Metadata")).get("aws:asset:path")
        if file is None:
            file = properties.get("TemplateURL")
        template = stack.template.parent / file if isinstance(file, str) else None
        body = properties.get("TemplateBody")
        load = _load_template
        if template is None and resource_type == STACK_SET and isinstance(body, str):
            template = Path(f"{stack.template} {logical_id}")
            load = functools.partial(
                _parse_body, body, stack.document.file, stack.document.line("Resources", logical_id)
            )
            if not _is_template(load, template):
                continue
        # A template that deploys itself would never end.
        elif template is None or not _is_file(template) or template.resolve() in stack.templates_above():
            continue
        found[logical_id] = TemplateStack(
            f"{stack.name}/{logical_id}",
            template,
            load,
            environment=stack.environment
            if resource_type == NESTED_STACK
            else _targets_of_stack_set(stack, logical_id),
            parent=(stack, logical_id),
            find_nested=_find_nested,
        )
    return found


def _parse_body(body: str, file: str, line: int | None, _: Path) -> TemplateDocument:
    """Parse a template that is written out in another one, at a line of its file."""
    document = parse_template(body, file=file)
    lines = {"Resources": dict.fromkeys(document.section("Resources"), line)} if line is not None else {}
    return replace(document, lines=lines)


def _is_template(load: Callable[[Path], TemplateDocument], template: Path) -> bool:
    try:
        load(template)
    except ReadingError:
        return False
    return True


def _targets_of_stack_set(stack: TemplateStack, logical_id: str) -> Environment:
    return Environment(
        account=Unknown(f"the stack set {logical_id} of {stack.name} is deployed to accounts of its own"),
        region=Unknown(f"the stack set {logical_id} of {stack.name} is deployed to Regions of its own"),
    )


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def _load_template(path: Path) -> TemplateDocument:
    return parse_template(_load_text(path), file=str(path))


def _load_json(path: Path) -> dict[str, object]:
    try:
        data = json.loads(_load_text(path))
    except (ValueError, RecursionError) as error:
        raise ReadingError(f"not readable as JSON: {error}", location=Location(file=str(path))) from None
    return _mapping(data)


def _load_text(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"not in UTF-8: byte {error.start}"
    except OSError as error:
        message = f"cannot be read: {(error.strerror or str(error)).lower()}"
    except ValueError:
        message = "cannot be read: not the name of a file"
    raise ReadingError(message, location=Location(file=str(path)))


def _mapping(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}
