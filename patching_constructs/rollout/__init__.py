"""Questions about a model: when a schedule runs."""
