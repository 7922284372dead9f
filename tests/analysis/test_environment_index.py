from hypothesis import given
from hypothesis import strategies as st

from patching_constructs.analysis.environment_index import EnvironmentIndex
from patching_constructs.model.estate import Environment
from patching_constructs.model.unknown import Unknown

PARTS = st.sampled_from(["1", "2", Unknown("template a"), Unknown("template b")])
ENVIRONMENTS = st.builds(Environment, account=PARTS, region=PARTS)


@given(standing=st.lists(ENVIRONMENTS), asked=ENVIRONMENTS)
def test_what_can_stand_somewhere_is_what_a_look_at_every_environment_finds(
    standing: list[Environment], asked: Environment
) -> None:
    index: EnvironmentIndex[int] = EnvironmentIndex()
    for number, environment in enumerate(standing):
        index.add(environment, number)
    order = list(dict.fromkeys(standing))
    assert list(index.perhaps_at(asked)) == [
        number
        for place in order
        if asked.may_be(place)
        for number, environment in enumerate(standing)
        if environment == place
    ]
    certain = [number for number, environment in enumerate(standing) if environment == asked]
    assert (index.at(asked) or []) == certain
    assert list(index.environments()) == order
