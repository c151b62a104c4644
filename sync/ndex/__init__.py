"""The NDEx server over HTTP: its rules, our limits, and the calls that we need."""
