"""AWS::SSM resource types, with the calls of AWS's own handlers in their order.

See: https://github.com/aws-cloudformation/aws-cloudformation-resource-providers-ssm
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from typing_extensions import override

from local_aws.aws import Aws
from local_aws.cloudformation.cloudformation_type import (
    CloudFormationType,
    Properties,
    added,
    names,
    pick,
    removed_tag_keys,
)
from local_aws.errors import NotEmulatedError

_INVOCATION_NAMES = {
    "MaintenanceWindowAutomationParameters": "Automation",
    "MaintenanceWindowLambdaParameters": "Lambda",
    "MaintenanceWindowRunCommandParameters": "RunCommand",
    "MaintenanceWindowStepFunctionsParameters": "StepFunctions",
}
_NOT_FOUND = names("DoesNotExistException")


class PatchBaselineType(CloudFormationType):
    """AWS::SSM::PatchBaseline.

    See: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ssm-patchbaseline.html
    """

    type_name = "AWS::SSM::PatchBaseline"
    create_only = names("OperatingSystem")
    exclusive = "PatchGroups"
    not_found = _NOT_FOUND
    _updatable: ClassVar[frozenset[str]] = names(
        "Name ApprovalRules ApprovedPatches ApprovedPatchesComplianceLevel ApprovedPatchesEnableNonSecurity "
        "AvailableSecurityUpdatesComplianceStatus Description GlobalFilters RejectedPatches "
        "RejectedPatchesAction Sources"
    )
    properties = _updatable | names("OperatingSystem PatchGroups DefaultBaseline Tags")

    @override
    def create(self, aws: Aws, name: str, properties: Properties) -> str:
        """Make the baseline with its groups in one step.

        AWS's handler answers a failure without the id of the baseline: CloudFormation cannot delete what it
        does not know, and a baseline whose group is refused stays behind. docs/not-proven.md#left-baselines
        """
        ssm = aws.client("ssm")
        request = pick(properties, self._updatable | {"OperatingSystem", "Tags"})
        baseline_id = str(ssm.create_patch_baseline(**request)["BaselineId"])
        for group in properties.get("PatchGroups", []):
            ssm.register_patch_baseline_for_patch_group(BaselineId=baseline_id, PatchGroup=group)
        if properties.get("DefaultBaseline"):
            ssm.register_default_patch_baseline(BaselineId=baseline_id)
        return baseline_id

    @override
    def update(self, aws: Aws, physical_id: str, properties: Properties, previous: Properties) -> None:
        """Change the baseline; one that shall no longer be the default stays it, as nothing takes it back."""
        ssm = aws.client("ssm")
        request = pick(properties, self._updatable)
        ssm.update_patch_baseline(BaselineId=physical_id, Replace=True, **request)
        held = ssm.get_patch_baseline(BaselineId=physical_id)["PatchGroups"]
        wanted = properties.get("PatchGroups", [])
        for group in held:
            if group not in wanted:
                ssm.deregister_patch_baseline_for_patch_group(BaselineId=physical_id, PatchGroup=group)
        for group in wanted:
            if group not in held:
                ssm.register_patch_baseline_for_patch_group(BaselineId=physical_id, PatchGroup=group)
        _update_tags(aws, "PatchBaseline", physical_id, properties)
        if properties.get("DefaultBaseline"):
            ssm.register_default_patch_baseline(BaselineId=physical_id)

    @override
    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        """Delete the baseline, which AWS refuses while it is the default: nothing takes that back first."""
        ssm = aws.client("ssm")
        for group in ssm.get_patch_baseline(BaselineId=physical_id)["PatchGroups"]:
            ssm.deregister_patch_baseline_for_patch_group(BaselineId=physical_id, PatchGroup=group)
        ssm.delete_patch_baseline(BaselineId=physical_id)

    @override
    def attributes(self, aws: Aws, physical_id: str, properties: Properties) -> Mapping[str, Any]:
        return {"Id": physical_id}


class MaintenanceWindow(CloudFormationType):
    """AWS::SSM::MaintenanceWindow.

    See: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ssm-maintenancewindow.html
    """

    type_name = "AWS::SSM::MaintenanceWindow"
    not_found = _NOT_FOUND
    _updatable: ClassVar[frozenset[str]] = names(
        "Name AllowUnassociatedTargets Cutoff Description Duration EndDate Schedule ScheduleOffset "
        "ScheduleTimezone StartDate"
    )
    properties = _updatable | {"Tags"}

    @override
    def create(self, aws: Aws, name: str, properties: Properties) -> str:
        return str(aws.client("ssm").create_maintenance_window(**properties)["WindowId"])

    @override
    def update(self, aws: Aws, physical_id: str, properties: Properties, previous: Properties) -> None:
        """Change the window; `Enabled` is not a property of the type and is not sent.

        docs/not-proven.md#disabled-windows
        """
        request = pick(properties, self._updatable)
        aws.client("ssm").update_maintenance_window(WindowId=physical_id, Replace=True, **request)
        _update_tags(aws, "MaintenanceWindow", physical_id, properties)

    @override
    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        aws.client("ssm").delete_maintenance_window(WindowId=physical_id)


class MaintenanceWindowTarget(CloudFormationType):
    """AWS::SSM::MaintenanceWindowTarget.

    See: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ssm-maintenancewindowtarget.html
    """

    type_name = "AWS::SSM::MaintenanceWindowTarget"
    create_only = names("WindowId")
    not_found = _NOT_FOUND
    properties = names("WindowId ResourceType Targets Name Description OwnerInformation")

    @override
    def create(self, aws: Aws, name: str, properties: Properties) -> str:
        return str(aws.client("ssm").register_target_with_maintenance_window(**properties)["WindowTargetId"])

    @override
    def update(self, aws: Aws, physical_id: str, properties: Properties, previous: Properties) -> None:
        if properties["ResourceType"] != previous["ResourceType"]:
            raise NotEmulatedError(
                "a change of ResourceType is not part of the local AWS: the API has no such update"
            )
        # AWS's handler does not ask to replace: what the template no longer has stays as it was.
        request = pick(properties, self.properties - {"ResourceType"})
        aws.client("ssm").update_maintenance_window_target(WindowTargetId=physical_id, **request)

    @override
    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        aws.client("ssm").deregister_target_from_maintenance_window(
            WindowId=properties["WindowId"], WindowTargetId=physical_id
        )


class MaintenanceWindowTask(CloudFormationType):
    """AWS::SSM::MaintenanceWindowTask.

    See: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ssm-maintenancewindowtask.html
    """

    type_name = "AWS::SSM::MaintenanceWindowTask"
    create_only = names("WindowId TaskType")
    not_found = _NOT_FOUND
    properties = names(
        "WindowId TaskType TaskArn Priority Targets MaxConcurrency MaxErrors CutoffBehavior ServiceRoleArn "
        "TaskInvocationParameters Name Description"
    )

    @override
    def create(self, aws: Aws, name: str, properties: Properties) -> str:
        request = self._request(properties)
        return str(aws.client("ssm").register_task_with_maintenance_window(**request)["WindowTaskId"])

    @override
    def update(self, aws: Aws, physical_id: str, properties: Properties, previous: Properties) -> None:
        request = pick(self._request(properties), self.properties - {"TaskType"})
        aws.client("ssm").update_maintenance_window_task(WindowTaskId=physical_id, Replace=True, **request)

    @override
    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        aws.client("ssm").deregister_task_from_maintenance_window(
            WindowId=properties["WindowId"], WindowTaskId=physical_id
        )

    def _request(self, properties: Properties) -> dict[str, Any]:
        """CloudFormation and the API name the kinds of invocation differently."""
        request = dict(properties)
        if "TaskInvocationParameters" in request:
            request["TaskInvocationParameters"] = {
                _INVOCATION_NAMES[kind]: value for kind, value in request["TaskInvocationParameters"].items()
            }
        return request


class ParameterType(CloudFormationType):
    """AWS::SSM::Parameter.

    See: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ssm-parameter.html
    """

    type_name = "AWS::SSM::Parameter"
    create_only = names("Name")
    not_found = names("ParameterNotFound")
    _stored: ClassVar[frozenset[str]] = names("AllowedPattern DataType Description Name Tier Type Value")
    properties = _stored | {"Tags"}

    @override
    def create(self, aws: Aws, name: str, properties: Properties) -> str:
        request = {"Name": name, **pick(properties, self._stored), "Tags": _tag_list(properties)}
        aws.client("ssm").put_parameter(**request)
        return str(request["Name"])

    @override
    def update(self, aws: Aws, physical_id: str, properties: Properties, previous: Properties) -> None:
        request = {**pick(properties, self._stored), "Name": physical_id}
        aws.client("ssm").put_parameter(Overwrite=True, **request)
        _update_tags(aws, "Parameter", physical_id, {"Tags": _tag_list(properties)})

    @override
    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        aws.client("ssm").delete_parameter(Name=physical_id)

    @override
    def with_stack_tags(self, properties: Properties, tags: Sequence[Mapping[str, str]]) -> dict[str, Any]:
        if not tags:
            return dict(properties)
        return {**properties, "Tags": {tag["Key"]: tag["Value"] for tag in tags} | properties.get("Tags", {})}

    @override
    def attributes(self, aws: Aws, physical_id: str, properties: Properties) -> Mapping[str, Any]:
        return {"Type": properties["Type"], "Value": properties["Value"]}


def _tag_list(properties: Properties) -> list[dict[str, str]]:
    """Write the tags of a parameter, which are a map, as the list that every other type has."""
    return [{"Key": key, "Value": value} for key, value in properties.get("Tags", {}).items()]


def _update_tags(aws: Aws, resource_type: str, resource_id: str, properties: Properties) -> None:
    """Give a resource the tags that it shall have, whoever gave it those that it has."""
    ssm = aws.client("ssm")
    target = {"ResourceType": resource_type, "ResourceId": resource_id}
    previous = {"Tags": ssm.list_tags_for_resource(**target)["TagList"]}
    if keys := removed_tag_keys(properties, previous):
        ssm.remove_tags_from_resource(**target, TagKeys=keys)
    if tags := added(properties, previous, "Tags"):
        ssm.add_tags_to_resource(**target, Tags=tags)
