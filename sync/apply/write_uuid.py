"""Write the UUID of a new network into its record, and into the map file if there is one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from sync.apply.batches import Batches, Gather
from sync.errors import RecordError
from sync.model import NetworkId, RecordId
from sync.records.frontmatter import parse_front_matter
from sync.records.header import read_network
from sync.records.maprows import set_rows
from sync.records.networkline import set_network
from sync.records.source import decode_text
from sync.records.writeback import plan_edit, write_edit


class UuidWriter:
    """Writes into the files below ``root``; rows of the map file ``map_path`` are written in
    batches.
    """

    def __init__(self, root: Path, map_path: str | None, gather: Gather | None = None) -> None:
        self._root = root
        self._map_path = map_path
        self._rows: Batches[tuple[RecordId, NetworkId]] = Batches(self._write_rows, gather)

    async def write(self, path: str, record: RecordId, network: NetworkId) -> None:
        """Write the network into the record's file and the map file.

        Files that name it already stay unchanged.

        Raises:
            RecordError: a file cannot be edited, or the record names another network now.
        """
        await self._edit(path, partial(_name_network, path=path, network=network))
        if self._map_path is not None:
            await self._rows.do((record, network))

    async def _write_rows(self, rows: Sequence[tuple[RecordId, NetworkId]]) -> None:
        if self._map_path is not None:
            await self._edit(
                self._map_path, partial(set_rows, path=self._map_path, rows=dict(rows))
            )

    async def _edit(self, path: str, change: Callable[[bytes], bytes]) -> None:
        """Edit one file; others can work while the disk writes it."""
        await asyncio.to_thread(_edit, self._root, path, change)


def _edit(root: Path, path: str, change: Callable[[bytes], bytes]) -> None:
    edit = plan_edit(root, path, change)
    if edit is not None:
        write_edit(root, edit)


def _name_network(data: bytes, path: str, network: NetworkId) -> bytes:
    named = read_network(parse_front_matter(path, decode_text(data, path)))
    if named not in (None, network):
        raise RecordError(path, None, f"names network {named} now; {network} was made for it")
    return set_network(data, path, network)
