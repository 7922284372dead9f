"""The rules about a whole app, as a validation plugin of the CDK."""

import datetime as dt
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import aws_cdk as cdk
import jsii

from patching_constructs._version import __version__
from patching_constructs.analysis.costs.price_list import PriceList
from patching_constructs.analysis.ring_plans import RingChoice
from patching_constructs.errors import raise_errors
from patching_constructs.model.account_quotas import NEW_ACCOUNT_QUOTAS, AccountQuotas
from patching_constructs.model.acknowledgement import Acknowledgement
from patching_constructs.model.cost_budget import CostBudget
from patching_constructs.model.exemption import ExemptionRecord
from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.freeze import Freeze
from patching_constructs.model.location import Location
from patching_constructs.model.maintenance_window_limits import AWS_QUOTAS, MaintenanceWindowQuotas
from patching_constructs.model.promises import Promise
from patching_constructs.model.systems_manager_quotas import (
    AWS_SYSTEMS_MANAGER_QUOTAS,
    SystemsManagerQuotas,
)
from patching_constructs.rules.accounts.exemption import check_exemptions, warn_about_exemptions
from patching_constructs.rules.acknowledged_findings import judge
from patching_constructs.rules.estate import CheckOptions, check_estates
from patching_constructs.rules.rings.promises import check_promises
from patching_constructs.rules.rings.ring_order import DEFAULT_VISIBILITY_LAG
from patching_constructs.rules.windows.freeze import check_freezes
from patching_constructs.rules.windows.window_runs import DEFAULT_MINUTES_PER_NODE
from patching_constructs.schedules.horizon import default_until, horizon_between
from patching_constructs.templates.acknowledgement_file import DEFAULT_FILE, read_acknowledgements
from patching_constructs.templates.assembly import find_stacks
from patching_constructs.templates.estate import estates_of
from patching_constructs.templates.price_file import SHIPPED_FILE, read_prices
from patching_constructs.values.declared_types import checked_arguments


@jsii.implements(cdk.IPolicyValidationPlugin)
class PatchingChecks:
    """Check everything that an app deploys, over all of its stacks, accounts and stages.

    The rules are those of `patching check`. They read the synthesized templates, so that ring order is proved
    across accounts, whoever wrote the resources. An error fails the synth; a warning, or a question that
    stays open, is printed.

    A finding is accepted in one of two ways:

    - CDK's own acknowledgement (`cdk.Validations`) of `patching-constructs::<finding id>` on a construct,
      which silences what the construct annotates, this plugin, and `patching check` on the `cdk.out`.
    - An entry with owner, reason and expiry in the file of acknowledgements, which this plugin and `patching
      check` read. An entry that has expired silences nothing and is a warning.

    Register it on the app. On a stage it sees the stacks of that stage only.

    Args:
        from_: First day that is looked at. Default: today, in UTC.
        until: Day after the last. Default: 24 months after the first.
        rings: Patterns for the patch groups of each ring by its name, earliest first. Default: the marks that
            `RingedMaintenanceWindow` leaves in the templates.
        production: Names of the rings that are production. Default: those marked, or else the last ring that
            installs.
        visibility_lag: How much later than published nodes may see a patch. Zero turns the margin off.
            Default: 7 days.
        promises: How soon patches are promised to be installed, by the name of the ring, in addition to what
        the
            templates say themselves (`Ring.promises`). A promise that is broken is an error.
        freezes: When nothing may be installed. A run in a freeze is an error that names it, and no run to
            the proofs of order and exposure.
        exemptions: Nodes and patches that need not comply for a while. One that has expired is a warning, and
            so is one that holds for more than a year. For those in patching.yaml the warnings of
            `load_settings` say the same, with the line.
        minutes_per_node: Minutes that one node takes to install and reboot, from 1. Default: 30.
        node_counts: How many nodes each patch group has. Default: windows may be too short for them unseen.
        budget: The most that fixed costs may be in a month. More is an error. Default: no limit.
        prices: File with prices of your own, which go before the list prices of this library, for the budget.
            Default: none.
        maintenance_window_quotas: Quotas that AWS has raised for you. Default: AWS's defaults.
        systems_manager_quotas: The other quotas, likewise.
        account_quotas: Quotas of other services that AWS has raised for you. Default: those of a new account,
            such as 10 concurrent executions of Lambda functions.
        acknowledgements: File of accepted findings. Default: `patching-acknowledgements.yaml` in the current
            folder, if there is one.

    Raises:
        InvalidInputError: If the horizon is empty, the lag negative, or a promise, a freeze, an exemption or
            the minutes are none.

    Example:
        >>> import aws_cdk as cdk
        >>> from patching_constructs import PatchingChecks
        >>> app = cdk.App(analytics_reporting=False)
        >>> cdk.Validations.of(app).add_plugins(PatchingChecks())

    See: https://docs.aws.amazon.com/cdk/v2/guide/policy-validation-synthesis.html
    """

    @checked_arguments
    def __init__(
        self,
        *,
        from_: dt.date | None = None,
        until: dt.date | None = None,
        rings: Mapping[str, str] | None = None,
        production: Sequence[str] = (),
        visibility_lag: dt.timedelta = DEFAULT_VISIBILITY_LAG,
        promises: Mapping[str, Sequence[Promise]] | None = None,
        freezes: Sequence[Freeze] = (),
        exemptions: Sequence[ExemptionRecord] = (),
        minutes_per_node: int = DEFAULT_MINUTES_PER_NODE,
        node_counts: Mapping[str, int] | None = None,
        budget: CostBudget | None = None,
        prices: str | os.PathLike[str] | None = None,
        maintenance_window_quotas: MaintenanceWindowQuotas = AWS_QUOTAS,
        systems_manager_quotas: SystemsManagerQuotas = AWS_SYSTEMS_MANAGER_QUOTAS,
        account_quotas: AccountQuotas = NEW_ACCOUNT_QUOTAS,
        acknowledgements: str | os.PathLike[str] | None = None,
    ) -> None:
        self._today = dt.datetime.now(dt.UTC).date()
        first = self._today if from_ is None else from_
        last = default_until(first) if until is None else until
        promised = {name: tuple(several) for name, several in (promises or {}).items()}
        mistakes = [
            *_mistakes(first, last, visibility_lag, minutes_per_node),
            *check_freezes(freezes),
            *check_exemptions(exemptions),
            *(
                finding
                for name, several in promised.items()
                for finding in check_promises(several, field=f"promises[{name}]")
            ),
        ]
        raise_errors(mistakes, subject="PatchingChecks")
        self._options = CheckOptions(
            horizon=horizon_between(first, last),
            rings=tuple(RingChoice(name=name, glob=glob) for name, glob in (rings or {}).items()),
            production=tuple(production),
            visibility_lag=visibility_lag,
            freezes=tuple(freezes),
            promises=promised,
            node_counts=node_counts or {},
            minutes_per_node=minutes_per_node,
            budget=budget,
            prices=PriceList(() if prices is None else read_prices(Path(prices)), read_prices(SHIPPED_FILE))
            if budget
            else PriceList(),
            quotas=maintenance_window_quotas,
            systems_manager_quotas=systems_manager_quotas,
            account_quotas=account_quotas,
        )
        self._exemptions = tuple(exemptions)
        self._acknowledgements = None if acknowledgements is None else Path(acknowledgements)

    @property
    def name(self) -> str:
        """The name under which findings are printed, and the part of their ids before `::`."""
        return "patching-constructs"

    @property
    def version(self) -> str:
        """The version of this library."""
        return __version__

    @property
    def rule_ids(self) -> list[str]:
        """The ids of all findings."""
        return list(FindingId)

    @jsii.member(jsii_name="validate")
    def validate(self, context: cdk.IPolicyValidationContext) -> cdk.PolicyValidationPluginReport:
        """Check the stacks that the CDK hands over, once they are synthesized."""
        findings = self._findings([Path(stack.template_path) for stack in context.stack_templates])
        reported = [finding for finding in findings if _is_reported(finding)]
        return cdk.PolicyValidationPluginReport(
            # This flag decides whether the synth fails; violations of a successful report are printed.
            success=all(finding.level is not Level.ERROR for finding in reported),
            plugin_version=__version__,
            violations=[_violation(finding) for finding in reported],
        )

    def _findings(self, templates: Sequence[Path]) -> Iterator[Finding]:
        wanted = {template.resolve() for template in templates}
        # The whole assembly is read for stages and nested stacks; the stacks of this call are picked from it.
        assembly = Path(os.path.commonpath([template.parent for template in wanted]))
        estates = estates_of([stack for stack in find_stacks(assembly) if stack.template.resolve() in wanted])
        findings = [
            *warn_about_exemptions(self._exemptions, today=self._today),
            *check_estates(estates, self._options),
        ]
        for judged in judge(findings, self._accepted(), today=self._today):
            if judged.acknowledgement is None:
                yield judged.finding

    def _accepted(self) -> tuple[Acknowledgement, ...]:
        file = self._acknowledgements
        if file is None:
            if not DEFAULT_FILE.is_file():
                return ()
            file = DEFAULT_FILE
        return read_acknowledgements(file, finding_ids=set(FindingId))


