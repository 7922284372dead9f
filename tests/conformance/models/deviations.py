"""Known deviations from the service models: those of AWS itself, and those of moto.

What the local AWS answers where it takes moto's place, and what our functions are answered, has none.
"""

from collections.abc import Mapping
from types import MappingProxyType

from tests.conformance.answers.cli_examples import is_masked
from tests.conformance.models.watch import Deviation, Kind

_CLI = "https://docs.aws.amazon.com/cli/latest/reference"
_CANNED_ACLS = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#canned-acl"
_MOTO = "https://github.com/getmoto/moto/blob/5.2.5/moto"


def is_known(deviation: Deviation) -> bool:
    """Return whether a deviation is on one of the lists."""
    kind = deviation.kind
    return kind in AWS or kind in MOTO or is_empty(deviation) or is_masked(deviation.value)


def is_empty(deviation: Deviation) -> bool:
    """Return whether an answer has an empty list or map where the model asks for at least one item.

    AWS answers so: https://docs.aws.amazon.com/cli/latest/reference/ssm/get-parameter-history.html
    """
    kind = deviation.kind
    return (kind.side, kind.rule) == ("answer", "minimum") and deviation.value in ("[]", "{}")


AWS: Mapping[Kind, str] = MappingProxyType(
    {
        Kind("cloudformation:DescribeStackEvents", "answer", "StackEvents[].ResourceStatus", "enum"): (
            f"{_CLI}/cloudformation/describe-stack-events.html"
        ),
        **{
            Kind(
                f"dynamodb:{operation}",
                "answer",
                f"{table}.ProvisionedThroughput.NumberOfDecreasesToday",
                "minimum",
            ): f"{_CLI}/dynamodb/{page}.html"
            for operation, table, page in (
                ("CreateTable", "TableDescription", "create-table"),
                ("DeleteTable", "TableDescription", "delete-table"),
                ("DescribeTable", "Table", "describe-table"),
            )
        },
        Kind("s3:CreateBucket", "request", "ACL", "enum"): _CANNED_ACLS,
        Kind("s3:PutBucketAcl", "request", "ACL", "enum"): _CANNED_ACLS,
        **{
            Kind(f"ssm:{operation}", "answer", path, rule): f"{_CLI}/ssm/{page}.html"
            for operation, page, path, rule in (
                (
                    "GetMaintenanceWindowExecutionTask",
                    "get-maintenance-window-execution-task",
                    "TaskParameters[].{}.Values[]",
                    "minimum",
                ),
                *(
                    (operation, page, f"{items}[].{member}", rule)
                    for operation, page, items in (
                        ("ListCommandInvocations", "list-command-invocations", "CommandInvocations"),
                        ("ListCommands", "list-commands", "Commands"),
                    )
                    for member, rule in (
                        ("CloudWatchOutputConfig.CloudWatchLogGroupName", "minimum"),
                        ("DocumentVersion", "pattern"),
                        ("NotificationConfig.NotificationType", "enum"),
                    )
                ),
                (
                    "ListCommandInvocations",
                    "list-command-invocations",
                    "CommandInvocations[].CommandPlugins[].OutputS3BucketName",
                    "minimum",
                ),
                ("ListCommands", "list-commands", "Commands[].OutputS3BucketName", "minimum"),
            )
        },
        Kind("ssm:DescribeInstancePatches", "answer", "Patches[].State", "enum"): (
            f"{_CLI}/ssm/describe-instance-patches.html"
        ),
        **{
            Kind("ssm:DescribeInstancePatchStates", "answer", f"InstancePatchStates[].{member}", "minimum"): (
                "https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-cli-commands.html"
            )
            for member in ("OwnerInformation", "PatchGroup")
        },
        Kind(
            "ssm:DescribeInstancePatchStatesForPatchGroup",
            "answer",
            "InstancePatchStates[].OwnerInformation",
            "minimum",
        ): f"{_CLI}/ssm/describe-instance-patch-states-for-patch-group.html",
    }
)
"""AWS answers what its model does not allow: the kind, and the page that shows it."""

MOTO: Mapping[Kind, str] = MappingProxyType(
    {
        Kind(
            "athena:CreateWorkGroup", "answer", "CreateWorkGroupOutput.CreateWorkGroupResponse", "unknown"
        ): (f"{_MOTO}/athena/responses.py"),
        **{
            Kind("config:DescribeConfigRules", "answer", f"ConfigRule.{member}", "unknown"): (
                f"{_MOTO}/config/models.py"
            )
            for member in ("AccountId", "InputParametersDict", "LastUpdatedTime", "Tags")
        },
        Kind("events:ListRules", "answer", "Rule.CreatedBy", "unknown"): f"{_MOTO}/events/models.py",
        Kind("securityhub:DescribeHub", "answer", "DescribeHubResponse.Tags", "unknown"): (
            f"{_MOTO}/securityhub/models.py"
        ),
    }
)
"""moto answers what the model does not have: the kind, and where it does. This list only shrinks."""
