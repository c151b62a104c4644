"""The smallest CX and CX2 documents, and a sandbox to put them into."""

from __future__ import annotations

from sync.model import NetworkId
from sync.sandbox import accounts, networks, queue
from sync.sandbox.store import Store
from sync.sandbox.uploads import load_cx2
from tests.cx import uploads

UUID = NetworkId("7fc70ab6-9fb1-11ea-aaef-0ac135e8bacf")
OWNER = ("ann", "secret words")


def make_cx2(name: str = "a network", genes: tuple[str, ...] = ("TP53",)) -> bytes:
    """Return a CX2 document with one node a gene."""
    return uploads.make_cx2(
        uploads.declare(networkAttributes={"name": "string"}, nodes={"name": "string"}),
        {"networkAttributes": [{"name": name}]},
        {"nodes": [{"id": n, "v": {"name": gene}} for n, gene in enumerate(genes)]},
    )


def make_cx1(name: str = "a network", genes: tuple[str, ...] = ("TP53",)) -> bytes:
    """Return a CX1 document with one node a gene."""
    return uploads.make_cx1(
        {"networkAttributes": [{"n": "name", "v": name}]},
        {"nodes": [{"@id": n, "n": gene} for n, gene in enumerate(genes)]},
    )


def add_network(store: Store, network_id: NetworkId = UUID, name: str = "a network") -> None:
    """Put a public network of ``OWNER`` into ``store``, loaded and done."""
    with store.writing() as db:
        owner = accounts.find_by_name(db, OWNER[0]) or accounts.create(db, *OWNER, now_ms=1000)
        networks.insert(db, network_id, owner.id, 1000)
        queue.store_loaded(db, network_id, load_cx2(make_cx2(name)))
        networks.update(db, network_id, completed=1, visibility="PUBLIC", has_cx2=1)
