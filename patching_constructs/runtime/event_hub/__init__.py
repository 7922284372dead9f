"""Notifies people in the security account of patching events in all accounts."""
