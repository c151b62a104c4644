"""Keep files that come with the records from showing what else is on the machine."""

from __future__ import annotations

from pathlib import Path


def leads_out(path: Path) -> bool:
    """Return whether a path is a link that leads out of its folder."""
    try:
        return path.is_symlink() and not path.resolve().is_relative_to(path.parent.resolve())
    except (OSError, RuntimeError):  # a link to itself leads nowhere
        return True
