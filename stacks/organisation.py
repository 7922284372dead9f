"""From settings to stacks: one in the security account, one per workload account and Region."""

import aws_cdk as cdk

from patching_constructs import AccountSettings, Finding, Settings
from stacks.from_settings import shares_chat
from stacks.security_stack import SecurityStack
from stacks.workload_stack import WorkloadStack


def define_organisation(app: cdk.App, settings: Settings) -> None:
    """Define every stack of the organisation in `app`."""
    security = SecurityStack(
        app,
        f"Patching-{settings.security_account.name}",
        settings=settings,
        env=_environment(settings.security_account, settings.regions[0]),
    )
    for account in settings.workload_accounts:
        first, *others = (
            WorkloadStack(
                app,
                f"Patching-{account.name}-{region}",
                settings=settings,
                account=account,
                event_bus_arn=security.event_bus_arn,
                history_bucket_name=security.history_bucket_name,
                history_key_arn=security.history_key_arn,
                env=_environment(account, region),
            )
            for region in settings.regions
        )
        if shares_chat(settings, account):
            for other in others:
                first.add_dependency(other, "its chat channels show the topic of this Region")
    _annotate(app, settings.warnings)


def _environment(account: AccountSettings, region: str) -> cdk.Environment:
    return cdk.Environment(account=account.id, region=region)


def _annotate(app: cdk.App, warnings: tuple[Finding, ...]) -> None:
    for warning in warnings:
        cdk.Annotations.of(app).add_warning_v2(f"patching-constructs::{warning.id}", str(warning))
