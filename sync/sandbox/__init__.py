"""An NDEx stand-in: the server's rules by the contract, over one SQLite file."""
