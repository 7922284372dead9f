"""How much may be charged in a month for what exists."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Annotated

from pydantic import Field, StrictFloat, model_validator

from patching_constructs.model.cost_budget import CostBudget
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.rules.limits import did_you_mean
from patching_constructs.settings.base import Name, SettingsModel, refuse
from patching_constructs.settings.entry import Entry
from patching_constructs.settings.file_finding import FileFinding, file_finding

Amount = Annotated[StrictFloat, Field(ge=0, le=1_000_000, examples=[9.5])]


class AccountBudgetSettings(SettingsModel):
    """The budget of one account.

    See: https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-identifiers.html
    """

    name: Name
    """Name of the account."""
    most: Amount
    """Most in a month in each Region of the account, in the currency of the budget."""


class MonthlyBudgetSettings(SettingsModel):
    """The most that may be charged in a month for what exists, whatever happens, at list prices.

    That is metrics, alarms, dashboards and keys, without free allowances, from the third year on, when keys
    that rotate cost most. `patching plan` shows the sums. More than that is an error.

    See: https://aws.amazon.com/cloudwatch/pricing/
    """

    currency: Annotated[str, Field(pattern="^[A-Z]{3}$", examples=["USD"])] = "USD"
    """Currency of the prices, three letters. Default: USD."""
    account_and_region: Amount | None = None
    """Most for each account and Region. Default: no limit."""
    accounts: list[AccountBudgetSettings] = Field(default_factory=list)
    """Other limits of single accounts. Default: none."""
    organization: Amount | None = None
    """Most for all accounts and Regions together. Default: no limit."""

    @model_validator(mode="after")
    def _limits_something(self) -> "MonthlyBudgetSettings":
        if self.account_and_region is None and self.organization is None and not self.accounts:
            refuse(
                "",
                "a budget without a limit",
                received="none of them",
                allowed="account_and_region, accounts, organization",
            )
        return self

    def to_value(self, account_ids: Mapping[str, str]) -> CostBudget:
        """Return the budget that the library works with.

        Args:
            account_ids: Ids of the accounts by name.
        """
        return CostBudget(
            currency=self.currency,
            account_and_region=_exact(self.account_and_region),
            accounts={account_ids[account.name]: Fraction(str(account.most)) for account in self.accounts},
            organization=_exact(self.organization),
            account_names={account_id: name for name, account_id in account_ids.items()},
        )


def check_monthly_budget(top: Entry) -> Iterator[FileFinding]:
    """Yield accounts with a budget that the file does not define."""
    section = top.entry("monthly_budget")
    names = [name for account in top.entries("accounts") if (name := account.text("name"))]
    for account in () if section is None else section.entries("accounts"):
        name = account.text("name")
        if name is not None and name not in names:
            yield file_finding(
                (*account.path, "name"),
                id=FindingId.SETTINGS_REFERENCE,
                message="no account has this name",
                allowed=", ".join(names) + did_you_mean(name, names),
            )


def _exact(amount: float | None) -> Fraction | None:
    return None if amount is None else Fraction(str(amount))
