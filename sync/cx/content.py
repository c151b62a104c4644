"""Open a CX2 document for editing, and write it as an upload that the server loads.

What is not edited stays unchanged: unknown aspects, visual properties, attributes, aliases. Only
what the server's loader requires is added (data types in declarations, true counts, an order of
aspects), and what it adds itself, so that an upload reads back as it was sent (contract 5.1).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from sync.cx.aspects import (
    elements_of,
    expect_integer,
    expect_object,
    has_cx2_header,
    join_aspects,
    shorten,
)
from sync.cx.data_types import CX2_LABELS, is_list_type, parse_typed
from sync.cx.nodes import Node, read_cx2_nodes
from sync.cx.server_form import declared_type, to_server_form
from sync.cx.validate_cx2 import NETWORK_ATTRIBUTES, validate_cx2
from sync.errors import NetworkError
from sync.match.properties import fold_attribute

Element = dict[str, Any]
Declarations = dict[str, dict[str, Element]]
"""What is declared, by aspect and attribute name."""

_DECLARATIONS = "attributeDeclarations"
_FRAME = frozenset({"metaData", _DECLARATIONS, "status"})
_FIRST = (NETWORK_ATTRIBUTES, "nodes", "edges", "visualProperties")
_STATUS: Element = {"status": [{"success": True}]}


def write_upload(document: object) -> bytes:
    """Return a CX2 document from the server as an upload that the server accepts.

    A document converted from CX1 may state wrong counts, which an upload must not (contract 5.1,
    5.2).

    Raises:
        NetworkError: it is not CX2, is incomplete, or the server's loader would refuse it.
    """
    return open_cx2(document).to_upload()


def open_cx2(document: object) -> OpenContent:
    """Open a copy of a whole CX2 document.

    Raises:
        NetworkError: it is not CX2, is incomplete or contradicts itself.
    """
    if not has_cx2_header(document):
        raise NetworkError("not CX2: the document does not begin with its CXVersion")
    try:
        copy = orjson.loads(orjson.dumps(document))
    except (TypeError, orjson.JSONDecodeError) as error:
        raise NetworkError(f"not CX2: it has a value that JSON does not allow: {error}") from error
    joined = {
        # The server skips anything else (contract 5.1).
        name: [element for element in elements if isinstance(element, dict | list)]
        for name, elements in join_aspects(copy).items()
    }
    aspects = {
        name: [dict(element) for _, element in elements_of(joined, name)]
        for name in joined
        if name not in _FRAME
    }
    aspects = to_server_form(aspects)
    content = OpenContent(copy[0]["CXVersion"], _join_declarations(joined), aspects)
    content.read_nodes()
    for name in ("nodes", "edges"):
        for place, element in elements_of(aspects, name):
            element_values = expect_object(element.get("v"), place, "v")
            aspects[name][place.number - 1]["v"] = dict(element_values)
    return content


def _join_declarations(aspects: Mapping[str, Sequence[object]]) -> Declarations:
    declared: Declarations = {}
    for where, element in elements_of(aspects, _DECLARATIONS):
        for aspect, attributes in element.items():
            known = declared.setdefault(aspect, {})
            for name, entry in expect_object(attributes, where, aspect).items():
                if name in known:
                    raise NetworkError(f"broken CX2: {shorten(name)} is declared twice")
                known[name] = dict(expect_object(entry, where, name))
    return declared


@dataclass(slots=True)
class OpenContent:
    """The parts of a CX2 document, to be changed in place.

    ``aspects`` holds everything except metadata, declarations and status; all nodes and edges have
    their ``v``.
    """

    cx_version: object
    declarations: Declarations
    aspects: dict[str, list[Element]]

    @property
    def nodes(self) -> list[Element]:
        """The elements of the ``nodes`` aspect."""
        return self.aspects.setdefault("nodes", [])

    def read_nodes(self) -> tuple[Node, ...]:
        """Read the nodes as they are now.

        Raises:
            NetworkError: one of them has the wrong type, or occurs twice.
        """
        return read_cx2_nodes(self.nodes, [self.declarations])

    def resolved(self, aspect: str) -> Iterator[tuple[Element, Mapping[str, Any]]]:
        """Yield each node or edge with its values by attribute name.

        Aliases and defaults are resolved; a null is left out.
        """
        declared = self.declarations.get(aspect, {})
        names = {_alias(entry): name for name, entry in declared.items()}
        aliases = {name: _alias(entry) for name, entry in declared.items()}
        defaults = {name: entry.get("v") for name, entry in declared.items()}
        for element in self.aspects.get(aspect, ()):
            own = {
                names.get(key, key): value
                for key, value in element["v"].items()
                if aliases.get(key) not in element["v"]
            }
            said = defaults | own
            yield element, {name: value for name, value in said.items() if value is not None}

    def find_attribute(self, folded: str, aspect: str = "nodes") -> str | None:
        """Return the declared name of an attribute, given its folded spelling."""
        return next(self._spellings(folded, aspect), None)

    def state(
        self, element: Element, folded: str, texts: Sequence[str], aspect: str = "nodes"
    ) -> None:
        """Set an attribute of a node or edge, and remove it under other spellings of its name.

        If the attribute is not declared it becomes a text. Of several texts an attribute of a
        single type takes the first.

        Raises:
            NetworkError: the text does not fit the attribute's type.
        """
        name = self.find_attribute(folded, aspect)
        if name is None:
            name = folded
            self.declare(name, "string", aspect)
        self.silence(element, folded, aspect)
        element["v"][self._key(name, aspect)] = self._typed(name, texts, aspect)

    def declare(self, name: str, data_type: str, aspect: str = "nodes") -> None:
        """Declare an attribute that is not declared in any spelling."""
        if self.find_attribute(fold_attribute(name), aspect) is None:
            self.declarations.setdefault(aspect, {})[name] = {"d": data_type}

    def silence(self, element: Element, folded: str, aspect: str = "nodes") -> None:
        """Remove a node's or edge's own value of an attribute, in every spelling."""
        for name in self._spellings(folded, aspect):
            for key in {name, _alias(self.declarations[aspect][name])}:
                element["v"].pop(key, None)

    def write_defaults(self) -> None:
        """Write the declared defaults into the nodes, so that new nodes do not get them."""
        for name, entry in self.declarations.get("nodes", {}).items():
            default = entry.pop("v", None)
            if default is None:
                continue
            key = self._key(name, "nodes")
            for node in self.nodes:
                if key not in node["v"] and name not in node["v"]:
                    node["v"][key] = default

    def linked_nodes(self) -> frozenset[int]:
        """Return the ids of the nodes at the ends of edges."""
        return frozenset().union(*map(_ends, self.aspects.get("edges", ())))

    def remove_nodes(self, ids: Collection[int]) -> int:
        """Remove nodes with their edges and the bypasses of both; return the number of removed
        edges.
        """
        gone = set(ids)
        kept: list[Element] = []
        lost: list[Element] = []
        for edge in self.aspects.get("edges", ()):
            (lost if _ends(edge) & gone else kept).append(edge)
        if lost:
            self.aspects["edges"] = kept
        self._drop("nodes", gone)
        self._drop("nodeBypasses", gone)
        self._drop("edgeBypasses", {_number(edge) for edge in lost})
        return len(lost)

    def to_upload(self) -> bytes:
        """Return the content as an upload that the server's loader accepts.

        Raises:
            NetworkError: it would not accept it.
        """
        self._complete_declarations()
        aspects = to_server_form(self.aspects)
        order = [name for name in _FIRST if name in aspects]
        order += [name for name in aspects if name not in _FIRST]
        declarations = {_DECLARATIONS: [self.declarations]}
        counted = {_DECLARATIONS: 1} | {name: len(aspects[name]) for name in order}
        metadata = [{"name": name, "elementCount": count} for name, count in counted.items()]
        body = orjson.dumps(
            [
                {"CXVersion": self.cx_version, "hasFragments": False},
                {"metaData": metadata},
                declarations,
                *({name: aspects[name]} for name in order),
                _STATUS,
            ]
        )
        validate_cx2(body)
        return body

    def _spellings(self, folded: str, aspect: str) -> Iterator[str]:
        declared = self.declarations.get(aspect, {})
        return (name for name in declared if fold_attribute(name) == folded)

    def _key(self, name: str, aspect: str) -> str:
        """Return the key under which nodes or edges hold an attribute: its alias, else its name."""
        declared = self.declarations[aspect]
        alias = _alias(declared[name])
        if alias is None and any(_alias(entry) == name for entry in declared.values()):
            raise NetworkError(
                f"the attribute {shorten(name)} cannot be written: another one has its name "
                "as an alias"
            )
        return alias or name

    def _typed(self, name: str, texts: Sequence[str], aspect: str) -> object:
        label = self.declarations[aspect][name].get("d", "string")
        data_type = CX2_LABELS.get(label, "string") if isinstance(label, str) else "string"
        try:
            return parse_typed(data_type, list(texts) if is_list_type(data_type) else texts[0])
        except ValueError:
            raise NetworkError(
                f"the attribute {shorten(name)} is declared as {data_type}, so it cannot say "
                f"{shorten(texts[0])}"
            ) from None

    def _drop(self, aspect: str, ids: Collection[int | None]) -> None:
        if aspect in self.aspects:
            self.aspects[aspect] = [
                element for element in self.aspects[aspect] if _number(element) not in ids
            ]

    def _complete_declarations(self) -> None:
        """Give each declaration its data type, which CX2 may leave out but an upload may not.

        Declarations of network attributes are dropped if there are none (contract 5.1).
        """
        if not self.aspects.get(NETWORK_ATTRIBUTES):
            self.declarations.pop(NETWORK_ATTRIBUTES, None)
        for attributes in self.declarations.values():
            for entry in attributes.values():
                entry["d"] = declared_type(entry.get("d"))


def _alias(entry: Mapping[str, Any]) -> str | None:
    alias = entry.get("a")
    return alias if isinstance(alias, str) and alias else None


def _number(element: Mapping[str, Any]) -> int | None:
    number = element.get("id")
    return number if isinstance(number, int) else None


def _ends(edge: Mapping[str, Any]) -> set[int]:
    return {expect_integer(edge.get(end), "an edge", end) for end in ("s", "t")}
