"""Which calls AWS's own CloudFormation handlers of AWS::SSM types make, in their order.

Read from the handlers that AWS publishes. An operation that is called several times in a row, such as a
registration for each group, is listed once.

See: https://github.com/aws-cloudformation/aws-cloudformation-resource-providers-ssm
"""

from typing import NamedTuple

REPOSITORY = "https://github.com/aws-cloudformation/aws-cloudformation-resource-providers-ssm/blob/"


class Handler(NamedTuple):
    """What one handler calls.

    Attributes:
        calls: The operations, in order, where every one of them is needed.
        source: The file that says so, below `REPOSITORY`.
    """

    calls: tuple[str, ...]
    source: str


_BASELINE = "aws-ssm-patchbaseline/src/main/java/software/amazon/ssm/patchbaseline/"
_WINDOW = "aws-ssm-maintenancewindow/src/main/java/software/amazon/ssm/maintenancewindow/"
_TARGET = "aws-ssm-maintenancewindowtarget/src/main/java/software/amazon/ssm/maintenancewindowtarget/"
_TASK = "aws-ssm-maintenancewindowtask/src/main/java/software/amazon/ssm/maintenancewindowtask/"
_PARAMETER = "aws-ssm-parameter/src/main/java/com/amazonaws/ssm/parameter/"

_TAGS = ("ListTagsForResource", "RemoveTagsFromResource", "AddTagsToResource")

HANDLERS = {
    ("AWS::SSM::PatchBaseline", "create"): Handler(
        ("CreatePatchBaseline", "RegisterPatchBaselineForPatchGroup", "RegisterDefaultPatchBaseline"),
        f"3f8e8023bfa007f74fb9ad3559618c529e103a31/{_BASELINE}CreateHandler.java",
    ),
    ("AWS::SSM::PatchBaseline", "update"): Handler(
        (
            "UpdatePatchBaseline",
            "GetPatchBaseline",
            "DeregisterPatchBaselineForPatchGroup",
            "RegisterPatchBaselineForPatchGroup",
            *_TAGS,
            "RegisterDefaultPatchBaseline",
        ),
        f"6360801d520cdd1af69682ebfa2d1a663c528762/{_BASELINE}UpdateHandler.java",
    ),
    ("AWS::SSM::PatchBaseline", "delete"): Handler(
        ("GetPatchBaseline", "DeregisterPatchBaselineForPatchGroup", "DeletePatchBaseline"),
        f"7dd6f1f9a986907bd5e748806606aa2860e8c9fc/{_BASELINE}DeleteHandler.java",
    ),
    ("AWS::SSM::MaintenanceWindow", "create"): Handler(
        ("CreateMaintenanceWindow",),
        f"13a0feac8362c621d7c6d3373e96025f42012a37/{_WINDOW}CreateHandler.java",
    ),
    ("AWS::SSM::MaintenanceWindow", "update"): Handler(
        ("UpdateMaintenanceWindow", *_TAGS),
        f"dd865435c279f9cb003b92c7e128607d707da805/{_WINDOW}UpdateHandler.java",
    ),
    ("AWS::SSM::MaintenanceWindow", "delete"): Handler(
        ("DeleteMaintenanceWindow",),
        f"13a0feac8362c621d7c6d3373e96025f42012a37/{_WINDOW}DeleteHandler.java",
    ),
    ("AWS::SSM::MaintenanceWindowTarget", "create"): Handler(
        ("RegisterTargetWithMaintenanceWindow",),
        f"16f140e38b1f1a5dfbe6d710c74cd8ab7681d423/{_TARGET}CreateHandler.java",
    ),
    ("AWS::SSM::MaintenanceWindowTarget", "update"): Handler(
        ("UpdateMaintenanceWindowTarget",),
        f"16f140e38b1f1a5dfbe6d710c74cd8ab7681d423/{_TARGET}UpdateHandler.java",
    ),
    ("AWS::SSM::MaintenanceWindowTarget", "delete"): Handler(
        ("DeregisterTargetFromMaintenanceWindow",),
        f"16f140e38b1f1a5dfbe6d710c74cd8ab7681d423/{_TARGET}DeleteHandler.java",
    ),
    ("AWS::SSM::MaintenanceWindowTask", "create"): Handler(
        ("RegisterTaskWithMaintenanceWindow",),
        f"45db70a5da9ef5904c3e2758409c42cce01fc01f/{_TASK}CreateHandler.java",
    ),
    ("AWS::SSM::MaintenanceWindowTask", "update"): Handler(
        ("UpdateMaintenanceWindowTask",),
        f"513ade8301cdaacdbc92b51940a2c5ad4f6ce94a/{_TASK}UpdateHandler.java",
    ),
    ("AWS::SSM::MaintenanceWindowTask", "delete"): Handler(
        ("DeregisterTaskFromMaintenanceWindow",),
        f"513ade8301cdaacdbc92b51940a2c5ad4f6ce94a/{_TASK}translator/request/"
        "DeregisterTaskFromMaintenanceWindowTranslator.java",
    ),
    ("AWS::SSM::Parameter", "create"): Handler(
        ("PutParameter",), f"0d3f8e2eb7ba7110bef11c5e13136ad16abc0717/{_PARAMETER}CreateHandler.java"
    ),
    ("AWS::SSM::Parameter", "update"): Handler(
        ("PutParameter", *_TAGS), f"009696a8a7d0ef5925c67efce5b99f3b77e65cb7/{_PARAMETER}UpdateHandler.java"
    ),
    ("AWS::SSM::Parameter", "delete"): Handler(
        ("DeleteParameter",), f"e7b6b2417f99b031be29aadff7cd7799e6f01cb5/{_PARAMETER}DeleteHandler.java"
    ),
}

REPLACES = {
    "UpdatePatchBaseline": True,
    "UpdateMaintenanceWindow": True,
    "UpdateMaintenanceWindowTask": True,
    "UpdateMaintenanceWindowTarget": None,
}
"""What the handlers send as `Replace`: with it, what a request leaves out is set back.

From the translators beside the handlers; that of targets asks for a property that the type does not have.
"""

NOT_PERMITTED = {
    ("AWS::SSM::PatchBaseline", "update", "GetPatchBaseline"),
    ("AWS::SSM::PatchBaseline", "update", "RegisterPatchBaselineForPatchGroup"),
}
"""Calls that the published handlers make and that today's schemas do not list among their permissions."""
