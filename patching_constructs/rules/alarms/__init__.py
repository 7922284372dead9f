"""Rules about alarms, events and their recipients."""
