import re

import aws_cdk as cdk
import pytest

from patching_constructs.constructs.fleets.patch_buckets import (
    _MODULE_SUFFIXES,
    _SNAPSHOT_SUFFIXES,
    patch_bucket_names,
)
from patching_constructs.model.operating_system import OperatingSystem

LINUX = {OperatingSystem.AMAZON_LINUX_2023}
WINDOWS = {OperatingSystem.WINDOWS}
MACOS = {OperatingSystem.MACOS}


def test_ohio_is_as_aws_prints_it() -> None:
    assert patch_bucket_names("us-east-2", LINUX | WINDOWS | MACOS) == (
        "amazon-ssm-us-east-2",
        "aws-ssm-us-east-2",
        "patch-baseline-snapshot-us-east-2",
        "aws-patch-manager-us-east-2-552881074",
        "aws-patchmanager-macos-us-east-2-552881074",
        "aws-windows-downloads-us-east-2",
    )


@pytest.mark.parametrize(
    ("region", "snapshot", "modules"),
    [
        (
            "me-south-1",
            "patch-baseline-snapshot-me-south-1-uduvl7q8",
            "aws-patch-manager-me-south-1-a53fc9dce",
        ),
        (
            "af-south-1",
            "patch-baseline-snapshot-af-south-1-tbxdb5b9",
            "aws-patch-manager-af-south-1-bdd5f65a9",
        ),
        ("eu-south-1", "patch-baseline-snapshot-eu-south-1", "aws-patch-manager-eu-south-1-c52f3f594"),
        (
            "eu-south-2",
            "patch-baseline-snapshot-eu-south-2-df2c9d70",
            "aws-patch-manager-eu-south-2-a4cf248b1",
        ),
        ("us-gov-west-1", "patch-baseline-snapshot-us-gov-west-1", "aws-patch-manager-us-gov-west-1"),
        ("cn-north-1", "patch-baseline-snapshot-cn-north-1", "aws-patch-manager-cn-north-1"),
    ],
)
def test_a_region_has_the_names_that_aws_gave_it(region: str, snapshot: str, modules: str) -> None:
    names = patch_bucket_names(region, LINUX)
    assert names == (f"amazon-ssm-{region}", f"aws-ssm-{region}", snapshot, modules)


@pytest.mark.parametrize(
    ("systems", "prefix", "granted"),
    [
        (LINUX, "aws-windows-downloads", False),
        (LINUX, "aws-patchmanager-macos", False),
        (LINUX, "aws-patch-manager", True),
        (WINDOWS, "aws-windows-downloads", True),
        (WINDOWS, "aws-patch-manager", True),
        (WINDOWS, "aws-patchmanager-macos", False),
        (MACOS, "aws-patchmanager-macos", True),
        (MACOS, "aws-patch-manager", False),
        (MACOS, "aws-windows-downloads", False),
    ],
)
def test_a_bucket_is_read_only_by_the_systems_that_need_it(
    systems: set[OperatingSystem], prefix: str, granted: bool
) -> None:
    names = patch_bucket_names("eu-central-1", systems)
    assert any(name.startswith(f"{prefix}-eu-central-1") for name in names) is granted


def test_a_region_known_only_at_deployment_brings_every_suffixed_name_and_no_wildcard() -> None:
    names = patch_bucket_names(cdk.Aws.REGION, LINUX)
    assert f"patch-baseline-snapshot-{cdk.Aws.REGION}" in names
    assert f"aws-patch-manager-{cdk.Aws.REGION}" in names
    assert {f"aws-patch-manager-{region}-{suffix}" for region, suffix in _MODULE_SUFFIXES.items()} <= set(
        names
    )
    assert {f"patch-baseline-snapshot-{place}-{end}" for place, end in _SNAPSHOT_SUFFIXES.items()} <= set(
        names
    )
    assert not any("*" in name for name in names)


def test_the_tables_hold_region_codes_and_suffixes() -> None:
    assert len(_MODULE_SUFFIXES) == 29
    for table, length in ((_MODULE_SUFFIXES, 9), (_SNAPSHOT_SUFFIXES, 8)):
        assert list(table) == sorted(table)
        assert len(set(table.values())) == len(table)
        for region, suffix in table.items():
            assert re.fullmatch(r"[a-z]{2}-[a-z]+-\d", region)
            assert re.fullmatch(rf"[0-9a-z]{{{length}}}", suffix)
    assert set(_SNAPSHOT_SUFFIXES) < set(_MODULE_SUFFIXES)
