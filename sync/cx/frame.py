"""Read the outer structure of an upload as the server's two loaders do (contract 5.1, 5.2).

Both read a JSON array of fragments, each an object with a single member: an aspect's name and the
array of its elements. Inside an element array they skip anything that is neither an object nor an
array.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import inf
from typing import Any

from sync.cx.java_text import JAVA_BLANKS, LONG_RANGE, java_scalar, parse_java_double
from sync.errors import UploadRefused

Element = dict[str, Any]
"""One JSON object of an aspect, as parsed."""

NULL_ERROR = 'Cannot invoke "Object.toString()" because "value" is null'
CAST_ERROR = "class java.lang.Object cannot be cast to class java.lang.String"
"""The server's words after its own null and cast errors, which name nothing in the document."""

_JSON_BLANKS = b" \t\r\n"
_LONGEST_MESSAGE = 2000
_LONGEST_VALUE = 200
_LONGEST_FILE_NAME = 255
_MOST_IDS = 20
_NULL_TEXTS = frozenset({"", "null"})
_WHOLE_NUMBER = re.compile(r"[+-]?\d{1,1000}")
_ABOVE_DOUBLE = 2**1024 - 2**970


def refusal(message: str, answer: str | None = None) -> UploadRefused:
    """Return the error of a failed load, cut as the server cuts ``errorMessage`` (3.3).

    ``answer`` is the server's text, if our message says more.
    """
    said = message if answer is None else answer
    return UploadRefused(message[:_LONGEST_MESSAGE], said[:_LONGEST_MESSAGE])


_READING = "Error parsing element in CX stream: "


def stream_refusal(message: str, answer: str | None = None) -> UploadRefused:
    """Return the error for a document that could not be read to its end."""
    return refusal(_READING + message, None if answer is None else _READING + answer)


def without_prefix(error: UploadRefused) -> UploadRefused:
    """Return the error for a document of which nothing could be read."""
    return refusal(str(error), error.answer.removeprefix(_READING))


def null_refusal(message: str) -> UploadRefused:
    """Return the error for a load that ends in an internal null error of the server."""
    return refusal(message, NULL_ERROR)


def cast_refusal(message: str) -> UploadRefused:
    """Return the error for a load that ends in an internal cast error of the server."""
    return refusal(message, CAST_ERROR)


def shown(value: object) -> str:
    """Return an untrusted JSON value for a message: scalars as Java writes them, cut if long."""
    if isinstance(value, dict):
        return "{…}"
    if isinstance(value, list):
        return "[…]"
    text = java_scalar(value)
    return text if len(text) <= _LONGEST_VALUE else text[:_LONGEST_VALUE] + "…"


def is_blank(body: bytes) -> bool:
    """Return whether an upload holds no JSON at all: zero bytes, or blanks."""
    return not body.strip(_JSON_BLANKS)


def split_fragment(fragment: object) -> tuple[str, Any]:
    """Return the aspect's name and the value of a fragment; it must have exactly one member."""
    if not isinstance(fragment, dict):
        raise stream_refusal(
            "Anticipated the beginning of an aspect or object ('{') but found "
            f"'{shown(fragment)}' instead"
        )
    if not fragment:
        raise stream_refusal("Expecting aspect name as a field name")
    if len(fragment) > 1:
        name = shown(next(iter(fragment)))
        raise stream_refusal(f"End of aspect or object ('}}') expected after aspect {name}")
    return next(iter(fragment.items()))


def read_elements(aspect: str, value: list[Any]) -> list[Element]:
    """Return the elements of an aspect. Raises NetworkError for an array that contains arrays."""
    elements = [element for element in value if type(element) is dict]
    if len(elements) < len(value) and any(type(element) is list for element in value):
        raise stream_refusal(f"End of aspect or object ('}}') expected in aspect {shown(aspect)}")
    if elements:
        _require_file_name(aspect)
    return elements


def read_status(value: object) -> Element:
    """Return the only element of the ``status`` aspect."""
    if not isinstance(value, list) or len(value) != 1:
        raise stream_refusal("Aspect 'status' should have one element in it.")
    if not isinstance(value[0], dict):
        raise stream_refusal("Malformed Status object")
    return value[0]


def read_long(value: object, member: str) -> int | None:
    """Return a member that the server reads as ``Long``.

    Numbers lose their fraction, texts are parsed, an empty text is null. Raises UploadRefused for
    what needs more than 64 bits or is not a number.
    """
    if type(value) is int and value in LONG_RANGE:
        return value
    if value is None:
        return None
    if type(value) is float and LONG_RANGE[0] <= value <= LONG_RANGE[-1] + 1:
        return min(int(value), LONG_RANGE[-1])
    if isinstance(value, str):
        text = value.strip(JAVA_BLANKS)
        if text in _NULL_TEXTS:
            return None
        if _WHOLE_NUMBER.fullmatch(text) and int(text) in LONG_RANGE:
            return int(text)
    raise stream_refusal(f"Cannot deserialize '{member}' of type Long from {shown(value)}")


def read_double(value: object, member: str) -> float | None:
    """Return a member that the server reads as ``Double``; it may be NaN or infinite.

    Raises UploadRefused for what is not a number.
    """
    if type(value) is float or value is None:
        return value
    if type(value) is int:
        if abs(value) < _ABOVE_DOUBLE:
            return float(value)
        return inf if value > 0 else -inf
    if isinstance(value, str):
        text = value.strip(JAVA_BLANKS)
        if text in _NULL_TEXTS:
            return None
        if not text.endswith(("f", "F", "d", "D")) and "x" not in text.lower():
            try:
                return parse_java_double(text)
            except ValueError:
                pass
    raise stream_refusal(f"Cannot deserialize '{member}' of type Double from {shown(value)}")


def undefined_ids(aspect: str, undefined: Mapping[int, str]) -> UploadRefused:
    """Return the error for ids that the aspect does not define.

    Each id comes with the aspect that refers to it.
    """
    ids = sorted(undefined)
    listed = ", ".join(f"{number} in {undefined[number]}" for number in ids[:_MOST_IDS])
    return refusal(
        f"There are {len(ids)} missing elements in aspect {aspect}, and these are the element ids "
        "that are referenced in other aspects but missing in this aspect: "
        f"{listed}{',..' if len(ids) > _MOST_IDS else ''}."
    )


def _require_file_name(aspect: str) -> None:
    """Require an aspect's name to be a file name: the server keeps each aspect in a file."""
    too_long = len(aspect.encode(errors="replace")) > _LONGEST_FILE_NAME
    if too_long or aspect in {"", ".", ".."} or any(char in "/\0" for char in aspect):
        raise refusal(f"Aspect name '{shown(aspect)}' is not allowed.")
