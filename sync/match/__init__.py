"""Match records and networks: pure rules for genes, properties, claims and links."""
