"""Data that components exchange: events, tables, metrics, settings of functions, marks in templates."""
