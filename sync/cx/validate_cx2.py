"""Which CX2 uploads the server's loader accepts, and what it then has (contract 5.1).

The loader streams: an attribute must be declared before the first element that uses it. Where the
server fails with an internal error of its own, the message says what is wrong in the document.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sync.cx.attribute_rules import AttributeRules, Declaration
from sync.cx.frame import (
    Element,
    is_blank,
    parse_upload,
    read_double,
    read_elements,
    read_long,
    read_status,
    refusal,
    shown,
    split_fragment,
    stream_refusal,
    undefined_ids,
)
from sync.cx.java_text import java_scalar

NETWORK_ATTRIBUTES = "networkAttributes"

_NODE_MEMBERS = frozenset({"id", "x", "y", "z", "v"})
_EDGE_MEMBERS = frozenset({"id", "s", "t", "v"})
_BYPASS_MEMBERS = frozenset({"id", "v"})
_STYLE_MEMBERS = ("default", "edgeMapping", "nodeMapping")
_MOST_METADATA = 2


@dataclass(frozen=True, slots=True)
class Validated2:
    """A CX2 document that the server accepts.

    ``aspects`` holds every other aspect that has elements, in the order of upload, with the
    numbers of ids and coordinates read as the server reads them; aliases and defaults stay as
    sent. ``empty_upload`` tells that the body held nothing: the server takes it for an empty
    network, which for a replacement means that all is lost.
    """

    declarations: Mapping[str, Mapping[str, Declaration]]
    network_attributes: Mapping[str, Any]
    aspects: Mapping[str, list[Element]]
    has_layout: bool
    subnetwork_ids: tuple[int, ...]
    warnings: tuple[str, ...]
    empty_upload: bool

    @property
    def node_count(self) -> int:
        """How many nodes the network has."""
        return len(self.aspects.get("nodes", ()))

    @property
    def edge_count(self) -> int:
        """How many edges the network has."""
        return len(self.aspects.get("edges", ()))


def validate_cx2(body: bytes) -> Validated2:
    """Return what the server's loader makes of a CX2 upload.

    Raises NetworkError with a text like the server's ``errorMessage`` where the load fails.
    """
    if is_blank(body):
        return _Loader().finish(empty_upload=True)
    fragments = parse_upload(body)
    if not isinstance(fragments, list) or not fragments or not isinstance(fragments[0], dict):
        raise refusal("Expect '{' at the beginning of a CX2 document.")
    if fragments[0].get("CXVersion") is None:
        raise refusal("Illegal cx format: expected to CX version object in the first element")
    loader = _Loader()
    for fragment in fragments[1:]:
        loader.take_fragment(*split_fragment(fragment))
    loader.require_status()
    return loader.finish(empty_upload=False)


@dataclass(slots=True)
class _Loader:
    """What the loader has seen so far."""

    rules: dict[str, AttributeRules] = field(default_factory=dict)
    network_attributes: dict[str, Any] | None = None
    aspects: dict[str, list[Element]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    listed: dict[str, int | None] = field(default_factory=dict)
    metadata_blocks: int = 0
    status: Element | None = None
    ids: dict[str, set[int]] = field(default_factory=lambda: {"nodes": set(), "edges": set()})
    referenced: dict[str, set[int]] = field(
        default_factory=lambda: {"nodes": set(), "edges": set()}
    )
    placed_nodes: int = 0

    def take_fragment(self, aspect: str, value: object) -> None:
        if self.status is not None:
            raise stream_refusal("End of array expected after the status aspect")
        if aspect == "status":
            self.status = read_status(value)
        elif aspect == "metaData":
            self._take_metadata(value)
        elif self.metadata_blocks == _MOST_METADATA:
            raise stream_refusal("Only status aspect is allowed after post metadata section.")
        else:
            elements = read_elements(aspect, value)
            self.counts[aspect] = self.counts.get(aspect, 0) + len(elements)
            take = _TAKERS.get(aspect)
            if take is not None:
                take(self, elements)
            elif elements:
                self.aspects.setdefault(aspect, []).extend(elements)

    def _take_metadata(self, value: object) -> None:
        if self.metadata_blocks == _MOST_METADATA:
            raise refusal("Only 2 metadata aspects are allowed in a CX network")
        self.metadata_blocks += 1
        if not isinstance(value, list):
            raise refusal("Expect '[' in metaData")
        for entry in value:
            name = entry.get("name") if isinstance(entry, dict) else None
            if name is None or isinstance(name, dict | list):
                raise stream_refusal("An entry of metaData has no name.")
            self.listed[java_scalar(name)] = read_long(entry.get("elementCount"), "elementCount")

    def take_declarations(self, elements: list[Element]) -> None:
        for element in elements:
            for aspect, attributes in element.items():
                if not isinstance(attributes, dict):
                    raise stream_refusal(f"The declarations of {shown(aspect)} are no object.")
                rules = self.rules.setdefault(aspect, AttributeRules(aspect))
                for name, entry in attributes.items():
                    rules.declare(name, entry)

    def take_network_attributes(self, elements: list[Element]) -> None:
        for element in elements:
            if self.network_attributes is not None:
                raise refusal("Only one networkAttributes element is allowed in CX.")
            for name, value in element.items():
                if value is None or isinstance(value, dict):
                    raise refusal(f"Invalid data type for network attribute {shown(name)}")
                if isinstance(value, list) and None in value:
                    raise refusal(f"Network attribute {shown(name)} has a null in its list.")
            self._rules(NETWORK_ATTRIBUTES).check(element)
            self.network_attributes = element

    def take_nodes(self, elements: list[Element]) -> None:
        rules = self._rules("nodes")
        nodes = self.aspects.setdefault("nodes", []) if elements else []
        for element in elements:
            node = self._read_node(element, rules)
            _define(self.ids["nodes"], node["id"], "nodes")
            nodes.append(node)

    def _read_node(self, element: Element, rules: AttributeRules) -> Element:
        _require_members(element, _NODE_MEMBERS, "CxNode")
        node: Element = {"id": read_long(element.get("id"), "id")}
        if node["id"] is None:
            raise refusal("Node id is missing.")
        for axis in ("x", "y", "z"):
            if (at := read_double(element.get(axis), axis)) is not None:
                node[axis] = at
        if ("x" in node) != ("y" in node) or ("z" in node and "x" not in node):
            raise refusal(f"One or more Coordinate values are missing in node {node['id']}.")
        self.placed_nodes += "x" in node
        _add_values(node, element, rules)
        return node

    def take_edges(self, elements: list[Element]) -> None:
        rules = self._rules("edges")
        edges = self.aspects.setdefault("edges", []) if elements else []
        for element in elements:
            _require_members(element, _EDGE_MEMBERS, "CxEdge")
            edge: Element = {}
            for member in ("id", "s", "t"):
                edge[member] = read_long(element.get(member), member)
                if edge[member] is None:
                    raise refusal(f"Edge without '{member}': the server fails on its null.")
            _add_values(edge, element, rules)
            _define(self.ids["edges"], edge["id"], "edges")
            self.referenced["nodes"] |= {edge["s"], edge["t"]}
            edges.append(edge)

    def take_node_bypasses(self, elements: list[Element]) -> None:
        self._take_bypasses("nodeBypasses", "nodes", elements)

    def take_edge_bypasses(self, elements: list[Element]) -> None:
        self._take_bypasses("edgeBypasses", "edges", elements)

    def _take_bypasses(self, aspect: str, owners: str, elements: list[Element]) -> None:
        for element in elements:
            _require_members(element, _BYPASS_MEMBERS, "BypassVisualProperties")
            owner = read_long(element.get("id"), "id")
            values = element.get("v", {})
            if owner is None or not isinstance(values, dict):
                raise refusal(f"An element of {aspect} lacks its id or the object of its values.")
            self.referenced[owners].add(owner)
            self.aspects.setdefault(aspect, []).append({"id": owner, "v": values})

    def take_styles(self, elements: list[Element]) -> None:
        for element in elements:
            style = {key: element[key] for key in _STYLE_MEMBERS if element.get(key) is not None}
            if not all(isinstance(value, dict) for value in style.values()):
                raise stream_refusal("A member of visualProperties is no object.")
            self.aspects.setdefault("visualProperties", []).append(style)

    def _rules(self, aspect: str) -> AttributeRules:
        return self.rules.get(aspect) or AttributeRules(aspect)

    def require_status(self) -> None:
        if self.status is None:
            raise stream_refusal("CX document ends without a 'status' aspect defined")
        error = self.status.get("error")
        if self.status.get("success") is not True or not isinstance(error, str | None):
            raise stream_refusal(
                f"Error status received in CX document. Error message: {shown(error)}"
            )

    def finish(self, *, empty_upload: bool) -> Validated2:
        self._check_counts()
        self._check_references()
        self._check_layout()
        self._check_conversion()
        error = self.status.get("error") if self.status else None
        return Validated2(
            declarations={aspect: rules.declarations for aspect, rules in self.rules.items()},
            network_attributes=self.network_attributes or {},
            aspects=self.aspects,
            has_layout=self.placed_nodes > 0,
            subnetwork_ids=self._subnetwork_ids(),
            warnings=(f"Message from Status aspect: {error}",) if error else (),
            empty_upload=empty_upload,
        )

    def _check_counts(self) -> None:
        for aspect, listed in self.listed.items():
            actual = self.counts.get(aspect, 0)
            if listed is not None and listed != actual:
                raise refusal(
                    f"Element count mismatch in aspect {aspect}. Metadata declared element count "
                    f"{listed}, but {actual} was received in CX."
                )

    def _check_references(self) -> None:
        for aspect in ("nodes", "edges"):
            undefined = self.referenced[aspect] - self.ids[aspect]
            if undefined and self.counts.get(aspect):
                raise undefined_ids(aspect, undefined)

    def _check_layout(self) -> None:
        nodes = self.aspects.get("nodes", [])
        if 0 < self.placed_nodes < len(nodes):
            missing = next(node["id"] for node in nodes if "x" not in node)
            raise refusal(f"Coordinates missing in node {missing}")

    def _check_conversion(self) -> None:
        """Loading ends with a conversion to CX1, which fails where a type or an aspect is null."""
        if self._rules(NETWORK_ATTRIBUTES).declarations and self.network_attributes is None:
            raise refusal(
                'Cannot invoke "CxNetworkAttribute.extendToFullNode" because '
                '"this.networkAttributes" is null: networkAttributes are declared, but the aspect '
                "is absent."
            )
        for aspect in (NETWORK_ATTRIBUTES, "nodes", "edges"):
            rules, elements = self._rules(aspect), self.counts.get(aspect)
            if elements:
                rules.check_defaults(elements)
            if rules.untyped_in_use:
                name = shown(min(rules.untyped_in_use))
                raise refusal(
                    'Cannot invoke "ATTRIBUTE_DATA_TYPE.isSingleValueType()" because "attrType" '
                    f"is null: attribute {name} of {aspect} is declared without its data type 'd'."
                )

    def _subnetwork_ids(self) -> tuple[int, ...]:
        ids: list[int] = []
        for element in self.aspects.get("cySubNetworks", ()):
            if type(element.get("@id")) is not int:
                raise refusal("An element of cySubNetworks has no whole number as its @id.")
            ids.append(element["@id"])
        return tuple(ids)


_TAKERS: Mapping[str, Callable[[_Loader, list[Element]], None]] = {
    "attributeDeclarations": _Loader.take_declarations,
    NETWORK_ATTRIBUTES: _Loader.take_network_attributes,
    "nodes": _Loader.take_nodes,
    "edges": _Loader.take_edges,
    "nodeBypasses": _Loader.take_node_bypasses,
    "edgeBypasses": _Loader.take_edge_bypasses,
    "visualProperties": _Loader.take_styles,
}


def _require_members(element: Element, members: frozenset[str], java_class: str) -> None:
    if not element.keys() <= members:
        unknown = shown(min(element.keys() - members))
        raise stream_refusal(
            f'Unrecognized field "{unknown}" (class {java_class}), not marked as ignorable'
        )


def _define(ids: set[int], new: int, aspect: str) -> None:
    if new in ids:
        raise refusal(f"Duplicate Id {new} found in aspect {aspect}")
    ids.add(new)


def _add_values(target: Element, element: Element, rules: AttributeRules) -> None:
    values = element.get("v", {})
    if not isinstance(values, dict):
        raise stream_refusal("'v' of a node or edge is no object.")
    if values:
        rules.check(values)
        target["v"] = values
