"""Quotas of a new account that the resources around patching use up."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountQuotas:
    """How many resources AWS accepts in an account, or in one Region of it.

    The defaults are those of a new account; AWS raises them on request. Quotas of maintenance windows and
    of the rest of Systems Manager are in `MaintenanceWindowQuotas` and `SystemsManagerQuotas`.

    Args:
        lambda_concurrent_executions: Concurrent executions of all functions of an account and Region. AWS
            gives 10 to many new accounts, later 1,000. Lambda refuses reservations that leave fewer than 100
            unreserved, or fewer than the quota if that is lower. Default: 10, so that any reservation is
            refused.
        event_buses: Event buses in an account and Region. Default: 100.
        event_rules_per_bus: Rules of one event bus. Default: 300, but 100 in af-south-1 and eu-south-1.
        targets_per_event_rule: Targets of one rule. Default: 5.
        event_bus_policy_characters: Size of the policy of one event bus. Unit: characters. Default: 10,240.
        log_groups: Log groups in an account and Region. Default: 1,000,000.
        topics: SNS standard topics in an account and Region. Default: 100,000.
        filter_policies_per_topic: Subscriptions of one topic that have a filter policy. Default: 200.
        tables: DynamoDB tables in an account and Region. Default: 2,500.
        keys: KMS keys in an account and Region. Default: 100,000.
        standard_parameters: Parameters of the standard tier in an account and Region. Default: 10,000.
        documents: Systems Manager documents in an account and Region. Default: 500.
        config_rules: AWS Config rules in an account and Region. Default: 1,000.
        buckets: S3 buckets in an account, in all Regions together. Default: 10,000.
        roles: IAM roles in an account. Default: 1,000.
        customer_managed_policies: IAM policies in an account. Default: 1,500.
        instance_profiles: Instance profiles in an account. Default: 1,000.
        managed_policies_per_role: Managed policies of one role. Default: 10.
        role_trust_policy_characters: Size of the trust policy of one role. Unit: characters. Default: 2,048.

    See: https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html
    """

    lambda_concurrent_executions: int = 10
    event_buses: int = 100
    event_rules_per_bus: int | None = None
    targets_per_event_rule: int = 5
    event_bus_policy_characters: int = 10_240
    log_groups: int = 1_000_000
    topics: int = 100_000
    filter_policies_per_topic: int = 200
    tables: int = 2_500
    keys: int = 100_000
    standard_parameters: int = 10_000
    documents: int = 500
    config_rules: int = 1_000
    buckets: int = 10_000
    roles: int = 1_000
    customer_managed_policies: int = 1_500
    instance_profiles: int = 1_000
    managed_policies_per_role: int = 10
    role_trust_policy_characters: int = 2_048

    def event_rules_per_bus_in(self, region: object) -> int:
        """Return how many rules a bus may have in a Region, or in one that is not known."""
        if self.event_rules_per_bus is not None:
            return self.event_rules_per_bus
        return 100 if region in _REGIONS_WITH_FEWER_EVENT_RULES else 300

    @property
    def unreserved_lambda_executions(self) -> int:
        """How many concurrent executions Lambda keeps for functions without a reservation.

        See: https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
        See: https://github.com/aws-samples/s3-to-lambda-patterns/issues/36 (a quota of 50, all of it kept)
        """
        return min(100, self.lambda_concurrent_executions)


# The default quota of rules on an event bus depends on the Region, and these have a lower one.
# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
_REGIONS_WITH_FEWER_EVENT_RULES = {"af-south-1", "eu-south-1"}

NEW_ACCOUNT_QUOTAS = AccountQuotas()
"""What AWS accepts in an account that is new, and for which no quota has been raised."""
