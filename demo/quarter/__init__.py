"""A simulated quarter over what is deployed: patches appear, windows install them, and things go wrong."""
