"""Searching networks by words, by UUID and by account; without ranking (contract 9)."""

from __future__ import annotations

import re

from starlette.responses import Response

from sync.sandbox import networks
from sync.sandbox.file_items import ItemFormat, View, render_items
from sync.sandbox.folders import Items
from sync.sandbox.ids import parse_uuid
from sync.sandbox.networks import NetworkRow, may_read
from sync.sandbox.operation import JSON, Call, Operation, answer
from sync.sandbox.refusals import failure, uncaught
from sync.sandbox.summaries import render_v2

ALL_ROWS = 100_000
"""What a size of 0 means."""

_FOUND = View(ItemFormat.FOUND, shared=False)
_UUID = re.compile(r"(?:uuid:)?\s*([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})", re.IGNORECASE)
_BETWEEN_WORDS = re.compile(r"[\s,]+")


def search_networks(call: Call) -> Response:
    """Answer one page of public finds and, logged in, one of private finds after it.

    ``start`` counts pages and comes back as a row; ``numFound`` counts entries of networks that
    are gone too. Nobody asks again whether a find may be read.
    """
    given = call.json_object()
    text = given.get("searchString")
    if not isinstance(text, str):
        raise uncaught("java.lang.NullPointerException: searchString is null")
    if given.get("permission") not in (None, "READ", "WRITE"):
        raise failure("Permission type ADMIN is not supported in search.")
    size = call.number("size", 100) or ALL_ROWS
    start = call.number("start", 0) * size
    asked = _UUID.fullmatch(text.strip())
    if asked is not None:
        rows = _find_one(call, asked[1])
        return _page(rows, len(rows), start)
    cores = ["PUBLIC"] if call.account is None else ["PUBLIC", "PRIVATE"]
    finds = [_find(call, text, given.get("accountName") or None, core) for core in cores]
    rows = [row for found in finds for row in found[start : start + size] if not row.deleted]
    return _page(rows, sum(map(len, finds)), start)


def search_files(call: Call) -> Response:
    """Answer one page of items of one index: here ``start`` is a row, and ``numFound`` is how
    many rows the page has. Every failure is a 500.
    """
    given = call.json_object()
    core = call.query.get("visibility", "PUBLIC").upper()
    if not isinstance(given.get("searchString"), str) or core not in ("PUBLIC", "PRIVATE"):
        raise failure("Failed to search files.")
    size, start = call.number("size", 100), call.number("start", 0)
    found = _find(call, given["searchString"], given.get("accountName") or None, core)
    page = Items([row for row in found[start : start + size] if not row.deleted], [], [])
    files = render_items(call.db, page, _FOUND)
    return answer({"numFound": len(files), "start": start * size, "files": files})


def _find(call: Call, text: str, owner: str | None, core: str) -> list[NetworkRow]:
    words = [word for word in _BETWEEN_WORDS.split(text.lower()) if word not in ("", "*")]
    found = networks.search(call.db, words, owner, core)
    if core == "PUBLIC":
        return found
    reader = call.keyless_reader
    return [row for row in found if row.owner_id == reader.account_id or row.id in reader.granted]


def _find_one(call: Call, text: str) -> list[NetworkRow]:
    rows = networks.find_all(call.db, [parse_uuid(text)])
    reader = call.keyless_reader
    return [row for row in rows if may_read(row, reader)]


def _page(rows: list[NetworkRow], count: int, start: int) -> Response:
    shown = [{**render_v2(row), "warnings": []} for row in rows]
    return answer({"numFound": count, "start": start, "networks": shown})


OPERATIONS = (
    Operation("POST", "/v2/search/network", search_networks, anonymous=True, consumes=(JSON,)),
    Operation("POST", "/v3/search/files", search_files, anonymous=True, consumes=(JSON,)),
)
"""The routes of this module."""
