"""What outlives a run: the cache, the journal of writes, the backups, and the lock on them."""
