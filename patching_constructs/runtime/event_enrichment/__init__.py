"""Tells the security account what happened in patching, with the names that AWS's events lack."""
