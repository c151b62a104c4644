"""CX2 attribute declarations, and what the server lets pass under them (contract 5.1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sync.cx.data_types import CX2_LABELS, is_list_type, passes
from sync.cx.frame import Element, refusal, shown, stream_refusal
from sync.cx.java_text import java_scalar

RESERVED_NETWORK_ATTRIBUTES = frozenset({"name", "description", "version"})
"""The network attributes that the summary holds apart from the properties; texts, all three."""

_MEMBERS = frozenset({"d", "v", "a"})
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


def read_declarations(element: Element, known: dict[str, dict[str, Declaration]]) -> None:
    """Add what one element of ``attributeDeclarations`` declares.

    Raises NetworkError for an unknown data type, a second declaration of an attribute, or a
    default or alias on a network attribute.
    """
    for aspect, attributes in element.items():
        if not isinstance(attributes, dict):
            raise stream_refusal(f"The declarations of aspect {shown(aspect)} are no object.")
        declared = known.setdefault(aspect, {})
        for name, entry in attributes.items():
            if name in declared:
                raise refusal(
                    f"Atribute {shown(name)} in aspect {shown(aspect)} is declared more than once."
                )
            declared[name] = _read_declaration(aspect, name, entry)


def _read_declaration(aspect: str, name: str, entry: object) -> Declaration:
    if not isinstance(entry, dict) or not entry.keys() <= _MEMBERS:
        raise stream_refusal(
            f"The declaration of attribute {shown(name)} has members other than d, v and a, or is "
            "no object."
        )
    label, default, alias = _text(entry.get("d")), entry.get("v"), _text(entry.get("a"))
    if "d" in entry and label not in CX2_LABELS:
        raise stream_refusal(f"data type {shown(label)} is not supported in this version of CX.")
    if aspect == "networkAttributes":
        fault = "default value" if default is not None else "an alias" if alias else None
        if fault:
            raise stream_refusal(
                f"Declaring {fault} on network attribute '{shown(name)}' is not allowed according "
                "to CX2 specification."
            )
    return Declaration(label, default, alias)


def _text(value: object) -> str | None:
    return (
        None
        if value is None
        else shown(value)
        if isinstance(value, dict | list)
        else java_scalar(value)
    )


@dataclass(frozen=True, slots=True)
class _Rule:
    name: str
    declaration: Declaration
    data_type: str
    must_be_text: bool
    by_alias: bool


class AttributeRules:
    """The declarations of one aspect, ready to check the values of its elements.

    ``untyped_in_use`` collects the attributes in use whose declaration has no data type and that
    the conversion to CX1 therefore fails on; node names and the like are read without it.
    """

    def __init__(self, aspect: str, declarations: Mapping[str, Declaration] | None) -> None:
        self.aspect = aspect
        self.untyped_in_use: set[str] = set()
        self._texts = _TEXTS.get(aspect, frozenset())
        self._declarations = declarations or {}
        self._rules = {name: self._rule(name, by_alias=False) for name in self._declarations}
        for name, declaration in self._declarations.items():
            if declaration.alias is not None:
                self._rules[declaration.alias] = self._rule(name, by_alias=True)

    def check(self, values: Mapping[str, Any]) -> None:
        """Raise NetworkError where an attribute is undeclared or its value does not pass."""
        for key, value in values.items():
            rule = self._rules.get(key)
            if rule is None:
                raise refusal(
                    f"Attribute {shown(key)} is not declared in attributeDeclarations aspect."
                )
            if value is None:
                self._check_null(rule)
            elif not passes(rule.data_type, value) or (
                rule.must_be_text and type(value) is not str
            ):
                raise refusal(_fault(rule, value))
            elif rule.declaration.label is None:
                self._note_untyped(rule)

    def check_defaults(self) -> None:
        """Raise NetworkError for a default that the conversion to CX1 cannot write."""
        for rule in self._rules.values():
            default = rule.declaration.default
            if default is None:
                continue
            if rule.declaration.label is None:
                self._note_untyped(rule)
            no_list = is_list_type(rule.data_type) and not isinstance(default, list)
            if no_list or (rule.must_be_text and not isinstance(default, str)):
                raise refusal(_fault(rule, default))

    def _check_null(self, rule: _Rule) -> None:
        # A null under an alias is dropped, and one beside a default is replaced by it.
        if rule.by_alias or rule.declaration.default is not None:
            return
        if is_list_type(rule.data_type):
            raise refusal(f"Attribute {shown(rule.name)} is a list type and null, which fails.")
        if rule.declaration.label is None:
            self._note_untyped(rule)

    def _note_untyped(self, rule: _Rule) -> None:
        if self.aspect == "networkAttributes" or not rule.must_be_text:
            self.untyped_in_use.add(rule.name)

    def _rule(self, name: str, *, by_alias: bool) -> _Rule:
        declaration = self._declarations[name]
        return _Rule(name, declaration, declaration.data_type, name in self._texts, by_alias)


def _fault(rule: _Rule, value: object) -> str:
    if rule.must_be_text and rule.data_type != "string":
        return f"Attribute {shown(rule.name)} has to be a string."
    if rule.data_type == "string":
        return f"Value {shown(value)} is not a string. (attribute {shown(rule.name)})"
    if rule.data_type == "boolean":
        return f"Value {shown(value)} is not a boolean type. (attribute {shown(rule.name)})"
    if is_list_type(rule.data_type):
        kind = rule.data_type
        return f"Value of attribute {shown(rule.name)} is not consistent the declared type {kind}."
    return (
        f"Value {shown(value)} on attribute {shown(rule.name)} can not be cast to {rule.data_type}"
    )
