"""Maintenance windows of rings, and the output of their commands."""
