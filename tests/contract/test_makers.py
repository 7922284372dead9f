"""Parts that need the same care everywhere are made in one place each."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "patching_constructs"


def makers(tree: ast.AST) -> Iterator[str]:
    """Yield what is called, and of what a class is a kind."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)
        elif isinstance(node, ast.ClassDef):
            yield from map(ast.unparse, node.bases)


@pytest.mark.parametrize(
    ("maker", "place"),
    [
        ("sqs.Queue", "_shared/dead_letter_queue.py"),
        ("dynamodb.Table", "_shared/table.py"),
        ("s3.Bucket", "_shared/bucket.py"),
        ("kms.Key", "encryption/patching_key.py"),
        ("lambda_.Function", "_shared/functions/function.py"),
    ],
)
def test_each_kind_of_part_has_one_maker(maker: str, place: str) -> None:
    constructs = PACKAGE / "constructs"
    places = {
        path.relative_to(constructs).as_posix()
        for path in constructs.rglob("*.py")
        if maker in makers(ast.parse(path.read_text("utf-8")))
    }
    assert places == {place}


def test_a_further_maker_is_found() -> None:
    assert "sqs.Queue" in makers(ast.parse("def queue(scope): return sqs.Queue(scope, 'Queue')"))
