"""What outlives a run: the journal of writes, the backups, and the lock that guards both."""
