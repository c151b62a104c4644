"""Read summaries of networks into values, in both dialects of the server (contract 3.4, 8)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from sys import intern
from typing import TypeVar

import msgspec
from msgspec import Struct, field

from sync.errors import Call, ServerBroken
from sync.match.identifiers import normalise_network_id
from sync.model import NetworkId, Property, Summary, Unanswered, Visibility
from sync.ndex.responses import Id, Long, Text, convert, lower, misshapen, text_of

T = TypeVar("T")


class ListedProperty(Struct, frozen=True, gc=False):
    """One property of a network in the listing of its account."""

    name: str = field(name="predicateString")
    value: Text | None = None


class ListedNetwork(Struct, frozen=True):
    """What a network says about itself in the listing of its account.

    Nothing else is read from a listing, which may have tens of thousands.
    """

    external_id: Id = field(name="externalId")
    created_ms: Long = field(name="creationTime")
    modified_ms: Long = field(name="modificationTime")
    owner_id: str | None = field(name="ownerUUID", default=None)
    name: Text | None = None
    node_count: Long | None = field(name="nodeCount", default=None)
    error_message: Text | None = field(name="errorMessage", default=None)
    properties: tuple[ListedProperty, ...] | None = None

    @property
    def id(self) -> NetworkId:
        """The network's id."""
        return lower(self.external_id)


class CompactSummary(Struct, frozen=True, gc=False, rename="camel"):
    """A v3 ``COMPACT`` summary: a ``Summary`` without properties and version.

    For most networks that it knows, a check reads nothing else.
    """

    id: NetworkId = field(name="uuid")
    modified_ms: int = field(name="modificationTime")
    created_ms: int = field(name="creationTime")
    visibility: Visibility
    name: str = ""
    description: str = ""
    owner: str = ""
    owner_id: str = field(name="ownerUUID", default="")
    read_only: bool = field(name="isReadOnly", default=False)
    certified: bool = field(name="isCertified", default=False)
    completed: bool = False
    error_message: str | None = None
    doi: str | None = None
    node_count: int = 0
    edge_count: int = 0
    folder: str | None = field(name="folderId", default=None)


def decode_summary(call: Call, value: object) -> Summary:
    """Read a v2 summary.

    Raises:
        ServerBroken: it is not one; the message names the field.
    """
    return _to_full_summary(call, convert(call, value, _Summary))


def decode_state(call: Call, value: object) -> Summary:
    """Read a v3 ``COMPACT`` summary, which has neither properties nor version.

    Raises:
        ServerBroken: it is not one; the message names the field.
    """
    return _to_summary(call, convert(call, value, _State), "", None)


def decode_batch(call: Call, value: object) -> dict[NetworkId, Summary | Unanswered]:
    """Read the v2 summaries of a batch; a malformed one affects only itself.

    ``value`` holds the texts of the rows, each of which is read alone (``requests.split_rows``).
    One without a readable id counts as dropped. If rows have the same id, the first counts.

    Raises:
        ServerBroken: the answer is not a list of objects.
    """
    found: dict[NetworkId, Summary | Unanswered] = {}
    for number, row in enumerate(_rows(call, value)):
        network, seen = _read_row(call, row, number)
        if network is not None:
            found.setdefault(network, seen)
    return found


def _read_row(
    call: Call, row: memoryview, number: int
) -> tuple[NetworkId | None, Summary | Unanswered]:
    try:
        summary = _to_full_summary(call, _decode(call, row, _SUMMARY, number))
    except ServerBroken as error:
        named = _decode(call, row, _NAMED, number)
        return normalise_network_id(str(named.external_id or named.uuid)), Unanswered(str(error))
    return summary.id, summary


def decode_compact(call: Call, value: object) -> Iterator[CompactSummary]:
    """Read ``COMPACT`` summaries one after the other, leaving out what is not one.

    Raises:
        ServerBroken: the answer is not a list.
    """
    for row in _rows(call, value):
        with suppress(msgspec.DecodeError):
            yield _COMPACT.decode(row)


def decode_summaries(call: Call, value: object) -> Iterator[Summary]:
    """Read a list of v2 summaries one after the other, in which none may be missing.

    ``value`` holds the texts of the rows (``requests.split_rows``): when they are read, all
    networks of an account take a multiple of the memory of their text.

    Raises:
        ServerBroken: one of them cannot be read, or the answer is not a list.
    """
    for number, row in enumerate(_rows(call, value)):
        yield _to_full_summary(call, _decode(call, row, _SUMMARY, number))


