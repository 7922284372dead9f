"""What the dashboard of an organization shows of an account and Region."""

from collections.abc import Sequence
from dataclasses import dataclass

from patching_constructs.errors import raise_errors
from patching_constructs.rules.accounts.dashboard_source import check_dashboard_source
from patching_constructs.values.declared_types import settle_fields


@dataclass(frozen=True, kw_only=True, slots=True)
class DashboardSource:
    """Name an account and Region whose compliance reporter publishes metrics.

    Args:
        account_id: Id of the account, 12 digits.
        account_name: Name of the account, for labels.
        region: Region of the reporter, such as `eu-central-1`.
        rings: Names of the rings that it reports, at least one.

    Raises:
        InvalidInputError: If the account id, the name or the Region is not valid, or there is no ring.

    Example:
        >>> from patching_constructs import DashboardSource
        >>> DashboardSource(
        ...     account_id="111111111111", account_name="prod", region="eu-central-1", rings=["prod"]
        ... ).rings
        ('prod',)

    See: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_xaxr_dashboard.html
    """

    account_id: str
    account_name: str
    region: str
    rings: Sequence[str]

    def __post_init__(self) -> None:
        """Run the rules."""
        settle_fields(self, subject="DashboardSource")
        raise_errors(
            check_dashboard_source(
                account_id=self.account_id,
                account_name=self.account_name,
                region=self.region,
                rings=self.rings,
            ),
            subject="DashboardSource",
        )
