"""patching.yaml as a whole."""

from datetime import timedelta
from typing import Annotated, Any

from pydantic import ConfigDict, Field, PrivateAttr, StrictInt

from patching_constructs.model.cost_budget import CostBudget
from patching_constructs.model.finding import Finding
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.freeze import Freeze
from patching_constructs.model.promises import Promise
from patching_constructs.rules.rings.ring_order import DEFAULT_VISIBILITY_LAG
from patching_constructs.rules.windows.window_runs import DEFAULT_MINUTES_PER_NODE
from patching_constructs.settings.account import AccountRole, AccountSettings, OrganizationId, Partition
from patching_constructs.settings.alarms import RecipientSettings
from patching_constructs.settings.base import Name, SettingsModel
from patching_constructs.settings.baseline import BaselineSettings
from patching_constructs.settings.budget import MonthlyBudgetSettings
from patching_constructs.settings.dashboards import DashboardSettings
from patching_constructs.settings.exemption import ExemptionSettings
from patching_constructs.settings.freeze import FreezeSettings
from patching_constructs.settings.quotas import QuotaSettings
from patching_constructs.settings.ring import PatchGroupSettings, RingSettings
from patching_constructs.settings.security_services import ConfigRulesSettings, SecurityHubSettings
from patching_constructs.values.exemption import Exemption
from patching_constructs.values.fleet_name import fleet_name
from patching_constructs.values.ring import Ring


