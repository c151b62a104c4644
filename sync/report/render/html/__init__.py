"""The report as one HTML file: its overview, its table, and what a browser does with them."""
