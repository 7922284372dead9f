"""What is deployed, as IAM sees it: the policies of roles and resources, and which key encrypts what."""

import functools
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from moto.iam.aws_managed_policies import aws_managed_policies_data

from local_aws.cloudformation.stack import DeployedStack
from local_aws.records import StackResource
from local_aws.services.moto_seams import every_stack
from tests.conformance.iam.evaluator import Authorization, Document, Request

Properties = Mapping[str, Any]

_KEY_PROPERTIES = {
    "AWS::DynamoDB::Table": "SSESpecification.KMSMasterKeyId",
    "AWS::Lambda::Function": "KmsKeyArn",
    "AWS::Logs::LogGroup": "KmsKeyId",
    "AWS::SNS::Topic": "KmsMasterKeyId",
    "AWS::SQS::Queue": "KmsMasterKeyId",
}
_EVERYONE_READS = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}],
}
"""AWS's own buckets are public: https://docs.aws.amazon.com/systems-manager/latest/userguide/ssm-agent-minimum-s3-permissions.html"""

_S3 = "arn:aws:s3:::"
_AWS = "000000000000"
"""A stand-in for accounts of AWS."""

_AWS_OWNED_BUCKETS = "policy of AWS's own buckets"


@dataclass(frozen=True, kw_only=True, slots=True)
class Statement:
    """A statement of a policy, and where it was defined.

    Attributes:
        stack: Name of the stack.
        logical_id: The resource that holds it.
        document: The statement.
    """

    stack: str
    logical_id: str
    document: Document

    @property
    def sid(self) -> str:
        """Its id, or nothing."""
        return str(self.document.get("Sid", ""))

    @property
    def actions(self) -> list[str]:
        """Its actions, as they are written."""
        return _list(self.document.get("Action"))

    @property
    def resources(self) -> list[str]:
        """Its resources; those of a trust policy are none."""
        return _list(self.document.get("Resource"))

    @property
    def condition_keys(self) -> set[str]:
        """The keys that its conditions ask for."""
        conditions = self.document.get("Condition", {})
        return {key for of_operator in conditions.values() for key in of_operator}

    @property
    def is_allow(self) -> bool:
        """Whether it grants something."""
        return bool(self.document["Effect"] == "Allow")


@dataclass(frozen=True, slots=True)
class _Resource:
    stack: DeployedStack
    resource: StackResource

    @property
    def type_name(self) -> str:
        return self.resource.type_name

    @property
    def properties(self) -> Properties:
        return self.resource.properties

    @property
    def arn(self) -> str:
        return _arn(self)


