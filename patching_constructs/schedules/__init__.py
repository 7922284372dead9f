"""Schedules: cron, time zones, runs and openings of maintenance windows."""
