"""Find which code wrote what is kept: other code may read, compare or word things differently.

Releases are rare and ndex-sync is installed from commits too, so the sources themselves count. If
code that reads changes, nothing is used. If code that judges changes, records and contents are
used, and all verdicts are reached again from them without much fetching.
"""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Final

from sync.version import __version__

READING: Final = (
    *("amounts.py", "errors.py", "gc_tuning.py", "model.py", "sharing.py", "version.py"),
    *("cx", "records", "state"),
    *("match/identifiers.py", "match/properties.py"),
)
"""The modules and packages that reading records and networks depends on."""

JUDGING: Final = (
    *("at_once.py", "check.py", "dates.py"),
    *("collection", "convert", "match", "ndex", "picture"),
)
"""Those that verdicts depend on besides."""


@cache
def digest_code(places: tuple[str, ...]) -> str:
    """Return a digest of the sources of modules and packages, and of the version."""
    package = Path(__file__).parents[1]
    digest = blake2b(__version__.encode(), digest_size=16)
    for place in places:
        for file in sorted([package / place, *(package / place).rglob("*.py")]):
            if file.is_file():
                digest.update(f"\0{file.relative_to(package).as_posix()}\0".encode())
                digest.update(file.read_bytes())
    return digest.hexdigest()
