"""Convert between CX1 and CX2, as the server does with an upload (contract 5.3)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sync.cx.attribute_rules import Declaration
from sync.cx.data_types import parse_typed
from sync.cx.frame import Element
from sync.cx.server_form import to_server_form
from sync.cx.validate_cx2 import Validated2
from sync.sandbox.cx1.elements import Attribute, text_of
from sync.sandbox.cx1.typed import CONTEXT, TypedValues
from sync.sandbox.cx1.validate import Validated1
from sync.sandbox.cx_files import java_json, write_cx1, write_cx2
from sync.sandbox.visual_styles import styles_to_cx1, styles_to_cx2

_ONLY_IN_CX2 = frozenset(
    {"nodes", "edges", "visualProperties", "nodeBypasses", "edgeBypasses", "visualEditorProperties"}
)
_ONLY_IN_CX1 = frozenset({"cartesianLayout", "cyVisualProperties", CONTEXT, "provenanceHistory"})
_ALIASES = {"nodes": {"name": "n", "represents": "r"}, "edges": {"interaction": "i"}}
_CX1_ORDER = (
    *("networkAttributes", "nodes", "cartesianLayout", "nodeAttributes"),
    *("edges", "edgeAttributes", "cyVisualProperties"),
)
_METADATA_ORDER = (
    *("networkAttributes", "visualProperties", "visualEditorProperties"),
    *("nodeBypasses", "edgeBypasses"),
)
_MOST_DISTINCT = 30
_MORE_THAN = 50


def cx2_to_cx1(network: Validated2) -> bytes:
    """Return the CX1 file of a CX2 network: all values as text, aliases and defaults resolved."""
    nodes, node_attributes = _elements_to_cx1(network, "nodes")
    edges, edge_attributes = _elements_to_cx1(network, "edges")
    aspects: dict[str, list[Element]] = {
        "networkAttributes": _network_attributes_to_cx1(network),
        "nodes": nodes,
        "cartesianLayout": [
            {"node": node["id"]} | _coordinates(node)
            for node in network.aspects.get("nodes", ())
            if "x" in node
        ],
        "edges": edges,
        "cyVisualProperties": styles_to_cx1(network.aspects, network.declarations),
    }
    aspects |= {k: v for k, v in network.aspects.items() if k not in _ONLY_IN_CX2}
    aspects = {name: elements for name, elements in aspects.items() if elements}
    metadata = [_metadata(name, len(aspects[name])) for name in _cx1_order(aspects)]
    owned = {"nodeAttributes": node_attributes, "edgeAttributes": edge_attributes}
    last = [_metadata(name, len(elements)) for name, elements in owned.items() if elements]
    if nodes:
        aspects["nodeAttributes"] = node_attributes
    if edges:
        aspects["edgeAttributes"] = edge_attributes
    has_attributes = "networkAttributes" in aspects or last
    return write_cx1(aspects, metadata, last if has_attributes else None, _CX1_ORDER)


def write_loaded_cx2(network: Validated2) -> bytes:
    """Return the CX2 file of a CX2 upload; aliases and defaults stay as they were sent."""
    declared = _declarations_element(network.declarations)
    aspects: dict[str, list[Element]] = {"attributeDeclarations": [declared]}
    if network.network_attributes:
        aspects["networkAttributes"] = [dict(network.network_attributes)]
    made = {**aspects, **to_server_form(network.aspects)}
    # The server takes those after the first five from a hash table.
    return write_cx2({name: made[name] for name in _in_hash_order(made)})


def cx1_to_cx2(network: Validated1, typed: TypedValues) -> bytes:
    """Return the CX2 file of a CX1 network that is not a collection.

    Wrong counts in the upload stay wrong here. Nodes or edges are left out if the upload says that
    it has none (contract 5.2).
    """
    attributes = dict(typed.network)
    types = {aspect: dict(names) for aspect, names in typed.types.items()}
    if CONTEXT in network.aspects:
        attributes[CONTEXT] = java_json(network.aspects[CONTEXT][-1]).decode()
        if types["networkAttributes"]:  # The server declares it only beside others.
            types["networkAttributes"][CONTEXT] = "string"
    declarations = _declare(network, types)
    aspects: dict[str, list[Element]] = {}
    if declarations:
        aspects["attributeDeclarations"] = [_declarations_element(declarations)]
    if attributes:
        aspects["networkAttributes"] = [attributes]
    nodes, edges = _nodes_to_cx2(network, typed), _edges_to_cx2(network)
    aspects["nodes"] = _with_values(nodes, typed.nodes, declarations.get("nodes", {}))
    aspects["edges"] = _with_values(edges, typed.edges, declarations.get("edges", {}))
    aspects |= styles_to_cx2(network.aspects.get("cyVisualProperties", []), types)
    for name, elements in network.aspects.items():
        if name not in _ONLY_IN_CX1:
            aspects.setdefault(name, elements)
    listed = {e.name: e.count or 0 for e in network.metadata if e.name in network.aspects}
    written = {name: elements for name, elements in aspects.items() if listed.get(name, elements)}
    names = [*(name for name in _METADATA_ORDER if name in written), *written]
    counts: dict[str, int | None] = {n: listed.get(n, len(written[n])) for n in names}
    if attributes.keys() == {CONTEXT}:
        counts["networkAttributes"] = None
    if "cyVisualProperties" in network.aspects:
        counts |= dict.fromkeys(("visualProperties", "visualEditorProperties"), 1)
    return write_cx2(written, counts)


def write_loaded_cx1(network: Validated1) -> bytes:
    """Return the CX1 file of a CX1 upload, with the aspects in the order of its metadata."""
    aspects = dict(network.aspects)
    for name, attributes in (
        ("networkAttributes", network.network_attributes),
        ("nodeAttributes", network.node_attributes),
        ("edgeAttributes", network.edge_attributes),
    ):
        if attributes:
            aspects[name] = [attribute.element() for attribute in attributes]
    metadata = [entry.element() for entry in network.metadata]
    return write_cx1(aspects, metadata)


def _network_attributes_to_cx1(network: Validated2) -> list[Element]:
    declared = network.declarations.get("networkAttributes", {})
    return [
        {"n": name, "d": declared[name].data_type, "v": _text_of(value)}
        for name, value in network.network_attributes.items()
    ]


def _elements_to_cx1(network: Validated2, aspect: str) -> tuple[list[Element], list[Element]]:
    """Return the nodes or edges and their attributes."""
    declared = network.declarations.get(aspect, {})
    names = {item.alias: name for name, item in declared.items() if item.alias is not None}
    defaults = {name: item.default for name, item in declared.items() if item.default is not None}
    elements: list[Element] = []
    attributes: list[Element] = []
    for element in network.aspects.get(aspect, ()):
        values = _write_out(element.get("v", {}), names, defaults)
        named = {short: values.pop(name, None) for name, short in _ALIASES[aspect].items()}
        ends = {end: element[end] for end in ("s", "t") if end in element}
        elements.append({"@id": element["id"]} | ends | _without_nulls(named))
        attributes += _attributes_to_cx1(element["id"], values, declared)
    return elements, attributes


def _write_out(
    values: Mapping[str, Any], names: Mapping[str, str], defaults: Mapping[str, Any]
) -> dict[str, Any]:
    """Return all values by their long names, defaults last; a value under an alias wins over
    others.
    """
    written = {
        key: defaults.get(key) if value is None else value
        for key, value in values.items()
        if key not in names
    }
    written |= {
        names[key]: value for key, value in values.items() if key in names and value is not None
    }
    return written | {key: value for key, value in defaults.items() if key not in written}


def _attributes_to_cx1(
    owner: int, values: Mapping[str, Any], declared: Mapping[str, Declaration]
) -> Iterable[Element]:
    for name, value in values.items():
        element: Element = {"n": name, "d": declared[name].data_type}
        if value is not None:
            element["v"] = _text_of(value)
        element["po"] = owner
        yield element


def _cx1_order(aspects: Collection[str]) -> list[str]:
    """Return the aspects of a network that was CX2 in the order of its metadata."""
    own = ("networkAttributes", "cartesianLayout", "cyVisualProperties")
    hashed = [name for name in aspects if name not in own]
    hashed = _in_hash_order([*hashed, "visualProperties"])
    names = [own[0], *hashed, own[1]]
    names = [own[2] if name == "visualProperties" else name for name in names]
    return [name for name in names if name in aspects]


def _in_hash_order(names: Collection[str]) -> list[str]:
    """Return texts in the order of Java's hash tables."""
    size = 16
    while len(names) > size * 3 // 4:
        size *= 2

    def place(text: str) -> int:
        number = 0
        for unit in memoryview(text.encode("utf-16-le", "surrogatepass")).cast("H"):
            number = (31 * number + unit) & 0xFFFFFFFF
        return (number ^ number >> 16) & (size - 1)

    return sorted(names, key=place)


