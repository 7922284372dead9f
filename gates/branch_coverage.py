"""Prints how many branches the tests take, by package: `python -m gates.branch_coverage REPORT`.

The report is what `coverage json` writes. A share below the floor fails in analysis, rules and lambdas, whose
mistakes reach a user as a false verdict. For the other packages the share is printed and nothing more.
"""

import json
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

FLOOR_PERCENT = 95
HELD = ("analysis", "rules", "lambdas")
_LIBRARY = "patching_constructs"


@dataclass(kw_only=True, slots=True)
class Branches:
    """The branches of a package.

    Attributes:
        known: How many the code has.
        missing: Those that no test took, as `file:line -> line`; a negative line is the end of the function
            that begins there.
    """

    known: int = 0
    missing: list[str]

    @property
    def percent(self) -> float:
        """The share that a test took, in percent."""
        return 100 * (self.known - len(self.missing)) / self.known if self.known else 100.0


def by_package(report: Mapping[str, Any]) -> dict[str, Branches]:
    """Add the branches of a coverage report up by the package of the library that has them."""
    packages: dict[str, Branches] = defaultdict(lambda: Branches(missing=[]))
    for name, file in sorted(report["files"].items()):
        parts = PurePath(name).parts
        inside = parts[parts.index(_LIBRARY) + 1 :]
        branches = packages[inside[0] if len(inside) > 1 else _LIBRARY]
        branches.known += file["summary"]["num_branches"]
        branches.missing += [f"{name}:{start} -> {end}" for start, end in file["missing_branches"]]
    return dict(packages)


def main(arguments: Sequence[str]) -> int:
    """Print the table; answer 1 if a held package is below the floor or was not measured."""
    (path,) = arguments
    packages = by_package(json.loads(Path(path).read_text()))
    for name, branches in sorted(packages.items(), key=lambda item: (item[0] not in HELD, item[0])):
        taken = branches.known - len(branches.missing)
        print(f"{name:<20} {taken:>5} of {branches.known:>5} branches  {branches.percent:6.2f} %")  # noqa: T201
    low = [name for name in HELD if name not in packages or packages[name].percent < FLOOR_PERCENT]
    for name in low:
        if name not in packages:
            print(f"{name}: not measured", file=sys.stderr)  # noqa: T201
            continue
        branches = packages[name]
        print(f"{name}: {branches.percent:.2f} % is below {FLOOR_PERCENT} %; not taken:", file=sys.stderr)  # noqa: T201
        print(*(f"  {branch}" for branch in branches.missing), sep="\n", file=sys.stderr)  # noqa: T201
    return int(bool(low))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
