"""The server's JSON read into values, whichever of its dialects it speaks (contract 3.4, 7, 8).

Lenient where the server is: null fields are left out of its answers, unknown ones are ignored. A
shape that cannot be an answer to the question is a fault of the server.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from sys import intern
from typing import Annotated, TypeVar

import orjson
from pydantic import (
    AfterValidator,
    AliasChoices,
    BaseModel,
    ConfigDict,
    Field,
    InstanceOf,
    Strict,
    TypeAdapter,
    ValidationError,
)
from pydantic.alias_generators import to_camel

from sync.errors import Call, NotFound, ServerBroken
from sync.match.identifiers import normalise_network_id
from sync.model import NetworkId, Property, Summary, Unanswered, Visibility

T = TypeVar("T")


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


def decode_summary(call: Call, value: object) -> Summary:
    """Read a v2 summary.

    Raises:
        ServerBroken: it is none; the message names the field.
    """
    return _read(_SUMMARY, call, value).to_value()


def decode_state(call: Call, value: object) -> Summary:
    """Read a v3 ``COMPACT`` summary, which has neither properties nor version.

    Raises:
        ServerBroken: it is none; the message names the field.
    """
    return _read(_STATE, call, value).to_value()


def decode_batch(
    call: Call, value: object, decode: Callable[[Call, object], Summary]
) -> dict[NetworkId, Summary | Unanswered]:
    """Read the summaries of a batch, of which one that is malformed spoils only itself.

    ``value`` holds the texts of the rows, each of which is read by itself
    (``requests.split_rows``).
    One without a readable id is as good as dropped. Of rows with the same id the first counts.

    Raises:
        ServerBroken: the answer is no list of objects.
    """
    found: dict[NetworkId, Summary | Unanswered] = {}
    for text in _read(_ROWS, call, value):
        row = _parse_row(call, text)
        network = normalise_network_id(str(row.get("externalId", row.get("uuid"))))
        if network is not None and network not in found:
            found[network] = _decode_row(call, row, decode)
    return found


def _parse_row(call: Call, text: memoryview, *place: str) -> Mapping[str, object]:
    try:
        return _read(_ROW, call, orjson.loads(text), *place)
    except orjson.JSONDecodeError:
        raise ServerBroken(call, "a row of the answer is no JSON") from None


def _decode_row(
    call: Call, row: Mapping[str, object], decode: Callable[[Call, object], Summary]
) -> Summary | Unanswered:
    try:
        return decode(call, row)
    except ServerBroken as error:
        return Unanswered(str(error))


def decode_summaries(call: Call, value: object) -> Iterator[Summary]:
    """Read a list of v2 summaries of which none may be missed, one after the other.

    ``value`` holds the texts of the rows (``requests.split_rows``): all networks of an account take
    up a multiple of their text once they are read.

    Raises:
        ServerBroken: one of them cannot be read, or the answer is no list.
    """
    rows = _read(_ROWS, call, value)
    for number, text in enumerate(rows):
        yield _read(_SUMMARY, call, _parse_row(call, text, str(number)), str(number)).to_value()


def decode_status(call: Call, value: object) -> ServerStatus:
    """Read the status of a server (contract 2).

    Raises:
        ServerBroken: no NDEx server says this.
    """
    status = _read(_STATUS, call, value)
    return ServerStatus(
        message=status.message,
        version=status.properties.version or "",
        build=status.properties.build or "",
        network_count=None if status.network_count < 0 else status.network_count,
    )


def decode_user(call: Call, value: object) -> User:
    """Read an account (contract 8).

    Raises:
        NotFound: the account is not verified yet, so it has no id and owns nothing.
        ServerBroken: it is no account.
    """
    user = _read(_USER, call, value)
    if user.external_id is None:
        raise NotFound(call, f"the account {user.user_name[:100]!r} is not verified yet")
    return User(user.external_id, user.user_name, user.disk_quota, user.disk_used)


def decode_set_members(call: Call, value: object) -> frozenset[NetworkId]:
    """Read the members of a network set (contract 7.1).

    Raises:
        ServerBroken: it is no network set.
    """
    return frozenset(_read(_SET, call, value).networks)


def decode_folder_networks(call: Call, value: object) -> frozenset[NetworkId]:
    """Read which networks a folder holds, itself or by a shortcut (contract 7.2).

    A shortcut to a network that is in the trash or deleted holds nothing.

    Raises:
        ServerBroken: it is no folder's list, or a shortcut does not say where it leads.
    """
    items = _read(_ITEMS, call, value)
    held = {item.uuid for item in items if item.type == "NETWORK"}
    shortcuts = [_read(_SHORTCUT, call, item.attributes) for item in items if item.is_shortcut]
    return frozenset(held | {shortcut.target for shortcut in shortcuts if shortcut.holds_network})


def decode_trash(call: Call, value: object) -> frozenset[NetworkId]:
    """Read which networks are in the trash (contract 3.7).

    Raises:
        ServerBroken: it is no list of items.
    """
    items = _read(_ITEMS, call, value)
    return frozenset(item.uuid for item in items if item.type == "NETWORK")


def decode_accepted(call: Call, value: object) -> Accepted:
    """Read what the server says of an upload that it accepted (contract 3.1, 3.2).

    Raises:
        ServerBroken: it does not say which network that is, or when it was changed.
    """
    accepted = _read(_ACCEPTED, call, value)
    return Accepted(accepted.uuid, accepted.modification_time)


def decode_count(call: Call, value: object) -> int:
    """Read how many items the server stored (contract 3.5).

    Raises:
        ServerBroken: it is no whole number.
    """
    return _read(_COUNT, call, value)


def decode_file_counts(call: Call, value: object) -> FileCounts:
    """Read the account's totals (contract 7.2).

    Raises:
        ServerBroken: they are none.
    """
    counts = _read(_COUNTS, call, value)
    return FileCounts(counts.network, counts.folder, counts.shortcut)


def _read(adapter: TypeAdapter[T], call: Call, value: object, *place: str) -> T:
    """Read a value, which stands at ``place`` in the answer."""
    try:
        return adapter.validate_python(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join([*place, *map(str, first["loc"])]) or "the whole"
        raise ServerBroken(
            call, f"the answer has an unexpected shape: {where}: {first['msg']}"
        ) from None


def _canonical_id(text: str) -> NetworkId:
    found = normalise_network_id(text)
    if found is None:
        raise ValueError("not a UUID")
    return found


_Id = Annotated[NetworkId, AfterValidator(_canonical_id)]
# The server's own whole numbers are Java longs, and SQLite has no larger ones either.
_Long = Annotated[int, Field(ge=-(2**63), lt=2**63)]


class _Border(BaseModel):
    """A shape of the server, whose names are in camel case; lives until it is converted."""

    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True, alias_generator=to_camel)


class _Property(_Border):
    predicate_string: str
    value: str | None = None
    data_type: str | None = None
    sub_network_id: _Long | None = None


class _State(_Border):
    id: _Id = Field(validation_alias=AliasChoices("externalId", "uuid"))
    modification_time: _Long
    creation_time: _Long
    visibility: Visibility
    name: str | None = None
    description: str | None = None
    owner: str | None = None
    owner_id: str | None = Field(None, validation_alias="ownerUUID")
    is_read_only: bool | None = None
    is_certified: bool | None = None
    completed: bool | None = None
    error_message: str | None = None
    doi: str | None = None
    node_count: _Long | None = None
    edge_count: _Long | None = None
    cx_file_size: _Long | None = None
    cx2_file_size: _Long | None = None
    folder_id: str | None = None
    is_valid: bool | None = None
    index_level: str | None = None

    def to_value(self) -> Summary:
        return self._to_value("", None)

    def _to_value(self, version: str, properties: tuple[Property, ...] | None) -> Summary:
        return Summary(
            id=self.id,
            name=self.name or "",
            description=self.description or "",
            version=version,
            created_ms=self.creation_time,
            modified_ms=self.modification_time,
            owner=self.owner or "",
            owner_id=self.owner_id or "",
            visibility=self.visibility,
            read_only=bool(self.is_read_only),
            completed=bool(self.completed),
            error_message=self.error_message or None,
            doi=self.doi,
            certified=bool(self.is_certified),
            node_count=self.node_count or 0,
            edge_count=self.edge_count or 0,
            size_bytes=max(self.cx_file_size or 0, self.cx2_file_size or 0),
            folder=self.folder_id,
            properties=properties,
            valid=self.is_valid,
            index_level=self.index_level or "NONE",
        )


class _Summary(_State):
    version: str | None = None
    properties: list[_Property] | None = None

    def to_value(self) -> Summary:
        properties = (
            # Of 32,000 networks nearly all have the same dozen names: one text for each is enough.
            Property(
                intern(item.predicate_string),
                item.value,
                intern(item.data_type or "string"),
                item.sub_network_id,
            )
            for item in self.properties or ()
        )
        return self._to_value(self.version or "", tuple(properties))


class _StatusProperties(_Border):
    version: str | None = Field(None, validation_alias="ServerVersion")
    build: str | None = Field(None, validation_alias="Build")


class _Status(_Border):
    message: str
    network_count: _Long = -1
    properties: _StatusProperties


class _User(_Border):
    user_name: str
    external_id: _Id | None = None
    disk_quota: _Long | None = None
    disk_used: _Long | None = None


class _Set(_Border):
    networks: list[_Id]


class _Item(_Border):
    uuid: _Id
    type: str
    attributes: dict[str, object] | None = None

    @property
    def is_shortcut(self) -> bool:
        return self.type == "SHORTCUT"


class _Accepted(_Border):
    uuid: _Id
    modification_time: _Long


class _Shortcut(_Border):
    target: _Id
    target_type: str = Field(validation_alias="target_type")
    target_status: str = Field("ACTIVE", validation_alias="target_status")

    @property
    def holds_network(self) -> bool:
        return self.target_type == "NETWORK" and self.target_status == "ACTIVE"


class _Counts(_Border):
    network: _Long
    folder: _Long
    shortcut: _Long


_ROWS = TypeAdapter(list[InstanceOf[memoryview]])
_ROW = TypeAdapter(dict[str, object])
_SUMMARY = TypeAdapter(_Summary)
_STATE = TypeAdapter(_State)
_STATUS = TypeAdapter(_Status)
_USER = TypeAdapter(_User)
_SET = TypeAdapter(_Set)
_ITEMS = TypeAdapter(list[_Item])
_SHORTCUT = TypeAdapter(_Shortcut)
_ACCEPTED = TypeAdapter(_Accepted)
_COUNT = TypeAdapter(Annotated[_Long, Strict()])
_COUNTS = TypeAdapter(_Counts)
