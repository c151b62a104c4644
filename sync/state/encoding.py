"""Records, networks and summaries as compact bytes and back, for what is kept on disk and between
processes.

What has genes is one line of JSON and then a line for each of them, so that genes which occur in
many places are written and built once and shared. Nothing here can run code: what reads a cache
that strangers could have written must not.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from functools import lru_cache
from operator import attrgetter
from typing import Any

import orjson

from sync.model import (
    Curie,
    Dialect,
    Entity,
    Gene,
    Layout,
    Network,
    Property,
    Record,
    Summary,
    Visibility,
)

_GENES_SHARED = 1 << 16
_GENES_WRITTEN = 1 << 14
_PLAIN_FACTS = tuple(field.name for field in fields(Summary) if field.name != "properties")
_plain_facts = attrgetter(*_PLAIN_FACTS)


def encode_record(record: Record) -> bytes:
    """Write a record without its path, which is the key that it is kept under.

    Raises:
        TypeError: it holds text that JSON cannot, such as half a surrogate pair.
    """
    head = orjson.dumps(
        [
            record.id,
            record.layout,
            record.line,
            record.network,
            dict(record.fields),
            len(record.genes),
            _rows_of(record.chemicals),
            _rows_of(record.diseases),
            record.lists_every_gene,
            record.genes_unknown,
            record.notes,
        ]
    )
    genes = map(_line_of, (*record.genes, *record.other_organisms))
    return b"\n".join((head, *genes))


def decode_record(data: bytes, path: str) -> Record:
    """Read a record back; ``path`` is the key that it was kept under.

    Raises:
        ValueError, TypeError: the bytes are not what ``encode_record`` writes.
    """
    head, *lines = data.split(b"\n")
    values: tuple[Any, ...] = tuple(orjson.loads(head))
    record, layout, line, network, fields, count, *rest = values
    chemicals, diseases, lists_every_gene, genes_unknown, notes = rest
    genes = tuple(map(_gene, lines))
    return Record(
        id=record,
        layout=Layout(layout),
        path=path,
        line=line,
        network=network,
        fields=fields,
        genes=genes[:count],
        other_organisms=genes[count:],
        chemicals=tuple([Entity(*row) for row in chemicals]),
        diseases=tuple([Entity(*row) for row in diseases]),
        lists_every_gene=lists_every_gene,
        genes_unknown=genes_unknown,
        notes=tuple(notes),
    )


def encode_network(network: Network) -> bytes:
    """Write a network's decoded content.

    Raises:
        TypeError: it holds text that JSON cannot, such as half a surrogate pair.
    """
    head = [network.dialect, network.node_count, dict(network.attributes)]
    return b"\n".join((orjson.dumps(head), *map(_line_of, network.genes)))


def decode_network(data: bytes) -> Network:
    """Read a network's content back.

    Raises:
        ValueError, TypeError: the bytes are not what ``encode_network`` writes.
    """
    head, *lines = data.split(b"\n")
    dialect, node_count, attributes = orjson.loads(head)
    return Network(Dialect(dialect), tuple(map(_gene, lines)), node_count, attributes)


def encode_summary(summary: Summary) -> bytes:
    """Write a summary with its properties.

    Raises:
        TypeError: it holds text that JSON cannot, such as half a surrogate pair.
    """
    properties = summary.properties
    rows = None if properties is None else [_row_of_property(each) for each in properties]
    return orjson.dumps([rows, *_plain_facts(summary)])


def decode_summary(data: bytes) -> Summary:
    """Read a summary back.

    Raises:
        ValueError, TypeError: the bytes are not what ``encode_summary`` writes.
    """
    rows, *values = orjson.loads(data)
    facts = dict(zip(_PLAIN_FACTS, values, strict=True))
    facts["visibility"] = Visibility(facts["visibility"])
    return Summary(
        **facts, properties=None if rows is None else tuple(Property(*row) for row in rows)
    )


def _row_of_property(each: Property) -> tuple[str, str | None, str, int | None]:
    return each.name, each.value, each.data_type, each.subnetwork


@lru_cache(_GENES_WRITTEN)
def _line_of(gene: Gene) -> bytes:
    ids, names, sources = sorted(gene.ids), sorted(gene.names), sorted(gene.sources)
    frame = orjson.dumps((gene.symbol, ids, names, sources, gene.organism, gene.listable))
    return b"%b\t%b" % (frame, orjson.dumps(sorted(gene.words)))


class _Genes(dict[bytes, Gene]):
    """Genes by the lines that they are written as, those that were asked for last.

    When it is full all are moved to ``_older``, and come back when they are asked for again: that
    forgets nearly what a cache with a full account of uses would, at half the time for a use.
    """

    def __init__(self) -> None:
        self._older: dict[bytes, Gene] = {}

    def __missing__(self, line: bytes) -> Gene:
        gene = self._older.get(line) or _decode_gene(line)
        if len(self) >= _GENES_SHARED:
            self._older = dict(self)
            self.clear()
        self[line] = gene
        return gene


_gene = _Genes().__getitem__


def _decode_gene(line: bytes) -> Gene:
    frame, _, words = line.partition(b"\t")
    symbol, ids, names, sources, organism, listable = _frame(frame)
    return Gene(symbol, ids, names, frozenset(orjson.loads(words)), sources, organism, listable)


@lru_cache(_GENES_SHARED)
def _frame(
    data: bytes,
) -> tuple[str, frozenset[Curie], frozenset[str], frozenset[str], str, bool]:
    """Return what mentions of a gene have in common: all but the words read from the figure."""
    symbol, ids, names, sources, organism, listable = orjson.loads(data)
    return symbol, frozenset(ids), frozenset(names), frozenset(sources), organism, listable


def _rows_of(entities: Iterable[Entity]) -> list[tuple[str, str, str]]:
    return [(entity.word, entity.source, entity.identifier) for entity in entities]
