import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patching_constructs.values.baseline_name import default_baseline_name, group_baseline_name

# Names that are easily confused, and any other that a baseline and a tag may have.
DEFINITIONS = st.one_of(
    st.text("aA-._", min_size=3, max_size=128), st.from_regex(r"[a-zA-Z0-9_\-.]{3,128}", fullmatch=True)
)
GROUPS = st.one_of(
    st.none(),
    st.just("account-default"),
    st.text("aA-._ /:é", min_size=1, max_size=8),
    st.from_regex(r"[\w _.:/=+\-@]{1,256}", fullmatch=True),
)
BASELINES = st.tuples(DEFINITIONS, GROUPS)


def _name(baseline: tuple[str, str | None]) -> str:
    """Name the baseline of a group, or that of the account where there is no group."""
    name, patch_group = baseline
    if patch_group is None:
        return default_baseline_name(name)
    return group_baseline_name(name, patch_group=patch_group)


@given(baselines=st.lists(BASELINES, min_size=2, max_size=20, unique=True))
def test_no_two_baselines_of_an_account_have_one_name(baselines: list[tuple[str, str | None]]) -> None:
    assert len({_name(baseline) for baseline in baselines}) == len(baselines)


@given(baseline=BASELINES)
def test_every_name_is_one_that_systems_manager_takes(baseline: tuple[str, str | None]) -> None:
    """https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreatePatchBaseline.html."""
    assert re.fullmatch(r"[a-zA-Z0-9_\-.]{3,128}", _name(baseline), re.ASCII)


@pytest.mark.parametrize(
    ("baseline", "name"),
    [
        (("prod-linux", "prod-web"), "prod-linux.prod-web"),
        (("prod-linux", "Prod-Web"), "prod-linux.Prod-Web"),
        (("prod-linux", None), "prod-linux.account-default"),
        (("prod-linux", "account-default"), "prod-linux.account-default.43e5718909"),
        (("prod-linux", "web.eu"), "prod-linux.web-eu.9d1ed478ab"),
        (("prod-linux", "web tier"), "prod-linux.web-tier.f9afdf2f21"),
        (("prod-linux", "x" * 117), f"prod-linux.{'x' * 117}"),
        (("prod-linux", "x" * 118), f"prod-linux.{'x' * 106}.bd5b480663"),
        (("x" * 112, None), f"{'x' * 112}.account-default"),
        (("x" * 113, None), f"{'x' * 101}.b8983b329f.account-default"),
    ],
)
def test_names_are_plain_where_they_can_be(baseline: tuple[str, str | None], name: str) -> None:
    assert _name(baseline) == name
