"""The buckets of AWS from which a node fetches what patching runs on.

A node behind VPC endpoints cannot read them unless its role says so.

See: https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-operations-s3-buckets.html
See: https://docs.aws.amazon.com/systems-manager/latest/userguide/ssm-agent-technical-details.html
"""

from collections.abc import Collection, Iterator, Mapping

from patching_constructs.model.operating_system import OperatingSystem
from patching_constructs.values.tokens import is_token

# Buckets with patching code; Regions that AWS does not list (China, GovCloud, newer ones) have no suffix.
_MODULE_SUFFIXES = {
    "af-south-1": "bdd5f65a9",
    "ap-east-1": "632356271",
    "ap-northeast-1": "4849fa78f",
    "ap-northeast-2": "10467995c",
    "ap-northeast-3": "67373598a",
    "ap-south-1": "cb7c62ff9",
    "ap-south-2": "32f4b4128",
    "ap-southeast-1": "7fdfd9ef7",
    "ap-southeast-2": "17283a275",
    "ap-southeast-3": "aa48fc462",
    "ap-southeast-4": "01e2c40d3",
    "ca-central-1": "3148e69e3",
    "ca-west-1": "9e3a4b2f9",
    "eu-central-1": "9163fdaaf",
    "eu-central-2": "184ce43c8",
    "eu-north-1": "795879e9b",
    "eu-south-1": "c52f3f594",
    "eu-south-2": "a4cf248b1",
    "eu-west-1": "5522fb710",
    "eu-west-2": "902a2bc74",
    "eu-west-3": "29bf85721",
    "il-central-1": "e221cb57b",
    "me-central-1": "2932f2f80",
    "me-south-1": "a53fc9dce",
    "sa-east-1": "ddf4b6a09",
    "us-east-1": "1970c647d",
    "us-east-2": "552881074",
    "us-west-1": "8badb4304",
    "us-west-2": "34d7f99f8",
}

# Buckets with baseline snapshots; all other Regions have no suffix.
_SNAPSHOT_SUFFIXES = {
    "af-south-1": "tbxdb5b9",
    "ap-south-2": "50209442",
    "ap-southeast-3": "be0a3174",
    "ap-southeast-4": "dc6f76ce",
    "eu-south-2": "df2c9d70",
    "me-south-1": "uduvl7q8",
}


def patch_bucket_names(region: str, operating_systems: Collection[OperatingSystem]) -> tuple[str, ...]:
    """Name the buckets that nodes of `operating_systems` read in `region` to be patched.

    They serve AWS-RunPatchBaseline and AWS-UpdateSSMAgent; buckets of other documents are left out.

    Args:
        region: Region code, or a token; for a token the names of every Region with a suffix of its own are
            listed, because a suffix cannot be computed at deployment. The Region is never a wildcard.
        operating_systems: What the nodes run.
    """
    names = [
        f"amazon-ssm-{region}",
        f"aws-ssm-{region}",
        *_names("patch-baseline-snapshot", region, _SNAPSHOT_SUFFIXES),
    ]
    if any(system is not OperatingSystem.MACOS for system in operating_systems):
        names += _names("aws-patch-manager", region, _MODULE_SUFFIXES)
    if OperatingSystem.MACOS in operating_systems:
        names += _names("aws-patchmanager-macos", region, _MODULE_SUFFIXES)
    if OperatingSystem.WINDOWS in operating_systems:
        names.append(f"aws-windows-downloads-{region}")
    return tuple(names)


def _names(prefix: str, region: str, suffixes: Mapping[str, str]) -> Iterator[str]:
    if region not in suffixes:
        yield f"{prefix}-{region}"
    for place, suffix in suffixes.items():
        if place == region or is_token(region):
            yield f"{prefix}-{place}-{suffix}"
