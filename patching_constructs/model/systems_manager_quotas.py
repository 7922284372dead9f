"""Quotas of Systems Manager that patching uses up, apart from those of maintenance windows."""

from dataclasses import dataclass

from patching_constructs.model.patch_group import MAX_PATCH_GROUPS_PER_BASELINE


@dataclass(frozen=True, kw_only=True, slots=True)
class SystemsManagerQuotas:
    """How many baselines, groups, associations and nodes AWS accepts in one account and Region.

    The defaults are AWS's; AWS raises most of them on request.

    Args:
        patch_baselines: Default: 50.
        patch_groups_per_baseline: Default: 25.
        associations: State Manager associations. Default: 2,000.
        associations_per_node: State Manager associations on one node. Default: 20.
        managed_nodes: Managed nodes, beyond which AWS advises more accounts or Regions. Default: 2,400.
        standard_hybrid_nodes: Nodes outside EC2 without charge. Default: 1,000.

    See: https://docs.aws.amazon.com/general/latest/gr/ssm.html
    """

    patch_baselines: int = 50
    patch_groups_per_baseline: int = MAX_PATCH_GROUPS_PER_BASELINE
    associations: int = 2_000
    associations_per_node: int = 20
    managed_nodes: int = 2_400
    standard_hybrid_nodes: int = 1_000


AWS_SYSTEMS_MANAGER_QUOTAS = SystemsManagerQuotas()
"""Default quotas of an account."""
