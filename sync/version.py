"""The version, in one place: used by the build, the user agent and ``--version``."""

__version__ = "0.1.0"

REPOSITORY = "https://github.com/wikipathways/ndex-sync"
"""The repository of ndex-sync, as in ``[project.urls]`` of ``pyproject.toml``."""
