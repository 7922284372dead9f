"""Reports patching events to the security account, with the names that AWS's events lack."""
