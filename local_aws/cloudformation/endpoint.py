"""The CloudFormation API of one account and Region, in place of moto's.

Method names are API operations; each takes the request and gives the response.

See: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/Welcome.html
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from local_aws.aws import client
from local_aws.cloudformation.parameters import TemplateParameter
from local_aws.cloudformation.stack import DeployedStack
from local_aws.cloudformation.template import parse
from local_aws.errors import ApiError
from local_aws.records import Output, StackEvent, StackResource

Request = Mapping[str, Any]
Response = dict[str, Any]

NO_UPDATES = "No updates are to be performed."
"""What CloudFormation answers to an update that changes nothing."""

_DELETED = "DELETE_COMPLETE"
_UPDATABLE = frozenset(
    {"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE", "UPDATE_FAILED"}
)


@dataclass(kw_only=True)
class ChangeSet:
    """A change to a stack that waits to be executed."""

    name: str
    stack: DeployedStack
    text: str
    template: Mapping[str, Any]
    parameters: dict[str, TemplateParameter]
    request: Request
    changes: list[Response]
    arn: str = ""
    execution_status: str = "AVAILABLE"
    created_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __post_init__(self) -> None:
        where = f"arn:aws:cloudformation:{self.stack.region}:{self.stack.account}"
        self.arn = f"{where}:changeSet/{self.name}/{uuid.uuid4()}"


class CloudFormation:
    """The stacks of one account and Region.

    Args:
        account: The account.
        region: The Region.
    """

    def __init__(self, account: str, region: str) -> None:
        self._account, self._region = account, region
        self._stacks: dict[str, DeployedStack] = {}
        self._change_sets: dict[str, ChangeSet] = {}

    def stacks(self) -> list[DeployedStack]:
        """Give every stack, the deleted ones too."""
        return list(self._stacks.values())

    # ---- stacks

    def create_stack(self, request: Request) -> Response:
        """Answer CreateStack.

        See: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
        """
        if self._live(request["StackName"]) is not None:
            raise ApiError("AlreadyExistsException", f"Stack [{request['StackName']}] already exists")
        stack = self._new_stack(request)
        text = self._template_text(request)
        template = parse(text)
        parameters = stack.plan(template, _given(request, {}))
        self._stacks[stack.stack_id] = stack
        self._deploy(stack, text, template, parameters, request)
        return {"StackId": stack.stack_id}

    def update_stack(self, request: Request) -> Response:
        """Answer UpdateStack.

        See: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_UpdateStack.html
        """
        stack = self._updatable(request["StackName"])
        text = stack.text if request.get("UsePreviousTemplate") else self._template_text(request)
        template = parse(text)
        parameters = stack.plan(template, _given(request, stack.parameters))
        if not _differs(stack, template, parameters, request):
            raise ApiError("ValidationError", NO_UPDATES)
        self._deploy(stack, text, template, parameters, request)
        return {"StackId": stack.stack_id}

    def delete_stack(self, request: Request) -> Response:
        """Answer DeleteStack.

        See: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeleteStack.html
        """
        stack = self._live(request["StackName"])
        if stack is None:
            return {}
        if stack.is_protected:
            raise ApiError(
                "ValidationError",
                f"Stack [{stack.name}] cannot be deleted while TerminationProtection is enabled",
            )
        exported = {output.export_name for output in stack.outputs if output.export_name}
        for other in self._stacks.values():
            if other.status != _DELETED and other is not stack and (used := sorted(exported & other.imports)):
                raise ApiError(
                    "ValidationError", f"Export {used[0]} cannot be deleted as it is in use by {other.name}"
                )
        stack.delete()
        return {}

    def update_termination_protection(self, request: Request) -> Response:
        """Answer UpdateTerminationProtection.

        See: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_UpdateTerminationProtection.html
        """
        stack = self._stack(request["StackName"])
        stack.is_protected = request["EnableTerminationProtection"]
        return {"StackId": stack.stack_id}

    def describe_stacks(self, request: Request) -> Response:
        """Answer DescribeStacks.

        See: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html
        """
        if "StackName" in request:
            stacks = [self._stack(request["StackName"])]
        else:
            stacks = [stack for stack in self._stacks.values() if stack.status != _DELETED]
        return {"Stacks": [_described(stack) for stack in stacks]}

    def describe_stack_events(self, request: Request) -> Response:
        """Answer DescribeStackEvents.

        See: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackEvents.html
        """
        stack = self._stack(request["StackName"])
        return {"StackEvents": [_event(stack, event) for event in reversed(stack.events)]}

    def describe_stack_resources(self, request: Request) -> Response:
        """Answer DescribeStackResources.

        See: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackResources.html
        """
        stack = self._stack(request["StackName"])
        wanted = request.get("LogicalResourceId")
        resources = [item for item in stack.resources.values() if wanted in {None, item.logical_id}]
        return {"StackResources": [_resource(stack, resource) for resource in resources]}

    def get_template(self, request: Request) -> Response:
        """Answer GetTemplate.

        See: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_GetTemplate.html
        """
        return {
            "TemplateBody": self._stack(request["StackName"]).text,
            "StagesAvailable": ["Original", "Processed"],
        }

    def list_exports(self, _: Request) -> Response:
        """Answer ListExports.

        See: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListExports.html
        """
        return {
            "Exports": [
                {"ExportingStackId": stack.stack_id, "Name": output.export_name, "Value": output.value}
                for stack, output in self._exports()
            ]
        }

    # ---- change sets

    def create_change_set(self, request: Request) -> Response:
        """Answer CreateChangeSet.

        See: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html
        """
        if request.get("ChangeSetType") in {"CREATE", "IMPORT"}:
            stack = self._live(request["StackName"]) or self._new_stack(request)
        else:
            stack = self._updatable(request["StackName"])
        text = stack.text if request.get("UsePreviousTemplate") else self._template_text(request)
        template = parse(text)
        parameters = stack.plan(template, _given(request, stack.parameters))
        if imported := _imported(request):
            stack.check_import(template, imported)
        change_set = ChangeSet(
            name=request["ChangeSetName"],
            stack=stack,
            text=text,
            template=template,
            parameters=parameters,
            request=request,
            changes=_changes(stack, template),
            execution_status="AVAILABLE" if _differs(stack, template, parameters, request) else "UNAVAILABLE",
        )
        self._stacks[stack.stack_id] = stack
        self._change_sets[change_set.arn] = change_set
        return {"Id": change_set.arn, "StackId": stack.stack_id}

    def describe_change_set(self, request: Request) -> Response:
        """Answer DescribeChangeSet.

        See: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeChangeSet.html
        """
        change_set = self._change_set(request)
        response = {
            "ChangeSetName": change_set.name,
            "ChangeSetId": change_set.arn,
            "StackId": change_set.stack.stack_id,
            "StackName": change_set.stack.name,
            "CreationTime": change_set.created_at,
            "ExecutionStatus": change_set.execution_status,
            "Status": "CREATE_COMPLETE",
            "Changes": change_set.changes,
        }
        if change_set.execution_status == "UNAVAILABLE":
            response["Status"] = "FAILED"
            response["StatusReason"] = "The submitted information didn't contain changes."
        return response

    def execute_change_set(self, request: Request) -> Response:
        """Answer ExecuteChangeSet.

        See: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ExecuteChangeSet.html
        """
        change_set = self._change_set(request)
        if change_set.execution_status != "AVAILABLE":
            raise ApiError("InvalidChangeSetStatus", f"ChangeSet [{change_set.arn}] cannot be executed")
        change_set.execution_status = "EXECUTE_COMPLETE"
        stack = change_set.stack
        if imported := _imported(change_set.request):
            stack.take_in(change_set.text, change_set.template, change_set.parameters, imported)
            return {}
        settings = {**change_set.request, **request}
        self._deploy(stack, change_set.text, change_set.template, change_set.parameters, settings)
        return {}

    def delete_change_set(self, request: Request) -> Response:
        """Answer DeleteChangeSet.

        See: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeleteChangeSet.html
        """
        try:
            change_set = self._change_set(request)
        except ApiError:
            return {}
        del self._change_sets[change_set.arn]
        return {}

    # ---- inside

    def _new_stack(self, request: Request) -> DeployedStack:
        return DeployedStack(
            name=request["StackName"],
            account=self._account,
            region=self._region,
            exports_of_others=self._exports_of_others,
            is_protected=bool(request.get("EnableTerminationProtection")),
        )

    def _deploy(
        self,
        stack: DeployedStack,
        text: str,
        template: Mapping[str, Any],
        parameters: dict[str, TemplateParameter],
        request: Request,
    ) -> None:
        stack.role_arn = request.get("RoleARN")
        stack.capabilities = list(request.get("Capabilities", []))
        stack.disable_rollback = bool(request.get("DisableRollback"))
        stack.deploy(text, template, parameters, list(request.get("Tags", [])))

    def _live(self, name_or_id: str) -> DeployedStack | None:
        for stack in self._stacks.values():
            if stack.status != _DELETED and name_or_id in {stack.name, stack.stack_id}:
                return stack
        return None

    def _stack(self, name_or_id: str) -> DeployedStack:
        stack = self._live(name_or_id) or self._stacks.get(name_or_id)
        if stack is None:
            raise ApiError("ValidationError", f"Stack with id {name_or_id} does not exist")
        return stack

    def _updatable(self, name_or_id: str) -> DeployedStack:
        stack = self._stack(name_or_id)
        if stack.status not in _UPDATABLE:
            raise ApiError(
                "ValidationError",
                f"Stack:{stack.stack_id} is in {stack.status} state and can not be updated.",
            )
        return stack

    def _change_set(self, request: Request) -> ChangeSet:
        wanted = request["ChangeSetName"]
        for change_set in self._change_sets.values():
            stack = change_set.stack
            is_of_stack = request.get("StackName") in {None, stack.name, stack.stack_id}
            if wanted == change_set.arn or (wanted == change_set.name and is_of_stack):
                return change_set
        raise ApiError("ChangeSetNotFound", f"ChangeSet [{wanted}] does not exist")

    def _exports(self) -> list[tuple[DeployedStack, Output]]:
        return [
            (stack, output)
            for stack in self._stacks.values()
            if stack.status != _DELETED
            for output in stack.outputs
            if output.export_name is not None
        ]

    def _exports_of_others(self, stack: DeployedStack) -> dict[str, str]:
        return {
            str(output.export_name): output.value for owner, output in self._exports() if owner is not stack
        }

    def _template_text(self, request: Request) -> str:
        if "TemplateBody" in request:
            return str(request["TemplateBody"])
        path = unquote(urlsplit(request["TemplateURL"]).path).lstrip("/")
        bucket, key = path.split("/", 1)
        s3 = client("s3", account=self._account, region=self._region)
        return str(s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode())


def _given(request: Request, previous: Mapping[str, TemplateParameter]) -> dict[str, str]:
    given = {}
    for item in request.get("Parameters", []):
        key = item["ParameterKey"]
        if not item.get("UsePreviousValue"):
            given[key] = item["ParameterValue"]
        elif key in previous:
            given[key] = previous[key].given
    return given


def _imported(request: Request) -> dict[str, str]:
    """Return the physical id of each resource to import, by logical id."""
    return {
        item["LogicalResourceId"]: "|".join(item["ResourceIdentifier"].values())
        for item in request.get("ResourcesToImport", [])
    }


def _differs(
    stack: DeployedStack,
    template: Mapping[str, Any],
    parameters: Mapping[str, TemplateParameter],
    request: Request,
) -> bool:
    before = (stack.template, stack.parameters, stack.tags)
    return before != (template, parameters, list(request.get("Tags", [])))


def _changes(stack: DeployedStack, template: Mapping[str, Any]) -> list[Response]:
    old, new = stack.template.get("Resources", {}), template["Resources"]
    actions = [
        *(("Add", name, new[name]) for name in new if name not in old),
        *(("Modify", name, new[name]) for name in new if name in old and new[name] != old[name]),
        *(("Remove", name, old[name]) for name in old if name not in new),
    ]
    return [
        {
            "Type": "Resource",
            "ResourceChange": {"Action": action, "LogicalResourceId": name, "ResourceType": resource["Type"]},
        }
        for action, name, resource in actions
    ]


def _described(stack: DeployedStack) -> Response:
    return {
        "StackId": stack.stack_id,
        "StackName": stack.name,
        "CreationTime": stack.created_at,
        "LastUpdatedTime": stack.updated_at,
        "DeletionTime": stack.deleted_at,
        "StackStatus": stack.status,
        "StackStatusReason": stack.reason,
        "Description": stack.template.get("Description"),
        "TemplateDescription": stack.template.get("Description"),
        "DisableRollback": stack.disable_rollback,
        "EnableTerminationProtection": stack.is_protected,
        "RoleARN": stack.role_arn,
        "Capabilities": stack.capabilities,
        "Tags": stack.tags,
        "Parameters": [_parameter(parameter) for parameter in stack.parameters.values()],
        "Outputs": [
            {
                "OutputKey": output.key,
                "OutputValue": output.value,
                "Description": output.description,
                "ExportName": output.export_name,
            }
            for output in stack.outputs
        ],
    }


def _parameter(parameter: TemplateParameter) -> Response:
    if parameter.is_secret:
        return {"ParameterKey": parameter.key, "ParameterValue": "****"}
    described = {"ParameterKey": parameter.key, "ParameterValue": parameter.given}
    if parameter.resolved != parameter.given and isinstance(parameter.resolved, str):
        described["ResolvedValue"] = parameter.resolved
    return described


def _event(stack: DeployedStack, event: StackEvent) -> Response:
    return {
        "StackId": stack.stack_id,
        "StackName": stack.name,
        "EventId": event.event_id,
        "LogicalResourceId": event.logical_id,
        "PhysicalResourceId": event.physical_id,
        "ResourceType": event.resource_type,
        "ResourceStatus": event.status,
        "ResourceStatusReason": event.reason,
        "Timestamp": event.at,
    }


def _resource(stack: DeployedStack, resource: StackResource) -> Response:
    return {
        "StackId": stack.stack_id,
        "StackName": stack.name,
        "LogicalResourceId": resource.logical_id,
        "PhysicalResourceId": resource.physical_id,
        "ResourceType": resource.type_name,
        "ResourceStatus": resource.status,
        "Timestamp": resource.updated_at,
        "LastUpdatedTimestamp": resource.updated_at,
    }
