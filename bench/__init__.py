"""Measures the figures of docs/benchmarks.md, beside the same organisation written by hand."""
