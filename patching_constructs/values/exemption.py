"""Exemptions as callers write them."""

from dataclasses import dataclass

from patching_constructs.errors import raise_errors
from patching_constructs.model.exemption import ExemptionRecord
from patching_constructs.rules.accounts.exemption import check_exemption
from patching_constructs.values.declared_types import settle_fields


@dataclass(frozen=True, kw_only=True, slots=True)
class Exemption(ExemptionRecord):
    """Say that nodes, patches or certain patches on certain nodes need not comply until a day.

    It changes what is reported, never what is installed: an exempt node is patched like any other. To keep a
    patch off nodes, reject it in their baseline (`rejected_patches`).

    Attributes:
        owner: Who answers for it, not empty.
        reason: Why, not empty.
        ticket: Where it was decided, not empty.
        expires: Last day on which it holds, in UTC.
        nodes: Pattern for ids or names of nodes; `*` matches any characters. Default: every node.
        patches: Pattern for ids of patches, likewise. Default: every patch, so that the node is exempt.
        patch_groups: The groups whose nodes are meant. Default: all.

    Raises:
        InvalidInputError: If owner, reason, ticket or a pattern is empty, or if neither nodes nor patches nor
            patch groups are chosen.

    Example:
        >>> import datetime as dt
        >>> from patching_constructs import Exemption
        >>> exemption = Exemption(
        ...     owner="billing team",
        ...     reason="The vendor supports the driver with the older kernel only.",
        ...     ticket="CHG-1234",
        ...     expires=dt.date(2027, 3, 31),
        ...     nodes="billing-*",
        ...     patches="kernel*",
        ... )
        >>> exemption.holds_on(dt.date(2027, 3, 31)), exemption.holds_on(dt.date(2027, 4, 1))
        (True, False)

    See: https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-compliance-states.html
    """

    def __post_init__(self) -> None:
        """Check the exemption."""
        # Before the rules, which would fail on a value of a wrong type.
        settle_fields(self, subject="Exemption")
        raise_errors(check_exemption(self), subject="Exemption")
