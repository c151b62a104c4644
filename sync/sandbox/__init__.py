"""A stand-in for NDEx: the server's rules by the contract, in one SQLite file."""
