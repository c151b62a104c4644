"""The rules by which the server takes CX1 uploads (contract 4)."""
