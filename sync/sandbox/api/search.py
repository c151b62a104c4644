"""Searching networks by words, by UUID and by account; without ranking (contract 9)."""

from __future__ import annotations

import re
from typing import Any

from starlette.responses import Response

from sync.model import Visibility
from sync.sandbox import items, networks
from sync.sandbox.call import JSON, Call, Operation, answer, unread_parameter
from sync.sandbox.file_items import ItemFormat, View, render_items
from sync.sandbox.ids import parse_uuid
from sync.sandbox.items import FILE_TYPES, Item, ItemType, Place
from sync.sandbox.networks import NetworkRow, may_read
from sync.sandbox.queries import parse_query
from sync.sandbox.refusals import failure, unauthorized, undeserialisable
from sync.sandbox.summaries import render_v2

ALL_ROWS = 100_000
"""The meaning of a size of 0."""

_FOUND = View(ItemFormat.FOUND, shared=False)
_NO_TEXT = 'Cannot invoke "String.equals(Object)" because "searchString" is null'
_UUID = re.compile(r"(?:uuid:)?\s*([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})", re.IGNORECASE)


@Operation("POST", "/v2/search/network", anonymous=True, consumes=(JSON,))
def search_networks(call: Call) -> Response:
    """Return one page of public finds and, if logged in, one of private finds after it.

    ``start`` counts pages and is returned as a row. ``numFound`` also counts entries of deleted
    networks, and the caller's shortcuts. Read permission on the finds is not checked again.
    """
    given = call.json_object()
    text = given.get("searchString")
    if not isinstance(text, str):
        raise failure(_NO_TEXT)
    if given.get("permission") not in (None, "READ", "WRITE"):
        raise failure("Permission can only be WRITE or READ in this function.")
    size = call.number("size", 100)
    size = ALL_ROWS if size == 0 else max(size, 1)
    start = max(call.number("start", 0), 0) * size
    asked = _UUID.fullmatch(text.strip())
    if asked is not None:
        rows = _find_one(call, asked[1])
        return _page(rows, len(rows), start)
    query, owner = parse_query(text), _owner(given)
    finds = [_find(call, query, owner, private=False)]
    links = 0
    if call.account is not None:
        finds.append(_find(call, query, owner, private=True))
        own = _find_own_files(call, query, owner)
        links = sum(item.target_type == ItemType.NETWORK for item in own)
    rows = [row for found in finds for row in found[start : start + size] if not row.deleted]
    return _page(rows, sum(map(len, finds)) + links, start)


@Operation("POST", "/v3/search/files", anonymous=True, consumes=(JSON,))
def search_files(call: Call) -> Response:
    """Return one page of items.

    Here ``start`` is a row, and ``numFound`` is the number of rows on the page. Only their owner
    finds folders and shortcuts.
    """
    given = call.json_object()
    core = call.query.get("visibility", "PUBLIC")
    if core not in Visibility.__members__:
        raise unread_parameter("visibility", core)
    if not isinstance(given.get("searchString"), str):
        raise failure(f"Failed to fetch data about search results. {_NO_TEXT}")
    wanted = given.get("type")
    if wanted is not None and wanted not in FILE_TYPES:
        raise undeserialisable()
    if core == "PRIVATE" and call.account is None:
        raise unauthorized("You must be logged in to search private files.")
    query, owner = parse_query(given["searchString"]), _owner(given)
    rows = _find(call, query, owner, private=core == "PRIVATE")
    own = _find_own_files(call, query, owner) if core == "PRIVATE" else []
    found = Place([row for row in rows if not row.deleted], own)
    size, start = call.number("size", 100), call.number("start", 0)
    files = render_items(call.db, found, _FOUND)
    page = [item for item in files if wanted in (None, item["type"])][start : start + size]
    return answer({"numFound": len(page), "start": start * size, "files": page})


def _find(call: Call, query: str | None, owner: str | None, *, private: bool) -> list[NetworkRow]:
    """Return the networks in one of the two indexes that the caller may find by words."""
    reader = call.keyless_reader
    cores = ("PRIVATE",) if private else ("PUBLIC", "UNLISTED")
    return [
        row
        for row in networks.search(call.db, query, owner, cores)
        if row.search_core == "PUBLIC"
        or row.owner_id == reader.account_id
        or row.id in reader.granted
    ]


def _find_own_files(call: Call, query: str | None, owner: str | None) -> list[Item]:
    if owner not in (None, call.me.name):
        return []
    return items.search_own(call.db, call.me.id, query)


def _owner(given: dict[str, Any]) -> str | None:
    return str(given.get("accountName") or "").lower() or None


def _find_one(call: Call, text: str) -> list[NetworkRow]:
    rows = networks.find_all(call.db, [parse_uuid(text)])
    reader = call.keyless_reader
    return [row for row in rows if may_read(row, reader)]


def _page(rows: list[NetworkRow], count: int, start: int) -> Response:
    shown = [{**render_v2(row), "warnings": []} for row in rows]
    return answer({"numFound": count, "start": start, "networks": shown})
