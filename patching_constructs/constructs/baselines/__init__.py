"""Patch baselines."""
