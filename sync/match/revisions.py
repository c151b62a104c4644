"""Find which revision of a pathway a record is, and which one its network was made from.

WikiPathways numbers its revisions across all pathways, so a later one has the higher number.
Different exporters wrote it in several places (formats 5): an ``r120508`` may follow the pathway's
id, be in an IRI, or be alone.
"""

from __future__ import annotations

import re
from datetime import date

from sync.match.properties import find_property
from sync.model import Layout, Property, Record, Revisions, Summary

_REVISION = re.compile(r"(?:^|[_\W])r(\d{1,9})\b")
_NUMBER = re.compile(r"\W*r?(\d{1,9})\W*")
_DAY = re.compile(r"\W*(\d{4})-?(\d\d)-?(\d\d)\W*")
_IN_TEXTS = ("WikipathwaysID", "WikipathwaysIRI")
_DATED = ("version", "wikipathwaysVersion")


def read_revisions(record: Record, summary: Summary) -> Revisions | None:
    """Read what both sides say; None if neither says anything, as for a figure."""
    if record.layout is not Layout.WIKIPATHWAYS:
        return None
    properties = summary.properties or ()
    found = Revisions(
        record=_number(record.fields.get("revision", "")),
        last_edited=_day(record.fields.get("last-edited", "")),
        network=_network_revision(properties, summary.version),
        exported=_exported(properties, summary.version),
    )
    return None if found == Revisions() else found


def _network_revision(properties: tuple[Property, ...], version: str) -> int | None:
    """Return the revision from the properties made for it, else from other texts."""
    stated = find_property(properties, "wikipathwaysVersion") or ""
    if _day(stated) is None and (number := _number(stated)) is not None:
        return number
    texts = [find_property(properties, name) or "" for name in _IN_TEXTS]
    texts += [find_property(properties, "version") or "", version]
    found = (_REVISION.search(text) for text in texts)
    return next((int(each[1]) for each in found if each), None)


def _exported(properties: tuple[Property, ...], version: str) -> date | None:
    """Return the day of the release that the network was made from; NDEx raises ``version``."""
    texts = (version, *(find_property(properties, name) or "" for name in _DATED))
    return next((day for text in texts if (day := _day(text)) is not None), None)


def _number(text: str) -> int | None:
    found = _NUMBER.fullmatch(text)
    return int(found[1]) if found else None


def _day(text: str) -> date | None:
    found = _DAY.fullmatch(text)
    if found is None:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None
