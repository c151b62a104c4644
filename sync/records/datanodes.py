"""Read the gene rows of a WikiPathways node table, ``WPxxx-datanodes.tsv`` (formats 2)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from operator import itemgetter

from sync.errors import RecordError
from sync.match.identifiers import read_ids
from sync.model import Curie, Gene
from sync.records.notes import RowNotes
from sync.records.tables import Table, parse_table

_LEADING = ("Label", "Type", "Identifier", "Comment")
_ID_COLUMNS = ("Identifier", "Ensembl", "NCBI gene", "HGNC", "UniProt")
_COLUMNS = tuple(dict.fromkeys((*_LEADING, *_ID_COLUMNS)))
_GENE_TYPES = frozenset({"GeneProduct", "Protein"})
_TYPES = _GENE_TYPES | {"Metabolite"}
_SYMBOL_PREFIX = "hgnc.symbol:"
# The same rows occur in many pathways: each is read once, and its gene shared.
_ROWS_SHARED = 1 << 15
_HEADERS_KNOWN = 64
_IdCells = Callable[[Sequence[str]], tuple[str, ...]]


def parse_datanodes(path: str, text: str, taxon: str, notes: RowNotes) -> Iterator[Gene]:
    """Yield one gene for each gene row; ``taxon`` is the pathway's NCBI taxon id or ``""``.

    A gene is named by its HGNC symbol if the row has exactly one, else by its label; both are its
    names. Identifiers are those of all gene columns. Rows that cannot be read are left out, with a
    note.

    Raises:
        RecordError: the header is missing or has other columns.
    """
    table = parse_table(path, text, _COLUMNS)
    if table.header[: len(_LEADING)] != _LEADING:
        raise RecordError(
            path, 1, f"wrong columns: the header line should start with {', '.join(_LEADING)}"
        )
    ids_of = _ids_getter(table.header)
    tabs = len(table.header) - 1
    for line, row in table.rows.items():
        whole = row if row.count("\t") == tabs else _repair_row(table, line, row.split("\t"), notes)
        gene = None if whole is None else _read_row(whole, ids_of, taxon)
        if gene is None:
            continue
        if gene.symbol:
            yield gene
        else:
            notes.leave_out("a row with neither label nor identifier", line)


@lru_cache(_HEADERS_KNOWN)
def _ids_getter(header: tuple[str, ...]) -> _IdCells:
    """Return a function that picks the cells with identifiers, the same one for the same header."""
    return itemgetter(*map(header.index, _ID_COLUMNS))


@lru_cache(_ROWS_SHARED)
def _read_row(row: str, ids_of: _IdCells, taxon: str) -> Gene | None:
    """Make the gene of a row with the right number of cells; None if it is not a gene's.

    A gene without any name has no symbol.
    """
    cells = row.split("\t")
    if cells[1].strip() not in _GENE_TYPES:
        return None
    return _gene(cells[0], ids_of(cells), taxon)


def _repair_row(table: Table, line: int, cells: Sequence[str], notes: RowNotes) -> str | None:
    """Return a ragged row with its cells in the right columns, None if that would be a guess.

    A tab inside a label or comment makes a row longer. Comments are always quoted, and no column
    after them holds free text, so the position of the type cell shows what was split.
    """
    comment_end = len(cells) - (len(table.header) - len(_LEADING)) - 1
    types = [
        index
        for index in range(1, comment_end - 1)
        if cells[index] in _TYPES and cells[index + 2].startswith('"')
    ]
    if len(types) != 1 or not cells[comment_end].endswith('"'):
        notes.leave_out("a row with too many or too few cells", line)
        return None
    notes.add("a row with a tab inside its label or comment was repaired", line)
    label = " ".join(cells[: types[0]])
    comment = " ".join(cells[types[0] + 2 : comment_end + 1])
    return "\t".join((label, *cells[types[0] : types[0] + 2], comment, *cells[comment_end + 1 :]))


def _gene(label: str, id_cells: tuple[str, ...], taxon: str) -> Gene:
    ids = [curie for cell in id_cells for curie in read_ids(cell)]
    symbols = {curie.removeprefix(_SYMBOL_PREFIX) for curie in ids if _is_symbol(curie)}
    label = " ".join(_unquoted(label).split())
    only_symbol = next(iter(symbols)) if len(symbols) == 1 else ""
    return Gene(
        symbol=only_symbol or label or (ids[0] if ids else ""),
        ids=frozenset(ids),
        names=frozenset(symbols | {label} - {""}),
        organism=taxon,
    )


def _is_symbol(curie: Curie) -> bool:
    return curie.startswith(_SYMBOL_PREFIX)


def _unquoted(label: str) -> str:
    """Remove the quotes from a label; one real label, with a comma, is quoted as
    in CSV (WP2003).
    """
    if len(label) > 1 and label[0] == label[-1] == '"':
        return label[1:-1].replace('""', '"')
    return label
