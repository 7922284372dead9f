"""The words that this library compares answers of AWS with, against the service models of botocore."""

import re
from collections.abc import Iterable
from pathlib import Path

import botocore.session
import pytest
from botocore.model import ServiceModel

import patching_constructs
from patching_constructs import OperatingSystem, PatchOperation, RebootOption
from patching_constructs.lambdas.compliance_reporter import nodes, publications
from patching_constructs.lambdas.compliance_reporter import window_reader as windows
from patching_constructs.lambdas.patch_event_forwarder import window_reader
from patching_constructs.lambdas.ring_run_recorder import task_results
from patching_constructs.model.patch_choices import (
    AvailableSecurityUpdatesComplianceStatus,
    ComplianceLevel,
    PatchFilterKey,
    RejectedPatchesAction,
)
from patching_constructs.model.patch_state import PatchState
from patching_constructs.model.systems_manager_events import ENDED_WINDOW_STATUSES, OVERLAPPING_WINDOW_STATUS

LAMBDAS = Path(patching_constructs.__file__).parent / "lambdas"


def model(service: str) -> ServiceModel:
    return botocore.session.get_session().get_service_model(service)


def words(shape: str, service: str = "ssm") -> set[str]:
    return set(model(service).shape_for(shape).enum)


@pytest.mark.parametrize(
    ("ours", "shape"),
    [
        (PatchState, "PatchComplianceDataState"),
        (OperatingSystem, "OperatingSystem"),
        (PatchOperation, "PatchOperationType"),
        (RebootOption, "RebootOption"),
        (ComplianceLevel, "PatchComplianceLevel"),
        (RejectedPatchesAction, "PatchAction"),
        (AvailableSecurityUpdatesComplianceStatus, "PatchComplianceStatus"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_closed_vocabulary_has_the_words_of_aws(ours: Iterable[str], shape: str) -> None:
    assert {str(word) for word in ours} == words(shape)


@pytest.mark.parametrize(
    ("ours", "shape"),
    [
        (PatchFilterKey, "PatchFilterKey"),
        ((*ENDED_WINDOW_STATUSES, OVERLAPPING_WINDOW_STATUS), "MaintenanceWindowExecutionStatus"),
        (window_reader._UNSUCCESSFUL, "MaintenanceWindowExecutionStatus"),
        ({nodes._ANSWERS}, "PingStatus"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_chosen_word_is_one_of_aws(ours: Iterable[str], shape: str) -> None:
    assert {str(word) for word in ours} <= words(shape)


def test_every_status_of_a_run_is_known() -> None:
    over = set(ENDED_WINDOW_STATUSES) - windows._AT_WORK
    assert over | windows._AT_WORK | windows._NEVER_AT_WORK == words("MaintenanceWindowExecutionStatus")


def test_every_state_of_an_instance_is_known() -> None:
    assert nodes._NOT_RUNNING | {"running"} == words("InstanceStateName", "ec2")


def test_the_counts_of_a_node_are_members_of_the_answer() -> None:
    members = model("ssm").shape_for("InstancePatchState").members
    assert set(nodes._COUNTS.values()) <= set(members)
    counted = {name.removesuffix("Count") for name in members if name.endswith("Count")}
    of_other_things = {
        "CriticalNonCompliant",
        "SecurityNonCompliant",
        "OtherNonCompliant",
        "UnreportedNotApplicable",
    }
    assert counted - of_other_things == {state.spelling for state in PatchState}, "a state without a count"


def test_error_codes_that_are_compared_exist() -> None:
    """Those that every service answers are in no model: AWS documents them together.

    https://docs.aws.amazon.com/systems-manager/latest/APIReference/CommonErrors.html
    """
    common = {"AccessDeniedException", "ValidationException"}
    known = {
        shape.metadata.get("error", {}).get("code", shape.name)
        for service in ("ssm", "dynamodb", "events", "sns")
        for shape in model(service).error_shapes
    }
    sources = [file.read_text("utf-8") for file in LAMBDAS.rglob("*.py")]
    literal = {word for source in sources for word in re.findall(r'\["Code"\] (?:!=|==) "(\w+)"', source)}
    assert "ConditionalCheckFailedException" in literal
    assert (literal | publications._REFUSALS | task_results._GONE) - common <= known
