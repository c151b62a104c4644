"""Read chemicals and diseases of a PFOCR figure: shown, never compared."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sync.errors import RecordError
from sync.model import Entity, RecordId
from sync.records.frontmatter import FrontMatter
from sync.records.header import NOT_STATED
from sync.records.source import find_beside, read_beside
from sync.records.tables import parse_table

_COLUMNS = ("word", "mesh")


def embedded_entities(front: FrontMatter, key: str) -> Iterator[Entity]:
    """Yield the chemicals or diseases that the front matter lists (formats 3).

    Raises:
        RecordError: the list is malformed.
    """
    for row in front.rows(key):
        yield Entity(
            word=row.cells.get("word", ""),
            source=row.cells.get("source", ""),
            identifier=row.cells.get("identifier", ""),
        )


def read_entities(
    root: Path, path: str, record: RecordId, kind: str, notes: list[str]
) -> tuple[Entity, ...]:
    """Read ``<record>-<kind>.tsv`` (formats 4); ``kind`` is ``chemicals`` or ``diseases``.

    A missing table lists nothing. One that cannot be read is only noted, since nothing is
    compared with it.
    """
    try:
        found = find_beside(root, path, f"{record}-{kind}.tsv")
        if found is None:
            return ()
        table = parse_table(found, read_beside(root, found), _COLUMNS)
        return tuple(_entity(word, mesh) for _, (word, mesh) in table.pick(_COLUMNS))
    except RecordError as error:
        notes.append(f"{error}; the figure's {kind} are not shown")
        return ()


def _entity(word: str, curie: str) -> Entity:
    """Make an entity; ``mesh:D013481`` in a table is ``MESH`` and ``D013481`` in
    old front matter.
    """
    stated = "" if curie.strip() in NOT_STATED else curie.strip()
    source, _, identifier = stated.partition(":")
    return Entity(word=word, source=source.upper(), identifier=identifier)
