"""Where command output is kept."""

from collections.abc import Iterable, Mapping
from fractions import Fraction

from patching_constructs.model.estate import Environment, ResourceAt
from patching_constructs.model.unknown import Maybe, Reference, Unknown
from patching_constructs.schedules.run_frequency import MONTH

_LOG_GROUP, _BUCKET = "AWS::Logs::LogGroup", "AWS::S3::Bucket"
_NAMES = {_LOG_GROUP: "LogGroupName", _BUCKET: "BucketName"}
# Properties of a lifecycle rule that is not about every object.
_PARTIAL = {"ObjectSizeGreaterThan", "ObjectSizeLessThan", "Prefix", "TagFilters"}


class OutputPlaces:
    """The log groups and buckets of an estate."""

    def __init__(self, resources: Iterable[ResourceAt]) -> None:
        self._by_resource: dict[tuple[str, str | None], ResourceAt] = {}
        self._by_name: dict[tuple[str, str], list[ResourceAt]] = {}
        for resource in resources:
            name = _NAMES.get(resource.type)
            if name is None:
                continue
            self._by_resource[resource.stack, resource.location.logical_id] = resource
            if isinstance(text := _property(resource, name), str):
                self._by_name.setdefault((resource.type, text), []).append(resource)

    def retention(self, log_group: Maybe[str] | None, environment: Environment) -> Maybe[Fraction]:
        """Return how many months a log group keeps events."""
        resource = self._find(_LOG_GROUP, log_group, environment)
        if resource is None:
            return Unknown("the templates do not say how long the log group keeps command output")
        days = _property(resource, "RetentionInDays")
        if days is None:
            return Unknown("the log group keeps command output for ever, so that it grows every month")
        return _months(days, "the retention of the log group is no number")

    def expiration(self, bucket: Maybe[str]) -> Maybe[Fraction]:
        """Return after how many months a bucket lets objects expire."""
        resource = self._find(_BUCKET, bucket)
        if resource is None:
            return Unknown("the templates do not say how long the bucket keeps command output")
        lifecycle = _property(resource, "LifecycleConfiguration")
        rules = lifecycle.get("Rules") if isinstance(lifecycle, Mapping) else lifecycle
        if isinstance(rules, Unknown):
            return rules
        for rule in rules if isinstance(rules, tuple) else ():
            if isinstance(rule, Mapping) and _lets_all_expire(rule):
                return _months(rule["ExpirationInDays"], "the expiration of the bucket is no number")
        return Unknown("the bucket keeps command output for ever, so that it grows every month")

    def is_in_another_region(self, bucket: Maybe[str], environment: Environment) -> Maybe[int]:
        """Return 1 if a bucket is in another Region than `environment`, else 0."""
        resource = self._find(_BUCKET, bucket)
        if resource is None:
            return Unknown("the templates do not say in which Region the bucket for command output is")
        here, there = environment.region, resource.environment.region
        if here == there:
            return 0
        for region in (here, there):
            if isinstance(region, Unknown):
                return region
        return 1

    def _find(
        self, type_: str, name: Maybe[str] | None, environment: Environment | None = None
    ) -> ResourceAt | None:
        if isinstance(name, Reference):
            return self._by_resource.get((name.stack, name.logical_id))
        if name is None or isinstance(name, Unknown):
            return None
        found = [
            resource
            for resource in self._by_name.get((type_, name), ())
            if environment is None or resource.environment == environment
        ]
        return found[0] if len(found) == 1 else None


def _lets_all_expire(rule: Mapping[object, object]) -> bool:
    return rule.get("Status") == "Enabled" and "ExpirationInDays" in rule and not _PARTIAL & rule.keys()


def _months(days: object, otherwise: str) -> Maybe[Fraction]:
    if isinstance(days, Unknown):
        return days
    if isinstance(days, str) and days.isdecimal():
        days = int(days)
    if not isinstance(days, int):
        return Unknown(otherwise)
    return Fraction(days * 86_400, MONTH.days * 86_400 + MONTH.seconds)


def _property(resource: ResourceAt, name: str) -> object:
    properties = resource.properties
    return properties if isinstance(properties, Unknown) else properties.get(name)
