"""Rules about the roles that maintenance windows assume."""

from collections.abc import Iterator, Mapping, Sequence

from patching_constructs.model.estate import ResourceAt, WindowAt
from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.unknown import PartlyKnown, Reference, Unknown
from patching_constructs.rules.accounts.policies import statements, texts

_PAGE = "https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-maintenance-permissions.html"
_WIDE_POLICIES = ("AdministratorAccess", "PowerUserAccess", "IAMFullAccess", "AmazonSSMFullAccess")
# Actions that are harmless on named resources, and the whole account on all of them.
_DANGEROUS_EVERYWHERE = {"iam:passrole", "ssm:sendcommand", "ssm:startautomationexecution"}


def check_window_roles(windows: Sequence[WindowAt], resources: Sequence[ResourceAt]) -> Iterator[Finding]:
    """Find roles of window tasks that may do more than patching needs."""
    roles = {
        (role.stack, role.logical_id)
        for window in windows
        for task in window.record.tasks
        if isinstance(role := task.service_role_arn, Reference) and role.resource_type == "AWS::IAM::Role"
    }
    for resource in resources:
        if not isinstance(resource.properties, Unknown):
            for right in _rights(resource, resource.properties, roles):
                yield Finding(
                    id=FindingId.WINDOW_ROLE_WILDCARD,
                    level=Level.WARNING,
                    field="policies",
                    message="a maintenance window with this role may do more than patch its nodes",
                    received=right,
                    allowed="ssm:SendCommand on the patching document and on nodes with the tag of the patch "
                    "group, and iam:PassRole for named roles only",
                    source=_PAGE,
                    location=resource.location,
                )


def _rights(
    resource: ResourceAt, properties: Mapping[str, object], roles: set[tuple[str, str]]
) -> Iterator[str]:
    """Yield the rights without bounds that a resource gives to one of the roles."""
    if resource.type == "AWS::IAM::Role" and (resource.stack, resource.location.logical_id) in roles:
        for policy in texts(properties.get("ManagedPolicyArns")):
            text = policy.text if isinstance(policy, PartlyKnown) else policy
            if isinstance(text, str) and text.rpartition("/")[2] in _WIDE_POLICIES:
                yield text.rpartition("/")[2]
        for policy in texts(properties.get("Policies")):
            if isinstance(policy, Mapping):
                yield from _wildcards(policy.get("PolicyDocument"))
    elif resource.type in {"AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"} and any(
        isinstance(role, Reference) and (role.stack, role.logical_id) in roles
        for role in texts(properties.get("Roles"))
    ):
        yield from _wildcards(properties.get("PolicyDocument"))


def _wildcards(document: object) -> Iterator[str]:
    for statement in statements(document):
        if "*" not in texts(statement.get("Resource")) or statement.get("Condition"):
            continue
        for action in texts(statement.get("Action")):
            if isinstance(action, str) and (
                action == "*" or action.endswith(":*") or action.lower() in _DANGEROUS_EVERYWHERE
            ):
                yield f"{action} on *"
