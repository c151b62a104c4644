"""Read the nodes of CX2 as servers write them, only as far as the dialects need them.

The same genes are in many networks, so nodes with equal values are equal, and their genes are read
once. Only the plain case is read here: attributes that are declared once, of texts or whole
numbers, without a default. Everything else goes to ``nodes.read_cx2_nodes``, which knows every rule
and says what is wrong, and where.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, ClassVar

from msgspec import Raw, Struct, defstruct, json

from sync.cx.aspects import expect_texts
from sync.cx.dialects import MARK_OF_DRAWINGS, READ_ATTRIBUTES, detect_dialect
from sync.cx.nodes import Said
from sync.match.properties import fold_attribute
from sync.model import Dialect

_LAYOUTS_KNOWN = 1 << 6

# Values that Python takes for equal, such as 1 and 1.0, would be taken for the same text.
_TYPES: Mapping[str, Any] = {
    "string": str | None,
    "integer": int | None,
    "long": int | None,
    "boolean": bool | None,
    "list_of_string": tuple[str, ...] | None,
}


class NotPlain(Exception):
    """The nodes must be read with all rules."""


class _Declaration(Struct):
    a: str | None = None
    d: str = "string"
    v: object = None


class _Declarations(Struct):
    nodes: dict[str, _Declaration] = {}


_declarations = json.Decoder(list[_Declarations])
_Column = tuple[str, str, str]
"""The name of an attribute for queries, its key in the nodes, and its type."""


def read_typed_nodes(nodes: Sequence[Raw], declarations: Sequence[Raw]) -> tuple[Said, ...]:
    """Read the nodes of all fragments.

    Raises:
        NotPlain, ValueError: they are not in the plain form.
    """
    if len(declarations) != 1:
        raise NotPlain
    columns, drawn = _read_columns(bytes(declarations[0]))
    decoder = _decoder(columns)
    written = [each for part in nodes for each in decoder.decode(part)]
    if len({each.id for each in written}) < len(written):
        raise NotPlain
    said = tuple([each.v for each in written])
    # Each node of a drawing has another mark. It is not needed if others show the dialect.
    if drawn and detect_dialect(said) is not Dialect.WIKIPATHWAYS:
        raise NotPlain
    return said


@lru_cache(_LAYOUTS_KNOWN)
def _read_columns(text: bytes) -> tuple[tuple[_Column, ...], bool]:
    """Return the columns to read, and whether one of them is the drawing's marks."""
    declarations = _declarations.decode(text)
    if len(declarations) != 1:
        raise NotPlain
    declared = declarations[0].nodes
    names = [fold_attribute(name) for name in declared]
    columns = tuple(sorted(_columns(declared)))
    if len({attribute for attribute, *_ in columns}) < len(columns):
        raise NotPlain
    return columns, MARK_OF_DRAWINGS in names


def _columns(declared: Mapping[str, _Declaration]) -> Iterator[_Column]:
    aliases = {each.a for each in declared.values() if each.a}
    for name, each in declared.items():
        attribute = name if name in ("name", "represents") else fold_attribute(name)
        if attribute not in _READ:
            continue
        if each.d not in _TYPES or each.v is not None or (not each.a and name in aliases):
            raise NotPlain
        yield attribute, each.a or name, each.d
        if each.a:
            yield f"{attribute} under its own name", name, ""


_READ = READ_ATTRIBUTES - {MARK_OF_DRAWINGS} | {"name", "represents"}


class _Values(Struct, frozen=True, gc=False):
    """The values of a node, one field for each column; the methods of ``Said``
    use attribute names.
    """

    known: ClassVar[Mapping[str, str]]

    @property
    def name(self) -> str:
        """The node's name."""
        return self.text("name")

    @property
    def represents(self) -> str:
        """What the node stands for."""
        return self.text("represents")

    def texts(self, attribute: str) -> Sequence[str]:
        """Return all values of an attribute."""
        if attribute not in self.known:
            return ()
        value = getattr(self, self.known[attribute])
        if type(value) is str and value != "null":
            return (value,)
        if type(value) is int:
            return (str(value),)
        return expect_texts(value, "nodes", attribute)

    def text(self, attribute: str) -> str:
        """Return the first value of an attribute."""
        if attribute not in self.known:
            return ""
        value = getattr(self, self.known[attribute])
        if type(value) is str and value != "null":
            return value
        texts = expect_texts(value, "nodes", attribute)
        return texts[0] if texts else ""


@lru_cache(_LAYOUTS_KNOWN)
def _decoder(columns: tuple[_Column, ...]) -> json.Decoder[Any]:
    """Make a decoder for nodes with these columns; other members are skipped."""
    fields = [f"column{number}" for number in range(len(columns))]
    values = defstruct(
        "Values",
        [(field, _TYPES.get(each[2]), None) for field, each in zip(fields, columns, strict=True)],
        bases=(_Values,),
        rename={field: each[1] for field, each in zip(fields, columns, strict=True)},
        namespace={"known": {each[0]: field for field, each in zip(fields, columns, strict=True)}},
        frozen=True,
        cache_hash=True,
        gc=False,
    )
    node = defstruct("Node", [("id", int), ("v", values, values())], gc=False)
    return json.Decoder(list[node])  # type: ignore[valid-type]
