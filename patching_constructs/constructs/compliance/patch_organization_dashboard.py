"""Shows the rings of all accounts and Regions of an organization."""

import json
from collections.abc import Sequence
from typing import ClassVar

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from patching_constructs.constructs._shared.report import refuse_errors
from patching_constructs.constructs._shared.stack_environment import environment_of
from patching_constructs.constructs.compliance.dashboard.organization import (
    METRICS,
    METRICS_OF_A_SOURCE,
    ShownOrganization,
    organization_body,
)
from patching_constructs.contracts.compliance_metrics import ComplianceMetric
from patching_constructs.rules.accounts.dashboard_source import check_dashboard_sources
from patching_constructs.values.dashboard_source import DashboardSource
from patching_constructs.values.declared_types import checked_arguments


class PatchOrganizationDashboard(Construct):
    """Show the rings of all accounts and Regions on one dashboard, in the security account.

    Tables of the last hours: compliant nodes, overdue and failed patches and nodes overdue for a reboot. Then
    whether reports come, and the last week of nodes that are not reached, not scanned or on another baseline.
    The state of alarms and what ran last night are on `PatchDashboard`, in each account.

    A widget reads metrics of another account with the role `CloudWatch-CrossAccountSharingRole` of that
    account, which has to trust the account of the dashboard; where it does not, its lines have no value. In
    the account of the dashboard, the cross-account console has to be enabled once.

    One dashboard costs 3 USD a month, however many accounts it shows. It has room for 2,500 metrics: 7 of
    each ring and one of each account and Region. With more rings the last widgets are left out, and the
    dashboard says which.

    Args:
        scope: Parent construct.
        id: Id, unique in `scope`.
        rollout_name: Name of the rollout whose rings are shown.
        sources: The accounts and Regions, in the order in which they are shown. Their reporters must publish
            `METRICS` (`ComplianceReporter(published_metrics=...)`).
        dashboard_name: Name, unique in the account over all Regions. Characters: a-z A-Z 0-9 - _. A new name
            replaces the dashboard. Default: `patching-ROLLOUT`.

    Attributes:
        METRICS: The metrics of a ring that it reads.
        dashboard_name: Its name.
        metric_count: How many metrics it has.

    Raises:
        InvalidInputError: If there is no source, an account and Region is given twice, or there are too many
            rings for one dashboard.

    Example:
        >>> import aws_cdk as cdk
        >>> from patching_constructs import DashboardSource, PatchOrganizationDashboard
        >>> stack = cdk.Stack(
        ...     cdk.App(), "Patching", env=cdk.Environment(account="222222222222", region="eu-central-1")
        ... )
        >>> prod = DashboardSource(
        ...     account_id="111111111111", account_name="prod", region="eu-central-1", rings=["prod"]
        ... )
        >>> PatchOrganizationDashboard(stack, "Dashboard", rollout_name="web", sources=[prod]).metric_count
        8

    See: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_xaxr_dashboard.html
    """

    METRICS: ClassVar[tuple[ComplianceMetric, ...]] = METRICS

    @checked_arguments
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        rollout_name: str,
        sources: Sequence[DashboardSource],
        dashboard_name: str | None = None,
    ) -> None:
        here = environment_of(scope)
        shown = ShownOrganization(
            rollout=rollout_name, home_account=here.account, home_region=here.region, sources=sources
        )
        refuse_errors(
            scope,
            id,
            check_dashboard_sources(
                [(source.account_id, source.region) for source in sources],
                rings=shown.ring_count,
                metrics_of_a_source=METRICS_OF_A_SOURCE,
            ),
            subject="PatchOrganizationDashboard",
        )
        super().__init__(scope, id)
        self.metric_count = len(shown.metrics) * shown.ring_count + METRICS_OF_A_SOURCE * len(sources)
        self.dashboard_name: str = dashboard_name or f"patching-{rollout_name.replace('.', '-')}"
        cloudwatch.CfnDashboard(
            self,
            "Resource",
            dashboard_name=self.dashboard_name,
            dashboard_body=json.dumps(organization_body(shown), separators=(",", ":")),
        )
