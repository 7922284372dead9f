"""A cdk.out of many workload stacks, multiplied from really synthesized ones.

The sample is synthesized in a few Regions. Each of its workload stacks is then written out for further
accounts, with their own account id and name in everything that the CDK writes about a stack. `tests/bench`
holds a multiplied stack against the one that the CDK synthesizes for the same account.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bench.fresh_process import FreshProcess
from bench.synthesis import SAMPLE

REGIONAL_OUT = "regional.out"
"""Where `synthesize_sample` leaves the assembly that it multiplies, in the folder that it is given."""
REGIONS = ("eu-central-1", "eu-west-1", "us-east-1", "us-west-2", "ap-southeast-2")
_FILES = ("template", "metadata", "assets")


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """A workload account; a ring of the sample has one, named like the ring."""

    name: str
    id: str

    def copy(self, number: int) -> "Account":
        """Return one more account of the same ring."""
        return Account(name=f"{self.name}-{number}", id=f"{self.id[0]}{number:011}")


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkloadStack:
    """A stack of the sample: the texts of its files and of its entries in the manifest."""

    account: Account
    region: str
    files: dict[str, str]
    artifacts: str

    @property
    def name(self) -> str:
        """The stack's id in the assembly."""
        return stack_name(self.account, self.region)

    def text_for(self, text: str, account: Account) -> str:
        """Return what the CDK would have written for another account, but for hashes of code and paths."""
        name = stack_name(account, self.region)
        for old, new in (
            (self.name, name),
            (self.name.replace("-", ""), name.replace("-", "")),  # in names of composite alarms
            (self.account.id, account.id),
            (f"in account {self.account.name}", f"in account {account.name}"),  # in texts of alarms
        ):
            text = text.replace(old, new)
        return text


def stack_name(account: Account, region: str) -> str:
    """Return the name under which the sample defines the stack of an account and Region."""
    return f"Patching-{account.name}-{region}"


def regional_sample() -> dict[str, Any]:
    """Return patching.yaml with more Regions."""
    data: dict[str, Any] = yaml.safe_load(SAMPLE.read_text())
    return data | {"regions": list(REGIONS)}


def synthesize_sample(fresh: FreshProcess, folder: Path) -> list[WorkloadStack]:
    """Synthesize the sample in all Regions, and return its workload stacks."""
    config, assembly = folder / "regional.yaml", folder / REGIONAL_OUT
    data = regional_sample()
    config.write_text(yaml.safe_dump(data))
    fresh.run(["-m", "bench.synthesis", str(assembly), str(config)])
    return read_stacks(assembly, data)


def read_stacks(assembly: Path, data: dict[str, Any]) -> list[WorkloadStack]:
    """Return the workload stacks of an assembly that was synthesized from `data`."""
    artifacts = json.loads((assembly / "manifest.json").read_text())["artifacts"]
    accounts = [
        Account(name=account["name"], id=account["id"])
        for account in data["accounts"]
        if account["role"] == "workload"
    ]
    stacks = []
    for region in data["regions"]:
        for account in accounts:
            name = stack_name(account, region)
            stacks.append(
                WorkloadStack(
                    account=account,
                    region=region,
                    files={kind: (assembly / f"{name}.{kind}.json").read_text() for kind in _FILES},
                    artifacts=json.dumps({key: artifacts[key] for key in (f"{name}.assets", name)}),
                )
            )
    return stacks


def write_assembly(folder: Path, samples: list[WorkloadStack], count: int) -> Path:
    """Write an assembly of `count` stacks, evenly over rings and Regions."""
    folder.mkdir()
    artifacts: dict[str, object] = {}
    for number in range(count):
        sample = samples[number % len(samples)]
        account = sample.account.copy(1 + number // len(samples))
        for kind, text in sample.files.items():
            path = folder / f"{stack_name(account, sample.region)}.{kind}.json"
            path.write_text(sample.text_for(text, account))
        artifacts |= json.loads(sample.text_for(sample.artifacts, account))
    manifest = {"version": "54.0.0", "artifacts": artifacts}
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1))
    return folder
