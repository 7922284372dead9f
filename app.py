"""The reference organisation: reads patching.yaml and defines its stacks."""

import os
import sys

import aws_cdk as cdk
from cdk_nag import AwsSolutionsChecks, NIST80053R5Checks

from patching_constructs import InvalidInputError, PatchingChecks, load_settings
from stacks.organisation import define_organisation


def main() -> None:
    """Synthesize; end with the mistakes of the configuration and status 1 if there are any."""
    app = cdk.App()
    try:
        settings = load_settings(os.environ.get("PATCHING_CONFIG", "patching.yaml"))
        define_organisation(app, settings)
    except InvalidInputError as error:
        sys.exit(str(error))
    cdk.Validations.of(app).add_plugins(
        AwsSolutionsChecks(app),
        NIST80053R5Checks(app),
        PatchingChecks(
            promises=settings.promises,
            freezes=settings.freeze_values,
            visibility_lag=settings.visibility_lag,
            minutes_per_node=settings.minutes_per_node,
            node_counts=settings.node_counts,
            budget=settings.cost_budget,
            maintenance_window_quotas=settings.quotas.to_value(),
            systems_manager_quotas=settings.quotas.to_systems_manager_quotas(),
            account_quotas=settings.quotas.to_account_quotas(),
        ),
    )
    app.synth()


if __name__ == "__main__":
    main()
