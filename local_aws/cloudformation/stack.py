"""A CloudFormation stack: makes, changes and removes resources in order, and rolls back when one fails.

See: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-failure-options.html
"""

import logging
import secrets
import string
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError, ParamValidationError

from local_aws.aws import Aws
from local_aws.cloudformation.parameters import TemplateParameter, read_parameters
from local_aws.cloudformation.registry import RESOURCE_TYPES
from local_aws.cloudformation.template import Resolver, in_dependency_order
from local_aws.errors import LocalAwsError, NotEmulatedError, TemplateError
from local_aws.records import Output, StackEvent, StackResource

STARTED_BY_USER = "User Initiated"
"""Reason of the event with which each operation on a stack begins."""

_LOG = logging.getLogger("local_aws")
_ALPHABET = string.ascii_uppercase + string.digits
_OTHER_PARTITIONS = ("cn-", "us-gov-", "us-iso", "eusc-")
_RETAINED = frozenset({"Retain", "RetainExceptOnCreate"})


class ResourceFailed(Exception):  # noqa: N818 - an outcome that ends a deployment, not an error of the program
    """A resource could not be made, changed or removed; its event has the reason."""

    def __init__(self, logical_id: str, verb: str) -> None:
        super().__init__(f"The following resource(s) failed to {verb}: [{logical_id}].")


