"""CX2 attribute declarations, and the values that the server accepts under them (contract 5.1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sync.cx.data_types import CX2_LABELS, is_list_type, passes
from sync.cx.frame import cast_refusal, null_refusal, refusal, shown, stream_refusal
from sync.errors import UploadRefused

RESERVED_NETWORK_ATTRIBUTES = frozenset({"name", "description", "version"})
"""The network attributes that the summary holds apart from the properties; all are texts."""

LONGEST_TEXTS: Mapping[str, int] = {"name": 500, "version": 100}
"""How many characters of them the server's database takes; blanks at the end do not count."""

_NETWORK = "networkAttributes"
_MEMBERS = frozenset({"d", "v", "a"})
_MOST_DEFAULTS = 10_000_000
_TEXTS: Mapping[str, frozenset[str]] = {
    _NETWORK: RESERVED_NETWORK_ATTRIBUTES,
    "nodes": frozenset({"name", "represents"}),
    "edges": frozenset({"interaction"}),
}


@dataclass(frozen=True, slots=True)
class Declaration:
    """How an attribute is declared.

    ``label`` is its data type as sent, None if it was left out, which CX2 allows but the server
    cannot handle. ``default`` and ``alias`` are None if there is none.
    """

    label: str | None
    default: Any = None
    alias: str | None = None

    @property
    def data_type(self) -> str:
        """The type that the label means; ``string`` if there is no label."""
        return "string" if self.label is None else CX2_LABELS[self.label]


class AttributeRules:
    """What is declared for one aspect so far, and so which values its elements may have.

    ``conversion_fault`` is the first thing that the server can read but not convert to CX1.
    """

    def __init__(self, aspect: str) -> None:
        self.declarations: dict[str, Declaration] = {}
        self.conversion_fault: UploadRefused | None = None
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
        """Raise NetworkError if an attribute is undeclared or its value is not allowed."""
        for key, value in values.items():
            name = self._names_by_alias.get(key, key)
            declaration = self.declarations.get(name)
            if declaration is None:
                missing = f"{shown(key)}" if self.declarations else f"in aspect {self._aspect}"
                undeclared = "is not declared in attributeDeclarations aspect."
                raise refusal(
                    f"Attribute {shown(key)} of {self._aspect} {undeclared}",
                    f"Attribute {missing} {undeclared}",
                )
            if value is not None:
                self._check_value(name, declaration, value)
            elif key not in self._names_by_alias and declaration.default is None:
                # A null under an alias is dropped, and one with a default is replaced by it.
                self._check_null(name, declaration)

    def check_defaults(self, elements: int) -> None:
        """Note each default that the conversion to CX1 cannot write.

        Raises NetworkError if there are too many of them to write out for this many elements.
        """
        defaults = [item for item in self.declarations.items() if item[1].default is not None]
        if len(defaults) * elements > _MOST_DEFAULTS:
            raise refusal(f"Too many default values to write out on {elements} {self._aspect}")
        for name, declaration in defaults:
            default = declaration.default
            unlisted = is_list_type(declaration.data_type) and not isinstance(default, list)
            if unlisted or (name in self._texts and not isinstance(default, str)):
                message, _ = _fault(name, declaration, default)
                self._note_fault(cast_refusal(message))
            self._note_use(name, declaration)

    def _check_value(self, name: str, declaration: Declaration, value: object) -> None:
        if not passes(declaration.data_type, value):
            raise refusal(*_fault(name, declaration, value))
        if name in self._texts and type(value) is not str:
            fault = cast_refusal(f"Attribute {shown(name)} of {self._aspect} has to be a string.")
            if self._aspect == _NETWORK:
                raise fault
            self._note_fault(fault)
        if self._aspect == _NETWORK and isinstance(value, list) and None in value:
            self._note_fault(
                null_refusal(f"Network attribute {shown(name)} has a null in its list.")
            )
        self._note_use(name, declaration)

    def _check_null(self, name: str, declaration: Declaration) -> None:
        if is_list_type(declaration.data_type):
            self._note_fault(
                null_refusal(f"Attribute {shown(name)} of {self._aspect} is a list and null.")
            )
        self._note_use(name, declaration)

    def _note_fault(self, fault: UploadRefused) -> None:
        self.conversion_fault = self.conversion_fault or fault

    def _note_use(self, name: str, declaration: Declaration) -> None:
        read_without_type = name in self._texts and self._aspect != _NETWORK
        if declaration.label is None and not read_without_type:
            self._note_fault(
                null_refusal(
                    f"Attribute {shown(name)} of {self._aspect} is declared without its data type "
                    "'d'."
                )
            )


def _read_declaration(aspect: str, name: str, entry: object) -> Declaration:
    if entry is None:
        raise null_refusal(f"The declaration of attribute {shown(name)} is null.")
    if not isinstance(entry, dict) or not entry.keys() <= _MEMBERS:
        raise stream_refusal(
            f"The declaration of attribute {shown(name)} has members other than d, v and a, or is "
            "not an object."
        )
    label, default, alias = _text(entry.get("d")), entry.get("v"), _text(entry.get("a"))
    if isinstance(entry.get("a"), dict | list):
        raise stream_refusal(f"The alias of attribute {shown(name)} is not a text.")
    if "d" in entry and label not in CX2_LABELS:
        raise stream_refusal(f"data type {shown(label)} is not supported in this version of CX.")
    if aspect == _NETWORK and (default is not None or alias is not None):
        declared = "an alias for" if default is None else f"default value '{shown(default)}' on"
        fault = f"Declaring {declared} network attribute '{shown(name)}' is not allowed according"
        chain = "org.ndexbio.cx2.aspect.element.core.CxAttributeDeclaration"
        raise stream_refusal(
            f"{fault} to CX2 specification.",
            f'{fault} to CX2 specification. (through reference chain: {chain}["{aspect}"])',
        )
    return Declaration(label, default, alias)


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return shown(value)


def _fault(name: str, declaration: Declaration, value: object) -> tuple[str, str]:
    """Return what is wrong with a value, and the server's words for it."""
    data_type = declaration.data_type
    if is_list_type(data_type) and not isinstance(value, list):
        said = f"Value {_printed(value)} is not consistent the declared type {data_type}."
    elif data_type == "list_of_string" and isinstance(value, list):
        item = next(item for item in value if not isinstance(item, str | None))
        said = f"Incorrect data type found in list: Value {_printed(item)} is not a string."
    elif data_type == "string":
        said = f"Value {_printed(value)} is not a string."
    elif data_type == "boolean":
        said = f"Value {_printed(value)} is not a boolean type."
    else:
        said = f"Value {_printed(value)} on attribute {shown(name)} can not be cast to {data_type}"
    return f"Attribute {shown(name)}, declared as {data_type}, cannot be {shown(value)}.", said


def _printed(value: object) -> str:
    """Return a value as Java prints it, except nested values."""
    match value:
        case list():
            return f"[{', '.join(map(shown, value))}]"
        case dict():
            return "{" + ", ".join(f"{key}={shown(item)}" for key, item in value.items()) + "}"
        case _:
            return shown(value)
