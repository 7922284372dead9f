"""The cdk.out of 1,000 stacks is what the CDK would write, and checking it costs what its size says."""

import json
import re
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from bench.check_figures import check, findings
from bench.fresh_process import FreshProcess
from bench.hundred_rings import RING_COUNT, prove
from bench.synthesis import define_sample, new_app
from bench.workload_assembly import WorkloadStack, read_stacks, regional_sample, write_assembly
from patching_constructs.analysis.ring_proof import RingProof
from patching_constructs.model.finding import Finding
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.operating_system import OperatingSystem
from patching_constructs.rules.estate import CheckOptions, check_estates
from patching_constructs.schedules.horizon import horizon_between
from patching_constructs.templates.estate_files import read_estates

REGIONS = ["eu-central-1", "us-east-1"]
OPTIONS = CheckOptions(horizon=horizon_between(date(2026, 11, 23), date(2028, 11, 23)))


def with_copies(data: dict[str, Any]) -> dict[str, Any]:
    """Give each ring the further account that multiplying makes first."""
    copies = {
        account["name"]: {"name": f"{account['name']}-1", "id": f"{account['id'][0]}00000000001"}
        for account in data["accounts"]
        if account["role"] == "workload"
    }
    return data | {
        "accounts": [*data["accounts"], *({**copy, "role": "workload"} for copy in copies.values())],
        **{
            key: [
                entry
                | {"accounts": [*entry["accounts"], *(copies[name]["name"] for name in entry["accounts"])]}
                for entry in data[key]
            ]
            for key in ("rings", "exemptions")
        },
    }


@pytest.fixture(scope="module")
def synthesized(tmp_path_factory: pytest.TempPathFactory) -> list[WorkloadStack]:
    """The sample in two Regions, with a further account for each ring."""
    folder = tmp_path_factory.mktemp("synthesized")
    data = with_copies(regional_sample() | {"regions": REGIONS})
    (folder / "patching.yaml").write_text(yaml.safe_dump(data))
    app = new_app(str(folder / "cdk.out"))
    define_sample(app, folder / "patching.yaml")
    app.synth()
    return read_stacks(folder / "cdk.out", data)


@pytest.fixture(scope="module")
def samples(synthesized: list[WorkloadStack]) -> list[WorkloadStack]:
    return [stack for stack in synthesized if not stack.account.name.endswith("-1")]


def check_folder(folder: Path) -> list[Finding]:
    return check_estates(read_estates([folder]), OPTIONS)


def without_hashes(text: str) -> Any:
    """Leave out what depends on the account's name: its code, in which its settings are, and its paths."""
    text = re.sub(r"[0-9a-f]{64}\.zip", "code.zip", text)
    return json.loads(re.sub(r'("AlarmName": "\w+)[0-9A-F]{8}"', r'\1"', text))


def test_a_multiplied_stack_is_what_the_cdk_synthesizes_for_its_account(
    synthesized: list[WorkloadStack], samples: list[WorkloadStack], tmp_path: Path
) -> None:
    folder = write_assembly(tmp_path / "cdk.out", samples, len(samples))
    artifacts = json.loads((folder / "manifest.json").read_text())["artifacts"]
    further = [stack for stack in synthesized if stack not in samples]
    assert len(further) == len(samples) == 4 * len(REGIONS)
    for stack in further:
        for kind in ("template", "metadata"):
            written = (folder / f"{stack.name}.{kind}.json").read_text()
            assert without_hashes(written) == without_hashes(stack.files[kind])
        ours, theirs = artifacts[stack.name], json.loads(stack.artifacts)[stack.name]
        for artifact in (ours, theirs):
            del artifact["properties"]["stackTemplateAssetObjectUrl"]  # a hash of the template
        assert ours == theirs


