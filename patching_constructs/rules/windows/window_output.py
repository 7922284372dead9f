"""Rules about roles of windows whose commands would never be sent, because of where their output goes."""

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase

from patching_constructs.model.estate import ResourceAt, WindowAt
from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.unknown import Maybe, PartlyKnown, Reference, Unknown
from patching_constructs.rules.accounts.policies import statements, texts

_ACTION = "ssm:sendcommand"
_BUCKETS = ":s3:::"
_PAGE = "https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html"
_POLICY_TYPES = ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy")


def check_output_bucket_of_roles(
    windows: Sequence[WindowAt], resources: Sequence[ResourceAt]
) -> Iterator[Finding]:
    """Find tasks whose role may not send commands with output to their bucket.

    Systems Manager authorizes `ssm:SendCommand` on the bucket too. What a template does not say of the role
    counts as if it allowed that.
    """
    roles = _Roles(resources)
    for window in windows:
        for task in window.record.tasks:
            bucket = None if task.output is None else task.output.s3_bucket_name
            role = task.service_role_arn
            if bucket is None or not isinstance(role, Reference):
                continue
            policies = roles.policies_of(role)
            if policies is not None and not any(_may_allow(policy, bucket) for policy in policies):
                yield Finding(
                    id=FindingId.WINDOW_ROLE_OUTPUT_BUCKET,
                    level=Level.ERROR,
                    field="service_role_arn",
                    message="the role may not send commands whose output goes to this bucket, so Systems "
                    "Manager refuses every command of the task",
                    received=f"no ssm:SendCommand on {_described(bucket)}",
                    allowed="ssm:SendCommand on the ARN of the bucket, without /*",
                    source=_PAGE,
                    location=task.location,
                )


class _Roles:
    """Which policies the roles of templates have, read once for all windows."""

    def __init__(self, resources: Sequence[ResourceAt]) -> None:
        self._defined = {(each.stack, each.location.logical_id): each.properties for each in resources}
        self._attached: dict[object, list[object]] = {}
        self._names_of_unclear: list[set[object]] = []
        for each in resources:
            if each.type in _POLICY_TYPES:
                self._attach(each.properties)

    def policies_of(self, role: Reference) -> list[object] | None:
        """Return the policy documents of a role, or None if the templates do not say all of them."""
        key = (role.stack, role.logical_id)
        properties = self._defined.get(key)
        if not isinstance(properties, Mapping):
            return None
        name = properties.get("RoleName")
        names: set[object] = {key} if name is None else {key, _key(name)}
        if any(names.isdisjoint(unclear) for unclear in self._names_of_unclear):
            return None
        documents = [
            policy.get("PolicyDocument") if isinstance(policy, Mapping) else policy
            for policy in texts(properties.get("Policies", ()))
        ]
        for arn in texts(properties.get("ManagedPolicyArns", ())):
            managed = self._defined.get((arn.stack, arn.logical_id)) if isinstance(arn, Reference) else None
            if not isinstance(managed, Mapping):
                return None  # a policy of AWS, or one defined elsewhere
            documents.append(managed.get("PolicyDocument"))
        return [*documents, *(document for name in names for document in self._attached.get(name, ()))]

    def _attach(self, properties: Maybe[Mapping[str, object]]) -> None:
        if isinstance(properties, Unknown):
            self._names_of_unclear.append(set())
            return
        named = [_key(role) for role in texts(properties.get("Roles", ()))]
        if any(isinstance(name, Unknown) for name in named):
            self._names_of_unclear.append(set(named))
        for name in set(named):
            self._attached.setdefault(name, []).append(properties.get("PolicyDocument"))


def _key(role: object) -> object:
    if isinstance(role, Reference):
        return (role.stack, role.logical_id)
    return role if isinstance(role, str | Unknown) else Unknown("it is not the name of a role")


def _may_allow(document: object, bucket: Maybe[str]) -> bool:
    """Return whether a policy allows commands with output to the bucket, or may do so."""
    if isinstance(document, Unknown):
        return True
    return any(
        any(_may_be_send_command(action) for action in texts(statement.get("Action")))
        and any(_may_be_bucket(resource, bucket) for resource in texts(statement.get("Resource")))
        for statement in statements(document)
    )


def _may_be_send_command(action: object) -> bool:
    return isinstance(action, Unknown) or (isinstance(action, str) and fnmatchcase(_ACTION, action.lower()))


def _may_be_bucket(resource: object, bucket: Maybe[str]) -> bool:
    if isinstance(resource, Reference):
        if isinstance(bucket, Reference):
            return (resource.stack, resource.logical_id) == (bucket.stack, bucket.logical_id)
        return resource.resource_type == "AWS::S3::Bucket"
    if isinstance(resource, PartlyKnown):
        resource = resource.text
    if not isinstance(resource, str):
        return isinstance(resource, Unknown)
    if resource == "*":
        return True
    _, is_bucket, pattern = resource.partition(_BUCKETS)
    if not is_bucket:
        return False
    return isinstance(bucket, Unknown) or "${" in pattern or fnmatchcase(bucket, pattern)


def _described(bucket: Maybe[str]) -> str:
    if isinstance(bucket, Reference):
        return f"the bucket {bucket.logical_id}"
    return "its bucket" if isinstance(bucket, Unknown) else repr(bucket)
