"""Rules about AWS Config's rules: whether they exist in a Region, and their parameters."""

import json
from collections.abc import Iterator, Sequence

from patching_constructs.model.config_rules import (
    CONFIG_RULE_PARAMETERS_MAX_LENGTH,
    MISSING_IN,
    ManagedConfigRule,
)
from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.unknown import Maybe, Unknown


def check_config_rules(rules: Sequence[ManagedConfigRule] | None, *, region: Maybe[str]) -> Iterator[Finding]:
    """Find rules that are none, do not exist in the Region, or cannot be chosen without knowing it.

    Args:
        rules: The chosen rules, or None for all that exist.
        region: The Region.
    """
    if rules is None:
        if isinstance(region, Unknown):
            yield _finding(
                "rules",
                "the Region is not known before deployment, so it is unknown which rules exist in it",
                received="no choice",
                allowed="a list of ManagedConfigRule, or a stack whose Region is known",
            )
        return
    for index, rule in enumerate(rules):
        field = f"rules[{index}]"
        if rule not in set(ManagedConfigRule):
            yield _finding(
                field, "not a rule about patching", received=repr(rule), allowed=", ".join(ManagedConfigRule)
            )
        elif rule in rules[:index]:
            yield _finding(field, "duplicate rule", received=str(rule), allowed="each rule once")
        elif not isinstance(region, Unknown) and region in MISSING_IN[rule]:
            yield _finding(
                field,
                f"does not exist in {region}",
                received=str(rule),
                allowed=f"none in {', '.join(sorted(MISSING_IN[rule]))}",
                source="https://docs.aws.amazon.com/config/latest/developerguide/managing-rules-by-region-availability.html",
            )


def check_config_rule_parameters(parameters: dict[str, str]) -> Iterator[Finding]:
    """Find parameters that are longer than AWS Config accepts."""
    length = len(json.dumps(parameters))
    if length > CONFIG_RULE_PARAMETERS_MAX_LENGTH:
        yield Finding(
            id=FindingId.CONFIG_RULE_PARAMETERS,
            level=Level.ERROR,
            field="patch_groups",
            message="too long together for the parameters of one rule",
            received=f"{length} characters",
            allowed=f"{CONFIG_RULE_PARAMETERS_MAX_LENGTH} characters, or no patch_groups, so that any counts",
            source="https://docs.aws.amazon.com/config/latest/APIReference/API_ConfigRule.html",
        )


def _finding(field: str, message: str, *, received: str, allowed: str, source: str | None = None) -> Finding:
    return Finding(
        id=FindingId.CONFIG_RULE_REGION,
        level=Level.ERROR,
        field=field,
        message=message,
        received=received,
        allowed=allowed,
        source=source,
    )
