"""What an estate costs: units, prices, and sums of both."""
