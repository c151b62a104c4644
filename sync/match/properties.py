"""The network properties that ndex-sync manages, by layout, and when two values agree.

Older uploaders spelled names differently (``pfocr_id``, ``pfocrID``, ``figureURL``), so names are
compared folded. Values are compared by meaning, because markup, link hosts and figure numbers were
written in several styles (formats 4 to 6). All other properties are left alone.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote

from sync.model import About, Layout, Property, Record, Summary

NCBI = "https://www.ncbi.nlm.nih.gov"
_PFOCR_SITE = "https://pfocr.wikipathways.org"
_WIKIPATHWAYS_SITE = "https://www.wikipathways.org"

_IMAGE = re.compile(r"\.(?:jpe?g|png|gif|tiff?)$", re.IGNORECASE)
_GPML = re.compile(r"x?__gpml[:.]")
_PATHWAY_ID = re.compile(r"(?:https?://\S*/)?(WP\d+)(?:_r\d+)?(?:\.html|/)?")
_TAG = re.compile(r"<[^<>]*>")
_ANCHOR = re.compile(r"<a\b(?:(?!<a\b).)*?</a>", re.IGNORECASE | re.DOTALL)
_LINK = re.compile(r"https?://[^\s<>\"']+")
_HREF = re.compile(r"href\s*=\s*[\"']?([^\s\"'>]+)", re.IGNORECASE)
_LINK_HEAD = re.compile(r"^https?://[^/]+", re.IGNORECASE)
_FIGURE_WORDS = re.compile(r"(supplement(?:al|ary)|s)?\s*f(?:ig(?:ure)?)?(?![a-z])", re.IGNORECASE)
_NAMES_KNOWN = 1 << 12


@dataclass(frozen=True, slots=True)
class ManagedProperty:
    """A property that the record decides.

    ``expected`` makes its value from the record, None if the record does not state it (then it is
    not compared); ``same`` says whether a stored value that is not equal means the same.
    """

    name: str
    expected: Callable[[Record], str | None]
    same: Callable[[str, str], bool]


@dataclass(frozen=True, slots=True)
class PropertyMismatch:
    """A managed property with another value than the record's; ``remote`` None: not set."""

    name: str
    local: str
    remote: str | None


def compare_properties(record: Record, summary: Summary) -> Iterator[PropertyMismatch]:
    """Yield each managed property in which the network differs, in the order of the layout.

    A property that the network has twice is compared by its last value, as NDEx's v3 summaries do
    (contract 10.15). If the summary has no properties, only name and description are compared.
    """
    stored = {"name": summary.name, "description": summary.description}
    if summary.properties is not None:
        stored |= fold_properties(summary.properties)
    for managed in MANAGED[record.layout]:
        expected = managed.expected(record)
        if expected is None or (summary.properties is None and managed.name not in stored):
            continue
        remote = stored.get(fold_name(managed.name))
        if remote is None or (remote != expected and not managed.same(expected, remote)):
            yield PropertyMismatch(managed.name, expected, remote)


def state_properties(record: Record) -> dict[str, str]:
    """Return the properties that a new network needs for its record, by name, in a fixed order.

    These are the managed properties that the record states, and for a figure those that all
    networks of the PFOCR collection have (formats 6). A record without a title is named by its id.
    """
    managed = ((each.name, each.expected(record)) for each in MANAGED[record.layout])
    stated = {"name": record.id} | {name: value for name, value in managed if value}
    if record.layout is Layout.WIKIPATHWAYS:
        return stated
    caption = html.escape(record.fields.get("caption", "").strip(), quote=False)
    return {**stated, **({"description": f"<p>{caption}</p>"} if caption else {}), **_OF_FIGURES}


def describe_record(record: Record) -> About:
    """Return a record's title and details for people, and its page at PFOCR or WikiPathways."""
    is_pathway = record.layout is Layout.WIKIPATHWAYS
    folder = f"{_WIKIPATHWAYS_SITE}/pathways" if is_pathway else f"{_PFOCR_SITE}/figures"
    fields = record.fields
    return About(
        title=fields.get("title" if is_pathway else "figtitle", "").strip(),
        organism=fields.get("organism" if is_pathway else "organisms", "").strip(),
        year=fields.get("last-edited" if is_pathway else "year", "").strip()[:4],
        page=f"{folder}/{quote(record.id, safe='')}.html",
    )


def fold_properties(properties: Iterable[Property]) -> dict[str, str]:
    """Return the values that are set, by folded name; the last one if a name
    occurs several times.
    """
    return {fold_name(item.name): item.value for item in properties if item.value is not None}


def find_property(properties: Iterable[Property], *names: str) -> str | None:
    """Return the value of the first of ``names`` that is set, spelled in any style."""
    stored = fold_properties(properties)
    return next((stored[fold_name(name)] for name in names if fold_name(name) in stored), None)


@lru_cache(_NAMES_KNOWN)
def fold_name(name: str) -> str:
    """Fold the spellings of one property name: case, underscores, ``URL``, a ``__gpml:`` prefix.

    ``__gpml:name``, of the uploader of 2021, is the pathway's title. ``X__gpml.…`` and
    ``X.context`` are what R makes of ``__gpml:…`` and ``@context``.
    """
    folded = fold_attribute(name.strip()).replace("_", "")
    return _OLD_NAMES.get(folded, folded)


