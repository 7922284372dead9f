"""Patching events and ring runs, from workload accounts to the security account."""
