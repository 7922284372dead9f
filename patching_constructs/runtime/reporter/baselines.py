"""Baselines as they stand: their groups, what differs from the definition, and when patches came out."""

import datetime as dt
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from patching_constructs.model.operating_system import OperatingSystem
from patching_constructs.model.reporter_settings import ReporterSettings

_PATCH_PAGES = {"PageSize": 100}
"""https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeEffectivePatchesForPatchBaseline.html"""


class BaselineReader:
    """Reads the baselines of an account and Region.

    Args:
        ssm: A boto3 client.
    """

    def __init__(self, ssm: Any) -> None:
        self._ssm = ssm

    def registered(self) -> dict[tuple[str, OperatingSystem], str]:
        """Return the id of the baseline of each patch group and operating system, without its ARN."""
        return {
            (mapping["PatchGroup"], OperatingSystem(identity["OperatingSystem"])): bare_id(
                identity["BaselineId"]
            )
            for page in self._ssm.get_paginator("describe_patch_groups").paginate()
            for mapping in page["Mappings"]
            for identity in [mapping["BaselineIdentity"]]
            if identity["OperatingSystem"] in set(OperatingSystem)
        }

    def unlike_their_definition(self, settings: ReporterSettings) -> Iterator[str]:
        """Yield, for each baseline that is missing or changed, its name and what differs."""
        ids = {identity["BaselineName"]: identity["BaselineId"] for identity in self._owned_by("Self")}
        for name, definition in settings.baselines.items():
            if name not in ids:
                yield f"{name}: there is no such baseline"
                continue
            found = self._ssm.get_patch_baseline(BaselineId=ids[name])
            changed = sorted(
                key for key, value in definition.items() if _canonical(found.get(key)) != _canonical(value)
            )
            if changed:
                yield f"{name}: {', '.join(changed)}"

    def published(self, baseline_id: str) -> dict[str, dt.datetime]:
        """Return when the patches of a Windows baseline were released, by KB id and by title.

        Args:
            baseline_id: The id without its ARN. Of a baseline of AWS the API takes the whole ARN only.

        See: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeEffectivePatchesForPatchBaseline.html
        """
        released: dict[str, dt.datetime] = {}
        pages = self._ssm.get_paginator("describe_effective_patches_for_patch_baseline").paginate(
            BaselineId=self._arns_of_aws.get(baseline_id, baseline_id), PaginationConfig=_PATCH_PAGES
        )
        for page in pages:
            for effective in page["EffectivePatches"]:
                patch = effective["Patch"]
                for name in (patch.get("KbNumber"), patch.get("Title")):
                    if name and "ReleaseDate" in patch:
                        released[name] = patch["ReleaseDate"]
        return released

    @cached_property
    def _arns_of_aws(self) -> Mapping[str, str]:
        """ARNs of the baselines that AWS owns, by their ids."""
        arns = (identity["BaselineId"] for identity in self._owned_by("AWS"))
        return {bare_id(arn): arn for arn in arns}

    def _owned_by(self, owner: str) -> Iterator[dict[str, Any]]:
        pages = self._ssm.get_paginator("describe_patch_baselines").paginate(
            Filters=[{"Key": "OWNER", "Values": [owner]}]
        )
        for page in pages:
            yield from page["BaselineIdentities"]


def bare_id(baseline_id: str) -> str:
    """Return the id of a baseline without its ARN, in which AWS writes the ids of its own baselines.

    docs/not-proven.md#baseline-ids-in-answers
    """
    return baseline_id.rpartition("/")[2]


def _canonical(value: Any) -> Any:
    """Put lists into one order, as AWS promises none, and leave out what is empty."""
    if isinstance(value, Mapping):
        kept = {key: _canonical(item) for key, item in value.items()}
        return {key: item for key, item in kept.items() if item not in (None, [], {})}
    if isinstance(value, list | tuple):
        return sorted((_canonical(item) for item in value), key=repr)
    return value
