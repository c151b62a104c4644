"""Records and map files on disk, read into values; what is odd is read around or refused."""
