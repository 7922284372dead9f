"""Stores the runs of rings in the security account."""
