"""Lints the templates of an assembly with cfn-lint: `python -m gates.lint [FOLDER]`.

Of templates that are equal apart from account id, account name and stack name, the one with the longest names
is linted, once for each Region and against that Region. All others are linted each.
"""

import argparse
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from cfnlint.helpers import REGIONS

from gates.assembly import read_templates
from gates.equal_templates import Template, group_equal, longest_names
from patching_constructs import InvalidInputError, load_settings

_CFN_LINT = [str(Path(sys.executable).with_name("cfn-lint")), "--non-zero-exit-code", "informational"]
_UNUSABLE = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class LintPlan:
    """Which templates are linted, and which are equal to one of them.

    Attributes:
        linted: Files by the Region of their stacks, which is None where it is not known.
        equal: Files that are not linted, by the linted one to which they are equal.
    """

    linted: dict[str | None, list[Path]]
    equal: dict[Path, list[Path]]

    def __str__(self) -> str:
        """Say how many there are of each."""
        linted, equal = (sum(map(len, files.values())) for files in (self.linted, self.equal))
        return (
            f"cfn-lint: {linted} of {linted + equal} templates are linted; the other {equal} are equal to "
            "one of them, in its Region, apart from account id, account name and stack name"
        )


def plan_lint(templates: Sequence[Template]) -> LintPlan:
    """Choose which of the templates to lint."""
    linted: dict[str | None, list[Path]] = defaultdict(list)
    equal: dict[Path, list[Path]] = {}
    for group in group_equal(templates):
        chosen = longest_names(group)
        linted[chosen[0].region] += [template.path for template in chosen]
        if len(group) > len(chosen):
            equal[chosen[0].path] = [template.path for template in group if template not in chosen]
    return LintPlan(linted=dict(linted), equal=equal)


def lint(plan: LintPlan) -> int:
    """Run cfn-lint on as many processors as there are, and print what it finds.

    Returns:
        0, or a status of cfn-lint that is not.
    """
    for region in sorted(filter(None, plan.linted.keys() - set(REGIONS))):
        sys.stdout.write(f"cfn-lint does not know the Region {region}: its default Region is used instead\n")
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(_run, _commands(plan)))
    for result in results:
        sys.stdout.write(result.stdout)
        sys.stderr.write(result.stderr)
    status = max((abs(result.returncode) for result in results), default=0)
    if status:
        for path, others in plan.equal.items():
            sys.stdout.write(f"equal to {path.name}: {', '.join(other.name for other in others)}\n")
    return status


def _commands(plan: LintPlan) -> Iterator[list[str]]:
    """Yield commands for one Region each: as few as keep all processors busy, as each loads all schemas."""
    total = sum(map(len, plan.linted.values()))
    size = -(-total // (os.cpu_count() or 1))
    for region, paths in plan.linted.items():
        against = ["--regions", region] if region and region in REGIONS else []
        for first in range(0, len(paths), size):
            yield [*_CFN_LINT, *against, "--template", *map(str, paths[first : first + size])]


def _run(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 -- cfn-lint


def main(arguments: Sequence[str] | None = None) -> int:
    """Lint an assembly.

    Returns:
        The exit status: 0, 2 if there is nothing that could be linted, else that of cfn-lint.
    """
    parser = argparse.ArgumentParser(prog="python -m gates.lint", description=__doc__)
    parser.add_argument("assembly", type=Path, nargs="?", default=Path("cdk.out"))
    assembly: Path = parser.parse_args(arguments).assembly
    try:
        settings = load_settings(os.environ.get("PATCHING_CONFIG", "patching.yaml"))
    except InvalidInputError as error:
        sys.stderr.write(f"{error}\n")
        return _UNUSABLE
    templates = read_templates(assembly, {account.id: account.name for account in settings.accounts})
    if not templates:
        sys.stderr.write(f"{assembly}: no templates; run cdk synth first\n")
        return _UNUSABLE
    plan = plan_lint(templates)
    sys.stdout.write(f"{plan}\n")
    return lint(plan)


if __name__ == "__main__":
    sys.exit(main())
