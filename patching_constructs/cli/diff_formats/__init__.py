"""The formats of `patching plan --diff`."""
