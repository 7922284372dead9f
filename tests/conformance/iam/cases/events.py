"""EventBridge: rules with their targets and dead letters, and buses that other accounts send to."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from tests.conformance.iam import estates
from tests.conformance.iam.api_calls import ApiCall
from tests.conformance.iam.cases.case import Case, without_tls
from tests.conformance.iam.deployed import Deployed
from tests.conformance.iam.evaluator import Request

_TARGETS = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html"
_DEAD_LETTERS = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html"
_BUS = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-bus-example-policy-cross-account-custom-bus-source.html"
_ORGANIZATION = (
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html"
    "#condition-keys-principalorgid"
)
_EVENTBRIDGE = "events.amazonaws.com"
_ACTION_OF_A_TARGET = {"lambda": "lambda:InvokeFunction", "sns": "sns:Publish"}


def _deliveries(deployed: Deployed) -> Iterator[Request]:
    """Yield what each rule of each stack asks of its targets and of its dead-letter queue."""
    for stack in estates.STACKS:
        for rule, properties in deployed.with_properties(stack, "AWS::Events::Rule"):
            for target in properties["Targets"]:
                yield _delivery(rule, target["Arn"], _ACTION_OF_A_TARGET[target["Arn"].split(":")[2]])
                yield _delivery(rule, target["DeadLetterConfig"]["Arn"], "sqs:SendMessage")


def _delivery(rule: str, resource: str, action: str) -> Request:
    # Topics get no source: their policies cannot limit EventBridge, says AWS's page.
    context = {} if action == "sns:Publish" else {"aws:SourceArn": rule}
    return Request(principal=_EVENTBRIDGE, action=action, resource=resource, context=context)


def _of_another_rule(deployed: Deployed, rule: str) -> list[Request]:
    """Return what a rule of which no policy knows asks for; topics cannot tell rules apart."""
    return [
        _delivery(rule, request.resource, request.action)
        for request in _deliveries(deployed)
        if request.action != "sns:Publish"
    ]


def _put(principal: str, account: str, bus: str, detail_type: str, source: str) -> list[Request]:
    entry = {"EventBusName": bus, "Source": source, "DetailType": detail_type, "Detail": "{}"}
    return ApiCall(
        principal=principal,
        service="events",
        operation="PutEvents",
        parameters={"Entries": [entry]},
        account=account,
        region=estates.REGION,
    ).requests()


def _from(
    deployed: Deployed,
    *,
    account: str = estates.SHOP,
    security: str = estates.OWN_SECURITY_STACK,
    detail_type: str = "Patching Event",
    source: str = "patching-constructs",
) -> list[Request]:
    """Put an event on a bus with a role that its own account lets do so."""
    bus = deployed.arn(security, "AWS::Events::EventBus")
    role = deployed.add_role(account, "sender", [_may_put_events(deployed)])
    return _put(role, account, bus, detail_type, source)


def _may_put_events(deployed: Deployed) -> str:
    statement = {"Effect": "Allow", "Action": "events:PutEvents", "Resource": "*"}
    return deployed.add_policy("may put events", {"Version": "2012-10-17", "Statement": [statement]})


def _outside(requests: Sequence[Request]) -> list[Request]:
    """Make requests with a principal of another organization."""
    return [
        replace(each, context={**each.context, "aws:PrincipalOrgID": "o-zzzzzzzzzz"}) for each in requests
    ]


ALLOWED: Sequence[Case] = [
    Case(
        name="rules start functions, tell topics, and keep what they cannot deliver",
        source=f"{_TARGETS} {_DEAD_LETTERS}",
        requests=lambda deployed: list(_deliveries(deployed)),
    ),
    Case(
        name="an account that is listed sends events of patching and runs of rings",
        source=_BUS,
        requests=lambda deployed: [
            *_from(deployed),
            *_from(deployed, detail_type="Patching Ring Run Finished"),
        ],
    ),
    Case(
        name="an account of the organization sends events of patching and runs of rings",
        source=_ORGANIZATION,
        requests=lambda deployed: [
            *_from(deployed, account=estates.PROD, security=estates.SECURITY_STACK),
            *_from(
                deployed,
                account=estates.PROD,
                security=estates.SECURITY_STACK,
                detail_type="Patching Ring Run Finished",
            ),
        ],
    ),
]

DENIED: Sequence[Case] = [
    Case(
        name="a rule of another account starts a function or fills a dead-letter queue",
        source=_TARGETS,
        requests=lambda deployed: _of_another_rule(
            deployed, f"arn:aws:events:{estates.REGION}:123456789012:rule/foreign"
        ),
    ),
    Case(
        name="another rule of the account starts a function or fills a dead-letter queue",
        source=_TARGETS,
        requests=lambda deployed: _of_another_rule(
            deployed, f"arn:aws:events:{estates.REGION}:{estates.SHOP}:rule/other"
        ),
    ),
    Case(
        name="a rule tells a topic or a queue over a connection without encryption",
        source="https://docs.aws.amazon.com/sns/latest/dg/sns-security-best-practices.html",
        requests=lambda deployed: without_tls(
            request for request in _deliveries(deployed) if not request.action.startswith("lambda:")
        ),
    ),
    Case(
        name="an account that is not listed sends events",
        source=_BUS,
        requests=lambda deployed: [
            *_from(deployed, account=estates.DEV),
            *_from(deployed, account=estates.DEV, detail_type="Patching Ring Run Finished"),
        ],
    ),
    Case(
        name="an account of another organization sends events",
        source=_ORGANIZATION,
        requests=lambda deployed: _outside(
            [
                *_from(deployed, account=estates.DEV, security=estates.SECURITY_STACK),
                *_from(
                    deployed,
                    account=estates.DEV,
                    security=estates.SECURITY_STACK,
                    detail_type="Patching Ring Run Finished",
                ),
            ]
        ),
    ),
    Case(
        name="an account sends events of another kind",
        source=_BUS,
        requests=lambda deployed: [
            *_from(deployed, detail_type="EC2 Instance State-change Notification"),
            *_from(deployed, source="aws.ssm"),
        ],
    ),
]
