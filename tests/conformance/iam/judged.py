"""Every request of our functions, and of AWS's services and agent, with what the evaluator says of it."""

import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from local_aws import in_process
from tests.conformance.iam.api_calls import ApiCall
from tests.conformance.iam.cases.case import Case
from tests.conformance.iam.deployed import Deployed
from tests.conformance.iam.estates import ORGANIZATION, deploy_estates
from tests.conformance.iam.evaluator import Decision, Request, decide
from tests.conformance.iam.keys import key_requests
from tests.conformance.iam.recorded import FunctionCall, run_functions

_RECORDED = "calls of functions"


@dataclass(frozen=True, kw_only=True, slots=True)
class Judgement:
    """A request with the decision about it.

    Attributes:
        request: The request.
        decision: What the evaluator says.
    """

    request: Request
    decision: Decision


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """All judgements about what is deployed.

    Attributes:
        deployed: What is deployed.
        calls: What the functions called.
        recorded: Judgements about their calls, and about what these ask of keys.
        allowed: Judgements about each case that has to be allowed, by its name.
        denied: Judgements about each case that has to be denied, by its name.
    """

    deployed: Deployed
    calls: Sequence[FunctionCall]
    recorded: Sequence[Judgement]
    allowed: Mapping[str, Sequence[Judgement]]
    denied: Mapping[str, Sequence[Judgement]]


def judge(*, allowed: Sequence[Case], denied: Sequence[Case]) -> Judged:
    """Deploy, let functions run, and ask the evaluator once for everything.

    What has to be allowed includes what is asked of keys; what has to be denied is denied by itself.
    """
    names = [case.name for case in (*allowed, *denied)]
    assert len(set(names)) == len(names), "names of cases are unique"
    with in_process(), tempfile.TemporaryDirectory() as folder:
        deploy_estates()
        deployed = Deployed(organization_id=ORGANIZATION)
        calls = run_functions(Path(folder))
    asked = {case.name: _with_keys(case.requests(deployed), deployed) for case in allowed}
    asked |= {case.name: list(case.requests(deployed)) for case in denied}
    asked[_RECORDED] = _with_keys(_requests_of(calls, deployed), deployed)
    every = [request for requests in asked.values() for request in requests]
    decisions = iter(decide(deployed.documents(), [deployed.authorization(each) for each in every]))
    judgements = {
        name: [Judgement(request=request, decision=next(decisions)) for request in requests]
        for name, requests in asked.items()
    }
    return Judged(
        deployed=deployed,
        calls=calls,
        recorded=judgements[_RECORDED],
        allowed={case.name: judgements[case.name] for case in allowed},
        denied={case.name: judgements[case.name] for case in denied},
    )


def _with_keys(requests: Iterable[Request], deployed: Deployed) -> list[Request]:
    """Return each request once, with what it asks of keys."""
    with_keys = (each for request in requests for each in (request, *key_requests(request, deployed)))
    return list({str(request): request for request in with_keys}.values())


def _requests_of(calls: Sequence[FunctionCall], deployed: Deployed) -> Iterator[Request]:
    for call in calls:
        principal = deployed.role_of_function(call.account, call.function)
        yield from ApiCall(
            principal=principal,
            service=call.service,
            operation=call.operation,
            parameters=call.parameters,
            account=call.account,
            region=call.region,
        ).requests()