class Settings(SettingsModel):
    """How an organisation is patched: its accounts, baselines, rings and recipients.

    `load_settings` reads it from patching.yaml.

    See: https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager.html
    """

    model_config = ConfigDict(title="patching.yaml")

    rollout_name: Name
    """Name of the rollout. It becomes part of the names of all windows."""
    partition: Partition
    """Part of AWS that the organisation is in."""
    regions: Annotated[list[str], Field(min_length=1)]
    """Regions in which every workload account is patched. The security account's alarms are in the first."""
    accounts: Annotated[list[AccountSettings], Field(min_length=1)]
    """The organisation: one security account, workload accounts, and at most one management account."""
    baselines: Annotated[list[BaselineSettings], Field(min_length=1)]
    """Which patches are approved, and when. Each environment wants baselines of its own."""
    rings: Annotated[list[RingSettings], Field(min_length=1)]
    """Which nodes are patched together, earliest first."""
    recipients: Annotated[list[RecipientSettings], Field(min_length=1)]
    """Who is notified of failures anywhere in the organisation."""
    organization_id: OrganizationId | None = None
    """Id of the organization in AWS Organizations. Policies then name it instead of every workload account.
    Default: they list the workload accounts."""
    freezes: list[FreezeSettings] = Field(default_factory=list)
    """Times in which nothing may be installed. Default: none."""
    exemptions: list[ExemptionSettings] = Field(default_factory=list)
    """Nodes and patches that need not comply for a while. Default: none."""
    visibility_lag_days: Annotated[StrictInt, Field(ge=0, le=360)] = DEFAULT_VISIBILITY_LAG.days
    """How many days later than published nodes may see a patch, 0 to 360; the ring order should tolerate
    it. 0 turns the margin off. Default: 7."""
    minutes_per_node: Annotated[StrictInt, Field(ge=1, le=1440)] = DEFAULT_MINUTES_PER_NODE
    """Minutes that one node takes to install and reboot, 1 to 1440. Default: 30."""
    security_hub: SecurityHubSettings | None = None
    """Findings of Patch Manager in Security Hub. Default: not used."""
    config_rules: ConfigRulesSettings | None = None
    """AWS Config's rules about patching. Default: none."""
    dashboards: DashboardSettings = DashboardSettings()
    """Dashboards of workload accounts, and the role that shares their metrics. Default: one dashboard, in the
    security account, for the whole organization."""
    monthly_budget: MonthlyBudgetSettings | None = None
    """The most that may be charged in a month for what exists, whatever happens. Default: no limit."""
    quotas: QuotaSettings = QuotaSettings()
    """Service quotas that AWS has raised. Default: AWS's defaults."""

    _warnings: tuple[Finding, ...] = PrivateAttr(())

    def model_post_init(self, context: Any) -> None:
        """Keep the warnings that `load_settings` hands over as the context."""
        self._warnings = tuple(context or ())

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """Warnings about input that is legal but probably wrong, each with its line."""
        return self._warnings

    @property
    def exemption_warnings(self) -> tuple[Finding, ...]:
        """Those of the warnings that are about exemptions, which no template says."""
        ids = {FindingId.EXEMPTION_EXPIRED, FindingId.EXEMPTION_EXPIRY_FAR_AHEAD}
        return tuple(warning for warning in self._warnings if warning.id in ids)

    @property
    def security_account(self) -> AccountSettings:
        """The account that receives all alarms."""
        return next(account for account in self.accounts if account.role is AccountRole.SECURITY)

    @property
    def workload_accounts(self) -> tuple[AccountSettings, ...]:
        """The accounts whose nodes are patched."""
        return tuple(account for account in self.accounts if account.role is AccountRole.WORKLOAD)

    @property
    def production_rings(self) -> tuple[RingSettings, ...]:
        """The rings that are production: those that say so, or else the last."""
        return tuple(ring for ring in self.rings if ring.production) or (self.rings[-1],)

    @property
    def node_counts(self) -> dict[str, int]:
        """About how many nodes each patch group has, in one account and Region."""
        return {group.name: group.node_count for ring in self.rings for group in ring.patch_groups}

    @property
    def freeze_values(self) -> tuple[Freeze, ...]:
        """The freezes that the library works with."""
        return tuple(freeze.to_value() for freeze in self.freezes)

    @property
    def exemption_values(self) -> tuple[Exemption, ...]:
        """The exemptions of all accounts, those that have expired among them."""
        return tuple(exemption.to_value() for exemption in self.exemptions)

    @property
    def cost_budget(self) -> CostBudget | None:
        """The most that fixed costs may be in a month, or None if there is no limit."""
        if self.monthly_budget is None:
            return None
        return self.monthly_budget.to_value({account.name: account.id for account in self.accounts})

    @property
    def promises(self) -> dict[str, tuple[Promise, ...]]:
        """How soon patches are promised to be installed, by the name of the ring."""
        return {ring.name: ring.promise_values for ring in self.rings if ring.promises}

    @property
    def visibility_lag(self) -> timedelta:
        """How much later than published nodes may see a patch."""
        return timedelta(days=self.visibility_lag_days)

    def rings_of(self, account: AccountSettings) -> tuple[RingSettings, ...]:
        """Return the rings that have nodes in `account`, earliest first."""
        return tuple(ring for ring in self.rings if account.name in ring.accounts)

    def exemptions_of(self, account: AccountSettings) -> tuple[Exemption, ...]:
        """Return the exemptions that are meant for `account`, those that have expired among them."""
        return tuple(
            exemption.to_value()
            for exemption in self.exemptions
            if not exemption.accounts or account.name in exemption.accounts
        )

    def security_hub_of(self, account: AccountSettings) -> SecurityHubSettings | None:
        """Return how Security Hub is used in `account`, or None if it is not."""
        chosen = self.security_hub
        return chosen if chosen and (not chosen.accounts or account.name in chosen.accounts) else None

    def has_config_rules(self, account: AccountSettings) -> bool:
        """Return whether AWS Config's rules are wanted in `account`."""
        chosen = self.config_rules
        return chosen is not None and (not chosen.accounts or account.name in chosen.accounts)

    def baselines_of(self, account: AccountSettings) -> tuple[BaselineSettings, ...]:
        """Return the baselines that patch groups in `account` use."""
        used = {
            name for ring in self.rings_of(account) for group in ring.patch_groups for name in group.baselines
        }
        return tuple(baseline for baseline in self.baselines if baseline.name in used)

    def fleet_name_of(self, patch_group: PatchGroupSettings, *, region: str) -> str:
        """Return the name of the node policy, role and instance profile of `patch_group` in `region`."""
        return fleet_name(rollout_name=self.rollout_name, patch_group=patch_group.name, region=region)

    def ring_values_of(self, account: AccountSettings) -> tuple[Ring, ...]:
        """Return the rings of `account` for its windows: those that are patched, then those only scanned.

        Their order is the same in every account, so that it can be compared across the organisation.
        """
        places = [
            (order, ring, ring in self.production_rings)
            for order, ring in enumerate(self.rings, start=1)
            if account.name in ring.accounts
        ]
        behind = len(self.rings)
        rings = [
            ring.patched_ring(order=order, production=is_production) for order, ring, is_production in places
        ]
        rings += [
            ring.scan_only_ring(order=behind + order, production=is_production)
            for order, ring, is_production in places
        ]
        return tuple(ring for ring in rings if ring is not None)
