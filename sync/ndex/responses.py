"""The server's JSON read into values, whichever of its dialects it speaks (contract 3.4, 7, 8).

Lenient where the server is: null fields are left out of its answers, unknown ones are ignored. A
shape that cannot be an answer to the question is a fault of the server.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from sys import intern
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta, Struct, field

from sync.errors import Call, NotFound, ServerBroken
from sync.match.identifiers import normalise_network_id
from sync.model import NetworkId, Property, Summary, Unanswered, Visibility

T = TypeVar("T")

# The server's own whole numbers are Java longs, and SQLite has no larger ones either.
_Long = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]
_Id = Annotated[str, Meta(pattern=r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z")]
_Text = str | int | float
"""A text, which some server may have written as a number."""


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """What a server says of itself. The count is an estimate, None where it has none."""

    message: str
    version: str
    build: str
    network_count: int | None


@dataclass(frozen=True, slots=True)
class User:
    """An account. The disk figures, in bytes, are only in one's own record."""

    id: str
    name: str
    disk_quota_bytes: int | None
    disk_used_bytes: int | None


@dataclass(frozen=True, slots=True)
class FileCounts:
    """How many items the logged-in account owns, none of them deleted (contract 7.2)."""

    networks: int
    folders: int
    shortcuts: int


@dataclass(frozen=True, slots=True)
class Accepted:
    """An upload that the server has taken in and not looked at yet (contract 3.1, 3.2).

    ``modified_ms`` is the modification time that it gave the network.
    """

    network: NetworkId
    modified_ms: int


class ListedProperty(Struct, frozen=True, gc=False):
    """One property of a network in the listing of its account."""

    name: str = field(name="predicateString")
    value: _Text | None = None


class ListedNetwork(Struct, frozen=True):
    """What a network of an account says of itself in the account's listing.

    Nothing else is read of a listing, which may be of tens of thousands.
    """

    external_id: _Id = field(name="externalId")
    created_ms: _Long = field(name="creationTime")
    modified_ms: _Long = field(name="modificationTime")
    owner_id: str | None = field(name="ownerUUID", default=None)
    name: _Text | None = None
    node_count: _Long | None = field(name="nodeCount", default=None)
    error_message: _Text | None = field(name="errorMessage", default=None)
    properties: tuple[ListedProperty, ...] | None = None

    @property
    def id(self) -> NetworkId:
        """The network's id."""
        return _lower(self.external_id)


def decode_summary(call: Call, value: object) -> Summary:
    """Read a v2 summary.

    Raises:
        ServerBroken: it is none; the message names the field.
    """
    return _to_full_summary(call, _convert(call, value, _Summary))


def decode_state(call: Call, value: object) -> Summary:
    """Read a v3 ``COMPACT`` summary, which has neither properties nor version.

    Raises:
        ServerBroken: it is none; the message names the field.
    """
    return _to_summary(call, _convert(call, value, _State), "", None)


