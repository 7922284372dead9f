"""AWS Config's own view of patching."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from aws_cdk import aws_config as config
from constructs import Construct

from patching_constructs.constructs._shared.report import refuse_errors
from patching_constructs.constructs._shared.stack_environment import environment_of
from patching_constructs.model.config_rules import RESOURCE_TYPES, ManagedConfigRule, rules_in
from patching_constructs.model.patch_group import PatchGroupTagKey
from patching_constructs.rules.accounts.config_rules import check_config_rule_parameters, check_config_rules
from patching_constructs.values.declared_types import checked_arguments
from patching_constructs.values.tokens import maybe

_DESCRIPTIONS = MappingProxyType(
    {
        ManagedConfigRule.PATCH_COMPLIANCE: "Managed nodes comply with their patch baseline",
        ManagedConfigRule.MANAGED_BY_SYSTEMS_MANAGER: "Running instances have an agent that reports",
        ManagedConfigRule.PATCH_GROUP_TAG: "Instances have the tag of a patch group",
    }
)
_CHILD_IDS = MappingProxyType(
    {
        ManagedConfigRule.PATCH_COMPLIANCE: "PatchCompliance",
        ManagedConfigRule.MANAGED_BY_SYSTEMS_MANAGER: "ManagedBySystemsManager",
        ManagedConfigRule.PATCH_GROUP_TAG: "PatchGroupTag",
    }
)


class PatchConfigRules(Construct):
    """Let AWS Config judge nodes: patched, managed, and in a patch group.

    AWS Config has to record the account and Region, with the types AWS::SSM::PatchCompliance and
    AWS::SSM::ManagedInstanceInventory; without a recorder the deployment fails. Each evaluation and each
    recorded item costs, and a scan records an item for each node.

    Config sees neither promises nor windows nor exemptions: a patch that was approved today makes a node
    non-compliant today. The figures of `ComplianceReporter` know them.

    Args:
        scope: Parent construct.
        id: Id, unique in `scope`.
        rules: The rules. Default: all that certainly exist in the Region of the stack. Those of which AWS's
            pages do not say so for certain are deployed only if they are named here. Has to be given where
            the Region is known only at deployment.
        tag_key: Tag key under which instances state their patch group. Default: `PatchGroup`.
        patch_groups: Names of the groups that are there; an instance in another one, such as a mistyped one,
            is non-compliant. Default: any name counts.

    Attributes:
        rules: The rules that are deployed, each with its resource.
        left_out: The rules that do not exist in the Region, or not for certain.

    Raises:
        InvalidInputError: If the Region is not known and no rules are given, a rule does not exist in the
            Region or is a duplicate, or the names of the groups are too long for AWS Config.

    Example:
        >>> import aws_cdk as cdk
        >>> from patching_constructs import PatchConfigRules
        >>> stack = cdk.Stack(
        ...     cdk.App(), "Patching", env=cdk.Environment(account="111111111111", region="eu-south-1")
        ... )
        >>> config_rules = PatchConfigRules(stack, "ConfigRules")
        >>> [rule.name for rule in config_rules.left_out]
        ['PATCH_COMPLIANCE']

    See: https://docs.aws.amazon.com/config/latest/developerguide/ec2-managedinstance-patch-compliance-status-check.html
    """

    @checked_arguments
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        rules: Sequence[ManagedConfigRule] | None = None,
        tag_key: PatchGroupTagKey = PatchGroupTagKey.PATCH_GROUP,
        patch_groups: Sequence[str] = (),
    ) -> None:
        region = environment_of(scope).region
        parameters = {"tag1Key": str(tag_key)}
        if patch_groups:
            parameters["tag1Value"] = ",".join(patch_groups)
        refuse_errors(
            scope,
            id,
            [
                *check_config_rules(rules, region=maybe(region)),
                *check_config_rule_parameters(parameters),
            ],
            subject="PatchConfigRules",
        )
        super().__init__(scope, id)
        chosen = rules_in(region) if rules is None else tuple(map(ManagedConfigRule, rules))
        self.left_out: tuple[ManagedConfigRule, ...] = (
            tuple(rule for rule in ManagedConfigRule if rule not in chosen) if rules is None else ()
        )
        # Rules that changes trigger take no MaximumExecutionFrequency.
        # https://docs.aws.amazon.com/config/latest/APIReference/API_ConfigRule.html
        self.rules: Mapping[ManagedConfigRule, config.CfnConfigRule] = MappingProxyType(
            {
                rule: config.CfnConfigRule(
                    self,
                    _CHILD_IDS[rule],
                    description=_DESCRIPTIONS[rule],
                    source=config.CfnConfigRule.SourceProperty(owner="AWS", source_identifier=str(rule)),
                    scope=config.CfnConfigRule.ScopeProperty(
                        compliance_resource_types=list(RESOURCE_TYPES[rule])
                    ),
                    input_parameters=parameters if rule is ManagedConfigRule.PATCH_GROUP_TAG else None,
                )
                for rule in chosen
            }
        )
