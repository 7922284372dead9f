"""The templates of a cloud assembly with the names of their accounts and stacks."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from gates.equal_templates import Names, Template

_TEMPLATES = "*.template.json"


def read_templates(assembly: Path, account_names: Mapping[str, str]) -> list[Template]:
    """Read every template of an assembly: of its stacks, its stages and its nested stacks.

    Templates that are in no manifest have no names, and no Region.

    Args:
        assembly: Folder that `cdk synth` wrote.
        account_names: Names of accounts by their ids.
    """
    stacks = {
        path: (region, names)
        for manifest in assembly.rglob("manifest.json")
        if not _is_in_asset(manifest.relative_to(assembly))
        for path, region, names in _stacks(manifest, account_names)
    }
    templates = []
    for path in sorted(assembly.rglob(_TEMPLATES)):
        if not _is_in_asset(path.relative_to(assembly)):
            region, names = stacks.get(path, (None, None))
            templates.append(Template(path=path, text=path.read_text("utf-8"), region=region, names=names))
    return templates


def _is_in_asset(path: Path) -> bool:
    return any(part.startswith("asset.") for part in path.parts[:-1])


def _stacks(manifest: Path, account_names: Mapping[str, str]) -> Iterator[tuple[Path, str, Names]]:
    artifacts: dict[str, Any] = json.loads(manifest.read_text("utf-8")).get("artifacts", {})
    for key, artifact in artifacts.items():
        if artifact["type"] != "aws:cloudformation:stack":
            continue
        account_id, region = artifact["environment"].removeprefix("aws://").split("/")
        properties = artifact["properties"]
        yield (
            manifest.parent / properties["templateFile"],
            region,
            Names(
                account_id=account_id,
                account_name=account_names.get(account_id),
                stack_name=properties.get("stackName", key),
                file_assets=frozenset(_file_assets(manifest.parent, artifact, artifacts)),
            ),
        )


def _file_assets(folder: Path, stack: Mapping[str, Any], artifacts: Mapping[str, Any]) -> Iterator[str]:
    for key in stack.get("dependencies", ()):
        artifact = artifacts[key]
        if artifact["type"] == "cdk:asset-manifest":
            yield from json.loads((folder / artifact["properties"]["file"]).read_text("utf-8"))["files"]
