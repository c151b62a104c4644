"""Small CX1 and CX2 documents with names of their own."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import orjson

from tests.sandbox.documents import make_cx1, make_cx2

Json = dict[str, Any]
Document = list[Json]
GENES = ("TP53", "BRCA1")


def unique(words: str = "contract") -> str:
    """A name that no other network, folder or run has."""
    return f"{words} {uuid4().hex}"


def cx2(name: str = "A network", genes: tuple[str, ...] = GENES) -> Document:
    """A valid CX2 document without metaData, which the server rebuilds."""
    document: Document = orjson.loads(make_cx2(name, genes))
    return document


def cx1(name: str = "A network", genes: tuple[str, ...] = GENES) -> Document:
    """A valid CX1 document."""
    document: Document = orjson.loads(make_cx1(name, genes))
    return document


def aspect(document: Document, name: str) -> list[Any]:
    """The elements of one aspect, from all its fragments."""
    return [element for fragment in document for element in fragment.get(name, [])]
