"""Keeps how the runs of rings went, in the security account."""
