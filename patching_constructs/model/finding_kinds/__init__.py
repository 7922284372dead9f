"""The catalogue of all findings: what each id means, how bad it is and how to fix it."""
