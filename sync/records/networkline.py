"""Set or insert the ``ndex:`` line of a record file, and leave every other byte unchanged.

The front matter is never written as a whole: the value is replaced between its marks, as the loader
reports them, and the result is read again before it is returned.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8

from sync.errors import RecordError
from sync.model import Layout, NetworkId
from sync.records.frontmatter import FrontMatter, parse_front_matter
from sync.records.header import NETWORK_KEY, detect_layout, read_network
from sync.records.source import decode_text

# The keys before and after ``ndex`` in real records (formats 1, 3 and 4).
_NEIGHBOURS = {
    Layout.WIKIPATHWAYS: ("last-edited", "organisms"),
    Layout.PFOCR_EMBEDDED: ("organisms", "annotations"),
    Layout.PFOCR: ("redirect_from", "seo"),
}
_COLON = re.compile(r"[ \t]*:[ \t]*")
_BLANKS_AT_END = re.compile(r"[ \t]+(?=\r?$)", re.MULTILINE)


def set_network(data: bytes, path: str, network: NetworkId) -> bytes:
    """Return the record file ``data`` with ``network`` as its ``ndex``; nothing else differs.

    A UUID keeps the quotes of the UUID before it; what meant "no network" (``''``, ``null``) is
    replaced with its quotes, as the collections write it. A missing key is inserted where the
    layout has it. If the network is there already, in any case or quotes, no byte changes.

    Raises:
        RecordError: the front matter cannot be read (``path`` is only named), ``ndex`` is not
            a UUID already, or is written so that changing one line might change more.
    """
    text = decode_text(data, path)
    front = parse_front_matter(path, text)
    if read_network(front) == network:
        return data
    if NETWORK_KEY in front:
        edited = _replace(text, front, network)
    else:
        edited = _insert(text, front, network)
    _read_again(front, edited, network)
    return (BOM_UTF8 if data.startswith(BOM_UTF8) else b"") + edited.encode()


def _replace(text: str, front: FrontMatter, network: NetworkId) -> str:
    place = front.place(NETWORK_KEY)
    colon = _COLON.fullmatch(text, place.key_end, place.start)
    if not colon or "\n" in text[place.start : place.end]:
        raise front.refusal(
            NETWORK_KEY, "ndex cannot be edited: write key and value on one line, 'ndex: UUID'"
        )
    if place.start == place.end:
        return _fill(text, place.start, network)
    sign = place.sign if read_network(front) else ""
    return f"{text[: place.start]}{sign}{network}{sign}{text[place.end :]}"


def _fill(text: str, behind_colon: int, network: NetworkId) -> str:
    blanks = _BLANKS_AT_END.match(text, behind_colon)
    at, blank = (blanks.end(), "") if blanks else (behind_colon, " ")
    return f"{text[:at]}{blank}{network}{text[at:]}"


def _insert(text: str, front: FrontMatter, network: NetworkId) -> str:
    at = _usual_place(text, front)
    line_end = "\r\n" if text.endswith("\r\n", 0, at) else "\n"
    first_key = front.place(next(iter(front))).key_start
    indent = text[_line_start(text, first_key) : first_key]
    if indent.strip(" "):
        raise _unsafe(front)
    return f"{text[:at]}{indent}{NETWORK_KEY}: {network}{line_end}{text[at:]}"


def _usual_place(text: str, front: FrontMatter) -> int:
    before, behind = _NEIGHBOURS[detect_layout(front)]
    if before in front:
        end = front.place(before).end
        return end if text[end - 1] == "\n" else text.index("\n", end) + 1
    if behind in front:
        return _line_start(text, front.place(behind).key_start)
    return front.end


def _line_start(text: str, index: int) -> int:
    return text.rfind("\n", 0, index) + 1


def _read_again(front: FrontMatter, edited: str, network: NetworkId) -> None:
    """Refuse an edit that YAML reads as more than the one line."""
    try:
        again = parse_front_matter(front.path, edited)
        good = read_network(again) == network
    except RecordError as error:
        raise _unsafe(front) from error
    if not good:
        raise _unsafe(front)


def _unsafe(front: FrontMatter) -> RecordError:
    return front.refusal(
        NETWORK_KEY,
        "ndex cannot be edited: the front matter is not made of plain 'key: value' lines; "
        "write the line 'ndex: UUID' by hand",
    )
