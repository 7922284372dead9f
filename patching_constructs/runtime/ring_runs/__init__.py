"""Tells the security account how the run of a ring went."""
