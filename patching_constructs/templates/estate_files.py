"""The way in: paths to estates."""

from collections.abc import Sequence
from pathlib import Path

from patching_constructs.model.estate import Estate
from patching_constructs.model.track import Track, untracked
from patching_constructs.templates.assembly import find_stacks
from patching_constructs.templates.estate import estates_of


def read_estates(paths: Sequence[str | Path], *, track: Track = untracked) -> tuple[Estate, ...]:
    """Read CloudFormation templates (JSON or YAML), folders of them and cloud assemblies (`cdk.out`).

    Args:
        paths: Files and folders. Findings name them as they are given here.
        track: Sees how many templates are read.

    Returns:
        What they deploy. There is more than one estate if conditions depend on what no template states: one
        for each combination of answers, which its `assumptions` name.

    Raises:
        ReadingError: If a path is no template, assembly or folder of templates at all.
    """
    stacks = [stack for path in dict.fromkeys(map(Path, paths)) for stack in find_stacks(path, track=track)]
    return estates_of(stacks, track=track)
