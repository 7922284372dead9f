"""An evidence pack as a page and as tables."""
