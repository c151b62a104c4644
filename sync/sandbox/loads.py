"""The one queue in which uploads are loaded: what is visible when (contract 3.3).

Nothing runs in the background. Every request first lets the queue catch up with the clock, so
that over a port, in process and under a clock in the hand of a test the same states are seen.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any, Literal

import orjson

from sync.errors import NetworkError
from sync.model import NetworkId
from sync.sandbox import contents, networks
from sync.sandbox.limits import check_texts
from sync.sandbox.loading import Loaded, load_cx1, load_cx2, read_aspect
from sync.sandbox.networks import NetworkRow
from sync.sandbox.settings import SandboxSettings
from sync.sandbox.summaries import format_properties, parse_properties

_LOAD = {"cx1": load_cx1, "cx2": load_cx2}
_INDEXED_FROM_NODES = 100
_LONGEST_MESSAGE = 2000
_INDEXED_PROPERTIES = frozenset(
    {
        "labels",
        "networkType",
        "organism",
        "disease",
        "tissue",
        "author",
        "methods",
        "rights",
        "rightsHolder",
    }
)


@dataclass(frozen=True, slots=True)
class Upload:
    """A body that was accepted and waits to be loaded.

    ``visibility`` takes effect when loading ends, None leaves it. ``extra_delay_s`` and
    ``failure`` are faults to order: a longer load, and the message of one that fails.
    """

    network_id: NetworkId
    kind: Literal["create", "update"]
    format: contents.Kind
    body: bytes
    visibility: str | None = None
    extra_delay_s: float = 0.0
    failure: str | None = None


def enqueue(db: sqlite3.Connection, upload: Upload, settings: SandboxSettings, now_ms: int) -> None:
    """Lock the network, put the body in place and line it up behind the loads under way."""
    contents.erase(db, upload.network_id)
    contents.write(db, upload.network_id, upload.format, upload.body)
    networks.update(db, upload.network_id, locked=1)
    forget(db, upload.network_id)
    busy_until = db.execute("SELECT coalesce(max(done_ms), 0) FROM task").fetchone()[0]
    start = max(now_ms, busy_until)
    delay_ms = round((settings.load_delay_s + upload.extra_delay_s) * 1000)
    done = start + delay_ms
    db.execute(
        "INSERT INTO task (network_id, kind, format, visibility, failure, parsed_ms, done_ms,"
        " indexed_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            upload.network_id,
            upload.kind,
            upload.format,
            upload.visibility,
            upload.failure,
            start + delay_ms // 2,
            done,
            done + round(settings.index_delay_s * 1000),
        ),
    )


def forget(db: sqlite3.Connection, network_id: str) -> None:
    """Drop what is still to be done for a network."""
    db.execute("DELETE FROM task WHERE network_id = ?", (network_id,))


def is_behind(db: sqlite3.Connection, now_ms: int) -> bool:
    """Whether the queue is behind the clock."""
    rows = db.execute(
        "SELECT 1 FROM task WHERE CASE stage WHEN 'queued' THEN parsed_ms"
        " WHEN 'parsed' THEN done_ms ELSE indexed_ms END <= ? LIMIT 1",
        (now_ms,),
    )
    return rows.fetchone() is not None


def catch_up(db: sqlite3.Connection, now_ms: int) -> None:
    """Do what the queue should have done by now."""
    for task in db.execute("SELECT * FROM task ORDER BY seq").fetchall():
        stage = task["stage"]
        if stage == "queued" and task["parsed_ms"] <= now_ms:
            stage = _parse(db, task)
        if stage == "parsed" and task["done_ms"] <= now_ms:
            stage = _finish(db, task)
        if stage == "converted" and task["indexed_ms"] <= now_ms:
            _index(db, task)
            stage = None
        if stage is None:
            db.execute("DELETE FROM task WHERE seq = ?", (task["seq"],))
        else:
            db.execute("UPDATE task SET stage = ? WHERE seq = ?", (stage, task["seq"]))


def is_converting(db: sqlite3.Connection, network_id: str) -> bool:
    """Whether a CX2 upload has not been turned into CX1 yet."""
    rows = db.execute(
        "SELECT 1 FROM task WHERE network_id = ? AND format = 'cx2' AND stage <> 'converted'",
        (network_id,),
    )
    return rows.fetchone() is not None


def store_loaded(db: sqlite3.Connection, network_id: str, loaded: Loaded) -> None:
    """Put what an upload was found to be into row and files."""
    contents.write(db, network_id, "cx1", loaded.cx1)
    contents.write(db, network_id, "cx2", loaded.cx2)
    networks.update(
        db,
        network_id,
        name=loaded.name,
        description=loaded.description,
        version=loaded.version,
        properties=format_properties(loaded.properties),
        node_count=loaded.node_count,
        edge_count=loaded.edge_count,
        has_layout=loaded.has_layout,
        has_sample=loaded.has_sample,
        warnings=orjson.dumps(loaded.warnings).decode(),
        subnetworks=orjson.dumps(loaded.subnetwork_ids).decode(),
        valid=1,
    )


def store_failure(db: sqlite3.Connection, network_id: str, message: str) -> None:
    """Mark a load as failed: complete, valid, hidden, no longer read-only, and empty."""
    networks.update(
        db,
        network_id,
        completed=1,
        valid=1,
        error=message[:_LONGEST_MESSAGE],
        visibility="PRIVATE",
        read_only=0,
        locked=0,
    )


def index(db: sqlite3.Connection, row: NetworkRow) -> None:
    """Put a network into the search index as it is now (contract 9)."""
    cx = contents.read(db, row.id, "cx2") or contents.read(db, row.id, "cx1")
    nodes = read_aspect(cx, "nodes") if cx else None
    texts = [row.id, row.owner, row.name, row.description, row.version]
    texts += [item.value for item in parse_properties(row) if item.name in _INDEXED_PROPERTIES]
    texts += [_node_text(node) for node in nodes or ()]
    networks.update(
        db,
        row.id,
        search_text="\n".join(text for text in texts if text).lower(),
        search_core="PRIVATE" if row.visibility == "PRIVATE" else "PUBLIC",
    )


def _parse(db: sqlite3.Connection, task: sqlite3.Row) -> str | None:
    network_id, kind = task["network_id"], task["format"]
    body = contents.read(db, network_id, kind)
    if body is None or task["failure"] is not None:
        store_failure(db, network_id, task["failure"] or "The uploaded file is gone.")
        return None
    try:
        loaded = _LOAD[kind](body)
        check_texts(loaded.name, loaded.description, loaded.version, loaded.properties)
    except NetworkError as error:
        store_failure(db, network_id, str(error))
        return None
    store_loaded(db, network_id, loaded)
    if kind == "cx2":
        networks.update(db, network_id, has_cx2=1, cx_format=loaded.cx_format)
    else:
        # The real server writes the folder column from an empty summary here (contract 7.2).
        networks.update(db, network_id, folder_id=None)
    return "parsed"


def _finish(db: sqlite3.Connection, task: sqlite3.Row) -> str | None:
    row = networks.get(db, task["network_id"])
    indexed = (
        task["format"] == "cx2"
        or row.node_count >= _INDEXED_FROM_NODES
        or row.index_level != "NONE"
    )
    networks.update(
        db,
        row.id,
        locked=0,
        has_cx2=contents.read(db, row.id, "cx2") is not None,
        completed=task["kind"] == "create" or not indexed,
        visibility=task["visibility"] or row.visibility,
    )
    return "converted" if indexed else None


def _index(db: sqlite3.Connection, task: sqlite3.Row) -> None:
    networks.update(db, task["network_id"], completed=1)
    row = networks.find(db, task["network_id"])
    if row is not None:
        index(db, row)


def _node_text(node: dict[str, Any]) -> str:
    values = node.get("v") or {}
    named = [node.get("n"), node.get("r"), *(values.get(key) for key in ("name", "n", "r"))]
    return " ".join(str(text) for text in named if text)
