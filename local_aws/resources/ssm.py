"""AWS::SSM resource types."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from typing_extensions import override

from local_aws.aws import Aws
from local_aws.errors import NotEmulatedError
from local_aws.resource_type import Properties, ResourceType, added, names, pick, removed_tag_keys

_INVOCATION_NAMES = {
    "MaintenanceWindowAutomationParameters": "Automation",
    "MaintenanceWindowLambdaParameters": "Lambda",
    "MaintenanceWindowRunCommandParameters": "RunCommand",
    "MaintenanceWindowStepFunctionsParameters": "StepFunctions",
}


class PatchBaseline(ResourceType):
    """AWS::SSM::PatchBaseline.

    See: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ssm-patchbaseline.html
    """

    type_name = "AWS::SSM::PatchBaseline"
    create_only = names("OperatingSystem")
    _updatable: ClassVar[frozenset[str]] = names(
        "Name ApprovalRules ApprovedPatches ApprovedPatchesComplianceLevel ApprovedPatchesEnableNonSecurity "
        "AvailableSecurityUpdatesComplianceStatus Description GlobalFilters RejectedPatches "
        "RejectedPatchesAction Sources"
    )
    properties = _updatable | names("OperatingSystem PatchGroups DefaultBaseline Tags")

    @override
    def create(self, aws: Aws, name: str, properties: Properties) -> str:
        request = pick(properties, self._updatable | {"OperatingSystem", "Tags"})
        return str(aws.client("ssm").create_patch_baseline(**request)["BaselineId"])

    @override
    def configure(self, aws: Aws, physical_id: str, properties: Properties, previous: Properties) -> None:
        ssm = aws.client("ssm")
        for group in added(previous, properties, "PatchGroups"):
            ssm.deregister_patch_baseline_for_patch_group(BaselineId=physical_id, PatchGroup=group)
        for group in added(properties, previous, "PatchGroups"):
            ssm.register_patch_baseline_for_patch_group(BaselineId=physical_id, PatchGroup=group)
        if properties.get("DefaultBaseline"):
            ssm.register_default_patch_baseline(BaselineId=physical_id)
        elif previous.get("DefaultBaseline"):
            self._restore_default(aws, physical_id)

    @override
    def update(self, aws: Aws, physical_id: str, properties: Properties, previous: Properties) -> None:
        request = pick(properties, self._updatable)
        aws.client("ssm").update_patch_baseline(BaselineId=physical_id, Replace=True, **request)
        _tag(aws, "PatchBaseline", physical_id, properties, previous)
        self.configure(aws, physical_id, properties, previous)

    @override
    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        ssm = aws.client("ssm")
        for group in ssm.get_patch_baseline(BaselineId=physical_id)["PatchGroups"]:
            ssm.deregister_patch_baseline_for_patch_group(BaselineId=physical_id, PatchGroup=group)
        self._restore_default(aws, physical_id)
        ssm.delete_patch_baseline(BaselineId=physical_id)

    @override
    def attributes(self, aws: Aws, physical_id: str, properties: Properties) -> Mapping[str, Any]:
        return {"Id": physical_id}

    def _restore_default(self, aws: Aws, physical_id: str) -> None:
        """Give the default back to AWS's own baseline if this one is the default."""
        ssm = aws.client("ssm")
        operating_system = ssm.get_patch_baseline(BaselineId=physical_id)["OperatingSystem"]
        if ssm.get_default_patch_baseline(OperatingSystem=operating_system)["BaselineId"] != physical_id:
            return
        filters = [
            {"Key": "OWNER", "Values": ["AWS"]},
            {"Key": "OPERATING_SYSTEM", "Values": [operating_system]},
        ]
        (aws_owned,) = ssm.describe_patch_baselines(Filters=filters)["BaselineIdentities"]
        ssm.register_default_patch_baseline(BaselineId=aws_owned["BaselineId"])


class MaintenanceWindow(ResourceType):
    """AWS::SSM::MaintenanceWindow.

    See: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ssm-maintenancewindow.html
    """

    type_name = "AWS::SSM::MaintenanceWindow"
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
        request = pick(properties, self._updatable)
        aws.client("ssm").update_maintenance_window(WindowId=physical_id, Replace=True, **request)
        _tag(aws, "MaintenanceWindow", physical_id, properties, previous)

    @override
    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        aws.client("ssm").delete_maintenance_window(WindowId=physical_id)


class MaintenanceWindowTarget(ResourceType):
    """AWS::SSM::MaintenanceWindowTarget.

    See: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ssm-maintenancewindowtarget.html
    """

    type_name = "AWS::SSM::MaintenanceWindowTarget"
    create_only = names("WindowId")
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
        request = pick(properties, self.properties - {"ResourceType"})
        aws.client("ssm").update_maintenance_window_target(
            WindowTargetId=physical_id, Replace=True, **request
        )

    @override
    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        aws.client("ssm").deregister_target_from_maintenance_window(
            WindowId=properties["WindowId"], WindowTargetId=physical_id
        )


class MaintenanceWindowTask(ResourceType):
    """AWS::SSM::MaintenanceWindowTask.

    See: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ssm-maintenancewindowtask.html
    """

    type_name = "AWS::SSM::MaintenanceWindowTask"
    create_only = names("WindowId TaskType")
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


class Parameter(ResourceType):
    """AWS::SSM::Parameter.

    See: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ssm-parameter.html
    """

    type_name = "AWS::SSM::Parameter"
    create_only = names("Name")
    _stored: ClassVar[frozenset[str]] = names("AllowedPattern DataType Description Name Tier Type Value")
    properties = _stored | {"Tags"}

    @override
    def create(self, aws: Aws, name: str, properties: Properties) -> str:
        request = {"Name": name, **pick(properties, self._stored)}
        aws.client("ssm").put_parameter(**request)
        return str(request["Name"])

    @override
    def configure(self, aws: Aws, physical_id: str, properties: Properties, previous: Properties) -> None:
        # A parameter's tags are a map; every other type's are a list.
        new, old = (
            {"Tags": [{"Key": key, "Value": value} for key, value in given.get("Tags", {}).items()]}
            for given in (properties, previous)
        )
        _tag(aws, "Parameter", physical_id, new, old)

    @override
    def update(self, aws: Aws, physical_id: str, properties: Properties, previous: Properties) -> None:
        request = {**pick(properties, self._stored), "Name": physical_id}
        aws.client("ssm").put_parameter(Overwrite=True, **request)
        self.configure(aws, physical_id, properties, previous)

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


def _tag(
    aws: Aws, resource_type: str, resource_id: str, properties: Properties, previous: Properties
) -> None:
    ssm = aws.client("ssm")
    if keys := removed_tag_keys(properties, previous):
        ssm.remove_tags_from_resource(ResourceType=resource_type, ResourceId=resource_id, TagKeys=keys)
    if tags := added(properties, previous, "Tags"):
        ssm.add_tags_to_resource(ResourceType=resource_type, ResourceId=resource_id, Tags=tags)
