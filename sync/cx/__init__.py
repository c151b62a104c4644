"""CX1 and CX2 documents: reading genes from them, and what the server accepts."""
