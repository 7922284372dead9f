"""In which order rings had a patch, as the reports saw it."""

import enum
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from patching_constructs.evidence.installations import Installation


class InOrder(enum.StrEnum):
    """Whether the earlier ring had a patch first."""

    YES = "yes"
    NO = "no"
    UNSURE = "not decided"
    """The reports are too far apart."""
    NOT_SEEN = "not seen in an earlier ring"
    """It may not apply in an earlier ring, or was installed there before a report saw it missing."""


@dataclass(frozen=True, kw_only=True, slots=True)
class First:
    """The first installation of a patch in rings of one order.

    Attributes:
        rings: The rings.
        not_before: Time before which none of their nodes had it.
        not_after: Time by which one of them had it.
        nodes: Number of nodes that had it by the end.
    """

    rings: tuple[str, ...]
    not_before: datetime
    not_after: datetime
    nodes: int


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderSeen:
    """A patch in a ring that has rings before it.

    Attributes:
        rollout: The rollout.
        operating_system: The operating system, or None.
        patch: Id of the patch.
        later: Its first installation in the later ring.
        earlier: That in the nearest earlier ring that had it, or None.
        in_order: Whether the earlier ring was first.
    """

    rollout: str
    operating_system: str | None
    patch: str
    later: First
    earlier: First | None
    in_order: InOrder


def order_seen(
    installations: Iterable[Installation], ranks: Mapping[str, int], *, since: datetime
) -> Iterator[OrderSeen]:
    """Compare each ring with the nearest earlier one that had the same patch.

    Args:
        installations: What was installed, also before the period.
        ranks: The order of rings by name; the earliest has the lowest. Others are left out.
        since: Begin of the period. Patches that the later ring had before it are left out.
    """
    ranked = sorted(
        (each for each in installations if each.row.ring in ranks),
        key=lambda each: (*_patch(each), ranks[each.row.ring]),
    )
    for (rollout, system, patch), of_patch in groupby(ranked, key=_patch):
        earlier: First | None = None
        for rank, of_rank in groupby(of_patch, key=lambda each: ranks[each.row.ring]):
            first = _first(list(of_rank))
            if first.not_after >= since and rank > min(ranks.values()):
                yield OrderSeen(
                    rollout=rollout,
                    operating_system=system or None,
                    patch=patch,
                    later=first,
                    earlier=earlier,
                    in_order=_in_order(earlier, first),
                )
            earlier = first


def _patch(each: Installation) -> tuple[str, str, str]:
    return each.row.rollout, each.row.operating_system or "", each.problem.patch


def _first(installations: list[Installation]) -> First:
    return First(
        rings=tuple(dict.fromkeys(each.row.ring for each in installations)),
        not_before=min(each.not_before for each in installations),
        not_after=min(each.not_after for each in installations),
        nodes=len({(each.row.place, each.row.node_id) for each in installations}),
    )


def _in_order(earlier: First | None, later: First) -> InOrder:
    if earlier is None:
        return InOrder.NOT_SEEN
    # Reports are moments, so the order is certain only if the two spans do not overlap.
    if earlier.not_after <= later.not_before:
        return InOrder.YES
    return InOrder.NO if later.not_after <= earlier.not_before else InOrder.UNSURE
