"""What a run has made, in a file, so that another process can remove it."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Self


@dataclass(kw_only=True, slots=True)
class State:
    """What a run has made so far.

    Attributes:
        path: The file.
        run_id: Id of the run, the value of its tag.
        account: The account.
        region: The Region.
        stack_ids: Ids of the stacks, with which CloudFormation finds them when they are deleted.
        instance_ids: Ids of the instances.
    """

    path: Path
    run_id: str
    account: str
    region: str
    stack_ids: list[str] = field(default_factory=list)
    instance_ids: list[str] = field(default_factory=list)

    def save(self) -> None:
        """Write the file; before something is made rather than after."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        data = {name: value for name, value in asdict(self).items() if name != "path"}
        self.path.write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Self | None:
        """Read the file, or return None if no run has left one."""
        if not path.exists():
            return None
        return cls(path=path, **json.loads(path.read_text(encoding="utf-8")))

    def forget(self) -> None:
        """Remove the file: nothing is left."""
        self.path.unlink(missing_ok=True)
