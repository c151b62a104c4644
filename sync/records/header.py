"""Read what every layout's front matter has: the record's id and network, and their lines."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass

from sync.match.identifiers import normalise_network_id
from sync.model import Layout, NetworkId, RecordId
from sync.records.frontmatter import FrontMatter, quote
from sync.records.source import stem_of

NOT_STATED = frozenset({"", "NA", ".na.character"})
"""Texts that mean "not stated" in front matter (formats 4, not-available markers)."""

ID_KEYS = {
    Layout.PFOCR: "figid",
    Layout.PFOCR_EMBEDDED: "figid",
    Layout.WIKIPATHWAYS: "wpid",
}
"""The front matter key that holds a record's id."""

NETWORK_KEY = "ndex"
"""The front matter key that holds the UUID of a record's network."""

# Ids become parts of file names, so they may not hold anything that leaves a folder. Every pathway
# id has the form of a figure id too.
_FIGURE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")
_PATHWAY_ID = re.compile(r"WP[1-9][0-9]{0,9}")


@dataclass(frozen=True, slots=True)
class Header:
    """A record's id, the network it names, and the line to fix (``Record.line``)."""

    id: RecordId
    network: NetworkId | None
    line: int


def parse_record_id(text: str) -> RecordId | None:
    """Return the id of a figure or pathway, None for a text that is not such an id (formats 3)."""
    text = text.strip()
    return RecordId(text) if _FIGURE_ID.fullmatch(text) else None


def detect_layout(front: FrontMatter) -> Layout:
    """Detect the layout from the keys (design: Configuration, ``auto``).

    Raises:
        RecordError: neither or both kinds of id.
    """
    if "wpid" in front and "figid" in front:
        raise front.refusal("figid", "two ids: it has both wpid and figid; delete one")
    if "wpid" in front:
        return Layout.WIKIPATHWAYS
    if "figid" in front:
        return Layout.PFOCR_EMBEDDED if "genes" in front else Layout.PFOCR
    raise front.refusal("figid", "no id: the front matter has neither figid nor wpid; add it")


def read_header(front: FrontMatter, layout: Layout) -> Header:
    """Read the record's id and network.

    Raises:
        RecordError: the id is missing, unusable or not the file's name; or ``ndex`` is not a UUID.
    """
    key = ID_KEYS[layout]
    record = _read_id(front, key, layout)
    line = front.line(NETWORK_KEY if NETWORK_KEY in front else key)
    return Header(record, read_network(front), line)


def read_network(front: FrontMatter) -> NetworkId | None:
    """Return the network that the record itself names, None if it names none.

    Raises:
        RecordError: ``ndex`` is not a UUID.
    """
    text = (front.text(NETWORK_KEY) or "").strip()
    if text in NOT_STATED:
        return None
    network = normalise_network_id(text)
    if network is None:
        raise front.refusal(
            NETWORK_KEY,
            f"ndex is not a UUID: {quote(text)}; put the network's UUID there, or '' for none",
        )
    return network


def _read_id(front: FrontMatter, key: str, layout: Layout) -> RecordId:
    text = (front.text(key) or "").strip()
    if not text:
        raise front.refusal(key, f"no id: {key} is missing or empty; add it")
    pattern = _PATHWAY_ID if layout is Layout.WIKIPATHWAYS else _FIGURE_ID
    if not pattern.fullmatch(text):
        raise front.refusal(
            key,
            f"unusable id: {key} {quote(text)} is not of the form that file names allow "
            "(WP and digits; or letters, digits, '.', '-', '_'); correct it",
        )
    stem = stem_of(front.path)
    if text != stem:
        raise front.refusal(
            key, f"id is not the file name: {key} is {text}, the file {stem}; correct either"
        )
    folder = posixpath.basename(posixpath.dirname(front.path))
    if layout is Layout.WIKIPATHWAYS and _PATHWAY_ID.fullmatch(folder) and folder != text:
        raise front.refusal(
            key, f"id is not the folder name: {key} is {text}, the folder {folder}; correct either"
        )
    return RecordId(text)
