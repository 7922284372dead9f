"""What `ComplianceAlarms` is made of."""
