"""Reports the runs of rings to the security account."""
