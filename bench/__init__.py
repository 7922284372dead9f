"""Measure the figures of docs/benchmarks.md, compared with the same organisation written by hand."""
