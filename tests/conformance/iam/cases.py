"""What AWS's services, the agent and people ask, each with the page that says so."""

from collections.abc import Sequence

from tests.conformance.iam import estates
from tests.conformance.iam.api_calls import ApiCall
from tests.conformance.iam.deployed import Deployed
from tests.conformance.iam.evaluator import Request
from tests.conformance.iam.judged import Case

_REGION = estates.REGION
_SSM_ACTIONS = (
    "https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html"
)


def _send_command(
    deployed: Deployed, stack: str, account: str, *, document: str, tags: dict[str, str], output_of: str
) -> list[Request]:
    return ApiCall(
        principal=deployed.arn(stack, "AWS::IAM::Role", "WindowsServiceRole"),
        service="ssm",
        operation="SendCommand",
        parameters={
            "DocumentName": document,
            "InstanceIds": ["i-00000000000000001", "mi-00000000000000004"],
            "OutputS3BucketName": deployed.arn(output_of, "AWS::S3::Bucket", "Output").rpartition(":")[2],
        },
        account=account,
        region=_REGION,
        tags={"i-00000000000000001": tags, "mi-00000000000000004": tags},
    ).requests()


ALLOWED: Sequence[Case] = [
    Case(
        name="a window sends a patch command whose output goes to the bucket",
        source=_SSM_ACTIONS,
        requests=lambda deployed: _send_command(
            deployed,
            estates.PROD_STACK,
            estates.PROD,
            document="AWS-RunPatchBaseline",
            tags={"PatchGroup": "prod-web"},
            output_of=estates.PROD_STACK,
        ),
    ),
]

_IAM_CONDITIONS = (
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html"
)
_S3_KEYS = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/amazon-s3-policy-keys.html"


def _put_history(deployed: Deployed, *, account: str = estates.PROD, **headers: str) -> list[Request]:
    return ApiCall(
        principal=deployed.arn(estates.PROD_STACK, "AWS::IAM::Role", "Reporter"),
        service="s3",
        operation="PutObject",
        parameters={
            "Bucket": deployed.arn(estates.SECURITY_STACK, "AWS::S3::Bucket", "History").rpartition(":")[2],
            "Key": f"nodes/rollout=patching/account={account}/region={_REGION}/day=2026-12-01/x.json.gz",
            **headers,
        },
        account=estates.PROD,
        region=_REGION,
    ).requests()


DENIED: Sequence[Case] = [
    Case(
        name="a report is encrypted with a key of S3",
        source=_S3_KEYS,
        requests=lambda deployed: _put_history(deployed, ServerSideEncryption="aws:kms"),
    ),
    Case(
        name="a report is not encrypted with KMS",
        source=_S3_KEYS,
        requests=lambda deployed: _put_history(deployed, ServerSideEncryption="AES256"),
    ),
    Case(
        name="a report is encrypted with another key",
        source=_S3_KEYS,
        requests=lambda deployed: _put_history(
            deployed,
            ServerSideEncryption="aws:kms",
            SSEKMSKeyId=f"arn:aws:kms:{_REGION}:{estates.PROD}:key/00000000-0000-0000-0000-000000000000",
        ),
    ),
    Case(
        name="a report is encrypted with a key that the writer keeps",
        source=_S3_KEYS,
        requests=lambda deployed: _put_history(deployed, SSECustomerAlgorithm="AES256"),
    ),
    Case(
        name="an account writes below the id of another one",
        source=_IAM_CONDITIONS,
        requests=lambda deployed: _put_history(deployed, account=estates.DEV),
    ),
    Case(
        name="a window sends output to the bucket of another account",
        source=_SSM_ACTIONS,
        requests=lambda deployed: [
            request
            for request in _send_command(
                deployed,
                estates.PROD_STACK,
                estates.PROD,
                document="AWS-RunPatchBaseline",
                tags={"PatchGroup": "prod-web"},
                output_of=estates.DEV_STACK,
            )
            if ":s3:" in request.resource
        ],
    ),
    Case(
        name="a window patches nodes of another ring",
        source=_SSM_ACTIONS,
        requests=lambda deployed: [
            request
            for request in _send_command(
                deployed,
                estates.PROD_STACK,
                estates.PROD,
                document="AWS-RunPatchBaseline",
                tags={"PatchGroup": "dev-web"},
                output_of=estates.PROD_STACK,
            )
            if "instance/" in request.resource
        ],
    ),
    Case(
        name="a window runs another document",
        source=_SSM_ACTIONS,
        requests=lambda deployed: [
            request
            for request in _send_command(
                deployed,
                estates.PROD_STACK,
                estates.PROD,
                document="AWS-RunShellScript",
                tags={"PatchGroup": "prod-web"},
                output_of=estates.PROD_STACK,
            )
            if ":document/" in request.resource
        ],
    ),
]
