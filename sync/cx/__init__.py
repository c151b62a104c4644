"""Read and write CX1 and CX2 documents: their genes, edits, and what the server accepts."""
