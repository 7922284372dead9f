"""Baselines as they stand: their groups, what differs from the definition, and when patches came out."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, TypeAlias

from patching_constructs.contracts.reporter_settings import ReportedBaseline
from patching_constructs.model.operating_system import OperatingSystem

# The largest page, because every page is a call that AWS throttles.
# https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeEffectivePatchesForPatchBaseline.html
_PATCH_PAGES = {"PageSize": 100}

Registered: TypeAlias = Mapping[tuple[str, OperatingSystem], str]
"""The id of the baseline of each patch group and operating system."""


class BaselineReader:
    """Reads the baselines of an account and Region.

    Args:
        ssm: A boto3 client.
    """

    def __init__(self, ssm: Any) -> None:
        self._ssm = ssm

    def registered(self) -> Registered:
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

    def unlike_their_definition(
        self, baselines: Iterable[ReportedBaseline], registered: Registered
    ) -> Iterator[str]:
        """Yield, for each baseline that is missing or changed, its name and what differs.

        Args:
            baselines: What is defined.
            registered: What `registered` has returned.
        """
        own = {bare_id(identity["BaselineId"]): identity for identity in self._owned_by("Self")}
        for baseline in baselines:
            used = _ids_in_use(baseline, own, registered)
            if not used:
                yield f"{baseline.name}: there is no such baseline"
            for where, baseline_id in used.items():
                if baseline_id is None:
                    yield f"{baseline.name}: {where} has another baseline or none"
            for baseline_id in dict.fromkeys(filter(None, used.values())):
                if changed := self._differing(baseline, baseline_id):
                    yield f"{baseline.name}: {', '.join(changed)}"

    def _differing(self, baseline: ReportedBaseline, baseline_id: str) -> list[str]:
        found = self._ssm.get_patch_baseline(BaselineId=baseline_id)
        return sorted(
            key
            for key, value in {"Name": baseline.name, **baseline.definition}.items()
            if _canonical(found.get(key)) != _canonical(value)
        )

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


def _ids_in_use(
    baseline: ReportedBaseline, own: Mapping[str, Mapping[str, Any]], registered: Registered
) -> dict[str, str | None]:
    """Return the id of the account's own baseline in each place where the defined one is expected.

    None is a baseline of AWS or another account. What nothing uses is expected under its name.
    """
    system = baseline.operating_system
    if not baseline.patch_groups and not baseline.default:
        return {
            baseline_id: baseline_id
            for baseline_id, identity in own.items()
            if (identity["BaselineName"], identity["OperatingSystem"]) == (baseline.name, system)
        }
    found: dict[str, str | None] = {
        f"patch group {group}": registered.get((group, OperatingSystem(system)))
        for group in baseline.patch_groups
    }
    if baseline.default:
        defaults = [
            baseline_id
            for baseline_id, identity in own.items()
            if identity["DefaultBaseline"] and identity["OperatingSystem"] == system
        ]
        found[f"the default of {system}"] = defaults[0] if defaults else None
    return {where: baseline_id if baseline_id in own else None for where, baseline_id in found.items()}


def _canonical(value: Any) -> Any:
    """Put lists into one order, as AWS promises none, and leave out what is empty."""
    if isinstance(value, Mapping):
        kept = {key: _canonical(item) for key, item in value.items()}
        return {key: item for key, item in kept.items() if item not in (None, [], {})}
    if isinstance(value, list | tuple):
        return sorted((_canonical(item) for item in value), key=repr)
    return value
