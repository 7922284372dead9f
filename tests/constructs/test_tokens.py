import pytest
from aws_cdk import Aws, Fn, Token

from patching_constructs.model.unknown import Unknown
from patching_constructs.values.tokens import is_token, maybe, maybe_each


@pytest.mark.parametrize(
    "value",
    [
        Aws.REGION,
        f"arn:{Aws.PARTITION}:iam::1:role/x",
        Fn.import_value("Name"),
        Fn.split(",", Fn.import_value("List")),
        Token.as_number({"Ref": "Number"}),
        Token.as_list({"Ref": "List"}),
    ],
    ids=["pseudo parameter", "inside a string", "import", "split", "number", "list"],
)
def test_the_kernel_agrees_on_what_a_token_is(value: object) -> None:
    assert is_token(value) is Token.is_unresolved(value)


@pytest.mark.parametrize(
    "value", ["", "eu-central-1", "${AWS::Region}", 0, -1, 7, -1.5, [], ["a"], None, True]
)
def test_plain_values_are_no_tokens(value: object) -> None:
    assert is_token(value) is False


def test_a_token_becomes_unknown_with_a_reason() -> None:
    unknown = maybe(Aws.REGION)
    assert isinstance(unknown, Unknown)
    assert "deployment" in unknown.reason
    assert maybe_each(["a", Aws.REGION])[0] == "a"
