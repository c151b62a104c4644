"""Which network a record file names, told without reading it as a record.

For files that a run is not about, or that it had to refuse: what they name is taken all the same.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from sync.errors import RecordError
from sync.genes import normalise_network_id
from sync.model import NetworkId
from sync.records.source import RECORD_LIMIT_BYTES, read_bytes

_NETWORK = re.compile(rb"^[ \t]*ndex[ \t]*:[ \t]*['\"]?([0-9A-Fa-f-]{36})\b", re.MULTILINE)


def scan_networks(root: Path, paths: Iterable[str]) -> dict[NetworkId, list[str]]:
    """Return the networks that the files ``paths`` name, each with those paths.

    A file that cannot be read names none: nothing more can be learned of it.
    """
    found: dict[NetworkId, list[str]] = defaultdict(list)
    for path in paths:
        network = _scan(root, path)
        if network is not None:
            found[network].append(path)
    return dict(found)


def _scan(root: Path, path: str) -> NetworkId | None:
    try:
        data = read_bytes(root, path, inside=root, limit_bytes=RECORD_LIMIT_BYTES)
    except RecordError:
        return None
    line = _NETWORK.search(data)
    return None if line is None else normalise_network_id(line[1].decode("ascii"))
