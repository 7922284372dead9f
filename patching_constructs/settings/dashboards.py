"""Dashboards of workload accounts, and the role that shares their metrics."""

from pydantic import StrictBool

from patching_constructs.settings.base import SettingsModel


class DashboardSettings(SettingsModel):
    """Dashboards in addition to the one of the organization, which is in the security account.

    That one reads the metrics of the workload accounts through CloudWatch's cross-account console.

    See: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Cross-Account-Cross-Region.html
    """

    account_dashboards: StrictBool = False
    """Define a dashboard in each workload account and Region too, 3 USD a month each. Default: false."""
    sharing_role: StrictBool = True
    """Define the IAM role CloudWatch-CrossAccountSharingRole in each workload account, which shares metrics
    with the security account. Use false where accounts have this role already. Default: true."""
