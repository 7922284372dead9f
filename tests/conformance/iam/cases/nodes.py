"""The SSM agent on nodes, with the role of a fleet or an existing role that has joined one."""

from collections.abc import Iterator, Sequence

from tests.conformance.iam import estates
from tests.conformance.iam.api_calls import ApiCall
from tests.conformance.iam.cases.case import Case, without_tls
from tests.conformance.iam.deployed import Deployed
from tests.conformance.iam.evaluator import Request

_AGENT = "https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonSSMManagedEC2InstanceDefaultPolicy.html"
_BUCKETS = "https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-operations-s3-buckets.html"
_OUTPUT = "https://github.com/aws/amazon-ssm-agent/blob/mainline/agent/s3util/s3util.go"
_LOGS = "https://github.com/aws/amazon-ssm-agent/blob/mainline/agent/agentlogstocloudwatch/cloudwatchlogspublisher/cloudwatchlogsservice.go"
_MULTIPART = "https://repost.aws/knowledge-center/s3-large-file-encryption-kms-key"
_JOINING = "docs/guides/joining.md"

_AGENT_ACTIONS = (
    "ec2messages:AcknowledgeMessage",
    "ec2messages:DeleteMessage",
    "ec2messages:FailMessage",
    "ec2messages:GetEndpoint",
    "ec2messages:GetMessages",
    "ec2messages:SendReply",
    "ssm:GetDeployablePatchSnapshotForInstance",
    "ssm:PutInventory",
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
)
"""What the agent needs to get commands, the approved patches, and to report; none takes a resource."""

_PATCH_BUCKETS = (
    "amazon-ssm-eu-central-1",
    "aws-patch-manager-eu-central-1-9163fdaaf",
    "aws-ssm-eu-central-1",
    "patch-baseline-snapshot-eu-central-1",
)
_WINDOWS_BUCKET = "aws-windows-downloads-eu-central-1"

_NODE = "i-00000000000000001"


def _roles(deployed: Deployed) -> dict[str, str]:
    """Return roles of nodes: of a fleet, of the caller, and roles that joined as the guide says."""
    agent = "arn:aws:iam::aws:policy/AmazonSSMManagedEC2InstanceDefaultPolicy"
    older_agent = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
    node_policy = deployed.arn(estates.SHOP_STACK, "AWS::IAM::ManagedPolicy", "WebNodePolicy")
    return {
        "fleet": deployed.arn(estates.SHOP_STACK, "AWS::IAM::Role", "OfficeRole"),
        "caller": deployed.arn(estates.SHOP_STACK, "AWS::IAM::Role", "OwnRole"),
        "joined": deployed.add_role(estates.SHOP, "existing", [agent, node_policy]),
        "joined with AmazonSSMManagedInstanceCore": deployed.add_role(
            estates.SHOP, "existing-core", [older_agent, node_policy]
        ),
        "default host management": deployed.add_role(
            estates.SHOP, "AWSSystemsManagerDefaultEC2InstanceManagementRole", [agent, node_policy]
        ),
    }


def _call(role: str, service: str, operation: str, **parameters: str) -> list[Request]:
    return ApiCall(
        principal=role,
        service=service,
        operation=operation,
        parameters=parameters,
        account=estates.SHOP,
        region=estates.REGION,
    ).requests()


def _report(role: str) -> Iterator[Request]:
    for action in _AGENT_ACTIONS:
        yield Request(principal=role, action=action, resource="*")
    yield from _call(role, "ssm", "UpdateInstanceInformation", InstanceId=_NODE)
    yield from _call(role, "ssm", "PutComplianceItems", ResourceId=_NODE)
    yield from _call(role, "ssm", "GetDocument", DocumentName="AWS-RunPatchBaseline")


def _fetch(role: str, *buckets: str) -> Iterator[Request]:
    for bucket in buckets:
        yield from _call(role, "s3", "GetObject", Bucket=bucket, Key="patch/code.tar.gz")


def _write(deployed: Deployed, role: str, stack: str = estates.SHOP_STACK) -> Iterator[Request]:
    bucket = deployed.arn(stack, "AWS::S3::Bucket", "Output").rpartition(":")[2]
    yield from _call(role, "s3", "GetBucketEncryption", Bucket=bucket)
    yield from _call(role, "s3", "PutObject", Bucket=bucket, Key=f"web/shop/scan/1/{_NODE}/stdout")


