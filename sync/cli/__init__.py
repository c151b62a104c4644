"""The command line: one module a command; each parses, calls, renders and sets the exit status."""
