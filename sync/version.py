"""The version, in one place: read by the build, the user agent and ``--version``."""

__version__ = "0.1.0"
