from typing import Any

import pytest

from patching_constructs.analysis.patch_operation import patch_operation, patching_tasks
from patching_constructs.model.maintenance_window import TaskRecord, WindowRecord
from patching_constructs.model.patching_documents import PatchOperation
from patching_constructs.model.schedule import ScheduleRecord
from patching_constructs.model.unknown import Maybe, Unknown

LATER = Unknown("a parameter without a default")


def _task(document: Maybe[str], **parameters: Any) -> TaskRecord:
    return TaskRecord(task_type="RUN_COMMAND", task_arn=document, priority=1, parameters=parameters)


@pytest.mark.parametrize(
    ("task", "expected"),
    [
        (_task("AWS-RunPatchBaseline", Operation=("Scan",)), PatchOperation.SCAN),
        (_task("AWS-RunPatchBaseline", Operation=("Install",)), PatchOperation.INSTALL),
        (_task("AWS-RunPatchBaseline"), None),
        (_task("AWS-RunPatchBaseline", Operation=("install",)), None),
        (_task("AWS-RunPatchBaseline", Operation=LATER), LATER),
        (_task("AWS-RunPatchBaseline", Operation=(LATER,)), LATER),
        (_task("AWS-RunPatchBaselineWithHooks", Operation=("Install",)), PatchOperation.INSTALL),
        (
            _task("arn:aws:ssm:eu-west-1::document/AWS-RunPatchBaseline", Operation=("Install",)),
            PatchOperation.INSTALL,
        ),
        (_task("AWS-InstallWindowsUpdates", Action=("Scan",)), PatchOperation.SCAN),
        (_task("AWS-PatchInstanceWithRollback"), PatchOperation.INSTALL),
        (_task("AWS-PatchAsgInstance"), PatchOperation.INSTALL),
        (_task("AWS-FindWindowsUpdates"), PatchOperation.SCAN),
        (_task("AWS-UpdateSSMAgent"), None),
        (_task("arn:aws:lambda:eu-west-1:111111111111:function:gate"), None),
        (_task(LATER), LATER),
    ],
)
def test_what_a_task_does_to_patches(task: TaskRecord, expected: Maybe[PatchOperation] | None) -> None:
    assert patch_operation(task) == expected


def test_only_tasks_that_certainly_do_an_operation_are_listed() -> None:
    scan = _task("AWS-RunPatchBaseline", Operation=("Scan",))
    install = _task("AWS-RunPatchBaseline", Operation=("Install",))
    perhaps = _task("AWS-RunPatchBaseline", Operation=LATER)
    window = WindowRecord(
        name="web",
        schedule=ScheduleRecord(expression="cron(0 2 ? * SUN *)"),
        duration_hours=2,
        cutoff_hours=1,
        tasks=(scan, install, perhaps),
    )
    assert patching_tasks(window, PatchOperation.INSTALL) == (install,)