def _log(deployed: Deployed, role: str) -> Iterator[Request]:
    (group,) = deployed.physical_ids(estates.SHOP_STACK, "AWS::Logs::LogGroup", "OutputLogGroup")
    yield from _call(role, "logs", "DescribeLogGroups", logGroupNamePrefix=group)
    yield from _call(role, "logs", "DescribeLogStreams", logGroupName=group)
    for operation in ("CreateLogStream", "PutLogEvents"):
        yield from _call(role, "logs", operation, logGroupName=group, logStreamName=f"1/{_NODE}/stdout")


def _large_output(deployed: Deployed, role: str) -> Request:
    """Upload in several parts, for which S3 decrypts the parts."""
    bucket = deployed.arn(estates.SHOP_STACK, "AWS::S3::Bucket", "Output")
    return Request(
        principal=role,
        action="kms:Decrypt",
        resource=deployed.key_of[bucket],
        context={
            "kms:ViaService": f"s3.{estates.REGION}.amazonaws.com",
            "kms:EncryptionContext:aws:s3:arn": bucket,
        },
    )


ALLOWED: Sequence[Case] = [
    Case(
        name="EC2 assumes the role of a fleet",
        source="https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-instance-permissions.html",
        requests=lambda deployed: [
            Request(principal="ec2.amazonaws.com", action="sts:AssumeRole", resource=_roles(deployed)[role])
            for role in ("fleet", "caller")
        ],
    ),
    *(
        Case(
            name=f"the agent of a node gets commands and reports, role: {role}",
            source=_AGENT,
            requests=lambda deployed, role=role: list(_report(_roles(deployed)[role])),  # type: ignore[misc]
        )
        for role in (
            "fleet",
            "caller",
            "joined",
            "joined with AmazonSSMManagedInstanceCore",
            "default host management",
        )
    ),
    *(
        Case(
            name=f"the agent fetches patching code and writes output, role: {role}",
            source=source,
            requests=lambda deployed, role=role: [  # type: ignore[misc]
                *_fetch(_roles(deployed)[role], *_PATCH_BUCKETS),
                *_write(deployed, _roles(deployed)[role]),
                *_log(deployed, _roles(deployed)[role]),
                _large_output(deployed, _roles(deployed)[role]),
            ],
        )
        for role, source in (
            ("fleet", f"{_BUCKETS} {_OUTPUT} {_LOGS} {_MULTIPART}"),
            ("caller", f"{_BUCKETS} {_OUTPUT} {_LOGS} {_MULTIPART}"),
            ("joined", _JOINING),
            ("joined with AmazonSSMManagedInstanceCore", _JOINING),
            ("default host management", _JOINING),
        )
    ),
    Case(
        name="a Windows node fetches what only Windows needs",
        source=_BUCKETS,
        requests=lambda deployed: list(_fetch(_roles(deployed)["fleet"], _WINDOWS_BUCKET)),
    ),
]

DENIED: Sequence[Case] = [
    Case(
        name="a node reads the output of another one",
        source=_OUTPUT,
        requests=lambda deployed: _call(
            _roles(deployed)["joined"],
            "s3",
            "GetObject",
            Bucket=deployed.arn(estates.SHOP_STACK, "AWS::S3::Bucket", "Output").rpartition(":")[2],
            Key="web/shop/scan/1/i-00000000000000002/stdout",
        ),
    ),
    Case(
        name="a node writes into the output bucket of another account",
        source=_OUTPUT,
        requests=lambda deployed: list(_write(deployed, _roles(deployed)["joined"], estates.PROD_STACK)),
    ),
    Case(
        name="a node writes output over a connection without encryption",
        source="https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html",
        requests=lambda deployed: without_tls(_write(deployed, _roles(deployed)["joined"])),
    ),
    Case(
        name="a node reads a bucket of AWS in another Region",
        source=_BUCKETS,
        requests=lambda deployed: list(
            _fetch(_roles(deployed)["joined"], "patch-baseline-snapshot-us-east-1")
        ),
    ),
    Case(
        name="a node that is no Windows node reads what only Windows needs",
        source=_BUCKETS,
        requests=lambda deployed: list(_fetch(_roles(deployed)["joined"], _WINDOWS_BUCKET)),
    ),
    Case(
        name="the role of a fleet reads parameters",
        source=_AGENT,
        requests=lambda deployed: [
            Request(
                principal=_roles(deployed)["fleet"],
                action="ssm:GetParameter",
                resource=f"arn:aws:ssm:{estates.REGION}:{estates.SHOP}:parameter/secret",
            )
        ],
    ),
    Case(
        name="a node sends commands",
        source=_AGENT,
        requests=lambda deployed: [
            Request(
                principal=_roles(deployed)["joined"],
                action="ssm:SendCommand",
                resource=f"arn:aws:ec2:{estates.REGION}:{estates.SHOP}:instance/{_NODE}",
            )
        ],
    ),
]
