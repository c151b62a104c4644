"""One collection, loaded: its records, its networks on the server, and its shards."""
