"""The function of `ComplianceReporter`."""
