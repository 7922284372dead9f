import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patching_constructs.values.fleet_name import fleet_name

# Names that are easily confused, and any other that a rollout and a tag may have.
_CONFUSABLE = "aA-._ /:é"
ROLLOUTS = st.one_of(
    st.text("aA-._", min_size=1, max_size=50), st.from_regex(r"[a-zA-Z0-9_\-.]{1,50}", fullmatch=True)
)
GROUPS = st.one_of(
    st.text(_CONFUSABLE, min_size=1, max_size=8),
    st.from_regex(r"[\w _.:/=+\-@]{1,256}", fullmatch=True),
)
REGIONS = st.sampled_from(["eu-central-1", "eu-west-1", "us-gov-west-1", "ap-northeast-1"])
FLEETS = st.tuples(ROLLOUTS, GROUPS, REGIONS)


def _name(fleet: tuple[str, str, str]) -> str:
    rollout_name, patch_group, region = fleet
    return fleet_name(rollout_name=rollout_name, patch_group=patch_group, region=region)


@given(fleets=st.lists(FLEETS, min_size=2, max_size=20, unique=True))
def test_no_two_fleets_of_an_account_have_one_name_to_iam(fleets: list[tuple[str, str, str]]) -> None:
    assert len({_name(fleet).casefold() for fleet in fleets}) == len(fleets)


@given(fleet=FLEETS)
def test_every_name_is_one_that_iam_takes_for_a_role_and_contains_the_region(
    fleet: tuple[str, str, str],
) -> None:
    """https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html."""
    name = _name(fleet)
    assert re.fullmatch(r"[\w+=,.@-]{1,64}", name, re.ASCII)
    assert f".{fleet[2]}" in name


@pytest.mark.parametrize(
    ("rollout_name", "patch_group", "name"),
    [
        ("web", "prod-db", "web.prod-db.eu-central-1"),
        ("web-prod", "db", "web-prod.db.eu-central-1"),
        ("web", "Prod-DB", "web.prod-db.eu-central-1.c91ee88d32"),
        ("Web", "prod-db", "web.prod-db.eu-central-1.a98da40b92"),
        ("web.prod", "db", "web-prod.db.eu-central-1.485d3b6441"),
        ("web", "prod.db", "web.prod-db.eu-central-1.66c27020d0"),
        ("web", "prod db", "web.prod-db.eu-central-1.3b26f9dc55"),
        ("web", "x" * 47, f"web.{'x' * 47}.eu-central-1"),
        ("web", "x" * 48, f"web.{'x' * 36}.eu-central-1.d94bb9b0b0"),
        ("w" * 50, "prod-db", "wwwwwwwwwwww.prod-db.eu-central-1.0d0e2d05af"),
    ],
)
def test_a_name_never_changes_because_that_would_replace_what_nodes_run_as(
    rollout_name: str, patch_group: str, name: str
) -> None:
    assert fleet_name(rollout_name=rollout_name, patch_group=patch_group, region="eu-central-1") == name
