"""Write the report as one JSON document: keys in the design's order, one line for each record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol, TextIO, runtime_checkable

import orjson
from msgspec import Struct, structs

from sync.model import DRAWING_KINDS, Difference, DifferenceKind
from sync.report.document import Report
from sync.report.text import disarm_json

_OPTIONS = orjson.OPT_NON_STR_KEYS | orjson.OPT_UTC_Z
"""How orjson writes the structs: verdicts as keys, times ending in ``Z``."""

_OF_GENE = ("kind", "symbol", "ids", "local", "remote")
_OF_NETWORK = ("kind", "name", "local", "remote")
_FIELDS_OF = {
    DifferenceKind.GENE_MISSING: _OF_GENE,
    DifferenceKind.GENE_EXTRA: _OF_GENE,
    DifferenceKind.GENE_RENAMED: _OF_GENE,
    DifferenceKind.GENE_REIDENTIFIED: _OF_GENE,
    DifferenceKind.GENE_ATTRIBUTE: ("kind", "symbol", "ids", "name", "local", "remote"),
    **dict.fromkeys(DRAWING_KINDS, ("kind", "name", "ids", "local", "remote")),
    DifferenceKind.PROPERTY: _OF_NETWORK,
    DifferenceKind.MEMBERSHIP: _OF_NETWORK,
    DifferenceKind.STATE: _OF_NETWORK,
}


@runtime_checkable
class Texts(Protocol):
    """Records that are kept as the texts that ``dump`` returns."""

    def texts(self) -> Iterator[str]:
        """Yield the text of each, in their order."""


def render_json(report: Report, stream: TextIO) -> None:
    """Write the report record by record, so that its text is never in memory as a whole.

    With one line for each record, ``grep`` and ``git diff`` work on the file.
    """
    stream.write("{")
    for key, value in head_of(report).items():
        stream.write(f'"{key}":{dump(value)},\n')
    stream.write('"records":[')
    records = report.records
    _write_texts(records.texts() if isinstance(records, Texts) else map(dump, records), stream)
    stream.write('],\n"remote_only":[')
    _write_texts(map(dump, report.remote_only), stream)
    stream.write("]}\n")


def head_of(report: Report) -> dict[str, object]:
    """Return the keys of a report except its records and networks."""
    listed = ("records", "remote_only")
    return {key: value for key, value in structs.asdict(report).items() if key not in listed}


def write_document(document: Struct, listed: str, stream: TextIO) -> None:
    """Write a document with one line for each key, and for each item under ``listed``."""
    stream.write("{")
    for index, (key, value) in enumerate(structs.asdict(document).items()):
        stream.write(f'{"," if index else ""}\n"{key}":')
        if key == listed:
            stream.write("[" + ",".join(f"\n{dump(item)}" for item in value) + "]")
        else:
            stream.write(dump(value))
    stream.write("\n}\n")


def dump(value: object) -> str:
    """Return a value of a document as JSON text on one line."""
    try:
        text = orjson.dumps(value, default=_fields, option=_OPTIONS)
    except orjson.JSONEncodeError:
        text = orjson.dumps(_encodable(value), option=_OPTIONS)
    return disarm_json(text.decode())


def _fields(value: object) -> dict[str, object]:
    """Return the fields of a struct; for a difference, those that its kind has."""
    if isinstance(value, Difference):
        return {name: getattr(value, name) for name in _FIELDS_OF[value.kind]}
    if isinstance(value, Struct):
        return structs.asdict(value)
    raise TypeError(f"{type(value)} is not part of a document")


def _encodable(value: object) -> object:
    r"""Write lone surrogates (of a file name that is not UTF-8) as ``\udcff``,
    which JSON allows.
    """
    match value:
        case str():
            return value.encode("utf-8", "backslashreplace").decode("utf-8")
        case dict():
            return {_encodable(key): _encodable(each) for key, each in value.items()}
        case list() | tuple():
            return [_encodable(each) for each in value]
        case Struct():
            return _encodable(_fields(value))
        case _:
            return value


def _write_texts(texts: Iterable[str], stream: TextIO) -> None:
    for index, text in enumerate(texts):
        stream.write(",\n" if index else "\n")
        stream.write(text)
