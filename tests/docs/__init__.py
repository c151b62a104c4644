"""The documentation: made pages are up to date, links lead somewhere, commands do what is told."""