def _text_of(value: Any) -> str | list[str | None]:
    if isinstance(value, list):
        return [None if item is None else text_of(item) for item in value]
    return text_of(value)


def _coordinates(element: Element) -> Element:
    return {axis: element[axis] for axis in ("x", "y", "z") if axis in element}


def _without_nulls(element: Element) -> Element:
    return {key: value for key, value in element.items() if value is not None}


def _metadata(name: str, count: int) -> Element:
    return {"name": name, "elementCount": count, "version": "1.0"}


def _declarations_element(declarations: Mapping[str, Mapping[str, Declaration]]) -> Element:
    def describe(item: Declaration) -> Element:
        label = None if item.label is None else item.data_type
        return _without_nulls({"d": label, "v": item.default, "a": item.alias})

    return {
        aspect: {name: describe(item) for name, item in names.items()}
        for aspect, names in declarations.items()
    }


def _declare(
    network: Validated1, types: Mapping[str, Mapping[str, str]]
) -> dict[str, dict[str, Declaration]]:
    declarations: dict[str, dict[str, Declaration]] = {}
    attributes = {"nodes": network.node_attributes, "edges": network.edge_attributes}
    for aspect, names in types.items():
        elements = network.aspects.get(aspect, [])
        defaults = _invent_defaults(attributes.get(aspect, ()), len(elements))
        aliases = {
            name: alias
            for name, alias in _ALIASES.get(aspect, {}).items()
            if alias not in names and any(alias in element for element in elements)
        }
        if names:
            declarations[aspect] = {
                name: Declaration(names[name], defaults.get(name), aliases.get(name))
                for name in _in_hash_order(names)
            }
    return declarations


