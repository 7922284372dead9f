"""The Lambda service, with the roles of functions; what their code asks for is recorded."""

from collections.abc import Iterator, Sequence

from tests.conformance.iam import estates
from tests.conformance.iam.api_calls import ApiCall
from tests.conformance.iam.cases.case import Case
from tests.conformance.iam.deployed import Deployed
from tests.conformance.iam.evaluator import Request

_ROLE = "https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html"
_DEAD_LETTERS = "https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html"
_ENVIRONMENT = "https://repost.aws/knowledge-center/lambda-kmsaccessdeniedexception-errors"


def _service(deployed: Deployed) -> Iterator[Request]:
    """Yield what Lambda asks for around each function: its role, log, dead letters and environment."""
    for stack in estates.STACKS:
        for function, properties in deployed.with_properties(stack, "AWS::Lambda::Function"):
            role = properties["Role"]
            yield Request(principal="lambda.amazonaws.com", action="sts:AssumeRole", resource=role)
            yield Request(
                principal=role,
                action="sqs:SendMessage",
                resource=properties["DeadLetterConfig"]["TargetArn"],
            )
            yield Request(
                principal=role,
                action="kms:Decrypt",
                resource=deployed.key_of[function],
                context={
                    "kms:ViaService": f"lambda.{estates.REGION}.amazonaws.com",
                    "kms:EncryptionContext:aws:lambda:FunctionArn": function,
                },
            )
            yield from _log(role, function.split(":")[4], properties["LoggingConfig"]["LogGroup"])


def _log(role: str, account: str, log_group: str) -> Iterator[Request]:
    for operation in ("CreateLogStream", "PutLogEvents"):
        yield from ApiCall(
            principal=role,
            service="logs",
            operation=operation,
            parameters={"logGroupName": log_group, "logStreamName": "2026/12/01/[$LATEST]abc"},
            account=account,
            region=estates.REGION,
        ).requests()


def _log_of_another(deployed: Deployed) -> list[Request]:
    """Let each function of a stack write into the log group of command output."""
    (log_group,) = deployed.physical_ids(estates.SHOP_STACK, "AWS::Logs::LogGroup", "OutputLogGroup")
    return [
        request
        for _, properties in deployed.with_properties(estates.SHOP_STACK, "AWS::Lambda::Function")
        for request in _log(properties["Role"], estates.SHOP, log_group)
    ]


def _command_output(deployed: Deployed) -> list[Request]:
    """Let each function of a stack read what commands have printed."""
    bucket = deployed.arn(estates.SHOP_STACK, "AWS::S3::Bucket", "Output")
    return [
        Request(
            principal=properties["Role"], action="s3:GetObject", resource=f"{bucket}/web/shop/scan/stdout"
        )
        for _, properties in deployed.with_properties(estates.SHOP_STACK, "AWS::Lambda::Function")
    ]


ALLOWED: Sequence[Case] = [
    Case(
        name="Lambda runs functions, keeps their logs and failed events, and decrypts their environment",
        source=f"{_ROLE} {_DEAD_LETTERS} {_ENVIRONMENT}",
        requests=lambda deployed: list(_service(deployed)),
    ),
]

DENIED: Sequence[Case] = [
    Case(name="a function writes into another log group", source=_ROLE, requests=_log_of_another),
    Case(name="a function reads command output", source=_ROLE, requests=_command_output),
]
