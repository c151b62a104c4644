"""The command line: one module for each command, which parses, calls, renders and exits."""
