"""Rules about what a new account accepts of the resources around patching."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from patching_constructs.analysis.account_quota_use import account_quota_use
from patching_constructs.model.account_quotas import AccountQuotas
from patching_constructs.model.estate import Environment, ResourceAt
from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.unknown import Maybe, Unknown
from patching_constructs.model.wording import plural

_FUNCTIONS = {"AWS::Lambda::Function", "AWS::Serverless::Function"}
_CONCURRENCY = "lambda_concurrent_executions"
_CONCURRENCY_PAGE = "https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html"


def check_account_quotas(resources: Sequence[ResourceAt], quotas: AccountQuotas) -> Iterator[Finding]:
    """Find more resources than an account, a Region of it, or another resource may have."""
    for found in account_quota_use(resources, quotas):
        if found.use.used > found.use.quota:
            raised = f"; if AWS has raised the quota, set quotas.{found.quota.name}"
            place = " in one account, in all Regions together" if found.quota.of_all_regions else ""
            yield Finding(
                id=FindingId.ACCOUNT_QUOTA,
                level=Level.ERROR,
                field=found.quota.name,
                message=f"more {found.quota.what} than AWS accepts{place}",
                received=f"{found.use.used:,}",
                allowed=f"up to {found.use.quota:,}{raised if found.quota.can_be_raised else ''}",
                source=found.quota.source,
                location=found.location,
            )


def check_lambda_concurrency(resources: Sequence[ResourceAt], quotas: AccountQuotas) -> Iterator[Finding]:
    """Find functions that reserve more concurrency than Lambda lets the account reserve."""
    reserving: defaultdict[Environment, list[ResourceAt]] = defaultdict(list)
    for resource in resources:
        if resource.type in _FUNCTIONS and _reserved(resource) != 0:
            reserving[resource.environment].append(resource)
    kept = quotas.unreserved_lambda_executions
    room = quotas.lambda_concurrent_executions - kept
    for functions in reserving.values():
        values = [_reserved(function) for function in functions]
        reserved = sum(value for value in values if isinstance(value, int))
        unknown = next((value for value in values if isinstance(value, Unknown)), None)
        if reserved > room:
            yield Finding(
                id=FindingId.LAMBDA_CONCURRENCY,
                level=Level.ERROR,
                field="ReservedConcurrentExecutions",
                message=f"more concurrency is reserved than the quota of the account and Region, "
                f"{quotas.lambda_concurrent_executions:,}, leaves: Lambda keeps {kept} unreserved",
                received=f"{reserved:,} in {plural(len(functions), 'function')}",
                allowed=f"{f'up to {room:,}' if room else 'no reservation'}; if the quota of the account is "
                f"{reserved + 100:,} or more, set quotas.{_CONCURRENCY}",
                source=_CONCURRENCY_PAGE,
                location=functions[-1].location,
            )
        elif unknown is not None:
            yield Finding(
                id=FindingId.LAMBDA_CONCURRENCY,
                level=Level.INFO,
                field="ReservedConcurrentExecutions",
                message="whether Lambda lets the account reserve so much concurrency",
                allowed=f"up to {room:,}",
                source=_CONCURRENCY_PAGE,
                undecided=unknown.reason,
                location=functions[-1].location,
            )


def _reserved(function: ResourceAt) -> Maybe[int]:
    """Return how much a function reserves; 0, which stops it, takes nothing from other functions."""
    properties = function.properties
    if isinstance(properties, Unknown):
        return properties
    value = properties.get("ReservedConcurrentExecutions", 0)
    if isinstance(value, str) and value.isdecimal():  # CloudFormation takes numbers as texts
        return int(value)
    return value if isinstance(value, int | Unknown) else 0
