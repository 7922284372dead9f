"""Service quotas: AWS's defaults, which AWS raises on request."""

import dataclasses
from typing import Annotated

from pydantic import Field, StrictInt

from patching_constructs.model.account_quotas import NEW_ACCOUNT_QUOTAS, AccountQuotas
from patching_constructs.model.maintenance_window_limits import AWS_QUOTAS, MaintenanceWindowQuotas
from patching_constructs.model.systems_manager_quotas import (
    AWS_SYSTEMS_MANAGER_QUOTAS,
    SystemsManagerQuotas,
)
from patching_constructs.settings.base import SettingsModel

Quota = Annotated[StrictInt, Field(ge=1)]


class QuotaSettings(SettingsModel):
    """How many resources AWS accepts; write down what AWS has raised for you.

    The defaults are those of a new account.

    See: https://docs.aws.amazon.com/general/latest/gr/ssm.html
    See: https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html
    """

    windows_per_account_and_region: Quota = AWS_QUOTAS.windows_per_account_and_region
    """Maintenance windows in one account and Region. Default: 50."""
    tasks_per_window: Quota = AWS_QUOTAS.tasks_per_window
    """Tasks in one window. Default: 20."""
    targets_per_window: Quota = AWS_QUOTAS.targets_per_window
    """Targets in one window. Default: 100."""
    targets_per_task: Quota = AWS_QUOTAS.targets_per_task
    """Targets of one task. Default: 10."""
    executions_at_once: Quota = AWS_QUOTAS.executions_at_once
    """Windows of one account and Region that may be at work at once. Default: 5."""
    patch_baselines: Quota = AWS_SYSTEMS_MANAGER_QUOTAS.patch_baselines
    """Patch baselines in one account and Region. Default: 50."""
    associations: Quota = AWS_SYSTEMS_MANAGER_QUOTAS.associations
    """State Manager associations in one account and Region. Default: 2,000."""
    associations_per_node: Quota = AWS_SYSTEMS_MANAGER_QUOTAS.associations_per_node
    """State Manager associations on one node. Default: 20."""
    managed_nodes: Quota = AWS_SYSTEMS_MANAGER_QUOTAS.managed_nodes
    """Managed nodes in one account and Region. Default: 2,400."""

    lambda_concurrent_executions: Quota = NEW_ACCOUNT_QUOTAS.lambda_concurrent_executions
    """Concurrent executions of Lambda functions in one account and Region. Default: 10, as in many new
    accounts, of which nothing can be reserved."""
    event_buses: Quota = NEW_ACCOUNT_QUOTAS.event_buses
    """Event buses in one account and Region. Default: 100."""
    event_rules_per_bus: Quota | None = None
    """Rules of one event bus. Default: 300, but 100 in af-south-1 and eu-south-1."""
    targets_per_event_rule: Quota = NEW_ACCOUNT_QUOTAS.targets_per_event_rule
    """Targets of one event rule. Default: 5."""
    event_bus_policy_characters: Quota = NEW_ACCOUNT_QUOTAS.event_bus_policy_characters
    """Size of the policy of one event bus. Unit: characters. Default: 10,240."""
    log_groups: Quota = NEW_ACCOUNT_QUOTAS.log_groups
    """Log groups in one account and Region. Default: 1,000,000."""
    topics: Quota = NEW_ACCOUNT_QUOTAS.topics
    """SNS topics in one account and Region. Default: 100,000."""
    filter_policies_per_topic: Quota = NEW_ACCOUNT_QUOTAS.filter_policies_per_topic
    """Subscriptions of one SNS topic that have a filter policy. Default: 200."""
    tables: Quota = NEW_ACCOUNT_QUOTAS.tables
    """DynamoDB tables in one account and Region. Default: 2,500."""
    keys: Quota = NEW_ACCOUNT_QUOTAS.keys
    """KMS keys in one account and Region. Default: 100,000."""
    standard_parameters: Quota = NEW_ACCOUNT_QUOTAS.standard_parameters
    """Parameters of the standard tier in one account and Region. Default: 10,000."""
    documents: Quota = NEW_ACCOUNT_QUOTAS.documents
    """Systems Manager documents in one account and Region. Default: 500."""
    config_rules: Quota = NEW_ACCOUNT_QUOTAS.config_rules
    """AWS Config rules in one account and Region. Default: 1,000."""
    buckets: Quota = NEW_ACCOUNT_QUOTAS.buckets
    """S3 buckets in one account. Default: 10,000."""
    roles: Quota = NEW_ACCOUNT_QUOTAS.roles
    """IAM roles in one account. Default: 1,000."""
    customer_managed_policies: Quota = NEW_ACCOUNT_QUOTAS.customer_managed_policies
    """Customer managed policies in one account. Default: 1,500."""
    instance_profiles: Quota = NEW_ACCOUNT_QUOTAS.instance_profiles
    """Instance profiles in one account. Default: 1,000."""
    managed_policies_per_role: Quota = NEW_ACCOUNT_QUOTAS.managed_policies_per_role
    """Managed policies of one role. Default: 10."""
    role_trust_policy_characters: Quota = NEW_ACCOUNT_QUOTAS.role_trust_policy_characters
    """Size of the trust policy of one role. Unit: characters. Default: 2,048."""

    def to_value(self) -> MaintenanceWindowQuotas:
        """Return the quotas of maintenance windows."""
        return MaintenanceWindowQuotas(
            windows_per_account_and_region=self.windows_per_account_and_region,
            tasks_per_window=self.tasks_per_window,
            targets_per_window=self.targets_per_window,
            targets_per_task=self.targets_per_task,
            executions_at_once=self.executions_at_once,
        )

    def to_systems_manager_quotas(self) -> SystemsManagerQuotas:
        """Return the other quotas of Systems Manager."""
        return SystemsManagerQuotas(
            patch_baselines=self.patch_baselines,
            associations=self.associations,
            associations_per_node=self.associations_per_node,
            managed_nodes=self.managed_nodes,
        )

    def to_account_quotas(self) -> AccountQuotas:
        """Return the quotas of other services."""
        return AccountQuotas(
            **{field.name: getattr(self, field.name) for field in dataclasses.fields(AccountQuotas)}
        )
