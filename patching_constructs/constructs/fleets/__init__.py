"""Fleets: the instances of a patch group, with their tag, role and permissions."""
