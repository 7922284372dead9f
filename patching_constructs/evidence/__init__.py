"""What the history of a period proves, for auditors."""
