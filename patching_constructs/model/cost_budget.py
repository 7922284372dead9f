"""How much may be charged in a month for what exists."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction


@dataclass(frozen=True, kw_only=True, slots=True)
class CostBudget:
    """The most that fixed costs may be in a month, at the prices of a price file.

    Fixed costs are charged for what exists, whatever happens: metrics, alarms, dashboards and keys. A budget
    holds for the third year, from which on keys that rotate cost most.

    Attributes:
        currency: Three letters. Default: USD.
        account_and_region: Most for each account and Region. Default: no limit.
        accounts: Most for each Region of single accounts in place of that, by account id. Default: none.
        organization: Most for all accounts and Regions together. Default: no limit.
        account_names: What people call accounts, by id. Default: only ids are known.

    Example:
        >>> from fractions import Fraction
        >>> from patching_constructs import CostBudget
        >>> CostBudget(account_and_region=Fraction("9.50")).of("111111111111")
        Fraction(19, 2)
    """

    currency: str = "USD"
    account_and_region: Fraction | None = None
    accounts: Mapping[str, Fraction] = field(default_factory=dict)
    organization: Fraction | None = None
    account_names: Mapping[str, str] = field(default_factory=dict)

    def of(self, account: str) -> Fraction | None:
        """Return the most for each Region of an account, or None where there is no limit.

        Args:
            account: Id of the account.
        """
        return self.accounts.get(account, self.account_and_region)
