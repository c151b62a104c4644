"""CX2 attribute declarations, and what the server lets pass under them (contract 5.1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sync.cx.data_types import CX2_LABELS, is_list_type, passes
from sync.cx.frame import refusal, shown, stream_refusal

RESERVED_NETWORK_ATTRIBUTES = frozenset({"name", "description", "version"})
"""The network attributes that the summary holds apart from the properties; texts, all three."""

_MEMBERS = frozenset({"d", "v", "a"})
_MOST_DEFAULTS = 10_000_000
_TEXTS: Mapping[str, frozenset[str]] = {
    "networkAttributes": RESERVED_NETWORK_ATTRIBUTES,
    "nodes": frozenset({"name", "represents"}),
    "edges": frozenset({"interaction"}),
}


@dataclass(frozen=True, slots=True)
class Declaration:
    """How an attribute is declared.

    ``label`` is its data type as sent, None where it was left out, which CX2 allows and the
    server does not survive. ``default`` and ``alias`` are None where there is none.
    """

    label: str | None
    default: Any = None
    alias: str | None = None

    @property
    def data_type(self) -> str:
        """The type that the label means; ``string`` where there is no label."""
        return "string" if self.label is None else CX2_LABELS[self.label]


class AttributeRules:
    """What is declared for one aspect so far, and so what its elements may hold.

    ``untyped_in_use`` collects the attributes in use whose declaration has no data type and that
    the conversion to CX1 therefore fails on; node names and the like are read without it.
    """

    def __init__(self, aspect: str) -> None:
        self.declarations: dict[str, Declaration] = {}
        self.untyped_in_use: set[str] = set()
        self._aspect = aspect
        self._names_by_alias: dict[str, str] = {}
        self._texts = _TEXTS.get(aspect, frozenset())

    def declare(self, name: str, entry: object) -> None:
        """Add a declaration as sent.

        Raises NetworkError for an unknown data type, a second declaration of the attribute, or a
        default or alias on a network attribute.
        """
        if name in self.declarations:
            raise refusal(
                f"Atribute {shown(name)} in aspect {shown(self._aspect)} is declared more than "
                "once."
            )
        declaration = _read_declaration(self._aspect, name, entry)
        self.declarations[name] = declaration
        if declaration.alias is not None:
            self._names_by_alias[declaration.alias] = name

    def check(self, values: Mapping[str, Any]) -> None:
        """Raise NetworkError where an attribute is undeclared or its value does not pass."""
        for key, value in values.items():
            name = self._names_by_alias.get(key, key)
            declaration = self.declarations.get(name)
            if declaration is None:
                raise refusal(
                    f"Attribute {shown(key)} is not declared in attributeDeclarations aspect."
                )
            if value is not None:
                self._check_value(name, declaration, value)
            elif key not in self._names_by_alias and declaration.default is None:
                # A null under an alias is dropped, and one beside a default is replaced by it.
                self._check_null(name, declaration)

    def check_defaults(self, elements: int) -> None:
        """Raise NetworkError for a default that the conversion to CX1 cannot write, or for more
        of them than can be written out on this many elements.
        """
        defaults = [item for item in self.declarations.items() if item[1].default is not None]
        if len(defaults) * elements > _MOST_DEFAULTS:
            raise refusal(f"Too many default values to write out on {elements} {self._aspect}")
        for name, declaration in defaults:
            default = declaration.default
            if is_list_type(declaration.data_type) and not isinstance(default, list):
                raise refusal(_fault(name, declaration, default))
            if name in self._texts and not isinstance(default, str):
                raise refusal(_fault(name, declaration, default))
            self._note_use(name, declaration)

    def _check_value(self, name: str, declaration: Declaration, value: object) -> None:
        passed = passes(declaration.data_type, value)
        if not passed or (name in self._texts and type(value) is not str):
            raise refusal(_fault(name, declaration, value))
        self._note_use(name, declaration)

    def _check_null(self, name: str, declaration: Declaration) -> None:
        if is_list_type(declaration.data_type):
            raise refusal(f"Attribute {shown(name)} is a list type and null, which fails.")
        self._note_use(name, declaration)

    def _note_use(self, name: str, declaration: Declaration) -> None:
        read_without_type = name in self._texts and self._aspect != "networkAttributes"
        if declaration.label is None and not read_without_type:
            self.untyped_in_use.add(name)


def _read_declaration(aspect: str, name: str, entry: object) -> Declaration:
    if not isinstance(entry, dict) or not entry.keys() <= _MEMBERS:
        raise stream_refusal(
            f"The declaration of attribute {shown(name)} has members other than d, v and a, or is "
            "no object."
        )
    label, default, alias = _text(entry.get("d")), entry.get("v"), _text(entry.get("a"))
    if "d" in entry and label not in CX2_LABELS:
        raise stream_refusal(f"data type {shown(label)} is not supported in this version of CX.")
    if aspect == "networkAttributes" and (default is not None or alias is not None):
        declared = "an alias" if default is None else "default value"
        raise stream_refusal(
            f"Declaring {declared} on network attribute '{shown(name)}' is not allowed according "
            "to CX2 specification."
        )
    return Declaration(label, default, alias)


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return shown(value)


def _fault(name: str, declaration: Declaration, value: object) -> str:
    data_type = declaration.data_type
    where = f"Value {shown(value)} on attribute {shown(name)}"
    if is_list_type(data_type):
        return f"{where} is not consistent the declared type {data_type}."
    if data_type in {"string", "boolean"}:
        return f"{where} is not a {data_type}."
    if passes(data_type, value):
        return f"Attribute {shown(name)} has to be a string."
    return f"{where} can not be cast to {data_type}"
