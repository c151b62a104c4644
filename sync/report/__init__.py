"""The report of a run: the document, what it means, and its renderings (design: JSON report)."""