@dataclass(kw_only=True)
class DeployedStack:
    """A CloudFormation stack in one account and Region.

    Attributes:
        name: Its name.
        account: Its account.
        region: Its Region.
        exports_of_others: Gives what the other stacks of the same account and Region export.
        text: The template as it was sent.
        template: The template as it was read.
    """

    name: str
    account: str
    region: str
    exports_of_others: Callable[["DeployedStack"], Mapping[str, str]]
    text: str = ""
    template: Mapping[str, Any] = field(default_factory=dict)
    tags: list[dict[str, str]] = field(default_factory=list)
    capabilities: list[str] = field(default_factory=list)
    role_arn: str | None = None
    is_protected: bool = False
    disable_rollback: bool = False
    status: str = "REVIEW_IN_PROGRESS"
    reason: str | None = None
    stack_id: str = ""
    created_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    updated_at: datetime | None = None
    deleted_at: datetime | None = None
    events: list[StackEvent] = field(default_factory=list)
    resources: dict[str, StackResource] = field(default_factory=dict)
    parameters: dict[str, TemplateParameter] = field(default_factory=dict)
    outputs: list[Output] = field(default_factory=list)
    imports: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.stack_id = (
            f"arn:aws:cloudformation:{self.region}:{self.account}:stack/{self.name}/{uuid.uuid4()}"
        )
        self._aws = Aws(account=self.account, region=self.region)

    # ---- what a caller asks for

    def plan(self, template: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, TemplateParameter]:
        """Check a template and its parameters before any resource is touched.

        Raises:
            TemplateError: If CloudFormation would refuse them.
        """
        if self.region.startswith(_OTHER_PARTITIONS):
            raise NotEmulatedError(f"{self.region} is in a partition that is not part of the local AWS")
        parameters = read_parameters(template, given, self._aws)
        in_dependency_order(template["Resources"])
        types = {resource["Type"] for resource in template["Resources"].values()}
        if unknown := sorted(types - RESOURCE_TYPES.keys()):
            raise TemplateError(f"Template format error: Unrecognized resource types: [{', '.join(unknown)}]")
        resolver = self._resolver(template, parameters, {})
        for name, rule in template.get("Rules", {}).items():
            for assertion in rule["Assertions"]:
                if not resolver.test(assertion["Assert"]):
                    raise TemplateError(
                        f"Rule {name}: {assertion.get('AssertDescription', assertion['Assert'])}"
                    )
        return parameters

    def deploy(
        self,
        text: str,
        template: Mapping[str, Any],
        parameters: dict[str, TemplateParameter],
        tags: list[dict[str, str]],
    ) -> None:
        """Make the stack what a checked template says, or put everything back as it was."""
        verb = "UPDATE" if self.text else "CREATE"
        previous = (self.text, self.template, self.parameters, self.tags, self.imports)
        self.text, self.template, self.parameters, self.tags = text, template, parameters, tags
        self.imports = set()
        before = dict(self.resources)
        done = _Done()
        self._enter(f"{verb}_IN_PROGRESS", STARTED_BY_USER)
        resolver = self._resolver(template, parameters, self.resources)
        try:
            self._make_resources(resolver, before, done)
            self.outputs = self._read_outputs(resolver)
        except (ResourceFailed, LocalAwsError) as error:
            if self.disable_rollback:
                self._enter(f"{verb}_FAILED", str(error))
                return
            if verb == "CREATE":
                self._roll_back_creation(error, done)
                return
            self.text, self.template, self.parameters, self.tags, self.imports = previous
            self._roll_back_update(error, done, before)
            return
        if verb == "UPDATE":
            self.updated_at = datetime.now(UTC)
            self._enter("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")
            self._clean_up(before, previous[1])
        self._enter(f"{verb}_COMPLETE")

    def take_in(
        self,
        text: str,
        template: Mapping[str, Any],
        parameters: dict[str, TemplateParameter],
        ids: Mapping[str, str],
    ) -> None:
        """Import resources that exist into the stack, without a change to any of them.

        See: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/import-resources.html

        Args:
            text: The template as it was sent: what the stack has, and the resources to import.
            template: The same as it was read.
            parameters: Its parameters.
            ids: The physical id of each resource to import, by logical id.
        """
        self.text, self.template, self.parameters = text, template, parameters
        self._enter("IMPORT_IN_PROGRESS", STARTED_BY_USER)
        resolver = self._resolver(template, parameters, self.resources)
        for logical_id, physical_id in ids.items():
            definition = template["Resources"][logical_id]
            resource = StackResource(
                logical_id=logical_id,
                definition=definition,
                properties=self._properties(definition, resolver),
                physical_id=physical_id,
            )
            resource.attributes = resource.kind.attributes(self._aws, physical_id, resource.properties)
            self.resources[logical_id] = resource
            self._note_resource(resource, "IMPORT_COMPLETE")
        self._enter("IMPORT_COMPLETE")

    def check_import(self, template: Mapping[str, Any], ids: Mapping[str, str]) -> None:
        """Check an import before the stack is touched.

        Raises:
            TemplateError: If CloudFormation would refuse it.
        """
        definitions = template["Resources"]
        new = definitions.keys() - self.resources.keys()
        if missing := sorted(new - ids.keys()):
            raise TemplateError(f"Resources {missing} is missing from ResourceToImport list")
        changed = [name for name, old in self.resources.items() if definitions.get(name) != old.definition]
        if changed:
            raise TemplateError(f"As part of the import operation, you cannot modify or add {changed}")
        for logical_id, physical_id in ids.items():
            if "DeletionPolicy" not in definitions[logical_id]:
                raise TemplateError(
                    "Resources to import must have a DeletionPolicy attribute specified in the template: "
                    f"{logical_id}"
                )
            if not RESOURCE_TYPES[definitions[logical_id]["Type"]].exists(self._aws, physical_id):
                raise TemplateError(f"Resource {physical_id} to import as {logical_id} does not exist")

    def delete(self) -> None:
        """Remove every resource that is not to be retained, the last made first."""
        self._enter("DELETE_IN_PROGRESS", STARTED_BY_USER)
        for resource in _last_made_first(self.resources, self.template):
            if resource.definition.get("DeletionPolicy") in _RETAINED:
                self._note_resource(resource, "DELETE_SKIPPED")
            elif not self._delete(resource):
                self._enter(
                    "DELETE_FAILED", f"The following resource(s) failed to delete: [{resource.logical_id}]."
                )
                return
            del self.resources[resource.logical_id]
        self.deleted_at = datetime.now(UTC)
        self._enter("DELETE_COMPLETE")

    # ---- making resources

    def _make_resources(self, resolver: Resolver, before: Mapping[str, StackResource], done: "_Done") -> None:
        definitions = self.template["Resources"]
        held = {logical_id: resource.properties for logical_id, resource in before.items()}
        for logical_id in _worst_order(definitions, held):
            definition = definitions[logical_id]
            if "Condition" in definition and not resolver.condition(definition["Condition"]):
                continue
            existing = before.get(logical_id)
            verb = "CREATE" if existing is None else "UPDATE"
            with self._failing(logical_id, definition["Type"], verb):
                properties = self._properties(definition, resolver)
            wanted = StackResource(logical_id=logical_id, definition=definition, properties=properties)
            if existing is None:
                self._create(wanted, done)
            else:
                self._change(existing, wanted, done)

    def _create(self, resource: StackResource, done: "_Done", verb: str = "CREATE") -> None:
        logical_id, kind = resource.logical_id, resource.kind
        self._note_resource(resource, f"{verb}_IN_PROGRESS")
        with self._failing(logical_id, kind.type_name, verb):
            resource.physical_id = kind.create(self._aws, self._name_for(logical_id), resource.properties)
        self.resources[logical_id] = resource
        done.created.append(resource)
        with self._failing(logical_id, kind.type_name, verb, resource.physical_id):
            kind.configure(self._aws, resource.physical_id, resource.properties, {})
            resource.attributes = kind.attributes(self._aws, resource.physical_id, resource.properties)
        self._note_resource(resource, f"{verb}_COMPLETE")

    def _change(self, existing: StackResource, wanted: StackResource, done: "_Done") -> None:
        kind, physical_id = existing.kind, existing.physical_id
        with self._failing(wanted.logical_id, existing.type_name, "UPDATE", physical_id):
            if wanted.type_name != existing.type_name:
                raise TemplateError("Update of resource type is not permitted")
        names = wanted.properties.keys() | existing.properties.keys()
        differing = {name for name in names if wanted.properties.get(name) != existing.properties.get(name)}
        if differing & kind.create_only:
            reason = "Requested update requires the creation of a new physical resource; hence creating one."
            self._note_resource(existing, "UPDATE_IN_PROGRESS", reason)
            self._create(wanted, done, "UPDATE")
            return
        self.resources[wanted.logical_id] = wanted
        wanted.physical_id, wanted.attributes = physical_id, existing.attributes
        wanted.status, wanted.updated_at = existing.status, existing.updated_at
        if differing:
            done.changed[wanted.logical_id] = (existing, wanted.properties)
            self._update(wanted, existing.properties)

    def _update(self, resource: StackResource, previous: Mapping[str, Any]) -> None:
        kind, physical_id = resource.kind, resource.physical_id
        self._note_resource(resource, "UPDATE_IN_PROGRESS")
        with self._failing(resource.logical_id, kind.type_name, "UPDATE", physical_id):
            kind.update(self._aws, physical_id, resource.properties, previous)
            resource.attributes = kind.attributes(self._aws, physical_id, resource.properties)
        self._note_resource(resource, "UPDATE_COMPLETE")

    def _delete(self, resource: StackResource) -> bool:
        self._note_resource(resource, "DELETE_IN_PROGRESS")
        try:
            with self._failing(resource.logical_id, resource.type_name, "DELETE", resource.physical_id):
                self._delete_if_there(resource)
        except ResourceFailed:
            return False
        self._note_resource(resource, "DELETE_COMPLETE")
        return True

    def _delete_if_there(self, resource: StackResource) -> None:
        """Delete a resource; one that does not exist any more counts as deleted.

        See: https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-test-contract.html
        """
        try:
            resource.kind.delete(self._aws, resource.physical_id, resource.properties)
        except ClientError as error:
            if error.response["Error"]["Code"] not in resource.kind.not_found:
                raise

    # ---- putting things back

    def _roll_back_creation(self, cause: Exception, done: "_Done") -> None:
        """Delete what was made, the last first."""
        self._enter("ROLLBACK_IN_PROGRESS", f"{cause} Rollback requested by user.")
        for resource in reversed(done.created):
            if not self._take_back(resource):
                self._enter(
                    "ROLLBACK_FAILED", f"The following resource(s) failed to delete: [{resource.logical_id}]."
                )
                return
            del self.resources[resource.logical_id]
        self._enter("ROLLBACK_COMPLETE")

    def _roll_back_update(self, cause: Exception, done: "_Done", before: Mapping[str, StackResource]) -> None:
        """Change back what was changed, and only then delete what was made.

        See: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
        """
        self._enter("UPDATE_ROLLBACK_IN_PROGRESS", f"{cause} Rollback requested by user.")
        self.resources.clear()
        self.resources.update(before)
        current = {logical_id: properties for logical_id, (_, properties) in done.changed.items()}
        try:
            for logical_id in _worst_order(self.template["Resources"], current):
                if logical_id in done.changed:
                    self._update(*done.changed[logical_id])
        except ResourceFailed as error:
            self._enter("UPDATE_ROLLBACK_FAILED", str(error))
            return
        self._enter("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS")
        for resource in reversed(done.created):
            self._take_back(resource)
        self._enter("UPDATE_ROLLBACK_COMPLETE")

    def _take_back(self, resource: StackResource) -> bool:
        """Undo a creation."""
        if resource.definition.get("DeletionPolicy") == "Retain":
            self._note_resource(resource, "DELETE_SKIPPED")
            return True
        return self._delete(resource)

    def _clean_up(self, before: Mapping[str, StackResource], template: Mapping[str, Any]) -> None:
        """Remove what the stack had before the update and has no more, or has anew."""
        for old in _last_made_first(before, template):
            current = self.resources[old.logical_id]
            is_removed = current is old
            if not is_removed and current.physical_id == old.physical_id:
                continue
            if old.definition.get("DeletionPolicy" if is_removed else "UpdateReplacePolicy") in _RETAINED:
                self._note_resource(old, "DELETE_SKIPPED")
            else:
                self._delete(old)
            if is_removed:
                del self.resources[old.logical_id]

    # ---- reading the template

    def _properties(self, definition: Mapping[str, Any], resolver: Resolver) -> dict[str, Any]:
        kind = RESOURCE_TYPES[definition["Type"]]
        properties: dict[str, Any] = resolver(definition.get("Properties", {}))
        kind.check(properties)
        return kind.with_stack_tags(properties, self.tags)

    def _resolver(
        self,
        template: Mapping[str, Any],
        parameters: Mapping[str, TemplateParameter],
        resources: Mapping[str, StackResource],
    ) -> Resolver:
        pseudo = {
            "AWS::AccountId": self.account,
            "AWS::Region": self.region,
            "AWS::Partition": "aws",
            "AWS::URLSuffix": "amazonaws.com",
            "AWS::StackName": self.name,
            "AWS::StackId": self.stack_id,
            "AWS::NotificationARNs": [],
        }

        def ref(name: str) -> Any:
            if name in resources:
                return resources[name].physical_id
            return parameters[name].resolved if name in parameters else pseudo[name]

        def imported(name: str) -> str:
            exports = self.exports_of_others(self)
            if name not in exports:
                raise TemplateError(f"No export named {name} found.")
            self.imports.add(name)
            return exports[name]

        return Resolver(
            template,
            ref=ref,
            attribute=lambda logical_id, name: resources[logical_id].attributes[name],
            import_value=imported,
        )

    def _read_outputs(self, resolver: Resolver) -> list[Output]:
        outputs = []
        for key, output in self.template.get("Outputs", {}).items():
            if "Condition" in output and not resolver.condition(output["Condition"]):
                continue
            outputs.append(
                Output(
                    key=key,
                    value=str(resolver(output["Value"])),
                    description=output.get("Description"),
                    export_name=resolver(output["Export"]["Name"]) if "Export" in output else None,
                )
            )
        taken = self.exports_of_others(self).keys() & {output.export_name for output in outputs}
        if taken:
            raise TemplateError(
                f"Export with name {', '.join(sorted(taken))} is already exported by another stack."
            )
        return outputs

    # ---- keeping the record

    def _name_for(self, logical_id: str) -> str:
        suffix = "".join(secrets.choice(_ALPHABET) for _ in range(12))
        return f"{self.name}-{logical_id}-{suffix}"

    def _enter(self, status: str, reason: str | None = None) -> None:
        self.status, self.reason = status, reason
        self._note(self.name, "AWS::CloudFormation::Stack", self.stack_id, status, reason)

    def _note_resource(self, resource: StackResource, status: str, reason: str | None = None) -> None:
        resource.status, resource.updated_at = status, datetime.now(UTC)
        self._note(resource.logical_id, resource.type_name, resource.physical_id, status, reason)

    def _note(
        self, logical_id: str, type_name: str, physical_id: str, status: str, reason: str | None = None
    ) -> None:
        now = datetime.now(UTC)
        if self.events:
            # The CDK CLI sorts events by time, in milliseconds.
            now = max(now, self.events[-1].at + timedelta(milliseconds=1))
        self.events.append(
            StackEvent(
                event_id=str(uuid.uuid4()),
                logical_id=logical_id,
                physical_id=physical_id,
                resource_type=type_name,
                status=status,
                reason=reason,
                at=now,
            )
        )

    @contextmanager
    def _failing(self, logical_id: str, type_name: str, verb: str, physical_id: str = "") -> Iterator[None]:
        """Turn whatever goes wrong with a resource into its failed event with the reason."""
        try:
            yield
        except Exception as error:
            self._note(logical_id, type_name, physical_id, f"{verb}_FAILED", _reason(error))
            raise ResourceFailed(logical_id, verb.lower()) from error