@dataclass(kw_only=True)
class Deployed:
    """The policies of all stacks of the local AWS.

    Attributes:
        organization_id: The organization of all their accounts.
    """

    organization_id: str
    statements: dict[str, list[Statement]] = field(default_factory=lambda: defaultdict(list))
    """Statements by the id of their policy, which is the ARN of a managed policy or of a resource."""
    policies_of_role: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    key_of: dict[str, str] = field(default_factory=dict)
    """ARN of the customer key that encrypts a resource, by the ARN of the resource."""
    buckets: dict[str, str] = field(default_factory=dict)
    """Account of each bucket, by its ARN."""

    def __post_init__(self) -> None:
        self._added: dict[str, Document] = {}
        self._resources = [
            _Resource(stack, resource) for stack in every_stack() for resource in stack.resources.values()
        ]
        for each in self._resources:
            self._take(each)

    def arn(self, stack_name: str, type_name: str, containing: str = "") -> str:
        """Return the ARN of the one resource of a type whose logical id contains a text."""
        found = self.arns(stack_name, type_name, containing)
        assert len(found) == 1, f"{type_name} {containing} in {stack_name}: {found}"
        return found[0]

    def arns(self, stack_name: str, type_name: str, containing: str = "") -> list[str]:
        """Return the ARNs of the resources of a type whose logical ids contain a text."""
        return [each.arn for each in self._of_type(stack_name, type_name, containing)]

    def physical_ids(self, stack_name: str, type_name: str, containing: str = "") -> list[str]:
        """Return the physical ids of the resources of a type whose logical ids contain a text."""
        return [each.resource.physical_id for each in self._of_type(stack_name, type_name, containing)]

    def with_properties(self, stack_name: str, type_name: str) -> list[tuple[str, Properties]]:
        """Return the ARNs of the resources of a type with their resolved properties."""
        return [(each.arn, each.properties) for each in self._of_type(stack_name, type_name)]

    def add_policy(self, name: str, document: Document) -> str:
        """Add a policy that no stack defines, and return its id."""
        self._added[name] = document
        return name

    def add_role(self, account: str, name: str, policies: Sequence[str]) -> str:
        """Add a role that no stack defines, with policies by their ids, and return its ARN."""
        role = f"arn:aws:iam::{account}:role/{name}"
        self.policies_of_role[role] = list(policies)
        return role

    def role_of_function(self, account: str, name: str) -> str:
        """Return the ARN of the role of a function."""
        (role,) = (
            each.properties["Role"]
            for each in self._resources
            if (each.type_name, each.stack.account, each.resource.physical_id)
            == ("AWS::Lambda::Function", account, name)
        )
        return str(role)

    def documents(self) -> dict[str, Document]:
        """Return every policy by its id."""
        own = {
            policy: {"Version": "2012-10-17", "Statement": [each.document for each in statements]}
            for policy, statements in self.statements.items()
        }
        attached = {policy for policies in self.policies_of_role.values() for policy in policies}
        of_aws = _aws_managed_policies()
        return {
            **{arn: of_aws[arn] for arn in attached & of_aws.keys()},
            **own,
            **self._added,
            _AWS_OWNED_BUCKETS: _EVERYONE_READS,
        }

    def authorization(self, request: Request) -> Authorization:
        """Put the policies and the condition keys to a request that decide about it."""
        is_role = request.principal.startswith("arn:")
        if is_role:
            principal_account = request.principal.split(":")[4]
            always = {
                "aws:PrincipalArn": request.principal,
                "aws:PrincipalAccount": principal_account,
                "aws:PrincipalOrgID": self.organization_id,
                "aws:PrincipalIsAWSService": "false",
            }
            if request.action.startswith("kms:"):
                always["kms:CallerAccount"] = principal_account
        else:
            principal_account = _AWS
            always = {"aws:PrincipalServiceName": request.principal, "aws:PrincipalIsAWSService": "true"}
        if request.action.startswith("s3:"):
            always["s3:TlsVersion"] = "1.3"
        return Authorization(
            request=request,
            account=self._account_of(request.resource) or principal_account,
            context={"aws:SecureTransport": "true", **always, **request.context},
            identity_policies=self.policies_of_role[request.principal] if is_role else (),
            resource_policy=self._policy_of(request.resource),
        )

    def _policy_of(self, resource: str) -> str | None:
        policy = _protected(resource)
        if policy in self.statements:
            return policy
        is_foreign_bucket = resource.startswith(_S3) and policy not in self.buckets
        return _AWS_OWNED_BUCKETS if is_foreign_bucket else None

    def _account_of(self, resource: str) -> str | None:
        if resource.startswith(_S3):
            return self.buckets.get(_protected(resource), _AWS)
        # What AWS owns in Systems Manager has no policy of its own: the caller's decide alone.
        if resource == "*" or ":document/AWS-" in resource or ":patchbaseline/" in resource:
            return None
        return resource.split(":")[4]

    def _of_type(self, stack_name: str, type_name: str, containing: str = "") -> list[_Resource]:
        return [
            each
            for each in self._resources
            if each.stack.name == stack_name
            and each.type_name == type_name
            and containing in each.resource.logical_id
        ]

    def _take(self, each: _Resource) -> None:
        properties = each.properties
        if each.type_name == "AWS::IAM::Role":
            self._add(each, each.arn, properties["AssumeRolePolicyDocument"])
            self.policies_of_role[each.arn] += properties.get("ManagedPolicyArns", [])
            for policy in properties.get("Policies", []):
                self._add(each, f"inline policies of {each.arn}", policy["PolicyDocument"])
                self.policies_of_role[each.arn].append(f"inline policies of {each.arn}")
        elif each.type_name in {"AWS::IAM::ManagedPolicy", "AWS::IAM::Policy"}:
            policy_id = f"{each.stack.account} {each.resource.physical_id}"
            if each.type_name == "AWS::IAM::ManagedPolicy":
                policy_id = each.resource.physical_id
            self._add(each, policy_id, properties["PolicyDocument"])
            for role in properties.get("Roles", []):
                self.policies_of_role[f"arn:aws:iam::{each.stack.account}:role/{role}"].append(policy_id)
        elif each.type_name == "AWS::S3::Bucket":
            self.buckets[each.arn] = each.stack.account
        for resource, document in _resource_policies(each):
            self._add(each, resource, document)
        key = _key(each)
        if key is not None:
            self.key_of[each.arn] = key

    def _add(self, each: _Resource, policy: str, document: Document) -> None:
        self.statements[policy] += [
            Statement(stack=each.stack.name, logical_id=each.resource.logical_id, document=statement)
            for statement in _list(document["Statement"])
        ]


