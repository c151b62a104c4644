"""Check which CX2 uploads the server's loader accepts, and what it stores (contract 5.1).

The loader streams: an attribute must be declared before the first element that uses it. It then
converts what it has read to CX1, which fails for other reasons, such as styles. If the server fails
with an internal error of its own, our message says what is wrong in the document.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sync.cx.attribute_rules import LONGEST_TEXTS, AttributeRules, Declaration
from sync.cx.frame import (
    Element,
    cast_refusal,
    is_blank,
    null_refusal,
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
from sync.cx.parse_json import (
    FragmentPlace,
    find_repeated_aspect,
    is_plain_json,
    parse_json,
    place_of_second_token,
)
from sync.cx.style_rules import (
    check_bypass,
    check_editor,
    check_style,
    read_bypass_values,
    read_editor,
    read_style,
)
from sync.errors import NetworkError, UploadRefused

NETWORK_ATTRIBUTES = "networkAttributes"

_NODE_MEMBERS = frozenset({"id", "x", "y", "z", "v"})
_EDGE_MEMBERS = frozenset({"id", "s", "t", "v"})
_BYPASS_MEMBERS = frozenset({"id", "v"})
_MOST_METADATA = 2
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
_UNKNOWN_ERROR = "Unknow server error."


@dataclass(frozen=True, slots=True)
class Validated2:
    """A CX2 document that the server accepts.

    ``aspects`` holds every other aspect that has elements, in the order of upload. Ids and
    coordinates are read as the server reads them; aliases and defaults stay as sent.
    ``empty_upload``: the body held nothing, which the server takes for an empty network.
    ``conversion_fault`` is why the server cannot convert it to CX1, as far as reading shows it.
    """

    declarations: Mapping[str, Mapping[str, Declaration]]
    network_attributes: Mapping[str, Any]
    aspects: Mapping[str, list[Element]]
    has_layout: bool
    subnetwork_ids: tuple[int, ...]
    warnings: tuple[str, ...]
    empty_upload: bool
    conversion_fault: UploadRefused | None = None

    @property
    def node_count(self) -> int:
        """How many nodes the network has."""
        return len(self.aspects.get("nodes", ()))

    @property
    def edge_count(self) -> int:
        """How many edges the network has."""
        return len(self.aspects.get("edges", ()))


def validate_cx2(body: bytes) -> Validated2:
    """Check a CX2 upload before it is sent, and return what the server will store.

    Apart from what the server refuses, this refuses what is dangerous or loses something: an empty
    body, which wipes a network; a NUL, which can lock one for good; and JSON that only the server's
    own parser reads.

    Raises:
        NetworkError: it must not be sent.
    """
    network = read_cx2(body)
    check_conversion(network)
    if network.empty_upload:
        raise NetworkError("the upload is empty, which would wipe the network")
    if not is_plain_json(body):
        raise NetworkError("the upload is not plain JSON in UTF-8")
    if b"\\u0000" in body and _NUL.search(body):
        raise NetworkError("the upload holds a NUL, which can lock the network for good")
    return network


def read_cx2(body: bytes) -> Validated2:
    """Read a CX2 upload as the server's loader does.

    Raises:
        UploadRefused: the load fails and leaves an empty network (contract 3.3, parse error).
    """
    if is_blank(body):
        return _Loader().finish(empty_upload=True)
    fragments = parse_json(body)
    if not isinstance(fragments, list) or not fragments or not isinstance(fragments[0], dict):
        place = place_of_second_token(body)
        raise refusal("Expect '{' at the beginning of a CX2 document.", f"Expect '{{' at {place}")
    if fragments[0].get("CXVersion") is None:
        raise null_refusal("The first element of a CX2 document has to name its CXVersion.")
    loader = _Loader()
    for number, fragment in enumerate(fragments[1:], 1):
        loader.take_fragment(*split_fragment(fragment), FragmentPlace(body, number))
    loader.require_status(FragmentPlace(body, len(fragments)))
    if (twice := find_repeated_aspect(body, fragments)) is not None:
        raise stream_refusal(f"End of aspect or object ('}}') expected after aspect {shown(twice)}")
    return loader.finish(empty_upload=False)


def check_conversion(network: Validated2) -> None:
    """Check that the server can convert what it has read to CX1.

    Raises:
        UploadRefused: it cannot. The load fails, and leaves the new network without its CX1
            (contract 3.3, conversion error).
    """
    if network.conversion_fault is not None:
        raise network.conversion_fault
    styles = network.aspects.get("visualProperties", ())
    for style in styles:
        check_style(style, network.declarations)
    if styles:
        check_editor(network.aspects.get("visualEditorProperties", ()))
        for aspect in ("nodeBypasses", "edgeBypasses"):
            for bypass in network.aspects.get(aspect, ()):
                check_bypass(bypass, aspect)


@dataclass(slots=True)
class _Loader:
    """The state of the loader: what it has read so far."""

    rules: dict[str, AttributeRules] = field(default_factory=dict)
    network_attributes: dict[str, Any] | None = None
    aspects: dict[str, list[Element]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    listed: dict[str, int | None] = field(default_factory=dict)
    metadata_blocks: int = 0
    status: Element | None = None
    ids: dict[str, set[int]] = field(default_factory=lambda: {"nodes": set(), "edges": set()})
    referenced: dict[str, dict[int, str]] = field(
        default_factory=lambda: {"nodes": {}, "edges": {}}
    )
    placed_nodes: int = 0

    def take_fragment(self, aspect: str, value: object, place: FragmentPlace) -> None:
        if self.status is not None:
            raise stream_refusal(
                "End of array expected after the status aspect",
                f"End of array expected at:  at {place.opening()}",
            )
        if aspect == "status":
            self.status = read_status(value)
        elif aspect == "metaData":
            self._take_metadata(value, place)
        elif self.metadata_blocks == _MOST_METADATA:
            fault = "Only status aspect is allowed after post metadata section."
            raise stream_refusal(fault, f"{fault} Error at  at {place.value()}")
        elif not isinstance(value, list):
            raise stream_refusal(
                f"Expected the start of an array ('[') in aspect {shown(aspect)}",
                f"Expected the start of an array ('[') at:  at {place.value()}",
            )
        else:
            elements = read_elements(aspect, value)
            self.counts[aspect] = self.counts.get(aspect, 0) + len(elements)
            take = _TAKERS.get(aspect)
            if take is not None:
                take(self, elements)
            elif elements:
                self.aspects.setdefault(aspect, []).extend(elements)

    def _take_metadata(self, value: object, place: FragmentPlace) -> None:
        if self.metadata_blocks == _MOST_METADATA:
            fault = "Only 2 metadata aspects are allowed in a CX network"
            raise refusal(fault, f"{fault}  at {place.value()}")
        self.metadata_blocks += 1
        if not isinstance(value, list):
            raise refusal("Expect '[' in metaData", f"Expect '[' at {place.value()}")
        for entry in value:
            name = entry.get("name") if isinstance(entry, dict) else None
            if name is None or isinstance(name, dict | list):
                raise refusal("An entry of metaData has no name.", _UNKNOWN_ERROR)
            self.listed[java_scalar(name)] = read_long(entry.get("elementCount"), "elementCount")

    def take_declarations(self, elements: list[Element]) -> None:
        for element in elements:
            for aspect, attributes in element.items():
                if attributes is None:
                    continue
                if not isinstance(attributes, dict):
                    raise stream_refusal(f"The declarations of {shown(aspect)} are not an object.")
                rules = self.rules.setdefault(aspect, AttributeRules(aspect))
                for name, entry in attributes.items():
                    rules.declare(name, entry)

    def take_network_attributes(self, elements: list[Element]) -> None:
        for element in elements:
            if self.network_attributes is not None:
                raise refusal("Only one networkAttributes element is allowed in CX.")
            for name, value in element.items():
                if value is None or isinstance(value, dict):
                    fault = f"Invalid data type for network attribute {shown(name)}"
                    chain = "org.ndexbio.cx2.aspect.element.core.CxNetworkAttribute"
                    raise stream_refusal(
                        fault, f'{fault} (through reference chain: {chain}["{shown(name)}"])'
                    )
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
        if "x" in node:
            self.placed_nodes += 1
        elif self.placed_nodes:
            raise refusal(f"Coordinates missing in node {node['id']}")
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
                    raise refusal(f"An edge has no '{member}'.", _UNKNOWN_ERROR)
            _add_values(edge, element, rules)
            _define(self.ids["edges"], edge["id"], "edges")
            self.referenced["nodes"] |= {edge["s"]: "edges", edge["t"]: "edges"}
            edges.append(edge)

    def take_node_bypasses(self, elements: list[Element]) -> None:
        self._take_bypasses("nodeBypasses", "nodes", elements)

    def take_edge_bypasses(self, elements: list[Element]) -> None:
        self._take_bypasses("edgeBypasses", "edges", elements)

    def _take_bypasses(self, aspect: str, owners: str, elements: list[Element]) -> None:
        for element in elements:
            _require_members(element, _BYPASS_MEMBERS, "BypassVisualProperties")
            owner = read_long(element.get("id"), "id")
            if owner is None:
                raise refusal(f"An element of {aspect} has no id.", _UNKNOWN_ERROR)
            values = read_bypass_values(element, aspect)
            self.referenced[owners][owner] = aspect
            self.aspects.setdefault(aspect, []).append({"id": owner, "v": values})

    def take_styles(self, elements: list[Element]) -> None:
        self.aspects.setdefault("visualProperties", []).extend(map(read_style, elements))

    def take_editor(self, elements: list[Element]) -> None:
        self.aspects.setdefault("visualEditorProperties", []).extend(map(read_editor, elements))

    def _rules(self, aspect: str) -> AttributeRules:
        return self.rules.get(aspect) or AttributeRules(aspect)

    def require_status(self, place: FragmentPlace) -> None:
        if self.status is None:
            raise refusal(
                "CX document ends without a 'status' aspect defined",
                "Anticipated the beginning of an aspect or object ('{') but found ']' instead at "
                f"{place.opening()}",
            )
        error = self.status.get("error")
        if not isinstance(error, str | None):
            raise cast_refusal("The error of the status is not a text.")
        if self.status.get("success") is not True:
            raise stream_refusal(
                f"Error status received in CX document. Error message: {shown(error)}"
            )

    def finish(self, *, empty_upload: bool) -> Validated2:
        self._check_counts()
        self._check_references()
        self._check_texts()
        error = self.status.get("error") if self.status else None
        return Validated2(
            declarations={aspect: rules.declarations for aspect, rules in self.rules.items()},
            network_attributes=self.network_attributes or {},
            aspects=self.aspects,
            has_layout=self.placed_nodes > 0,
            subnetwork_ids=self._subnetwork_ids(),
            warnings=(f"Message from Status aspect: {error}",) if error else (),
            empty_upload=empty_upload,
            conversion_fault=next(self._conversion_faults(), None),
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
            referenced = self.referenced[aspect]
            undefined = {key: referenced[key] for key in referenced.keys() - self.ids[aspect]}
            if undefined and self.counts.get(aspect):
                raise undefined_ids(aspect, undefined)

    def _check_texts(self) -> None:
        for name, longest in LONGEST_TEXTS.items():
            text = (self.network_attributes or {}).get(name, "")
            if len(text.rstrip(" ")) > longest:
                raise refusal(
                    f"The {name} is longer than {longest} characters.",
                    "DB error when saving network summary: ERROR: value too long for type "
                    f"character varying({longest})",
                )

    def _conversion_faults(self) -> Iterator[UploadRefused]:
        """Yield why the conversion to CX1 at the end of loading fails."""
        if self._rules(NETWORK_ATTRIBUTES).declarations and self.network_attributes is None:
            yield null_refusal("networkAttributes are declared, but the aspect is absent.")
        if 0 < self.placed_nodes < self.counts["nodes"]:
            yield null_refusal("Some nodes have coordinates and others have none.")
        if any('"' in aspect for aspect in self.aspects):
            yield refusal("Having '\"' in aspect name is not allowed.")
        for aspect in (NETWORK_ATTRIBUTES, "nodes", "edges"):
            rules, elements = self._rules(aspect), self.counts.get(aspect)
            if elements:
                rules.check_defaults(elements)
            if rules.conversion_fault is not None:
                yield rules.conversion_fault

    def _subnetwork_ids(self) -> tuple[int, ...]:
        ids: list[int] = []
        for element in self.aspects.get("cySubNetworks", ()):
            number = element.get("@id")
            if not isinstance(number, int | None):
                raise cast_refusal("The @id of a sub-network is not a whole number.")
            if number is not None:
                ids.append(number)
        return tuple(ids)


_TAKERS: Mapping[str, Callable[[_Loader, list[Element]], None]] = {
    "attributeDeclarations": _Loader.take_declarations,
    NETWORK_ATTRIBUTES: _Loader.take_network_attributes,
    "nodes": _Loader.take_nodes,
    "edges": _Loader.take_edges,
    "nodeBypasses": _Loader.take_node_bypasses,
    "edgeBypasses": _Loader.take_edge_bypasses,
    "visualProperties": _Loader.take_styles,
    "visualEditorProperties": _Loader.take_editor,
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
    if values is None:
        raise refusal("'v' of a node or edge is null.", _UNKNOWN_ERROR)
    if not isinstance(values, dict):
        raise stream_refusal("'v' of a node or edge is not an object.")
    if values:
        rules.check(values)
        target["v"] = values
