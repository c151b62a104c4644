"""The server's one queue of loads and index jobs: what is visible when (contract 3.3).

Nothing runs in the background. Every request first lets the queue catch up with the clock, so that
the same states are seen over a port, in process and under a test's clock. A task's time begins when
the task before it ends.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import orjson

from sync.errors import NetworkError, UploadRefused
from sync.model import NetworkId
from sync.sandbox import contents, networks
from sync.sandbox.cx_files import read_aspects
from sync.sandbox.faults import FaultKind
from sync.sandbox.limits import check_texts
from sync.sandbox.networks import NetworkRow
from sync.sandbox.queries import FIELDS
from sync.sandbox.settings import SandboxSettings
from sync.sandbox.store import insert
from sync.sandbox.summaries import format_properties, parse_properties
from sync.sandbox.uploads import Loaded, load_cx1, load_cx2

_LOAD = {"cx1": load_cx1, "cx2": load_cx2}
_INDEXED_FROM_NODES = 100
_LONGEST_MESSAGE = 2000
_MEGABYTE = 1_000_000
_ENGINE_DOWN = "Server refused connection at: http://localhost:8983/solr"

REFUSED = "refused"
"""The fault of an index job whose entry the engine removes and does not accept again (3.5)."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A body that was accepted and waits to be loaded.

    ``visibility`` takes effect when loading ends, None leaves it unchanged. ``extra_delay_s``,
    ``trouble`` and ``message`` are ordered faults: a longer load, what goes wrong, and the server's
    text.
    """

    network_id: NetworkId
    kind: Literal["create", "update"]
    format: contents.Kind
    body: bytes
    visibility: str | None = None
    extra_delay_s: float = 0.0
    trouble: str | None = None
    message: str | None = None


def enqueue(db: sqlite3.Connection, upload: Upload, settings: SandboxSettings, now_ms: int) -> None:
    """Lock the network, store the body and queue it behind the other tasks.

    An index job of an earlier write stays in the queue: it will say that the network is complete,
    whatever its state is then.
    """
    contents.erase(db, upload.network_id)
    contents.write(db, upload.network_id, upload.format, upload.body)
    networks.update(db, upload.network_id, locked=1)
    delay_s = settings.load_delay_s * (1 + len(upload.body) // _MEGABYTE) + upload.extra_delay_s
    delay_ms = round(delay_s * 1000)
    start = _free_from(db, now_ms)
    insert(
        db,
        "task",
        network_id=upload.network_id,
        kind=upload.kind,
        format=upload.format,
        visibility=upload.visibility,
        trouble=upload.trouble,
        message=upload.message,
        parsed_ms=start + delay_ms // 2,
        done_ms=start + delay_ms,
    )


def enqueue_index(
    db: sqlite3.Connection,
    network_id: str,
    settings: SandboxSettings,
    now_ms: int,
    trouble: str | None = None,
) -> None:
    """Queue an index job; when it succeeds the network is complete."""
    done_ms = _free_from(db, now_ms) + round(settings.index_delay_s * 1000)
    facts = {"kind": "index", "stage": "parsed", "parsed_ms": done_ms, "done_ms": done_ms}
    insert(db, "task", network_id=network_id, trouble=trouble, **facts)


def forget(db: sqlite3.Connection, network_id: str) -> None:
    """Drop the remaining tasks of a network."""
    db.execute("DELETE FROM task WHERE network_id = ?", (network_id,))


def is_behind(db: sqlite3.Connection, now_ms: int) -> bool:
    """Return whether the queue is behind the clock."""
    return _find_due(db, now_ms) is not None


def catch_up(db: sqlite3.Connection, settings: SandboxSettings, now_ms: int) -> None:
    """Do what the queue should have done by now."""
    while (task := _find_due(db, now_ms)) is not None:
        if task["stage"] == "queued" and _parse(db, task):
            db.execute("UPDATE task SET stage = 'parsed' WHERE seq = ?", (task["seq"],))
            continue
        db.execute("DELETE FROM task WHERE seq = ?", (task["seq"],))
        if task["kind"] == "index":
            _index(db, task)
        elif task["stage"] == "parsed":
            _finish(db, task, settings)


def is_converting(db: sqlite3.Connection, network_id: str) -> bool:
    """Return whether a CX2 upload has not been converted to CX1 yet."""
    rows = db.execute("SELECT 1 FROM task WHERE network_id = ? AND format = 'cx2'", (network_id,))
    return rows.fetchone() is not None


def store_loaded(db: sqlite3.Connection, network_id: str, loaded: Loaded) -> None:
    """Store a loaded upload in row and files."""
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
    """Mark a load as failed: complete, valid, hidden and no longer read-only.

    What was read before it failed stays (contract 3.3).
    """
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
    nodes = read_aspects(cx).get("nodes", []) if cx and row.was_read else []
    texts = {
        "uuid": row.id,
        "owner": row.owner,
        "name": row.name,
        "description": row.description,
        "version": row.version,
        "nodeName": "\n".join(_node_texts(nodes, "name", "n")),
        "represents": "\n".join(_node_texts(nodes, "represents", "r")),
    }
    for item in parse_properties(row):
        if item.name in FIELDS:
            texts.setdefault(item.name, item.value)
    networks.put_entry(db, row.id, {name: text for name, text in texts.items() if text})
    networks.update(db, row.id, search_core=row.visibility)


def _find_due(db: sqlite3.Connection, now_ms: int) -> sqlite3.Row | None:
    """Return the first task if its next step is due."""
    task: sqlite3.Row | None = db.execute("SELECT * FROM task ORDER BY seq LIMIT 1").fetchone()
    if task is None:
        return None
    due_ms = task["parsed_ms"] if task["stage"] == "queued" else task["done_ms"]
    return task if due_ms <= now_ms else None


def _free_from(db: sqlite3.Connection, now_ms: int) -> int:
    busy_until: int = db.execute("SELECT coalesce(max(done_ms), 0) FROM task").fetchone()[0]
    return max(now_ms, busy_until)


def _parse(db: sqlite3.Connection, task: sqlite3.Row) -> bool:
    """Parse the body of a task and return whether it needs converting."""
    network_id, kind = task["network_id"], task["format"]
    body = contents.read(db, network_id, kind)
    if body is None or task["trouble"] == FaultKind.LOAD:
        _fail(db, network_id, task["message"] or "The uploaded file is gone.")
        return False
    try:
        loaded = _LOAD[kind](body)
        check_texts(loaded.name, loaded.description, loaded.version, loaded.properties)
    except NetworkError as error:
        if kind == "cx2":
            networks.update(db, network_id, cx_format="cx2")
        _fail(db, network_id, answer_of(error))
        return False
    store_loaded(db, network_id, loaded)
    networks.update(db, network_id, completed=0)
    if kind == "cx2":
        networks.update(db, network_id, has_cx2=1, cx_format=loaded.cx_format)
    else:
        # The real server writes the folder column from an empty summary here (contract 7.2).
        networks.update(db, network_id, folder_id=None)
    if loaded.fault is not None:
        store_failure(db, network_id, loaded.fault)
    return loaded.fault is None


def answer_of(error: NetworkError) -> str:
    """Return the ``errorMessage`` of a failed load."""
    return error.answer if isinstance(error, UploadRefused) else str(error)


def _fail(db: sqlite3.Connection, network_id: str, message: str) -> None:
    # A CX1 upload is returned as it was sent, a CX2 upload is not (contract 4).
    contents.write(db, network_id, "cx2", None)
    store_failure(db, network_id, message)


def _finish(db: sqlite3.Connection, task: sqlite3.Row, settings: SandboxSettings) -> None:
    row, is_update = networks.find(db, task["network_id"]), task["kind"] == "update"
    if row is None:
        return
    networks.update(db, row.id, has_cx2=contents.read(db, row.id, "cx2") is not None)
    if task["trouble"] == FaultKind.CONVERT:
        # The writer of CX1 stops in the middle of its file.
        cx1 = contents.read(db, row.id, "cx1") or b""
        contents.write(db, row.id, "cx1", cx1[: len(cx1) // 2])
        store_failure(db, row.id, task["message"] or "The network cannot be converted.")
        return
    indexed = (
        task["format"] == "cx2"
        or row.node_count >= _INDEXED_FROM_NODES
        or row.index_level != "NONE"
    )
    if indexed and is_update and task["trouble"] == FaultKind.SEARCH_DOWN:
        store_failure(db, row.id, _ENGINE_DOWN)
        return
    networks.update(
        db,
        row.id,
        locked=0,
        completed=not (is_update and indexed),
        visibility=task["visibility"] or row.visibility,
    )
    if indexed:
        enqueue_index(db, row.id, settings, task["done_ms"], task["trouble"])


def _index(db: sqlite3.Connection, task: sqlite3.Row) -> None:
    row, trouble = networks.find(db, task["network_id"]), task["trouble"]
    if row is None or trouble in (FaultKind.SEARCH_DOWN, FaultKind.INDEX_DIES):
        return
    if trouble == REFUSED:
        networks.update(db, row.id, search_core=None)
        return
    networks.update(db, row.id, completed=1)
    # While a new upload waits, nothing can be found.
    if row.valid:
        index(db, row)


def _node_texts(nodes: Iterable[dict[str, Any]], name: str, short: str) -> Iterator[str]:
    for node in nodes:
        values = node.get("v") or {}
        for text in (node.get(short), values.get(name), values.get(short)):
            if text:
                yield str(text)
