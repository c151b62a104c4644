"""What outlives a run: the cache of what runs read and saw."""
