"""Measures what the README states, beside the same organisation written by hand."""
