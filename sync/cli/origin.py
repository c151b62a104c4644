"""Find which commit of ndex-sync this is, so that a workflow can install the same one."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import orjson

from sync.records.checkout import find_commit

_COMMIT = re.compile(r"[0-9a-f]{40}")


def is_commit(text: str) -> bool:
    """Return whether a text is a full commit id, which cannot be moved as a tag can."""
    return _COMMIT.fullmatch(text) is not None


def find_own_commit(package: Path) -> str | None:
    """Return the commit of the package in folder ``package``; None if it is not known.

    In a checkout git knows it. A built package has a stamp (``.ci/stamp_commit.py``), and pip notes
    the commit of what it installs from git.
    """
    if (package.parent / ".git").exists():
        found = find_commit(package.parent)
    else:
        found = _read_stamp(package / "commit.txt") or _ask_pip()
    return found if found is not None and is_commit(found) else None


def _read_stamp(stamp: Path) -> str | None:
    return stamp.read_text(encoding="utf-8").strip() if stamp.is_file() else None


def _ask_pip() -> str | None:
    try:
        noted = distribution("ndex-sync").read_text("direct_url.json")
    except PackageNotFoundError:
        return None
    facts = {} if noted is None else orjson.loads(noted)
    commit = facts.get("vcs_info", {}).get("commit_id")
    return commit if isinstance(commit, str) else None
