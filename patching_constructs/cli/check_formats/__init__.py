"""Output formats of `patching check`."""
