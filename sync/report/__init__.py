"""The report of a run: the document, its meaning, and its formats (design: JSON report)."""
