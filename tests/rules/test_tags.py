import pytest

from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.unknown import Unknown
from patching_constructs.rules.tags import check_tags


@pytest.mark.parametrize(
    ("key", "value"),
    [("team", "patching"), ("k" * 128, "v" * 256), ("Patch Group", "a_b.c:d/e=f+g-h@i"), ("größe", "ü")],
)
def test_tags_that_aws_takes(key: str, value: str) -> None:
    assert check_tags({key: value}, field="tags") == []


@pytest.mark.parametrize("key", ["", "k" * 129, "aws:cloudformation", "a,b", "{key}"])
def test_keys_that_aws_refuses(key: str) -> None:
    assert [(f.id, f.field) for f in check_tags({key: "value"}, field="tags")] == [(FindingId.TAG, "tags")]


@pytest.mark.parametrize("value", ["", "v" * 257, 'say "no"', "a,b"])
def test_values_that_aws_refuses(value: str) -> None:
    assert [f.field for f in check_tags({"team": value}, field="tags")] == ["tags['team']"]


def test_every_mistake_is_found_with_what_is_allowed_and_where_aws_says_so() -> None:
    page = "https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_Tag.html"
    key = "1 to 128 letters, digits, spaces and _.:/=+-@, not beginning with aws:"
    value = "1 to 256 letters, digits, spaces and _.:/=+-@"
    found = check_tags({"a,b": "c,d", "team": "patching", "e,f": ""}, field="tags")
    assert [(f.id, f.field, f.allowed, f.source) for f in found] == [
        (FindingId.TAG, "tags", key, page),
        (FindingId.TAG, "tags['a,b']", value, page),
        (FindingId.TAG, "tags", key, page),
        (FindingId.TAG, "tags['e,f']", value, page),
    ]


def test_a_value_that_is_known_later_is_undecided() -> None:
    assert [f.undecided for f in check_tags({"team": Unknown("a token")}, field="tags")] == ["a token"]
