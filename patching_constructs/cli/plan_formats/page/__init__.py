"""What the page of `patching plan --format html` shows, section by section; the look is in `templates/`."""
