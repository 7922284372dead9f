"""How much the resources of templates use of the quotas of their accounts."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from patching_constructs.analysis.quota_use import QuotaUse
from patching_constructs.model.account_quotas import AccountQuotas
from patching_constructs.model.estate import Environment, ResourceAt
from patching_constructs.model.location import Location
from patching_constructs.model.unknown import Maybe, PartlyKnown, Reference, Unknown

_EVENTBRIDGE = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html"
_IAM = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"
_SNS = "https://docs.aws.amazon.com/general/latest/gr/sns.html"
_SYSTEMS_MANAGER = "https://docs.aws.amazon.com/general/latest/gr/ssm.html"

_MOST_ALARMS_OF_A_COMPOSITE = 100
_MOST_ACTIONS_OF_A_STATE = 5
_ACTIONS = ("AlarmActions", "OKActions", "InsufficientDataActions")
_STATE_OF_AN_ALARM = re.compile(r"\b(?:ALARM|OK|INSUFFICIENT_DATA)\s*\(")


@dataclass(frozen=True, kw_only=True, slots=True)
class CountedQuota:
    """A quota of an account, of a Region of it, or of one resource.

    Attributes:
        name: Its name in `AccountQuotas`; quotas that AWS never raises are not there.
        what: What is counted, in words.
        source: Page of AWS with the quota.
        of_all_regions: Whether the account has one quota for all Regions together.
        can_be_raised: Whether AWS raises the quota on request.
    """

    name: str
    what: str
    source: str
    of_all_regions: bool = False
    can_be_raised: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountQuotaUse:
    """How much of a quota is used, as far as templates say.

    Attributes:
        quota: The quota.
        use: How much of it is used.
        environment: The account and Region of the last resource that counts.
        location: The last resource that counts.
    """

    quota: CountedQuota
    use: QuotaUse
    environment: Environment
    location: Location


_COUNTED = {
    "AWS::Events::EventBus": CountedQuota(name="event_buses", what="event buses", source=_EVENTBRIDGE),
    "AWS::Logs::LogGroup": CountedQuota(
        name="log_groups",
        what="log groups",
        source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html",
    ),
    "AWS::SNS::Topic": CountedQuota(name="topics", what="SNS topics", source=_SNS),
    "AWS::DynamoDB::Table": CountedQuota(
        name="tables",
        what="DynamoDB tables",
        source="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html",
    ),
    "AWS::KMS::Key": CountedQuota(
        name="keys",
        what="KMS keys",
        source="https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html",
    ),
    "AWS::SSM::Parameter": CountedQuota(
        name="standard_parameters", what="parameters of the standard tier", source=_SYSTEMS_MANAGER
    ),
    "AWS::SSM::Document": CountedQuota(
        name="documents", what="Systems Manager documents", source=_SYSTEMS_MANAGER
    ),
    "AWS::Config::ConfigRule": CountedQuota(
        name="config_rules",
        what="AWS Config rules",
        source="https://docs.aws.amazon.com/config/latest/developerguide/configlimits.html",
    ),
    "AWS::S3::Bucket": CountedQuota(
        name="buckets",
        what="S3 buckets",
        source="https://docs.aws.amazon.com/general/latest/gr/s3.html",
        of_all_regions=True,
    ),
    "AWS::IAM::Role": CountedQuota(name="roles", what="IAM roles", source=_IAM, of_all_regions=True),
    "AWS::IAM::ManagedPolicy": CountedQuota(
        name="customer_managed_policies",
        what="customer managed policies",
        source=_IAM,
        of_all_regions=True,
    ),
    "AWS::IAM::InstanceProfile": CountedQuota(
        name="instance_profiles", what="instance profiles", source=_IAM, of_all_regions=True
    ),
}
_EVENT_RULES = CountedQuota(name="event_rules_per_bus", what="rules of one event bus", source=_EVENTBRIDGE)
_TARGETS = CountedQuota(name="targets_per_event_rule", what="targets of one event rule", source=_EVENTBRIDGE)
_FILTER_POLICIES = CountedQuota(
    name="filter_policies_per_topic", what="filter policies of one SNS topic", source=_SNS
)
_MANAGED_POLICIES = CountedQuota(
    name="managed_policies_per_role", what="managed policies of one role", source=_IAM
)
_COMPOSITE_ALARM = CountedQuota(
    name="alarms_of_a_composite_alarm",
    what="alarms in the rule of one composite alarm",
    source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html",
    can_be_raised=False,
)
_ALARM_ACTIONS = CountedQuota(
    name="actions_of_an_alarm",
    what="actions of one alarm for one state",
    source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html",
    can_be_raised=False,
)


def account_quota_use(resources: Sequence[ResourceAt], quotas: AccountQuotas) -> Iterator[AccountQuotaUse]:
    """Yield how much is used of each quota of accounts and Regions, and of each resource that has one.

    Concurrency of functions is not among them, as Lambda keeps a part of it free. Nor is the number of
    alarms, of which CloudWatch has no quota.

    See: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html
    """
    by_type: defaultdict[str, list[ResourceAt]] = defaultdict(list)
    for resource in resources:
        if resource.type != "AWS::SSM::Parameter" or _value(resource, "Tier") != "Advanced":
            by_type[resource.type].append(resource)
    for resource_type, quota in _COUNTED.items():
        most = getattr(quotas, quota.name)
        for group in _grouped(by_type[resource_type], _account if quota.of_all_regions else _environment):
            yield _use(quota, group[-1], used=len(group), most=most)
    rules = by_type["AWS::Events::Rule"]
    for group in _grouped(rules, _owner("EventBusName")):
        most = quotas.event_rules_per_bus_in(group[-1].environment.region)
        yield _use(_EVENT_RULES, group[-1], used=len(group), most=most)
    for rule in rules:
        used = _length(_value(rule, "Targets"))
        yield _use(_TARGETS, rule, used=used, most=quotas.targets_per_event_rule)
    filtered = [
        item for item in by_type["AWS::SNS::Subscription"] if _value(item, "FilterPolicy") is not None
    ]
    for group in _grouped(filtered, _owner("TopicArn")):
        yield _use(_FILTER_POLICIES, group[-1], used=len(group), most=quotas.filter_policies_per_topic)
    attached = _attached(by_type["AWS::IAM::ManagedPolicy"])
    for role in by_type["AWS::IAM::Role"]:
        used = _length(_value(role, "ManagedPolicyArns")) + attached[role.stack, role.location.logical_id]
        yield _use(_MANAGED_POLICIES, role, used=used, most=quotas.managed_policies_per_role)
    composites = by_type["AWS::CloudWatch::CompositeAlarm"]
    for composite in composites:
        used = _alarms_in(_value(composite, "AlarmRule"))
        yield _use(_COMPOSITE_ALARM, composite, used=used, most=_MOST_ALARMS_OF_A_COMPOSITE)
    for alarm in (*by_type["AWS::CloudWatch::Alarm"], *composites):
        used = max(_length(_value(alarm, state)) for state in _ACTIONS)
        yield _use(_ALARM_ACTIONS, alarm, used=used, most=_MOST_ACTIONS_OF_A_STATE)


def _use(quota: CountedQuota, resource: ResourceAt, *, used: int, most: int) -> AccountQuotaUse:
    return AccountQuotaUse(
        quota=quota,
        use=QuotaUse(name=quota.name, what=quota.what, used=used, quota=most),
        environment=resource.environment,
        location=resource.location,
    )


def _grouped(
    resources: Sequence[ResourceAt], key: Callable[[ResourceAt], object]
) -> Iterator[list[ResourceAt]]:
    groups: defaultdict[object, list[ResourceAt]] = defaultdict(list)
    for resource in resources:
        groups[key(resource)].append(resource)
    yield from groups.values()


def _environment(resource: ResourceAt) -> object:
    return resource.environment


def _account(resource: ResourceAt) -> object:
    return resource.environment.account


def _owner(property_name: str) -> Callable[[ResourceAt], object]:
    """Return how to name what a resource belongs to; a name that is not known holds within its stack."""

    def owner(resource: ResourceAt) -> object:
        name = _value(resource, property_name)
        return resource.environment, resource.stack if isinstance(name, Unknown) else "", name

    return owner


def _attached(policies: Sequence[ResourceAt]) -> defaultdict[tuple[str, str | None], int]:
    """Count the policies that name a role, by the stack and logical id of the role."""
    attached: defaultdict[tuple[str, str | None], int] = defaultdict(int)
    for policy in policies:
        roles = _value(policy, "Roles")
        for role in roles if isinstance(roles, tuple) else ():
            if isinstance(role, Reference):
                attached[role.stack, role.logical_id] += 1
    return attached


def _alarms_in(rule: object) -> int:
    text = rule.text if isinstance(rule, PartlyKnown) else rule
    return len(_STATE_OF_AN_ALARM.findall(text)) if isinstance(text, str) else 0


def _value(resource: ResourceAt, name: str) -> Maybe[object]:
    properties = resource.properties
    return properties if isinstance(properties, Unknown) else properties.get(name)


def _length(value: object) -> int:
    return len(value) if isinstance(value, tuple) else 0
