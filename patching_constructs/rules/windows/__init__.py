"""Rules about maintenance windows, their targets, tasks and schedules."""
