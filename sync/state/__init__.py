"""What outlives a run: the cache, the journal of writes, the backups, and their lock."""
