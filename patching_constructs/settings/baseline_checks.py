"""The rules about patch baselines, asked about the file as it is."""

from collections.abc import Iterator

from patching_constructs.errors import InvalidInputError
from patching_constructs.model.finding import Level
from patching_constructs.rules.baselines.patch_baseline import check_patch_baseline
from patching_constructs.settings.baseline_records import baseline_record
from patching_constructs.settings.entry import Entry
from patching_constructs.settings.field_path import path_in_file
from patching_constructs.settings.file_finding import FileFinding


def check_baselines(top: Entry) -> Iterator[FileFinding]:
    """Yield what AWS would refuse in a baseline."""
    for baseline in top.entries("baselines"):
        if "aws_default" in baseline.data:
            continue
        try:
            findings = check_patch_baseline(baseline_record(baseline))
        except InvalidInputError as error:
            findings = list(error.findings)
        for finding in findings:
            if finding.level is Level.ERROR:
                yield (path_in_file(baseline.path, finding.field, top.data), finding)