@dataclass(kw_only=True, slots=True)
class _Done:
    """What a deployment has done so far.

    Attributes:
        created: Each new resource, in order.
        changed: Each changed resource as it was, with the properties that it was given, by logical id.
    """

    created: list[StackResource] = field(default_factory=list)
    changed: dict[str, tuple[StackResource, Mapping[str, Any]]] = field(default_factory=dict)


def _worst_order(
    definitions: Mapping[str, Mapping[str, Any]], held: Mapping[str, Mapping[str, Any]]
) -> list[str]:
    """Order an operation so that what only one resource can have is taken before another gives it up.

    CloudFormation works on resources that do not need each other at the same time, so that an order that is
    good by chance proves nothing. docs/not-proven.md#order-of-updates

    Args:
        definitions: The resources as the operation leaves them.
        held: The properties that resources have now, by logical id.
    """
    takes: dict[str, list[Any]] = {}
    gives: dict[str, list[Any]] = {}
    for logical_id, definition in definitions.items():
        exclusive = RESOURCE_TYPES[definition["Type"]].exclusive
        if exclusive is not None:
            has = held.get(logical_id, {}).get(exclusive, [])
            wanted = definition.get("Properties", {}).get(exclusive, [])
            takes[logical_id] = [item for item in wanted if item not in has]
            gives[logical_id] = [item for item in has if item not in wanted]
    early: list[str] = []
    while takes := {name: items for name, items in takes.items() if items and name not in early}:
        asked = [item for items in takes.values() for item in items]
        early.append(
            next(
                (name for name in takes if not any(item in asked for item in gives[name])), next(iter(takes))
            )
        )
    return in_dependency_order(definitions, early=early)


def _last_made_first(
    resources: Mapping[str, StackResource], template: Mapping[str, Any]
) -> list[StackResource]:
    order = reversed(in_dependency_order(template["Resources"]))
    return [resources[logical_id] for logical_id in order if logical_id in resources]


def _reason(error: Exception) -> str:
    if isinstance(error, ClientError):
        details = error.response["Error"]
        return f"{details['Message']} ({details['Code']} from {error.operation_name})"
    if isinstance(error, ParamValidationError | LocalAwsError):
        return str(error)
    _LOG.exception("a fault of the local AWS itself", exc_info=error)
    return f"the local AWS itself failed: {type(error).__name__}: {error}"
