"""Package repositories that rings have to themselves."""

from patching_constructs.analysis.ring_pair import RingPair
from patching_constructs.model.unknown import Maybe, Unknown


def has_pinned_sources(pair: RingPair) -> Maybe[bool]:
    """Return whether all nodes of the later ring have repositories of their own, which decide the order."""
    for member in (*pair.earlier_members, *pair.later_members):
        sources = member.baseline.sources
        if isinstance(sources, Unknown):
            return sources
        for source in sources:
            if isinstance(source.configuration, Unknown):
                return source.configuration
    earlier = {member.baseline.sources for member in pair.earlier_members}
    later = {member.baseline.sources for member in pair.later_members}
    return () not in later and not earlier & later
