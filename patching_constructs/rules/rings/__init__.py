"""Rules about rings: order, exposure, deadlines, owners."""
