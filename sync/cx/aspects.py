"""Join CX fragments into aspects, and check the types of JSON values.

A CX document of either version is a list of fragments ``{aspect: [elements]}``. One aspect may be
split over several fragments, and none of it can be trusted. A value of the wrong type is refused
with a ``NetworkError`` that says where it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from sync.errors import NetworkError

Aspects = Mapping[str, Sequence[object]]
"""Every aspect of a document with all its elements, in the order of the document."""

_HEADER = frozenset({"CXVersion", "hasFragments"})
_SHOWN = 60
_KINDS = {
    type(None): "null",
    bool: "true or false",
    int: "a number",
    float: "a number",
    str: "a text",
    list: "a list",
    dict: "an object",
}


class Place(NamedTuple):
    """The place of an element; documents have many, so its text is only made when needed."""

    aspect: str
    number: int

    def __str__(self) -> str:
        return f"aspect {shorten(self.aspect)}, element {self.number}"


def join_aspects(document: object) -> Aspects:
    """Join the fragments of a CX document; the header of CX2 is not an aspect.

    Raises:
        NetworkError: the document is not a list of fragments, or lacks the ``status`` that ends
            every complete one, or its ``status`` says that writing it failed.
    """
    aspects: dict[str, list[object]] = {}
    for number, fragment in enumerate(_expect_list(document, "the document"), start=1):
        members = expect_object(fragment, f"fragment {number}")
        if number == 1 and members.get("CXVersion") is not None:
            continue
        for name, elements in members.items():
            if name not in _HEADER:
                where = f"aspect {shorten(name)}"
                aspects.setdefault(name, []).extend(_expect_list(elements, where))
    _require_good_end(aspects)
    return aspects


def has_cx2_header(document: object) -> bool:
    """Return whether the first fragment names a CX version, which only CX2 does (contract 5.1)."""
    if not isinstance(document, list) or not document or not isinstance(document[0], dict):
        return False
    return document[0].get("CXVersion") is not None


def elements_of(aspects: Aspects, name: str) -> Iterator[tuple[Place, Mapping[str, object]]]:
    """Yield the elements of one aspect with their places, none if it is missing."""
    return objects_in(aspects.get(name, []), name)


def objects_in(elements: object, name: str) -> Iterator[tuple[Place, Mapping[str, object]]]:
    """Yield the elements of an aspect that was fetched alone, with their places."""
    for number, element in enumerate(_expect_list(elements, f"aspect {shorten(name)}"), start=1):
        place = Place(name, number)
        yield place, expect_object(element, place)


def expect_object(value: object, where: object, member: str = "") -> Mapping[str, object]:
    """Return the value as a JSON object, null as an empty one; refuse anything else.

    As in all of these functions, the value is the ``member`` of the element at ``where``, or the
    element itself.
    """
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise _misshapen(value, "an object", where, member)
    return value


def expect_integer(value: object, where: object, member: str) -> int:
    """Return the value as a whole number; refuse anything else."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise _misshapen(value, "a whole number", where, member)
    return value


def expect_texts(value: object, where: object, member: str) -> tuple[str, ...]:
    """Return the value of an attribute as texts: one for a single value, none for null.

    The text ``null`` counts as null: the server writes it for a null in CX1 (contract 5.2).
    """
    if isinstance(value, str):
        return () if value == "null" else (value,)
    values = value if isinstance(value, list) else [value]
    texts = [_text(item, where, member) for item in values]
    return tuple(text for text in texts if text != "null")


def shorten(name: str) -> str:
    """Return an untrusted name quoted for a message, cut if it is long."""
    return repr(name if len(name) <= _SHOWN else name[:_SHOWN] + "…")


def _require_good_end(aspects: Aspects) -> None:
    statuses = [status for _, status in elements_of(aspects, "status")]
    if not statuses:
        raise NetworkError("incomplete CX: it does not end with its status; fetch it again")
    error = statuses[-1].get("error")
    if error and statuses[-1].get("success") is not True:
        said = shorten(error) if isinstance(error, str) else _kind(error)
        raise NetworkError(f"broken CX: its own status says that writing it failed: {said}")


def _expect_list(value: object, where: str) -> list[object]:
    if not isinstance(value, list):
        raise _misshapen(value, "a list", where)
    return value


def _text(value: object, where: object, member: str) -> str:
    match value:
        case str():
            return value
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
        case _:
            raise _misshapen(value, "a single value", where, member)


def _misshapen(value: object, wanted: str, where: object, member: str = "") -> NetworkError:
    place = f"{shorten(member)} of {where}" if member else where
    return NetworkError(f"not CX: {place} should be {wanted} but is {_kind(value)}")


def _kind(value: object) -> str:
    return _KINDS.get(type(value), "not a JSON value")