def decode_batch(call: Call, value: object) -> dict[NetworkId, Summary | Unanswered]:
    """Read the v2 summaries of a batch, of which one that is malformed spoils only itself.

    ``value`` holds the texts of the rows, each of which is read by itself
    (``requests.split_rows``).
    One without a readable id is as good as dropped. Of rows with the same id the first counts.

    Raises:
        ServerBroken: the answer is no list of objects.
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


def decode_summaries(call: Call, value: object) -> Iterator[Summary]:
    """Read a list of v2 summaries of which none may be missed, one after the other.

    ``value`` holds the texts of the rows (``requests.split_rows``): all networks of an account take
    up a multiple of their text once they are read.

    Raises:
        ServerBroken: one of them cannot be read, or the answer is no list.
    """
    for number, row in enumerate(_rows(call, value)):
        yield _to_full_summary(call, _decode(call, row, _SUMMARY, number))


def decode_listing(call: Call, value: object) -> Iterator[ListedNetwork]:
    """As ``decode_summaries``, for who needs only what networks say of themselves.

    Raises:
        ServerBroken: one of them cannot be read, or the answer is no list.
    """
    for number, row in enumerate(_rows(call, value)):
        yield _decode(call, row, _LISTED, number)


def decode_status(call: Call, value: object) -> ServerStatus:
    """Read the status of a server (contract 2).

    Raises:
        ServerBroken: no NDEx server says this.
    """
    status = _convert(call, value, _Status)
    return ServerStatus(
        message=str(status.message),
        version=_text(status.properties.version),
        build=_text(status.properties.build),
        network_count=None if status.network_count < 0 else status.network_count,
    )


def decode_user(call: Call, value: object) -> User:
    """Read an account (contract 8).

    Raises:
        NotFound: the account is not verified yet, so it has no id and owns nothing.
        ServerBroken: it is no account.
    """
    user = _convert(call, value, _User)
    if user.external_id is None:
        raise NotFound(call, f"the account {str(user.user_name)[:100]!r} is not verified yet")
    return User(_lower(user.external_id), str(user.user_name), user.disk_quota, user.disk_used)


def decode_set_members(call: Call, value: object) -> frozenset[NetworkId]:
    """Read the members of a network set (contract 7.1).

    Raises:
        ServerBroken: it is no network set.
    """
    return frozenset(map(_lower, _convert(call, value, _Set).networks))


def decode_folder_networks(call: Call, value: object) -> frozenset[NetworkId]:
    """Read which networks a folder holds, itself or by a shortcut (contract 7.2).

    A shortcut to a network that is in the trash or deleted holds nothing.

    Raises:
        ServerBroken: it is no folder's list, or a shortcut does not say where it leads.
    """
    items = _convert(call, value, list[_Item])
    shortcuts = (
        _convert(call, item.attributes, _Shortcut) for item in items if item.type == "SHORTCUT"
    )
    linked = {_lower(each.target) for each in shortcuts if each.holds_network}
    return _networks_in(items) | linked


def decode_trash(call: Call, value: object) -> frozenset[NetworkId]:
    """Read which networks are in the trash (contract 3.7).

    Raises:
        ServerBroken: it is no list of items.
    """
    return _networks_in(_convert(call, value, list[_Item]))


def _networks_in(items: list[_Item]) -> frozenset[NetworkId]:
    return frozenset(_lower(item.uuid) for item in items if item.type == "NETWORK")


def decode_accepted(call: Call, value: object) -> Accepted:
    """Read what the server says of an upload that it accepted (contract 3.1, 3.2).

    Raises:
        ServerBroken: it does not say which network that is, or when it was changed.
    """
    accepted = _convert(call, value, _Accepted)
    return Accepted(_lower(accepted.uuid), accepted.modification_time)


def decode_count(call: Call, value: object) -> int:
    """Read how many items the server stored (contract 3.5).

    Raises:
        ServerBroken: it is no whole number.
    """
    if type(value) is not int:
        raise _misshapen(call, "Expected `int`")
    return value


def decode_file_counts(call: Call, value: object) -> FileCounts:
    """Read the account's totals (contract 7.2).

    Raises:
        ServerBroken: they are none.
    """
    counts = _convert(call, value, _Counts)
    return FileCounts(counts.network, counts.folder, counts.shortcut)


def _rows(call: Call, value: object) -> list[memoryview]:
    if not isinstance(value, list) or not all(isinstance(row, memoryview) for row in value):
        raise _misshapen(call, "Expected `array`")
    return value


def _decode(call: Call, row: memoryview, decoder: msgspec.json.Decoder[T], number: int) -> T:
    """Read row ``number`` of an answer."""
    try:
        return decoder.decode(row)
    except msgspec.ValidationError as error:
        raise _misshapen(call, str(error), f"[{number}]") from None
    except (msgspec.DecodeError, RecursionError):
        raise ServerBroken(call, "a row of the answer is no JSON") from None


def _convert(call: Call, value: object, shape: type[T]) -> T:
    """Read an answer that is parsed already."""
    try:
        return msgspec.convert(value, shape, strict=False)
    except msgspec.ValidationError as error:
        raise _misshapen(call, str(error)) from None


def _misshapen(call: Call, fault: str, place: str = "") -> ServerBroken:
    """Say what is wrong with an answer, or with what stands at a place in it."""
    what, _, below = fault.removesuffix("`").partition(" - at `$")
    if what.startswith("Invalid enum value"):
        what = "not a value that is known"  # and not to be repeated
    elif "matching regex" in what:
        what = "not a UUID"
    where = f"{place}{below}".removeprefix(".") or "the whole"
    return ServerBroken(call, f"the answer has an unexpected shape: {where}: {what}")


def _lower(uuid: str) -> NetworkId:
    return NetworkId(uuid.lower())


def _text(value: _Text | None) -> str:
    return "" if value is None else str(value)


class _Property(Struct, rename="camel", gc=False):
    predicate_string: str
    value: _Text | None = None
    data_type: str | None = None
    sub_network_id: _Long | None = None


class _State(Struct, rename="camel"):
    """A summary as both dialects have it; v2 calls the id ``externalId``, v3 ``uuid``."""

    modification_time: _Long
    creation_time: _Long
    visibility: Visibility
    external_id: _Id | None = None
    uuid: _Id | None = None
    name: _Text | None = None
    description: _Text | None = None
    owner: _Text | None = None
    owner_id: _Text | None = field(name="ownerUUID", default=None)
    is_read_only: bool | None = None
    is_certified: bool | None = None
    completed: bool | None = None
    error_message: _Text | None = None
    doi: _Text | None = None
    node_count: _Long | None = None
    edge_count: _Long | None = None
    cx_file_size: _Long | None = None
    cx2_file_size: _Long | None = None
    folder_id: _Text | None = None
    is_valid: bool | None = None
    index_level: _Text | None = None


class _Summary(_State, rename="camel"):
    version: _Text | None = None
    properties: list[_Property] | None = None


def _to_full_summary(call: Call, shape: _Summary) -> Summary:
    properties = tuple(map(_to_property, shape.properties or ()))
    return _to_summary(call, shape, _text(shape.version), properties)


def _to_summary(
    call: Call, shape: _State, version: str, properties: tuple[Property, ...] | None
) -> Summary:
    uuid = shape.external_id or shape.uuid
    if uuid is None:
        raise _misshapen(call, "Object missing required field `externalId` or `uuid`")
    return Summary(
        id=_lower(uuid),
        name=_text(shape.name),
        description=_text(shape.description),
        version=version,
        created_ms=shape.creation_time,
        modified_ms=shape.modification_time,
        owner=_text(shape.owner),
        owner_id=_text(shape.owner_id),
        visibility=shape.visibility,
        read_only=bool(shape.is_read_only),
        completed=bool(shape.completed),
        error_message=_text(shape.error_message) or None,
        doi=None if shape.doi is None else str(shape.doi),
        certified=bool(shape.is_certified),
        node_count=shape.node_count or 0,
        edge_count=shape.edge_count or 0,
        size_bytes=max(shape.cx_file_size or 0, shape.cx2_file_size or 0),
        folder=None if shape.folder_id is None else str(shape.folder_id),
        properties=properties,
        valid=shape.is_valid,
        index_level=_text(shape.index_level) or "NONE",
    )


def _to_property(shape: _Property) -> Property:
    # Of 32,000 networks nearly all have the same dozen names: one text for each is enough.
    return Property(
        intern(shape.predicate_string),
        None if shape.value is None else str(shape.value),
        intern(shape.data_type or "string"),
        shape.sub_network_id,
    )


class _Named(Struct, rename="camel"):
    """Whatever has an id, good or bad."""

    external_id: object = None
    uuid: object = None


class _StatusProperties(Struct):
    version: _Text | None = field(name="ServerVersion", default=None)
    build: _Text | None = field(name="Build", default=None)


class _Status(Struct, rename="camel"):
    message: _Text
    properties: _StatusProperties
    network_count: _Long = -1


class _User(Struct, rename="camel"):
    user_name: _Text
    external_id: _Id | None = None
    disk_quota: _Long | None = None
    disk_used: _Long | None = None


class _Set(Struct):
    networks: list[_Id]


class _Item(Struct):
    uuid: _Id
    type: _Text
    attributes: dict[str, object] | None = None


class _Accepted(Struct, rename="camel"):
    uuid: _Id
    modification_time: _Long


class _Shortcut(Struct):
    target: _Id
    target_type: str
    target_status: str = "ACTIVE"

    @property
    def holds_network(self) -> bool:
        return self.target_type == "NETWORK" and self.target_status == "ACTIVE"


class _Counts(Struct):
    network: _Long
    folder: _Long
    shortcut: _Long


_SUMMARY = msgspec.json.Decoder(_Summary, strict=False)
_LISTED = msgspec.json.Decoder(ListedNetwork, strict=False)
_NAMED = msgspec.json.Decoder(_Named)
