"""Write records, networks and summaries as compact bytes and read them, for disk and processes.

What has genes has a line of JSON for each of them at the end. Nothing here can run code: strangers
could have written the cache.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable
from dataclasses import fields
from operator import attrgetter
from typing import Any, NamedTuple, TypeVar

import msgspec
import orjson
from msgspec.structs import astuple

from sync.model import (
    Dialect,
    Entity,
    Gene,
    Layout,
    Network,
    NetworkId,
    Property,
    Record,
    RecordId,
    Summary,
    Visibility,
)

T = TypeVar("T")

MAX_UNPACKED_BYTES = 256 * 2**20
"""The largest size after unpacking: far more than the largest network or record."""

_FAST = 1

_HALF_A_PAIR = b"\\ud"  # neither orjson nor msgspec writes it or reads it
_PLAIN_FACTS = tuple(field.name for field in fields(Summary) if field.name != "properties")
_plain_facts = attrgetter(*_PLAIN_FACTS)
_genes_writer = msgspec.json.Encoder(order="deterministic")
_gene_reader = msgspec.json.Decoder(Gene)
_Row = tuple[str, str, str]


class _Head(NamedTuple):
    """A record without its genes, of which the first ``counted`` are those that count."""

    id: RecordId
    layout: Layout
    network: NetworkId | None
    line: int
    fields: dict[str, str]
    counted: int
    of_other_organism: bool
    chemicals: list[_Row]
    diseases: list[_Row]
    lists_every_gene: bool
    genes_unknown: str | None
    notes: list[str]
    left_out: list[str]


class _NetworkHead(NamedTuple):
    """A network's content without its genes."""

    dialect: Dialect
    node_count: int
    attributes: dict[str, str]
    genes_unknown: str | None = None


_head_reader = msgspec.json.Decoder(_Head)
_network_head_reader = msgspec.json.Decoder(_NetworkHead)


def pack(data: bytes) -> bytes:
    """Compress what is kept: to a quarter of the size, in little time."""
    return zlib.compress(data, _FAST)


def unpack(data: bytes) -> bytes:
    """Return what was compressed.

    Raises:
        ValueError: it is not what ``pack`` returns, or too large.
    """
    unpacking = zlib.decompressobj()
    try:
        unpacked = unpacking.decompress(data, MAX_UNPACKED_BYTES)
    except zlib.error as error:
        raise ValueError(str(error)) from error
    if not unpacking.eof:
        raise ValueError("cut short, or too large")
    return unpacked


def encode_record(record: Record) -> bytes:
    """Write a record without its path, which is its key."""
    head = _Head(
        id=record.id,
        layout=record.layout,
        network=record.network,
        line=record.line,
        fields=dict(record.fields),
        counted=len(record.genes),
        of_other_organism=record.of_other_organism,
        chemicals=_rows_of(record.chemicals),
        diseases=_rows_of(record.diseases),
        lists_every_gene=record.lists_every_gene,
        genes_unknown=record.genes_unknown,
        notes=[*record.notes],
        left_out=[*record.left_out],
    )
    return b"\n".join((_dump([*head]), _lines_of((*record.genes, *record.other_organisms))))


def decode_record(data: bytes, path: str) -> Record:
    """Read a record; ``path`` is its key.

    Raises:
        ValueError, TypeError: ``encode_record`` did not write these bytes.
    """
    line, lines = _split_head(data)
    head = _read(line, _head_reader)
    genes = _read_genes(lines)
    return Record(
        id=head.id,
        layout=head.layout,
        path=path,
        line=head.line,
        network=head.network,
        fields=head.fields,
        genes=genes[: head.counted],
        other_organisms=genes[head.counted :],
        of_other_organism=head.of_other_organism,
        chemicals=tuple([Entity(*row) for row in head.chemicals]),
        diseases=tuple([Entity(*row) for row in head.diseases]),
        lists_every_gene=head.lists_every_gene,
        genes_unknown=head.genes_unknown,
        notes=tuple(head.notes),
        left_out=tuple(head.left_out),
    )


def encode_network(network: Network) -> bytes:
    """Write a network's decoded content."""
    attributes = dict(network.attributes)
    head = _NetworkHead(network.dialect, network.node_count, attributes, network.genes_unknown)
    return b"\n".join((_dump([*head]), _lines_of(network.genes)))


def decode_network(data: bytes) -> Network:
    """Read a network's content.

    Raises:
        ValueError, TypeError: ``encode_network`` did not write these bytes.
    """
    line, lines = _split_head(data)
    head = _read(line, _network_head_reader)
    genes = _read_genes(lines)
    return Network(head.dialect, genes, head.node_count, head.attributes, head.genes_unknown)


def _split_head(data: bytes) -> tuple[bytes, bytes]:
    head, _, genes = data.partition(b"\n")
    if not data.endswith(b"\n"):
        raise ValueError("cut short: its last line does not end")
    return head, genes


def encode_summary(summary: Summary) -> bytes:
    """Write a summary with its properties."""
    properties = summary.properties
    rows = None if properties is None else [_row_of_property(each) for each in properties]
    return _dump([rows, *_plain_facts(summary)])


def decode_summary(data: bytes) -> Summary:
    """Read a summary.

    Raises:
        ValueError, TypeError: ``encode_summary`` did not write these bytes.
    """
    rows, *values = _load(data)
    facts = dict(zip(_PLAIN_FACTS, values, strict=True))
    facts["visibility"] = Visibility(facts["visibility"])
    return Summary(
        **facts, properties=None if rows is None else tuple(Property(*row) for row in rows)
    )


def _row_of_property(each: Property) -> tuple[str, str | None, str, int | None]:
    return each.name, each.value, each.data_type, each.subnetwork


def _lines_of(genes: Iterable[Gene]) -> bytes:
    """Write genes, each as a list in a line of its own that ends in a line break."""
    try:
        return _genes_writer.encode_lines(genes)
    except UnicodeEncodeError:  # half a surrogate pair
        rows = [json.dumps(astuple(gene), default=sorted) for gene in genes]
        return "".join([f"{row}\n" for row in rows]).encode("ascii")


def _read_genes(lines: bytes) -> tuple[Gene, ...]:
    if _HALF_A_PAIR in lines:
        return tuple([_read(line, _gene_reader) for line in lines.splitlines()])
    try:
        return tuple(_gene_reader.decode_lines(lines))
    except RecursionError as error:
        raise ValueError("deeper than anything written here") from error


def _read(line: bytes, reader: msgspec.json.Decoder[T]) -> T:
    try:
        if _HALF_A_PAIR in line:
            value: T = msgspec.convert(_load(line), reader.type)
            return value
        return reader.decode(line)
    except RecursionError as error:
        raise ValueError("deeper than anything written here") from error


def _dump(values: list[Any]) -> bytes:
    try:
        return orjson.dumps(values)
    except TypeError:  # half a surrogate pair, as in a file name that is no UTF-8
        return json.dumps(values).encode("ascii")


def _load(data: bytes) -> list[Any]:
    try:
        values = json.loads(data) if _HALF_A_PAIR in data else orjson.loads(data)
    except RecursionError as error:
        raise ValueError("deeper than anything written here") from error
    if not isinstance(values, list):
        raise TypeError("not a list, as everything written here is")
    return values


def _rows_of(entities: Iterable[Entity]) -> list[_Row]:
    return [(entity.word, entity.source, entity.identifier) for entity in entities]
