"""Parse JSON as the server's parser does (contract 5.1: encoding, repeated keys, limits).

It detects UTF-16 and UTF-32, stops at the bracket that closes the document, replaces lone
surrogates, reads ``1e400`` as infinity, and has limits for names, texts, numbers and depth.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any, NoReturn

import orjson

from sync.cx.frame import stream_refusal
from sync.cx.java_text import LONG_RANGE

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_DIGITS = bytes.maketrans(b"123456789", b"000000000")
_LONG_NUMBER = b"0" * 19
_SURROGATE = re.compile(
    r"(\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\[^u])"
    r"|\\u[dD][89a-fA-F][0-9a-fA-F]{2}"
)
_MEMBER = r'\{\s*"(?:[^"\\]|\\.)*"\s*:\s*(?:null|true|false|.)'
_VALUES = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')"
_WORD = re.compile(r"[A-Za-z_$][\w$]*")
_GAP = re.compile(r"[\s,]*")
_MEMBERS = re.compile(_MEMBER, re.DOTALL)
_TWO_TOKENS = re.compile(rf"\[\s*\S|{_MEMBER}|\S+\s*", re.DOTALL)
_COORDINATES = frozenset({"x", "y", "z"})
_MOST_DIGITS = 1000
_DEEPEST = 1000
_LONGEST_NAME = 50_000
_LONGEST_TEXT = 20_000_000


def parse_json(body: bytes) -> Any:
    """Parse an upload; the last of repeated members counts.

    Raises:
        UploadRefused: it is not JSON, or is above one of the parser's limits.
    """
    value = _parse(body)
    _check_limits(value, len(body))
    return value


def is_plain_json(body: bytes) -> bool:
    """Return whether every parser reads an upload: it is JSON in UTF-8, and ends there."""
    try:
        orjson.loads(body.removeprefix(_BYTE_ORDER_MARK))
    except orjson.JSONDecodeError:
        return False
    return True


def find_repeated_aspect(body: bytes, fragments: list[Any]) -> str | None:
    """Return the aspect that occurs twice in a fragment, which parsing hides, None if none does."""
    names = {name for fragment in fragments if isinstance(fragment, dict) for name in fragment}
    written = b"|".join(re.escape(orjson.dumps(name)) for name in names)
    if not re.search(rb"\]\s*,\s*(?:%b)\s*:" % written, body):
        return None
    twice: dict[int, str] = {}

    def note_repeated(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        members = dict(pairs)
        if len(members) < len(pairs):
            twice[id(members)] = next(iter(members))
        return members

    parsed = json.JSONDecoder(object_pairs_hook=note_repeated).raw_decode(_decode(body))[0]
    return next((twice[id(part)] for part in parsed if id(part) in twice), None)


def place_of_second_token(body: bytes) -> str:
    """Return where the second token of a document is, in the words of the server's parser."""
    text = _decode(body)
    found = _TWO_TOKENS.match(text)
    return _place(text, found.end() if found else len(text))


@dataclass(frozen=True, slots=True)
class FragmentPlace:
    """The place of a fragment of an upload, in the words of the server's parser.

    ``number`` counts from 0; the number after the last is the bracket that closes the document.
    ``past`` is 1 for the loader of CX1, which says where its parser is and not where it was.
    """

    body: bytes
    number: int
    past: int = 0

    def opening(self) -> str:
        """Return the place of the fragment's opening brace."""
        text, at = self._find()
        return _place(text, at + 1 + self.past)

    def value(self) -> str:
        """Return the place where the value of the aspect begins."""
        text, at = self._find()
        found = _MEMBERS.match(text, at)
        return _place(text, (found.end() if found else at + 1) + self.past)

    def _find(self) -> tuple[str, int]:
        text = _decode(self.body)
        at = text.index("[") + 1
        for number in range(self.number + 1):
            at = _GAP.match(text, at).end()  # type: ignore[union-attr]  # it matches "" too
            if number < self.number:
                at = json.JSONDecoder().raw_decode(text, at)[1]
        return text, at


def _place(text: str, end: int) -> str:
    line = text.count("\n", 0, end) + 1
    return f"line: {line}, column: {end - text.rfind(chr(10), 0, end) - 1}"


def _parse(body: bytes) -> Any:
    if _LONG_NUMBER not in body.translate(_DIGITS):
        try:
            return orjson.loads(body.removeprefix(_BYTE_ORDER_MARK))
        except orjson.JSONDecodeError:
            pass
    return _parse_exactly(body)


