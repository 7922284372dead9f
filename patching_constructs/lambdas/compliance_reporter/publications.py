"""When patches of Windows were published, as far as AWS says."""

import datetime as dt

from botocore.exceptions import ClientError

from patching_constructs.lambdas.compliance_reporter.baseline_reader import BaselineReader
from patching_constructs.lambdas.compliance_reporter.nodes import FoundProblem
from patching_constructs.model.operating_system import OperatingSystem
from patching_constructs.model.patch_state import PatchState

# What AWS answers where it will not say, however often it is asked. Any other error ends the group.
# https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeEffectivePatchesForPatchBaseline.html
_REFUSALS = frozenset(
    {
        "AccessDeniedException",
        "DoesNotExistException",
        "InvalidResourceId",
        "UnsupportedOperatingSystem",
        "ValidationException",
    }
)


class Publications:
    """Asks each baseline once.

    Args:
        baselines: Reads baselines.
    """

    def __init__(self, baselines: BaselineReader) -> None:
        self._baselines = baselines
        self._published: dict[str, dict[str, dt.datetime]] = {}
        self._refusals: dict[str, str] = {}

    @property
    def refusals(self) -> tuple[str, ...]:
        """Why AWS says nothing of a baseline, in words."""
        return tuple(self._refusals.values())

    def of(
        self, problem: FoundProblem, system: OperatingSystem | None, baseline_id: str | None
    ) -> dt.datetime | None:
        """Return when a missing patch was published, or None if AWS does not say.

        Then its time counts from when it was first seen: a node whose baseline is not readable is reported
        like a node of Linux.
        """
        if (
            # DescribeEffectivePatchesForPatchBaseline is for baselines of Windows only.
            system is not OperatingSystem.WINDOWS
            or problem.state is not PatchState.MISSING
            or baseline_id is None
        ):
            return None
        if baseline_id not in self._published:
            self._published[baseline_id] = self._read(baseline_id)
        return self._published[baseline_id].get(problem.patch)

    def _read(self, baseline_id: str) -> dict[str, dt.datetime]:
        try:
            return self._baselines.published(baseline_id)
        except ClientError as error:
            if error.response["Error"]["Code"] not in _REFUSALS:
                raise
            # Kept, so that a baseline that cannot be read is asked about once and not for each node.
            self._refusals[baseline_id] = f"baseline {baseline_id}: {error}"
            return {}
