"""Lambda functions of the library: code, role, queue, triggers and alarms."""
