"""Repair the server's own CX2 so that the server accepts it again (contract 5.1).

Content converted from CX1 may hold nulls, an ``@context`` that is not declared, and coordinates for
only some nodes. The server returns all of it, and refuses it when it is sent back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from sync.amounts import plural
from sync.cx.aspects import has_cx2_header, shorten
from sync.cx.data_types import is_list_type
from sync.cx.frame import Element
from sync.cx.free_places import free_places

_NETWORK = "networkAttributes"
_DECLARATIONS = "attributeDeclarations"
_MAPPINGS = ("nodeMapping", "edgeMapping")


@dataclass(frozen=True, slots=True)
class Repaired:
    """A document that says the same, and what was done to it, as short texts for people."""

    document: Any
    done: tuple[str, ...]


def repair(document: Any) -> Repaired:
    """Return a CX2 document without what the server returns but refuses to accept.

    Nothing that people see is lost. What is not CX2 in JSON is returned unchanged.
    """
    if not has_cx2_header(document):
        return Repaired(document, ())
    try:
        copy = orjson.loads(orjson.dumps(document))
    except (TypeError, orjson.JSONDecodeError):
        return Repaired(document, ())
    done = [text for step in _STEPS for text in step(copy)]
    return Repaired(copy, tuple(done))


def describe_repair(done: str) -> str:
    """Say in a plan what a repair does, and why."""
    return f"{done} (the server refuses it unchanged)"


def _drop_null_attributes(document: Any) -> Iterator[str]:
    for values in _elements(document, _NETWORK):
        for name in [name for name, value in values.items() if value is None]:
            del values[name]
            yield f"drop the network attribute {shorten(name)}, which has no value"
        for name, value in values.items():
            if isinstance(value, list) and None in value:
                values[name] = [item for item in value if item is not None]
                yield f"drop the empty items of the network attribute {shorten(name)}"
    for aspect in ("nodes", "edges"):
        lists = _list_attributes(document, aspect)
        dropped = sum(_drop_null_lists(element, lists) for element in _elements(document, aspect))
        if dropped:
            yield f"drop lists without a value from the {aspect}: {dropped}"


def _list_attributes(document: Any, aspect: str) -> frozenset[str]:
    return frozenset(
        name
        for name, entry in _declared(document, aspect)
        if isinstance(label := entry.get("d"), str) and is_list_type(label)
    )


def _drop_null_lists(element: Element, lists: frozenset[str]) -> int:
    values = element.get("v")
    if not isinstance(values, dict):
        return 0
    empty = [key for key, value in values.items() if value is None and key in lists]
    for key in empty:
        del values[key]
    return len(empty)


def _declare_network_attributes(document: Any) -> Iterator[str]:
    declared = {name for name, _ in _declared(document, _NETWORK)}
    values = [item for element in _elements(document, _NETWORK) for item in element.items()]
    missing = [name for name, value in values if name not in declared and isinstance(value, str)]
    if not missing:
        return
    document.insert(1, {_DECLARATIONS: [{_NETWORK: {name: {"d": "string"} for name in missing}}]})
    for name in missing:
        yield f"declare the network attribute {shorten(name)}"


def _drop_null_map_entries(document: Any) -> Iterator[str]:
    for style in _elements(document, "visualProperties"):
        for owner in _MAPPINGS:
            mappings = style.get(owner)
            if isinstance(mappings, dict):
                for prop in list(mappings):
                    yield from _repair_mapping(mappings, prop)


def _repair_mapping(mappings: Element, prop: str) -> Iterator[str]:
    mapping = mappings[prop]
    definition = mapping.get("definition") if isinstance(mapping, dict) else None
    entries = definition.get("map") if isinstance(definition, dict) else None
    if not isinstance(entries, list) or not isinstance(definition, dict):
        return
    kept = [entry for entry in entries if _says_something(entry)]
    dropped = len(entries) - len(kept)
    if dropped and not kept:
        del mappings[prop]
        yield f"drop the mapping of {shorten(prop)}, which maps nothing"
    elif dropped:
        definition["map"] = kept
        yield f"drop entries without a value from the mapping of {shorten(prop)}: {dropped}"


def _says_something(entry: Any) -> bool:
    if not isinstance(entry, dict):
        return entry is not None
    if "minVPValue" in entry or "maxVPValue" in entry:
        return entry.get("minVPValue") is not None or entry.get("maxVPValue") is not None
    return entry.get("v") is not None and entry.get("vp") is not None


def _place_nodes(document: Any) -> Iterator[str]:
    nodes = list(_elements(document, "nodes"))
    taken = [(node["x"], node["y"]) for node in nodes if _is_placed(node)]
    missing = [node for node in nodes if not _is_placed(node)]
    if not taken or not missing:
        return
    for node, (x, y) in zip(missing, free_places(taken), strict=False):
        node["x"], node["y"] = x, y
    yield f"place {plural(len(missing), 'node')} without coordinates below the others"


def _is_placed(node: Element) -> bool:
    return all(type(node.get(axis)) in (int, float) for axis in ("x", "y"))


def _declared(document: Any, aspect: str) -> Iterator[tuple[str, Element]]:
    for element in _elements(document, _DECLARATIONS):
        attributes = element.get(aspect)
        for name, entry in attributes.items() if isinstance(attributes, dict) else ():
            yield name, entry if isinstance(entry, dict) else {}


def _elements(document: Any, aspect: str) -> Iterator[Element]:
    for fragment in document:
        elements = fragment.get(aspect) if isinstance(fragment, dict) else None
        for element in elements if isinstance(elements, list) else ():
            if isinstance(element, dict):
                yield element


_STEPS: tuple[Callable[[Any], Iterator[str]], ...] = (
    _drop_null_attributes,
    _declare_network_attributes,
    _drop_null_map_entries,
    _place_nodes,
)
