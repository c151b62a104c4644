"""Read the nodes of a network into one type, from either version of CX.

CX2 names attributes by aliases and leaves out those that equal a declared default; CX1 keeps them
in an aspect of their own. Both become the same ``Node`` (contract 5.3).
"""

from __future__ import annotations

from collections import ChainMap, defaultdict
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from sync.cx.aspects import (
    Aspects,
    Place,
    elements_of,
    expect_integer,
    expect_object,
    expect_texts,
    objects_in,
    shorten,
)
from sync.errors import NetworkError
from sync.match.properties import fold_attribute


class Said(Protocol):
    """The values of a node, with aliases resolved."""

    @property
    def name(self) -> str:
        """The node's name, ``""`` if it has none."""

    @property
    def represents(self) -> str:
        """What the node stands for, ``""`` if it does not say."""

    @property
    def known(self) -> Container[str]:
        """All attributes that have a value, and maybe others."""

    def texts(self, attribute: str) -> Sequence[str]:
        """Return all values of an attribute, given its name in lower case."""

    def text(self, attribute: str) -> str:
        """Return the first value of an attribute, ``""`` if it has none."""


@dataclass(frozen=True, slots=True)
class Node:
    """A node with its aliases and defaults resolved, in the form of ``Said``.

    ``attributes`` holds the values of each attribute, by name in lower case and without a
    ``__gpml:`` prefix, since uploaders differ in both (formats 5). Read it with ``texts`` and
    ``text``.
    """

    id: int
    name: str
    represents: str
    attributes: Mapping[str, Sequence[str]]

    @property
    def known(self) -> Container[str]:
        """The attributes that have a value."""
        return self.attributes

    def texts(self, attribute: str) -> Sequence[str]:
        """Return all values of an attribute, given its name in lower case."""
        return self.attributes.get(attribute, ())

    def text(self, attribute: str) -> str:
        """Return the first value of an attribute, ``""`` if it has none."""
        return _first(self.texts(attribute))


def read_cx2_nodes(nodes: object, declarations: object) -> tuple[Node, ...]:
    """Read the ``nodes`` and ``attributeDeclarations`` aspects of CX2.

    An attribute is read from its alias, else its name, else the declared default. An attribute that
    is null has no value.

    Raises:
        NetworkError: an element has the wrong type, or a node occurs twice.
    """
    declared = read_declared(declarations, "nodes")
    defaults = fold_names(declared.defaults)
    found: dict[int, Node] = {}
    for where, element in objects_in(nodes, "nodes"):
        own = resolve_values(expect_object(element.get("v"), where, "v"), where, declared)
        folded = fold_names(own)
        node = Node(
            id=expect_integer(element.get("id"), where, "id"),
            name=_first(own.get("name", declared.defaults.get("name", ()))),
            represents=_first(own.get("represents", declared.defaults.get("represents", ()))),
            attributes=ChainMap(folded, defaults) if defaults else folded,
        )
        _put(found, node)
    return tuple(found.values())


def read_cx1_nodes(aspects: Aspects) -> tuple[Node, ...]:
    """Read the ``nodes`` aspect of CX1 together with its ``nodeAttributes``.

    Raises:
        NetworkError: an element has the wrong type, a node occurs twice, or an attribute belongs to
            a node that does not exist.
    """
    attributes = _read_node_attributes(aspects)
    found: dict[int, Node] = {}
    for where, element in elements_of(aspects, "nodes"):
        number = expect_integer(element.get("@id"), where, "@id")
        own = attributes.pop(number, {})
        name = expect_texts(element.get("n"), where, "n")
        represents = expect_texts(element.get("r"), where, "r")
        node = Node(
            id=number,
            name=_first(name) or _first(own.get("name", ())),
            represents=_first(represents) or _first(own.get("represents", ())),
            attributes=fold_names(own),
        )
        _put(found, node)
    if attributes:
        raise NetworkError(
            f"incomplete CX: nodes that have attributes are missing, {len(attributes)} in all, "
            f"such as node {min(attributes)}; fetch it again"
        )
    return tuple(found.values())


@dataclass(frozen=True, slots=True)
class Declared:
    """The declarations of attributes in CX2: names by alias, aliases by name, and defaults."""

    names: Mapping[str, str]
    aliases: Mapping[str, str]
    defaults: Mapping[str, Sequence[str]]


def read_declared(declarations: object, kind: str) -> Declared:
    """Read the ``attributeDeclarations`` of ``nodes`` or ``edges``."""
    names: dict[str, str] = {}
    aliases: dict[str, str] = {}
    defaults: dict[str, Sequence[str]] = {}
    for where, element in objects_in(declarations, "attributeDeclarations"):
        for name, given in expect_object(element.get(kind), where, kind).items():
            here = f"the declaration of {shorten(name)}"
            declaration = expect_object(given, here)
            if alias := _first(expect_texts(declaration.get("a"), here, "a")):
                names[alias], aliases[name] = name, alias
            if default := expect_texts(declaration.get("v"), here, "v"):
                defaults[name] = default
    return Declared(names, aliases, defaults)


def resolve_values(
    values: Mapping[str, object], where: Place, declared: Declared
) -> dict[str, Sequence[str]]:
    """Return the own values of a node or edge by attribute name; an alias wins over the name."""
    if not declared.aliases:
        return {key: expect_texts(value, where, key) for key, value in values.items()}
    return {
        declared.names.get(key, key): expect_texts(value, where, key)
        for key, value in values.items()
        if declared.aliases.get(key) not in values
    }


def _read_node_attributes(aspects: Aspects) -> dict[int, dict[str, list[str]]]:
    """Return the attributes of each CX1 node; a name that occurs twice has the values of both."""
    attributes: defaultdict[int, defaultdict[str, list[str]]]
    attributes = defaultdict(lambda: defaultdict(list))
    for where, element in elements_of(aspects, "nodeAttributes"):
        owner = expect_integer(element.get("po"), where, "po")
        name = _first(expect_texts(element.get("n"), where, "n"))
        attributes[owner][name].extend(expect_texts(element.get("v"), where, "v"))
    return {owner: dict(said) for owner, said in attributes.items()}


def fold_names(attributes: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
    """Return the attributes by their names in lower case without ``__gpml:``."""
    folded: dict[str, Sequence[str]] = {}
    for name, texts in attributes.items():
        key = fold_attribute(name)
        folded[key] = (*folded[key], *texts) if key in folded else texts
    return folded


def _put(found: dict[int, Node], node: Node) -> None:
    if node.id in found:
        raise NetworkError(f"broken CX: node {node.id} occurs twice")
    found[node.id] = node


def _first(texts: Sequence[str]) -> str:
    return texts[0] if texts else ""
