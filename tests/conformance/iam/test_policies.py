"""Policies as an evaluator that someone else maintains decides over them."""

from collections.abc import Iterable, Sequence

import pytest

from tests.conformance.iam.cases import ALLOWED, DENIED
from tests.conformance.iam.cases.case import Case
from tests.conformance.iam.grants import REASONS, unused_grants
from tests.conformance.iam.judged import Judged, Judgement
from tests.sample import ROOT


def _refused(judgements: Sequence[Judgement]) -> list[str]:
    return [
        f"{each.request}\n  allowed by {_statements(each.decision.allowed_by)}"
        f"\n  denied by {_statements(each.decision.denied_by)}"
        for each in judgements
        if not each.decision.is_allowed
    ]


def _statements(found: Iterable[tuple[str, int]]) -> str:
    return ", ".join(f"statement {position} of {policy}" for policy, position in sorted(found)) or "nothing"


def _assert_none(found: Sequence[str], what: str) -> None:
    if found:
        pytest.fail("\n".join([f"{len(found)} {what}:", *found]), pytrace=False)


def test_functions_may_do_what_they_do(judged: Judged) -> None:
    _assert_none(_refused(judged.recorded), "refused")


@pytest.mark.parametrize("case", ALLOWED, ids=lambda case: case.name)
def test_what_services_and_agents_do_is_allowed(case: Case, judged: Judged) -> None:
    assert judged.allowed[case.name], "it asks for something"
    _assert_none(_refused(judged.allowed[case.name]), f"refused ({case.source})")


@pytest.mark.parametrize("case", DENIED, ids=lambda case: case.name)
def test_what_must_not_be_is_denied(case: Case, judged: Judged) -> None:
    judgements = judged.denied[case.name]
    assert judgements, "it asks for something"
    _assert_none([str(each.request) for each in judgements if each.decision.is_allowed], "allowed")


def test_every_grant_is_used_or_has_a_reason(judged: Judged) -> None:
    unused = unused_grants(judged)
    _assert_none(
        [
            f"{grant.action} of {grant.statement or 'a statement without an id'}: {', '.join(sorted(where))}"
            for grant, where in sorted(unused.items())
            if grant not in REASONS
        ],
        "grants without a use or a reason",
    )
    assert unused.keys() == REASONS.keys(), "every reason is of something that is granted and unused"


@pytest.mark.parametrize("case", [*ALLOWED, *DENIED], ids=lambda case: case.name)
def test_every_case_has_a_source(case: Case) -> None:
    for source in case.source.split():
        assert source.startswith("https://") or (ROOT / source).is_file()
