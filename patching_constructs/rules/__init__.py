"""Functions from records to findings: what AWS rejects, and what is legal but doubtful."""
