"""Write the UUID of a new network into its record, and into the map file where there is one."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from sync.errors import RecordError
from sync.model import NetworkId, RecordId
from sync.records.frontmatter import parse_front_matter
from sync.records.heading import read_network
from sync.records.maprows import set_rows
from sync.records.networkline import set_network
from sync.records.source import decode_text
from sync.records.writeback import plan_edit, write_edit


def record_network(
    root: Path, path: str, map_path: str | None, record: RecordId, network: NetworkId
) -> None:
    """Write the network into the files; what says so already stays as it is.

    Raises:
        RecordError: a file cannot be edited, or the record names another network by now.
    """
    edits = [plan_edit(root, path, partial(_name_network, path=path, network=network))]
    if map_path is not None:
        rows = {record: network}
        edits.append(plan_edit(root, map_path, partial(set_rows, path=map_path, rows=rows)))
    for edit in edits:
        if edit is not None:
            write_edit(root, edit)


def _name_network(data: bytes, path: str, network: NetworkId) -> bytes:
    named = read_network(parse_front_matter(path, decode_text(data, path)))
    if named not in (None, network):
        raise RecordError(path, None, f"names network {named} by now; {network} was made for it")
    return set_network(data, path, network)
