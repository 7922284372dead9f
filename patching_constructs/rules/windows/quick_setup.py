"""Rules about Quick Setup patch policies beside maintenance windows."""

from collections.abc import Iterator, Mapping, Sequence

from patching_constructs.analysis.patch_operation import patching_tasks
from patching_constructs.model.estate import ResourceAt, WindowAt
from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.maintenance_window import WindowRecord
from patching_constructs.model.patching_documents import PatchOperation
from patching_constructs.model.unknown import Unknown
from patching_constructs.model.wording import window_name

_PAGE = "https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-compliance-data-overwrites.html"
_PATCH_POLICY = "AWSQuickSetupType-PatchPolicy"


def check_patch_policies(windows: Sequence[WindowAt], resources: Sequence[ResourceAt]) -> Iterator[Finding]:
    """Find patch policies that reach nodes which windows patch."""
    for resource in resources:
        if resource.type != "AWS::SSMQuickSetup::ConfigurationManager" or isinstance(
            resource.properties, Unknown
        ):
            continue
        definitions = resource.properties.get("ConfigurationDefinitions")
        for definition in definitions if isinstance(definitions, tuple) else ():
            if isinstance(definition, Mapping) and definition.get("Type") == _PATCH_POLICY:
                parameters = definition.get("Parameters")
                yield from _check(resource, parameters if isinstance(parameters, Mapping) else {}, windows)


def _check(
    policy: ResourceAt, parameters: Mapping[str, object], windows: Sequence[WindowAt]
) -> Iterator[Finding]:
    reached: list[str] = []
    undecided: str | None = None
    for window in windows:
        record = window.record
        if not any(patching_tasks(record, operation) for operation in PatchOperation):
            continue
        if not _may_reach(parameters, "TargetAccounts", window.environment.account) or not _may_reach(
            parameters, "TargetRegions", window.environment.region
        ):
            continue
        verdict = _shares_nodes(parameters, record)
        if verdict is True:
            reached.append(window_name(record))
        elif isinstance(verdict, str):
            undecided = verdict
    if reached or undecided:
        yield Finding(
            id=FindingId.PATCH_POLICY_BESIDE_WINDOWS,
            level=Level.WARNING if reached else Level.INFO,
            field="configuration_definitions",
            message="windows scan or patch the same nodes; a patch policy ignores patch groups and "
            "windows, and each overwrites the compliance data of the other",
            received=f"windows {', '.join(map(repr, reached))}" if reached else None,
            allowed="either a patch policy or windows for a node",
            source=_PAGE,
            location=policy.location,
            undecided=None if reached else undecided,
        )


def _may_reach(parameters: Mapping[str, object], name: str, value: object) -> bool:
    """Return whether a list of accounts or Regions may hold a value; without a list other limits apply."""
    listed = parameters.get(name)
    return not isinstance(listed, str) or isinstance(value, Unknown) or str(value) in listed.split(",")


def _shares_nodes(parameters: Mapping[str, object], window: WindowRecord) -> bool | str:
    """Return whether the policy surely reaches nodes of the window, or why that is open."""
    target_type = parameters.get("TargetType", "*")
    if target_type == "*":
        return True
    if target_type != "Tags":
        return f"the nodes of the policy are chosen by {_word(target_type)}"
    wanted = f"tag:{_word(parameters.get('TargetTagKey'))}"
    value = parameters.get("TargetTagValue")
    for target in window.targets:
        keys = {} if isinstance(target.targets, Unknown) else dict(target.targets)
        values = keys.get(wanted)
        if isinstance(values, tuple) and value in values:
            return True
    return "it depends on tags of the nodes"


def _word(value: object) -> str:
    return value.reason if isinstance(value, Unknown) else str(value)
