"""The report as one HTML file: its overview, its table, and its script."""