def _resource_policies(each: _Resource) -> Iterator[tuple[str, Document]]:
    """Yield the policies of resources that a resource of a stack defines."""
    properties = each.properties
    place = f"{each.stack.region}:{each.stack.account}"
    if each.type_name == "AWS::S3::BucketPolicy":
        yield f"arn:aws:s3:::{properties['Bucket']}", properties["PolicyDocument"]
    elif each.type_name == "AWS::SQS::QueuePolicy":
        for url in properties["Queues"]:
            yield f"arn:aws:sqs:{place}:{url.rsplit('/', 1)[1]}", properties["PolicyDocument"]
    elif each.type_name == "AWS::SNS::TopicPolicy":
        for topic in properties["Topics"]:
            yield topic, properties["PolicyDocument"]
    elif each.type_name == "AWS::KMS::Key":
        yield each.arn, properties["KeyPolicy"]
    elif each.type_name == "AWS::Events::EventBusPolicy":
        bus = properties.get("EventBusName", "default").rsplit("/", 1)[-1]
        yield f"arn:aws:events:{place}:event-bus/{bus}", {"Statement": properties["Statement"]}
    elif each.type_name == "AWS::Lambda::Permission":
        yield _function_policy(properties, place)


def _function_policy(properties: Properties, place: str) -> tuple[str, Document]:
    """Write a permission as the statement that Lambda makes of it.

    See: https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
    """
    function = f"arn:aws:lambda:{place}:function:{properties['FunctionName'].rsplit(':', 1)[-1]}"
    conditions: dict[str, dict[str, str]] = {}
    if "SourceArn" in properties:
        conditions["ArnLike"] = {"aws:SourceArn": properties["SourceArn"]}
    if "SourceAccount" in properties:
        conditions["StringEquals"] = {"aws:SourceAccount": properties["SourceAccount"]}
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": properties["Principal"]},
        "Action": properties["Action"],
        "Resource": function,
        "Condition": conditions,
    }
    return function, {"Statement": statement}


def _key(each: _Resource) -> str | None:
    """Return the ARN of the customer key of a resource, or None if it has none."""
    if each.type_name == "AWS::S3::Bucket":
        encryption = each.properties.get("BucketEncryption", {}).get("ServerSideEncryptionConfiguration", [])
        keys = [rule["ServerSideEncryptionByDefault"].get("KMSMasterKeyID") for rule in encryption]
        return keys[0] if keys else None
    value: Any = each.properties
    for name in _KEY_PROPERTIES.get(each.type_name, "none").split("."):
        value = value.get(name, {})
    return str(value) if value else None


def _arn(each: _Resource) -> str:
    physical_id = each.resource.physical_id
    if "Arn" in each.resource.attributes:
        return str(each.resource.attributes["Arn"])
    assert physical_id.startswith("arn:"), f"{each.type_name} {physical_id} has no ARN"
    return physical_id


def _protected(resource: str) -> str:
    """Return what has the policy that protects a resource: the bucket of an object."""
    return resource.split("/")[0] if resource.startswith(_S3) else resource


@functools.cache
def _aws_managed_policies() -> dict[str, Document]:
    """Return AWS's managed policies by their ARN, as AWS's API lists them."""
    return {
        f"arn:aws:iam::aws:policy{policy['Path']}{name}": policy["Document"]
        for name, policy in json.loads(aws_managed_policies_data).items()
    }


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, Iterable) and not isinstance(value, str | Mapping) else [value]
