"""Functions from records to findings."""
