"""The gene rows of a WikiPathways node table, ``WPxxx-datanodes.tsv`` (formats 2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from operator import itemgetter

from sync.errors import RecordError
from sync.genes import parse_curie
from sync.model import Curie, Gene
from sync.records.notes import RowNotes
from sync.records.tables import Table, parse_table

_LEADING = ("Label", "Type", "Identifier", "Comment")
_ID_COLUMNS = ("Identifier", "Ensembl", "NCBI gene", "HGNC", "UniProt")
_COLUMNS = tuple(dict.fromkeys((*_LEADING, *_ID_COLUMNS)))
_GENE_TYPES = frozenset({"GeneProduct", "Protein"})
_TYPES = _GENE_TYPES | {"Metabolite"}
_SYMBOL_PREFIX = "hgnc.symbol:"
# The same genes come in many pathways: each is looked at once, and shared.
_ROWS_SHARED = 1 << 15
_CELLS_SHARED = 1 << 16


def parse_datanodes(path: str, text: str, taxon: str, notes: RowNotes) -> Iterator[Gene]:
    """Yield one gene for each gene row; ``taxon`` is the pathway's NCBI taxon id or ``""``.

    A gene is named by its HGNC symbol where the row has exactly one, else by its label; it goes
    by both. Identifiers are those of all gene columns. Rows that cannot be read are noted.

    Raises:
        RecordError: the header is missing or has other columns.
    """
    table = parse_table(path, text, _COLUMNS)
    if table.header[: len(_LEADING)] != _LEADING:
        raise RecordError(
            path, 1, f"wrong columns: the header line should start with {', '.join(_LEADING)}"
        )
    ids_of = itemgetter(*map(table.column, _ID_COLUMNS))
    width = len(table.header)
    for line, row in table.rows.items():
        cells = row if len(row) == width else _mended_cells(table, line, row, notes)
        if cells is None or cells[1].strip() not in _GENE_TYPES:
            continue
        gene = _gene(cells[0], ids_of(cells), taxon)
        if gene.symbol:
            yield gene
        else:
            notes.add("a row with neither label nor identifier was left out", line)


def _mended_cells(
    table: Table, line: int, cells: Sequence[str], notes: RowNotes
) -> Sequence[str] | None:
    """Return the cells of a ragged row under their heads, None where that would be a guess.

    A tab inside a label or comment makes a row longer. Comments are always quoted, and no column
    behind them holds free text, so the place of the type cell tells what was split.
    """
    comment_end = len(cells) - (len(table.header) - len(_LEADING)) - 1
    types = [
        index
        for index in range(1, comment_end - 1)
        if cells[index] in _TYPES and cells[index + 2].startswith('"')
    ]
    if len(types) != 1 or not cells[comment_end].endswith('"'):
        notes.add("a row with too many or too few cells was left out", line)
        return None
    notes.add("a row with a tab inside its label or comment was put together again", line)
    label = " ".join(cells[: types[0]])
    comment = " ".join(cells[types[0] + 2 : comment_end + 1])
    return (label, *cells[types[0] : types[0] + 2], comment, *cells[comment_end + 1 :])


@lru_cache(_ROWS_SHARED)
def _gene(label: str, id_cells: tuple[str, ...], taxon: str) -> Gene:
    ids = [curie for cell in id_cells for curie in _curies(cell)]
    symbols = {curie.removeprefix(_SYMBOL_PREFIX) for curie in ids if _is_symbol(curie)}
    label = " ".join(_unquoted(label).split())
    only_symbol = next(iter(symbols)) if len(symbols) == 1 else ""
    return Gene(
        symbol=only_symbol or label or (ids[0] if ids else ""),
        ids=frozenset(ids),
        names=frozenset(symbols | {label} - {""}),
        organism=taxon,
    )


@lru_cache(_CELLS_SHARED)
def _curies(cell: str) -> tuple[Curie, ...]:
    curies = map(parse_curie, cell.split(";"))
    return tuple([curie for curie in curies if curie is not None])


def _is_symbol(curie: Curie) -> bool:
    return curie.startswith(_SYMBOL_PREFIX)


def _unquoted(label: str) -> str:
    """One real label, with a comma in it, is quoted as CSV would (WP2003)."""
    if len(label) > 1 and label[0] == label[-1] == '"':
        return label[1:-1].replace('""', '"')
    return label
