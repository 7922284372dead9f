"""Costs of an estate, in units and in money."""
