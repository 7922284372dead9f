"""Alarms and event rules of `ComplianceAlarms`."""
