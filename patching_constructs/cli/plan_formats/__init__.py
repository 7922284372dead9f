"""The formats of `patching plan`."""
