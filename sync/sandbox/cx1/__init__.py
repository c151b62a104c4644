"""The rules by which the server accepts CX1 uploads (contract 4)."""