def test_stacks_are_spread_over_rings_and_regions_in_accounts_of_their_own(
    samples: list[WorkloadStack], tmp_path: Path
) -> None:
    folder = write_assembly(tmp_path / "cdk.out", samples, 24)
    (estate,) = read_estates([folder])
    environments = {window.environment for window in estate.windows}
    assert len(environments) == 24
    assert len({environment.account for environment in environments}) == 12
    assert {environment.region for environment in environments} == set(REGIONS)


def test_many_accounts_have_the_findings_of_one_until_one_of_them_is_out_of_order(
    samples: list[WorkloadStack], tmp_path: Path
) -> None:
    expected = {
        (finding.id, finding.field, finding.message)
        for finding in check_folder(write_assembly(tmp_path / "few", samples, len(samples)))
    }
    folder = write_assembly(tmp_path / "many", samples, 5 * len(samples))
    assert {(finding.id, finding.field, finding.message) for finding in check_folder(folder)} == expected
    assert FindingId.RING_INVERSION not in {finding_id for finding_id, _, _ in expected}
    template = folder / "Patching-prod-4-us-east-1.template.json"
    text = template.read_text()
    assert '"ApproveAfterDays": 10' in text
    template.write_text(text.replace('"ApproveAfterDays": 10', '"ApproveAfterDays": 3'))
    inverted = [finding for finding in check_folder(folder) if finding.id == FindingId.RING_INVERSION]
    assert {finding.field for finding in inverted} == {"rings.prod.AMAZON_LINUX_2023", "rings.prod.WINDOWS"}
    assert all("600000000004/us-east-1" in str(finding) for finding in inverted)


def test_the_real_command_line_is_measured(samples: list[WorkloadStack], tmp_path: Path) -> None:
    folder = write_assembly(tmp_path / "cdk.out", samples, len(samples))
    measured = check(FreshProcess(tmp_path), folder)
    assert measured.cpu_seconds > 0
    assert measured.seconds > 0
    assert {finding[0] for finding in findings(measured.printed)} >= {
        FindingId.RING_MARGIN,
        FindingId.RING_ORDER_NOT_POSSIBLE,
    }
    with pytest.raises(ValueError, match="status 2"):
        check(FreshProcess(tmp_path), tmp_path / "nowhere")


def test_the_memory_of_a_process_is_its_own(tmp_path: Path) -> None:
    fresh = FreshProcess(tmp_path)
    ours = b"x" * 300_000_000
    small = fresh.measure(["-c", "print('small')"])
    large = fresh.measure(["-c", "import sys; taken = b'x' * 200_000_000; sys.exit(3)"])
    assert (small.status, small.printed, large.status) == (0, "small\n", 3)
    assert small.peak_mebibytes < 100 < 180 < large.peak_mebibytes < len(ours) / 1024**2


def test_a_hundred_rings_are_in_order_where_delays_count_and_nowhere_else() -> None:
    proofs = prove()
    assert all(isinstance(proof, RingProof) for proof in proofs)
    by_system: dict[OperatingSystem, list[bool]] = {}
    for proof in proofs:
        if isinstance(proof, RingProof):
            by_system.setdefault(proof.pair.operating_system, []).append(proof.order.holds)
    assert by_system == {
        OperatingSystem.AMAZON_LINUX_2023: [True] * (RING_COUNT - 1),
        OperatingSystem.UBUNTU: [False] * (RING_COUNT - 1),
        OperatingSystem.WINDOWS: [True] * (RING_COUNT - 1),
    }


def calls_of(work: Callable[[], object]) -> int:
    """Count the calls of functions, which no machine disturbs."""
    count = 0

    def counted(_: object, event: str, __: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(counted)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.slow
def test_work_grows_linearly_with_stacks(samples: list[WorkloadStack], tmp_path: Path) -> None:
    folders = [write_assembly(tmp_path / str(count), samples, count) for count in (64, 128, 200)]
    check_folder(folders[0])  # fills what is kept for the whole process
    few, more, most = (calls_of(lambda folder=folder: check_folder(folder)) for folder in folders)  # type: ignore[misc]
    assert (most - more) / 72 <= 1.005 * (more - few) / 64
