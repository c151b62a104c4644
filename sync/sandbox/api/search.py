"""Searching networks by words, by UUID and by account; without ranking (contract 9)."""

from __future__ import annotations

import re

from starlette.responses import Response

from sync.sandbox import networks
from sync.sandbox.ids import parse_batch_uuid
from sync.sandbox.networks import NetworkRow, may_read
from sync.sandbox.operation import JSON, Call, Operation, answer
from sync.sandbox.refusals import failure, uncaught
from sync.sandbox.summaries import render_v2

ALL_ROWS = 100_000
"""What a size of 0 means."""

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
    found = _UUID.fullmatch(text.strip())
    if found is not None:
        rows = _find_one(call, found[1])
        return _page(rows, len(rows), start)
    words = [word for word in _BETWEEN_WORDS.split(text.lower()) if word not in ("", "*")]
    owner = given.get("accountName") or None
    cores = ["PUBLIC"] if call.account is None else ["PUBLIC", "PRIVATE"]
    page: list[NetworkRow] = []
    count = 0
    for core in cores:
        hits = networks.search(call.db, words, owner, core)
        if core == "PRIVATE":
            reader = call.keyless_reader
            hits = [
                row for row in hits if row.owner_id == reader.account_id or row.id in reader.granted
            ]
        count += len(hits)
        page += [row for row in hits[start : start + size] if not row.deleted]
    return _page(page, count, start)


def _find_one(call: Call, text: str) -> list[NetworkRow]:
    rows = networks.find_all(call.db, [parse_batch_uuid(text)])
    reader = call.keyless_reader
    return [row for row in rows if may_read(row, reader)]


def _page(rows: list[NetworkRow], count: int, start: int) -> Response:
    shown = [{**render_v2(row), "warnings": []} for row in rows]
    return answer({"numFound": count, "start": start, "networks": shown})


OPERATIONS = (
    Operation("POST", "/v2/search/network", search_networks, anonymous=True, consumes=(JSON,)),
)
"""The routes of this module."""
