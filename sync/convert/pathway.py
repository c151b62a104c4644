"""Read a pathway to convert: its drawing, and the files beside it (formats 1 and 2)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path, PurePosixPath

from sync.convert.network import Conversion, build_network
from sync.convert.properties import Tag, pathway_attributes
from sync.errors import NoDrawing, RecordError
from sync.match.identifiers import read_ids
from sync.model import Curie, Layout, Record, RecordId
from sync.records.drawing import Drawing, Xref
from sync.records.drawing_reader import read_drawing
from sync.records.frontmatter import FrontMatter, parse_front_matter
from sync.records.header import read_header
from sync.records.source import RECORD_LIMIT_BYTES, find_beside, read_beside, read_text
from sync.records.tables import parse_table
from sync.records.wikipathways import pathway_fields

_ID = re.compile(r"WP[1-9]\d*")
_NOT_UTF8 = re.compile("[\ud800-\udfff]")
_ENSEMBL = Curie("ensembl:")
_CHEBI = Curie("chebi:")
_TABLE_COLUMNS = ("Identifier", "Ensembl", "ChEBI")


@dataclass(frozen=True, slots=True)
class Pathway:
    """A drawing with its record.

    ``known`` has the Ensembl and ChEBI identifiers of the node table by its ``Identifier``.
    """

    drawing: Drawing
    record: Record
    tags: tuple[Tag, ...]
    known: Mapping[Curie, Mapping[str, str]]

    def convert(self) -> Conversion:
        """Build the network.

        Raises:
            NetworkError: the server's loader would refuse it.
        """
        attributes = pathway_attributes(self.drawing, self.record, self.tags)
        return build_network(self.drawing, attributes, self._known_ids)

    def _known_ids(self, xref: Xref) -> Mapping[str, str]:
        ids = read_ids(xref.id, xref.source)
        own = {name: value for curie in ids for name, value in _as_columns(curie)}
        listed = next((self.known[curie] for curie in ids if curie in self.known), {})
        return {**listed, **own}


def read_pathway_drawing(root: Path, path: str, record: str | None = None) -> Pathway:
    """Read the drawing ``root / path``, with the record and node table beside it if there are any.

    ``record`` is the record's path if it is known, since the drawing may be elsewhere. Without a
    record the drawing itself names the pathway.

    Raises:
        RecordError: the drawing, its record or its table cannot be read.
    """
    drawing = read_drawing(path, read_beside(root, path))
    stem = PurePosixPath(path).stem
    front_path = record or find_beside(root, path, f"{stem}.md")
    table = find_beside(root, record or path, f"{stem}-datanodes.tsv")
    known = {} if table is None else _read_known_ids(table, read_beside(root, table))
    if front_path is None:
        return Pathway(drawing, _record_of(drawing, stem), _drawn_tags(drawing), known)
    text = read_text(root, front_path, inside=root, limit_bytes=RECORD_LIMIT_BYTES)
    front = parse_front_matter(front_path, text)
    return Pathway(drawing, _record_from(front), tuple(_tags(front)), known)


def find_drawing(root: Path, record: str, path: str) -> str:
    """Return the path of the drawing of the pathway ``record``, whose file is at ``path``.

    Raises:
        NoDrawing: it has no drawing.
    """
    found = find_beside(root, path, f"{record}.gpml")
    if found is None:
        raise NoDrawing(path, None, f"no drawing: there is no {record}.gpml beside it")
    return found


def convert_drawing(root: Path, path: str, record: str) -> bytes:
    """Return the network of the drawing ``root / path`` of the record at ``record``.

    Raises:
        RecordError: the drawing, its record or its table cannot be read.
        NetworkError: the server's loader would refuse the network.
    """
    return read_pathway_drawing(root, path, record).convert().body


def digest_network(body: bytes) -> str:
    """Return a digest that distinguishes the network of a drawing from that of any other."""
    return blake2b(body, digest_size=16).hexdigest()


def _record_from(front: FrontMatter) -> Record:
    header = read_header(front, Layout.WIKIPATHWAYS)
    return Record(
        id=header.id,
        layout=Layout.WIKIPATHWAYS,
        path=front.path,
        line=header.line,
        network=header.network,
        fields=pathway_fields(front),
        genes=(),
    )


def _record_of(drawing: Drawing, stem: str) -> Record:
    """Return the record that a drawing describes; its id is that of its revision, else its name.

    Raises:
        RecordError: the id would be a file name that is not UTF-8, which no network can hold.
    """
    found = _ID.match(drawing.version) or _ID.match(stem)
    if found is None and _NOT_UTF8.search(stem):
        raise RecordError(drawing.path, None, "file name is not UTF-8: rename the file")
    fields = {
        "title": drawing.title,
        "organism": drawing.organism,
        "description": drawing.description,
        "revision": drawing.version.partition("_")[2],
    }
    return Record(
        id=RecordId(found[0] if found else stem),
        layout=Layout.WIKIPATHWAYS,
        path=drawing.path,
        line=1,
        network=None,
        fields={key: text for key, text in fields.items() if text.strip()},
        genes=(),
    )


def _tags(front: FrontMatter) -> list[Tag]:
    rows = front.rows("annotations")
    texts = [[row.cells.get(key, "") for key in ("id", "value", "type")] for row in rows]
    return [Tag(identifier, name, kind) for identifier, name, kind in texts if name]


def _drawn_tags(drawing: Drawing) -> tuple[Tag, ...]:
    return tuple(Tag(term.id, term.name, term.ontology) for term in drawing.terms if term.name)


def _read_known_ids(path: str, text: str) -> dict[Curie, dict[str, str]]:
    """Read the Ensembl and ChEBI identifiers of a node table; ragged rows are left out."""
    table = parse_table(path, text, _TABLE_COLUMNS)
    places = [table.column(name) for name in _TABLE_COLUMNS]
    known: dict[Curie, dict[str, str]] = {}
    for row in table.rows.values():
        cells = row.split("\t")
        if len(cells) != len(table.header):
            continue
        identifier, *others = (read_ids(cells[place]) for place in places)
        columns = dict(pair for ids in others for curie in ids[:1] for pair in _as_columns(curie))
        for curie in identifier:
            known.setdefault(curie, columns)
    return known


def _as_columns(curie: Curie) -> list[tuple[str, str]]:
    """Return an Ensembl or ChEBI identifier as its column of the network."""
    if curie.startswith(_ENSEMBL):
        return [("Ensembl", f"Ensembl:{curie.removeprefix(_ENSEMBL)}")]
    if curie.startswith(_CHEBI):
        return [("ChEBI", f"CHEBI:{curie.removeprefix(_CHEBI)}")]
    return []
