"""The version, in one place: read by the build, the user agent and ``--version``."""

__version__ = "0.1.0"

REPOSITORY = "https://github.com/wikipathways/ndex-sync"
"""Where ndex-sync is kept, as ``[project.urls]`` in ``pyproject.toml`` says it."""
