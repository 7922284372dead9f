"""All findings by id."""

from collections.abc import Mapping
from types import MappingProxyType

from patching_constructs.model.finding_kinds.account_kinds import ACCOUNT_KINDS
from patching_constructs.model.finding_kinds.alarm_kinds import ALARM_KINDS
from patching_constructs.model.finding_kinds.baseline_kinds import BASELINE_KINDS
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.finding_kinds.finding_kind import FindingKind
from patching_constructs.model.finding_kinds.fleet_kinds import FLEET_KINDS
from patching_constructs.model.finding_kinds.input_kinds import INPUT_KINDS
from patching_constructs.model.finding_kinds.ring_kinds import RING_KINDS
from patching_constructs.model.finding_kinds.schedule_kinds import SCHEDULE_KINDS
from patching_constructs.model.finding_kinds.window_kinds import WINDOW_KINDS

_KINDS = (
    *BASELINE_KINDS,
    *WINDOW_KINDS,
    *SCHEDULE_KINDS,
    *RING_KINDS,
    *ALARM_KINDS,
    *ACCOUNT_KINDS,
    *FLEET_KINDS,
    *INPUT_KINDS,
)

CATALOGUE: Mapping[FindingId, FindingKind] = MappingProxyType({kind.id: kind for kind in _KINDS})
"""The meaning of every finding id, in the order of docs/findings.md."""
