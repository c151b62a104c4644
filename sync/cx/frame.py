"""The outer shape of an upload as the server's two loaders step through it (contract 5.1, 5.2).

Both read a JSON array of fragments, each an object with a single member: an aspect's name and
the array of its elements. Inside an element array they step over anything that is neither an
object nor an array.
"""

from __future__ import annotations

from math import inf, isfinite
from typing import Any

import orjson

from sync.cx.java_text import LONG_RANGE, java_scalar, parse_java_double, parse_java_long
from sync.errors import NetworkError

Element = dict[str, Any]
"""One JSON object of an aspect, as parsed."""

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_JSON_BLANKS = b" \t\r\n"
_LONGEST_MESSAGE = 2000
_LONGEST_VALUE = 200
_LONGEST_FILE_NAME = 255


def refusal(message: str) -> NetworkError:
    """Return the error of a failed load, cut as the server cuts ``errorMessage`` (3.3)."""
    return NetworkError(message[:_LONGEST_MESSAGE])


def stream_refusal(message: str) -> NetworkError:
    """Return the error of a document that could not be read to its end."""
    return refusal(f"Error parsing element in CX stream: {message}")


def shown(value: object) -> str:
    """Return a stranger's JSON value for a message: scalars as Java writes them, cut where long."""
    if isinstance(value, dict):
        return "{…}"
    if isinstance(value, list):
        return "[…]"
    text = java_scalar(value)
    return text if len(text) <= _LONGEST_VALUE else text[:_LONGEST_VALUE] + "…"


def is_blank(body: bytes) -> bool:
    """Whether an upload holds no JSON at all: zero bytes, or blanks."""
    return not body.removeprefix(_BYTE_ORDER_MARK).strip(_JSON_BLANKS)


def parse_upload(body: bytes) -> Any:
    """Parse an upload.

    Raises NetworkError for what is no JSON in UTF-8, or is nested too deeply to be read.
    """
    try:
        return orjson.loads(body.removeprefix(_BYTE_ORDER_MARK))
    except orjson.JSONDecodeError as error:
        raise stream_refusal(str(error)) from error


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


def read_elements(aspect: str, value: object) -> list[Element]:
    """Return the elements of an aspect. Raises NetworkError where it is no array of objects."""
    if not isinstance(value, list):
        raise stream_refusal(f"Expected the start of an array ('[') in aspect {shown(aspect)}")
    elements = [element for element in value if type(element) is dict]
    if len(elements) < len(value) and any(type(element) is list for element in value):
        raise stream_refusal(f"End of aspect or object ('}}') expected in aspect {shown(aspect)}")
    if elements:
        _require_file_name(aspect)
    return elements


def read_status(value: object) -> Element:
    """Return the one element of the ``status`` aspect."""
    if not isinstance(value, list) or len(value) != 1:
        raise stream_refusal("Aspect 'status' should have one element in it.")
    if not isinstance(value[0], dict):
        raise stream_refusal("Malformed Status object")
    return value[0]


def read_long(value: object, member: str) -> int | None:
    """Return a member that the server reads as ``Long``: numbers lose their fraction, texts are
    parsed. Raises NetworkError for what is none, or needs more than 64 bits.
    """
    if type(value) is int and value in LONG_RANGE:
        return value
    if value is None:
        return None
    if type(value) is float and int(value) in LONG_RANGE:
        return int(value)
    if isinstance(value, str):
        try:
            return parse_java_long(value.strip())
        except ValueError:
            pass
    raise stream_refusal(f"Cannot deserialize '{member}' of type Long from {shown(value)}")


def read_double(value: object, member: str) -> float | None:
    """Return a member that the server reads as ``Double``. Raises NetworkError for what is none."""
    if type(value) is float or value is None:
        return value
    if type(value) is int:
        return float(value)
    if isinstance(value, str):
        try:
            number = parse_java_double(value)
        except ValueError:
            number = inf
        if isfinite(number):
            return number
    raise stream_refusal(f"Cannot deserialize '{member}' of type Double from {shown(value)}")


def undefined_ids(aspect: str, undefined: set[int]) -> NetworkError:
    """Return the error of ids that are referred to and that the aspect does not define."""
    listed = " ".join(map(str, sorted(undefined)[:_LONGEST_VALUE]))
    return refusal(f"{len(undefined)} undefined ids found in aspect {aspect}: [{listed} ]")


def _require_file_name(aspect: str) -> None:
    """The server keeps an aspect in a file of its name, so the name must be one."""
    too_long = len(aspect.encode()) > _LONGEST_FILE_NAME
    if too_long or aspect in {"", ".", ".."} or any(char in '/"\0' for char in aspect):
        raise refusal(f"Aspect name '{shown(aspect)}' is not allowed.")