def _parse_exactly(body: bytes) -> Any:
    """Parse with the standard library, which is slower but says what orjson does not."""
    try:
        value, _ = _DECODER.raw_decode(_decode(body))
        _refuse_big_integers(value)
    except (ValueError, RecursionError) as error:
        raise stream_refusal(f"not JSON: {error}", parser_words(body, error)) from error
    return value


def parser_words(body: bytes, error: Exception, ahead: int = 1) -> str | None:
    """Return the server's words for what is wrong with a text, if we know them.

    ``ahead`` is how far its parser looks beyond a word: one character in a file, none in a text.
    """
    if isinstance(error, UnicodeDecodeError):
        text, at = body.decode("latin-1"), 0
    elif isinstance(error, json.JSONDecodeError):
        text, at = error.doc, error.pos
    else:
        return None
    word = _WORD.match(text, at)
    if at == len(text):
        said, end = "Unexpected end-of-input within/between Object entries", at + 1
    elif word is not None:
        end = min(word.end() + ahead, len(text)) + 1
        said = f"Unrecognized token '{word[0]}': was expecting {_VALUES}"
    elif text[at] < " ":
        said = f"Illegal character ((CTRL-CHAR, code {ord(text[at])})): only regular white space "
        said, end = said + "(\\r, \\n, \\t) is allowed between tokens", at + 2
    else:
        said = (
            f"Unexpected character ('{text[at]}' (code {ord(text[at])})): expected a valid value "
        )
        said, end = said + _VALUES, at + 1
    where = "\n at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); "
    return f"{said}{where}{_place(text, end)}]"


def _refuse_big_integers(value: Any, member: str = "") -> None:
    """Refuse whole numbers beyond 64 bits, which the server reads only as coordinates."""
    if type(value) is int and value not in LONG_RANGE:
        raise stream_refusal(f"Numeric value ({value}) out of range of long")
    if isinstance(value, dict):
        coordinates = _COORDINATES if member == "nodes" else frozenset()
        for name, item in value.items():
            if name not in coordinates:
                _refuse_big_integers(item, name)
    elif isinstance(value, list):
        for item in value:
            _refuse_big_integers(item, member)


def _decode(body: bytes) -> str:
    text = body.decode(json.detect_encoding(body), "surrogatepass")
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return _SURROGATE.sub(lambda found: found[1] or "?", text).lstrip(" \t\r\n")


def _parse_whole(text: str) -> int | float:
    _check_digits(text)
    return int(text)


def _parse_fraction(text: str) -> float:
    _check_digits(text)
    return float(text)


def _check_digits(text: str) -> None:
    digits = sum(map(str.isdigit, text))
    if digits > _MOST_DIGITS:
        raise stream_refusal(
            f"Number value length ({digits}) exceeds the maximum allowed ({_MOST_DIGITS})"
        )


def _refuse_constant(text: str) -> NoReturn:
    raise stream_refusal(f"Non-standard token '{text}'")


_DECODER = json.JSONDecoder(
    parse_int=_parse_whole, parse_float=_parse_fraction, parse_constant=_refuse_constant
)


def _check_limits(document: Any, size: int) -> None:
    """Check the document level by level, so that its depth cannot exhaust the stack."""
    depth = 0
    level: list[Any] = [document]
    while level := [item for item in level if isinstance(item, dict | list)]:
        depth += 1
        if depth > _DEEPEST:
            raise stream_refusal(
                f"Document nesting depth ({depth}) exceeds the maximum allowed ({_DEEPEST})"
            )
        if size > _LONGEST_NAME:
            _check_lengths("Name", _LONGEST_NAME, map(len, chain.from_iterable(_objects(level))))
        level = [
            member
            for item in level
            for member in (item.values() if isinstance(item, dict) else item)
        ]
        if size > _LONGEST_TEXT:
            lengths = (len(member) for member in level if isinstance(member, str))
            _check_lengths("String value", _LONGEST_TEXT, lengths)


def _objects(level: list[Any]) -> Iterator[dict[str, Any]]:
    return (item for item in level if isinstance(item, dict))


def _check_lengths(what: str, longest: int, lengths: Iterable[int]) -> None:
    length = max(lengths, default=0)
    if length > longest:
        raise stream_refusal(f"{what} length ({length}) exceeds the maximum allowed ({longest})")
