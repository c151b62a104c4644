"""Find which network a record file names, without reading it as a record.

This is for files that a run is not about, or had to refuse: the networks they name are taken.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Container, Iterable, Sequence
from pathlib import Path, PurePosixPath

from sync.errors import RecordError
from sync.match.identifiers import normalise_network_id
from sync.model import MapEntry, NetworkId
from sync.records.source import RECORD_LIMIT_BYTES, read_bytes

_NETWORK = re.compile(rb"^[ \t]*ndex[ \t]*:[ \t]*['\"]?([0-9A-Fa-f-]{36})\b", re.MULTILINE)
# A UUID without its first eight digits: searching for the hyphen is ten times as fast.
_MENTION = re.compile(rb"-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}")


def find_named(
    root: Path, paths: Sequence[str], entries: Iterable[MapEntry]
) -> dict[NetworkId, list[str]]:
    """Return the networks that the files ``paths``, and map rows for them, name; each with where.

    A row for an id that none of the files has belongs to no record, and takes no network.
    """
    found = scan_networks(root, paths)
    ids = {PurePosixPath(path).stem for path in paths}
    for entry in entries:
        if entry.record in ids:
            found.setdefault(entry.network, []).append(f"{entry.path}:{entry.line}")
    return found


def scan_networks(root: Path, paths: Iterable[str]) -> dict[NetworkId, list[str]]:
    """Return the networks that the files ``paths`` name, each with those paths.

    A file that cannot be read names none: nothing more can be learned about it.
    """
    found: dict[NetworkId, list[str]] = defaultdict(list)
    for path in paths:
        network = _scan(root, path)
        if network is not None:
            found[network].append(path)
    return dict(found)


def find_mentions(
    root: Path, paths: Iterable[str], networks: Container[NetworkId]
) -> frozenset[str]:
    """Return those of the files ``paths`` that mention any of the networks anywhere."""
    return frozenset(path for path in paths if _mentions(root, path, networks))


def _mentions(root: Path, path: str, networks: Container[NetworkId]) -> bool:
    data = _read(root, path)
    found = (data[max(0, end.start() - 8) : end.end()] for end in _MENTION.finditer(data))
    return any(NetworkId(text.decode("latin-1").lower()) in networks for text in found)


def _scan(root: Path, path: str) -> NetworkId | None:
    line = _NETWORK.search(_read(root, path))
    return None if line is None else normalise_network_id(line[1].decode("ascii"))


def _read(root: Path, path: str) -> bytes:
    """Return the bytes of the file; empty if it cannot be read."""
    try:
        return read_bytes(root, path, inside=root, limit_bytes=RECORD_LIMIT_BYTES)
    except RecordError:
        return b""
