"""Parts that several functions share."""
