"""Which is which, and what differs: pure rules for genes, properties, claims and links."""
