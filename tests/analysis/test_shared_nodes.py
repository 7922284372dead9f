"""Whether two targets match one node, against an oracle that makes every node and asks both."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patching_constructs.analysis.shared_nodes import SharedNodes, shared_nodes
from patching_constructs.model.maintenance_window import TargetRecord
from patching_constructs.model.unknown import Maybe, Unknown

LATER = Unknown("a parameter without a default")
KEYS = ["tag:App", "tag:Stage"]
VALUES = ["a", "b", "c"]


def target(conditions: dict[str, Maybe[tuple[Maybe[str], ...]]]) -> TargetRecord:
    return TargetRecord(resource_type="INSTANCE", targets=tuple(conditions.items()))


conditions = st.dictionaries(
    st.sampled_from(KEYS), st.sets(st.sampled_from(VALUES), min_size=1).map(tuple), min_size=1
)


def matching(wanted: dict[str, tuple[str, ...]]) -> set[tuple[str, ...]]:
    """Make a node with every combination of tags, and ask for those that match."""
    nodes = product(VALUES, repeat=len(KEYS))
    return {node for node in nodes if all(node[KEYS.index(key)] in values for key, values in wanted.items())}


@settings(max_examples=300, deadline=None)
@given(conditions, conditions)
def test_targets_share_nodes_if_a_node_can_match_both(
    mine: dict[str, tuple[str, ...]], theirs: dict[str, tuple[str, ...]]
) -> None:
    found = shared_nodes([target(dict(mine))], [target(dict(theirs))])
    assert (found is not SharedNodes.NONE) == bool(matching(mine) & matching(theirs))
    assert found == shared_nodes([target(dict(theirs))], [target(dict(mine))])


@pytest.mark.parametrize(
    ("mine", "theirs", "expected"),
    [
        ({"tag:PatchGroup": ("web",)}, {"tag:PatchGroup": ("web", "db")}, SharedNodes.CERTAIN),
        ({"tag:PatchGroup": ("web",)}, {"tag:PatchGroup": ("db",)}, SharedNodes.NONE),
        ({"tag:PatchGroup": ("web",)}, {"tag:PatchGroup": ("Web",)}, SharedNodes.NONE),
        ({"tag:PatchGroup": ("web",)}, {"tag:Patch Group": ("web",)}, SharedNodes.NONE),
        ({"tag:App": ("shop",)}, {"tag:Stage": ("prod",)}, SharedNodes.POSSIBLE),
        ({"tag:App": ("shop",)}, {"tag:App": ("shop",), "tag:Stage": ("prod",)}, SharedNodes.CERTAIN),
        ({"InstanceIds": ("i-1",)}, {"tag:App": ("shop",)}, SharedNodes.POSSIBLE),
        ({"InstanceIds": ("i-1",)}, {"InstanceIds": ("i-2",)}, SharedNodes.NONE),
    ],
)
def test_what_two_targets_have_in_common(
    mine: dict[str, tuple[str, ...]], theirs: dict[str, tuple[str, ...]], expected: SharedNodes
) -> None:
    assert shared_nodes([target(dict(mine))], [target(dict(theirs))]) is expected


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        (target({"tag:App": (LATER,)}), target({"tag:App": ("shop",)})),
        (target({"tag:App": LATER}), target({"tag:App": ("shop",)})),
        (target({"tag:App": LATER}), target({"tag:App": LATER})),
        (TargetRecord(resource_type="INSTANCE", targets=LATER), target({"tag:App": ("shop",)})),
        (
            TargetRecord(resource_type="INSTANCE", targets=((LATER, ("shop",)),)),
            target({"tag:App": ("shop",)}),
        ),
    ],
)
def test_what_is_not_known_is_not_taken_for_different(mine: TargetRecord, theirs: TargetRecord) -> None:
    assert shared_nodes([mine], [theirs]) == LATER
    assert shared_nodes([theirs], [mine]) == LATER


def test_a_known_difference_decides_although_another_value_is_unknown() -> None:
    mine = target({"tag:App": (LATER,), "tag:Stage": ("prod",)})
    assert shared_nodes([mine], [target({"tag:App": ("shop",), "tag:Stage": ("dev",)})]) is SharedNodes.NONE


def test_a_value_in_common_decides_although_another_one_is_unknown() -> None:
    mine = target({"tag:App": ("shop", LATER)})
    assert shared_nodes([mine], [target({"tag:App": ("shop",)})]) is SharedNodes.CERTAIN


def test_a_certain_pair_of_targets_decides_for_all() -> None:
    shop, db = target({"tag:App": ("shop",)}), target({"tag:App": ("db",)})
    unknown = TargetRecord(resource_type="INSTANCE", targets=LATER)
    assert shared_nodes([unknown, shop], [db, shop]) is SharedNodes.CERTAIN
    assert shared_nodes([unknown], [db, shop]) == LATER


def test_without_targets_nothing_is_shared() -> None:
    assert shared_nodes([], [target({"tag:App": ("shop",)})]) is SharedNodes.NONE