def _mistakes(
    first: dt.date, last: dt.date, visibility_lag: dt.timedelta, minutes_per_node: int
) -> Iterable[Finding]:
    if last <= first:
        yield Finding(
            id=FindingId.HORIZON,
            level=Level.ERROR,
            field="until",
            message="not after the first day",
            received=str(last),
            allowed=f"a day after {first}",
        )
    if visibility_lag < dt.timedelta():
        yield Finding(
            id=FindingId.VISIBILITY_LAG,
            level=Level.ERROR,
            field="visibility_lag",
            message="negative",
            received=str(visibility_lag),
            allowed="zero or more",
        )
    if type(minutes_per_node) is not int or minutes_per_node < 1:
        yield Finding(
            id=FindingId.MINUTES_PER_NODE,
            level=Level.ERROR,
            field="minutes_per_node",
            message="not a whole number from 1",
            received=repr(minutes_per_node),
            allowed="1 or more whole minutes",
        )


def _is_reported(finding: Finding) -> bool:
    # Notes are for readers of `patching check`; a synth should print what needs a decision.
    return finding.level is not Level.INFO or finding.undecided is not None


def _violation(finding: Finding) -> cdk.PolicyViolation:
    text = f"{finding.field}: {finding.message}" if finding.field else finding.message
    if finding.received is not None:
        text += f", got {finding.received}"
    if finding.undecided is not None:
        text += f"; cannot be decided: {finding.undecided}"
    fix = "; see ".join(part for part in (finding.allowed, finding.source) if part is not None)
    return cdk.PolicyViolation(
        rule_name=finding.id,
        description=text,
        fix=fix or None,
        severity=finding.level.name.lower(),
        violating_resources=[_violating_resource(finding.location or Location())],
    )


def _violating_resource(location: Location) -> cdk.PolicyViolatingResource:
    """Name the construct; a finding about the whole app is reported at its root, which has the empty path."""
    if location.construct_path is None and location.logical_id is not None:
        return cdk.PolicyViolatingResource(
            locations=[], resource_logical_id=location.logical_id, template_path=location.file
        )
    return cdk.PolicyViolatingResource(
        locations=[], construct_path=location.construct_path or "", template_path=location.file
    )
