"""The NDEx server over HTTP: its rules (``wire``), our manners, and the calls that we need."""
