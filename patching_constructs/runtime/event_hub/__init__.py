"""Tells people in the security account what happens to patching in all accounts."""
