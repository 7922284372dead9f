"""Rules about patch baselines and patch groups."""
