"""Compliance: reporter, alarms, dashboard and history."""
