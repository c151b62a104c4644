"""Read records and map files from disk into values; odd input is tolerated or refused."""
