"""Security Hub and AWS Config."""
