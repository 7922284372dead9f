"""Parts that constructs of several packages share."""
