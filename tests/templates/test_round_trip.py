"""What our constructs write, reading reads back."""

import dataclasses
import json
from pathlib import Path

import aws_cdk as cdk
import pytest

from patching_constructs import PatchBaseline, Settings, load_settings
from patching_constructs.analysis.ring_plans import ring_plans
from patching_constructs.model.estate import Estate
from patching_constructs.model.maintenance_window import WindowRecord
from patching_constructs.model.patch_baseline import PatchBaselineRecord
from patching_constructs.model.unknown import Unknown
from patching_constructs.templates.estate_files import read_estates
from patching_constructs.values.ring_windows import ring_windows
from stacks.organisation import define_organisation

ROOT = Path(__file__).parents[2]


@dataclasses.dataclass
class Sample:
    settings: Settings
    baselines: list[PatchBaselineRecord]
    estate: Estate


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """The sample organisation, synthesized once and read back."""
    folder = tmp_path_factory.mktemp("sample") / "cdk.out"
    context = json.loads((ROOT / "cdk.json").read_text())["context"]
    app = cdk.App(outdir=str(folder), context=context, analytics_reporting=False)
    settings = load_settings(ROOT / "patching.yaml")
    define_organisation(app, settings)
    app.synth()
    baselines = [
        construct.record for construct in app.node.find_all() if isinstance(construct, PatchBaseline)
    ]
    (estate,) = read_estates([folder])
    return Sample(settings, baselines, estate)


def written(baseline: PatchBaselineRecord) -> PatchBaselineRecord:
    """Return the record as a template holds it, where what is off is left out."""
    assert not isinstance(baseline.approval_rules, Unknown)
    return dataclasses.replace(
        baseline,
        default_baseline=baseline.default_baseline or None,
        approval_rules=tuple(
            dataclasses.replace(rule, enable_non_security=rule.enable_non_security or None)
            for rule in baseline.approval_rules
        ),
    )


def without_what_the_stack_adds(window: WindowRecord) -> WindowRecord:
    """Leave out role and output, which become known only when the window is written."""
    tasks = tuple(dataclasses.replace(task, service_role_arn=None, output=None) for task in window.tasks)
    return dataclasses.replace(window, tasks=tasks)


def test_baselines_are_read_back_as_they_were_written(sample: Sample) -> None:
    assert len(sample.baselines) >= 12
    assert [baseline.record for baseline in sample.estate.baselines] == [
        written(baseline) for baseline in sample.baselines
    ]


def test_windows_are_read_back_as_they_were_written(sample: Sample) -> None:
    settings = sample.settings
    ubuntu = {baseline.name for baseline in settings.baselines if baseline.operating_system == "UBUNTU"}
    snap_managed = {
        group.name for ring in settings.rings for group in ring.patch_groups if ubuntu & set(group.baselines)
    }
    built = [
        window
        for account in settings.workload_accounts
        for _ in settings.regions
        for ring in settings.ring_values_of(account)
        for window in ring_windows(
            settings.rollout_name, ring, separate_tasks=False, snap_managed=snap_managed
        ).values()
    ]
    assert len(built) >= 8
    assert [without_what_the_stack_adds(window.record) for window in sample.estate.windows] == [
        without_what_the_stack_adds(window) for window in built
    ]


def test_marks_are_read_back_and_agree(sample: Sample) -> None:
    assert {
        (mark.ring, mark.ring_order) for mark in (window.tag_marks for window in sample.estate.windows)
    } >= {
        ("dev", 1),
        ("prod", 4),
    }
    for window in sample.estate.windows:
        tags, metadata = window.tag_marks, window.metadata_marks
        assert (tags.rollout, tags.ring, tags.ring_order) == (
            metadata.rollout,
            metadata.ring,
            metadata.ring_order,
        )


def test_promises_are_read_back_as_they_were_written(sample: Sample) -> None:
    promised = sample.settings.promises
    assert set(promised) == {"staging", "prod"}
    read = {
        (window.metadata_marks.ring, window.metadata_marks.promises)
        for window in sample.estate.windows
        if window.metadata_marks.promises is not None
    }
    assert read == set(promised.items())
    (own,) = (ring for ring in ring_plans(sample.estate) if ring.name == "prod")
    assert own.promises == promised["prod"]


def test_everything_knows_its_place(sample: Sample) -> None:
    for location in (
        *(baseline.record.location for baseline in sample.estate.baselines),
        *(window.record.location for window in sample.estate.windows),
    ):
        assert location is not None
        assert location.file is not None
        assert location.line is not None
        assert f'"{location.logical_id}"' in Path(location.file).read_text().splitlines()[location.line - 1]
        assert (location.construct_path or "").startswith("Patching-")


def test_nothing_of_the_sample_is_unknown_or_wrong(sample: Sample) -> None:
    assert sample.estate.mistakes == ()
    assert sample.estate.unread == ()
    assert sample.estate.assumptions == ()
    assert sample.estate.parameter_defaults == ()
    assert {window.environment.account for window in sample.estate.windows} == {
        account.id for account in sample.settings.workload_accounts
    }