def decode_listing(call: Call, value: object) -> Iterator[ListedNetwork]:
    """Do as ``decode_summaries``, with only what networks say about themselves.

    Raises:
        ServerBroken: one of them cannot be read, or the answer is not a list.
    """
    for number, row in enumerate(_rows(call, value)):
        yield _decode(call, row, _LISTED, number)


def _rows(call: Call, value: object) -> list[memoryview]:
    if not isinstance(value, list) or not all(isinstance(row, memoryview) for row in value):
        raise misshapen(call, "Expected `array`")
    return value


def _decode(call: Call, row: memoryview, decoder: msgspec.json.Decoder[T], number: int) -> T:
    """Read row ``number`` of an answer."""
    try:
        return decoder.decode(row)
    except msgspec.ValidationError as error:
        raise misshapen(call, str(error), f"[{number}]") from None
    except (msgspec.DecodeError, RecursionError):
        raise ServerBroken(call, "a row of the answer is not JSON") from None


class _Property(Struct, rename="camel", gc=False):
    predicate_string: str
    value: Text | None = None
    data_type: str | None = None
    sub_network_id: Long | None = None


class _State(Struct, rename="camel"):
    """A summary in the form of both dialects; v2 calls the id ``externalId``, v3 ``uuid``."""

    modification_time: Long
    creation_time: Long
    visibility: Visibility
    external_id: Id | None = None
    uuid: Id | None = None
    name: Text | None = None
    description: Text | None = None
    owner: Text | None = None
    owner_id: Text | None = field(name="ownerUUID", default=None)
    is_read_only: bool | None = None
    is_certified: bool | None = None
    completed: bool | None = None
    error_message: Text | None = None
    doi: Text | None = None
    node_count: Long | None = None
    edge_count: Long | None = None
    cx_file_size: Long | None = None
    cx2_file_size: Long | None = None
    folder_id: Text | None = None
    is_valid: bool | None = None
    index_level: Text | None = None


class _Summary(_State, rename="camel"):
    version: Text | None = None
    properties: list[_Property] | None = None


def _to_full_summary(call: Call, shape: _Summary) -> Summary:
    properties = tuple(map(_to_property, shape.properties or ()))
    return _to_summary(call, shape, text_of(shape.version), properties)


def _to_summary(
    call: Call, shape: _State, version: str, properties: tuple[Property, ...] | None
) -> Summary:
    uuid = shape.external_id or shape.uuid
    if uuid is None:
        raise misshapen(call, "Object missing required field `externalId` or `uuid`")
    return Summary(
        id=lower(uuid),
        name=text_of(shape.name),
        description=text_of(shape.description),
        version=version,
        created_ms=shape.creation_time,
        modified_ms=shape.modification_time,
        owner=text_of(shape.owner),
        owner_id=text_of(shape.owner_id),
        visibility=shape.visibility,
        read_only=bool(shape.is_read_only),
        completed=bool(shape.completed),
        error_message=text_of(shape.error_message) or None,
        doi=None if shape.doi is None else str(shape.doi),
        certified=bool(shape.is_certified),
        node_count=shape.node_count or 0,
        edge_count=shape.edge_count or 0,
        size_bytes=max(shape.cx_file_size or 0, shape.cx2_file_size or 0),
        folder=None if shape.folder_id is None else str(shape.folder_id),
        properties=properties,
        valid=shape.is_valid,
        index_level=text_of(shape.index_level) or "NONE",
    )


def _to_property(shape: _Property) -> Property:
    # Of 32,000 networks nearly all have the same dozen names, so each text is kept once.
    return Property(
        intern(shape.predicate_string),
        None if shape.value is None else str(shape.value),
        intern(shape.data_type or "string"),
        shape.sub_network_id,
    )


class _Named(Struct, rename="camel"):
    """Anything with an id, valid or not."""

    external_id: object = None
    uuid: object = None


_SUMMARY = msgspec.json.Decoder(_Summary, strict=False)
_COMPACT = msgspec.json.Decoder(CompactSummary)
_LISTED = msgspec.json.Decoder(ListedNetwork, strict=False)
_NAMED = msgspec.json.Decoder(_Named)