def _invent_defaults(attributes: Sequence[Attribute], elements: int) -> dict[str, Any]:
    """Return the default of each attribute that gets one.

    That is a text or boolean on every element, with few distinct values and a frequent one.
    """
    if elements <= _MORE_THAN:
        return {}
    uses = Counter(attribute.name for attribute in attributes)
    tallies: defaultdict[str, Counter[Any]] = defaultdict(Counter)
    for attribute in attributes:
        data_type = attribute.data_type
        if uses[attribute.name] == elements and data_type in {"string", "boolean"}:
            tallies[attribute.name][parse_typed(data_type, attribute.value)] += 1
    defaults: dict[str, Any] = {}
    for name, tally in tallies.items():
        value, most = tally.most_common(1)[0]
        if len(tally) <= _MOST_DISTINCT and most > _MORE_THAN:
            defaults[name] = value
    return defaults


def _nodes_to_cx2(network: Validated1, typed: TypedValues) -> Iterable[Element]:
    positions = {item["node"]: item for item in network.aspects.get("cartesianLayout", ())}
    for node_id in sorted(typed.nodes):
        yield {"id": node_id} | _coordinates(positions.get(node_id, {}))


def _edges_to_cx2(network: Validated1) -> Iterable[Element]:
    for edge in network.aspects.get("edges", ()):
        yield {"id": edge["@id"], "s": edge["s"], "t": edge["t"]}


def _with_values(
    elements: Iterable[Element],
    values: Mapping[int, Mapping[str, Any]],
    declared: Mapping[str, Declaration],
) -> list[Element]:
    """Return elements with their values under aliases, without those that are defaults."""
    written = []
    for element in elements:
        shortened = {
            declared[name].alias or name: value
            for name, value in values[element["id"]].items()
            if value is None or value != declared[name].default
        }
        written.append(element | ({"v": shortened} if shortened else {}))
    return written