@lru_cache(_NAMES_KNOWN)
def fold_attribute(name: str) -> str:
    """Fold the spellings of one attribute name: case and the prefix ``__gpml:`` (formats 5).

    R writes that prefix as ``X__gpml.``. ``__gpml:name`` is a title, not a name, so it becomes
    ``title``.
    """
    lower = name.lower()
    bare = _GPML.sub("", lower, count=1) if "__gpml" in lower[:7] else lower
    return "title" if bare == "name" and bare != lower else bare


def strip_image_extension(figure: str) -> str:
    """Return a figure id without the image's file extension, which networks keep (formats 6)."""
    return _IMAGE.sub("", figure.strip())


def same_text(one: str, other: str) -> bool:
    """Compare texts without outer blanks and with inner white space folded."""
    return _folded(one) == _folded(other)


def same_link(one: str, other: str) -> bool:
    """Compare links by their path: with or without markup around, host, or final slash."""
    return _path(one) == _path(other)


def read_pathway_id(text: str) -> str | None:
    """Return the ``WP…`` id that a text states: alone, followed by a revision, or as an IRI."""
    found = _PATHWAY_ID.fullmatch(text.strip())
    return found[1] if found else None


def same_pathway(one: str, other: str) -> bool:
    """Compare pathway ids, in any of the ways in which they are written."""
    return (read_pathway_id(one) or one) == (read_pathway_id(other) or other)


def same_figure(one: str, other: str) -> bool:
    """Compare figure ids, with or without the image's file extension."""
    return strip_image_extension(one) == strip_image_extension(other)


def same_figure_number(one: str, other: str) -> bool:
    """Compare figure numbers: ``Figure 6``, ``FIG. 6``, ``Fig. (6)`` and ``F6`` are one."""
    return _figure_number(one) == _figure_number(other)


def same_reference(one: str, other: str) -> bool:
    """Compare citations by their words, without markup, links and link texts."""
    return _words(one) == _words(other)


def _folded(text: str) -> str:
    return " ".join(text.split())


def _path(text: str) -> str:
    href = _HREF.search(text)
    link = html.unescape(href[1]) if href else text.strip()
    return _LINK_HEAD.sub("", link).rstrip("/").lower()


def _figure_number(text: str) -> str:
    folded = _FIGURE_WORDS.sub(lambda found: "s" if found[1] else "", text, count=1)
    return "".join(letter for letter in folded.lower() if letter.isalnum())


def _words(text: str) -> str:
    for markup in (_ANCHOR, _LINK, _TAG):
        text = markup.sub(" ", text)
    return _folded(html.unescape(text))


def _field(key: str) -> Callable[[Record], str | None]:
    def expected(record: Record) -> str | None:
        return record.fields.get(key, "").strip() or None

    return expected


def _figure_link(record: Record) -> str | None:
    path = record.fields.get("figlink", "").strip()
    return NCBI + path if path.startswith("/") else path or None


def _paper_link(record: Record) -> str | None:
    pmcid = record.fields.get("pmcid", "").strip()
    return f"{NCBI}/pmc/articles/{pmcid}" if pmcid else None


def _reference(record: Record) -> str | None:
    citation, title = (record.fields.get(key, "").strip() for key in ("reftext", "papertitle"))
    link = _paper_link(record)
    if not (citation and title and link):
        return None
    return f'{citation} <b>{title}</b> <a href="{link}" target="_blank">{link}</a>'


def _gene_organism(record: Record) -> str | None:
    """Return the organism of the genes that count; a figure's own list is not reliable."""
    organisms = {gene.organism for gene in record.genes}
    return "Homo sapiens" if organisms == {"9606"} else None


def _pathway_name(record: Record) -> str | None:
    title, organism = (record.fields.get(key, "").strip() for key in ("title", "organism"))
    return f"{record.id} - {_folded(title)} - {organism}" if title and organism else None


def _record_id(record: Record) -> str:
    return record.id


_OF_FIGURES = {
    "methods": "OCR",
    "networkType": "pathway",
    "rights": "Waiver-No Rights Reserved (CC0)",
}
_OLD_NAMES = {"figureurl": "figurelink", "paperurl": "paperlink", "x.context": "@context"}

_PFOCR = (
    ManagedProperty("name", _field("figtitle"), same_text),
    ManagedProperty("pfocrId", _record_id, same_figure),
    ManagedProperty("figureTitle", _field("figtitle"), same_text),
    ManagedProperty("figureNumber", _field("number"), same_figure_number),
    ManagedProperty("figureLink", _figure_link, same_link),
    ManagedProperty("paperTitle", _field("papertitle"), same_text),
    ManagedProperty("paperLink", _paper_link, same_link),
    ManagedProperty("pmcId", _field("pmcid"), same_text),
    ManagedProperty("publicationYear", _field("year"), same_text),
    ManagedProperty("reference", _reference, same_reference),
    ManagedProperty("organism", _gene_organism, same_text),
)
_WIKIPATHWAYS = (
    ManagedProperty("name", _pathway_name, same_text),
    ManagedProperty("WikipathwaysID", _record_id, same_pathway),
    ManagedProperty("title", _field("title"), same_text),
    ManagedProperty("organism", _field("organism"), same_text),
    ManagedProperty("description", _field("description"), same_text),
)
MANAGED: dict[Layout, tuple[ManagedProperty, ...]] = {
    Layout.PFOCR: _PFOCR,
    Layout.PFOCR_EMBEDDED: _PFOCR,
    Layout.WIKIPATHWAYS: _WIKIPATHWAYS,
}
"""The managed properties of each layout, in the order in which they are reported."""
