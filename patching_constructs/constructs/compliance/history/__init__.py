"""Tables and queries of the compliance history."""
