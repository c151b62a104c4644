"""Read the server's JSON into values, except summaries (contract 2, 7, 8).

Lenient like the server: null fields are left out of its answers, unknown ones are ignored. A value
that cannot be an answer to the question is a fault of the server.
"""

from __future__ import annotations

from dataclasses import dataclass
from sys import intern
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta, Struct, field

from sync.errors import Call, NotFound, ServerBroken
from sync.model import NetworkId

T = TypeVar("T")

# The server's own whole numbers are Java longs, and SQLite has no larger ones either.
Long = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]
Id = Annotated[str, Meta(pattern=r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z")]
Text = str | int | float
"""A text, which some server may have written as a number."""


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """A server's status. The count is an estimate, None if it has none."""

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
    """An upload that the server accepted but has not read yet (contract 3.1, 3.2).

    ``modified_ms`` is the modification time that it gave the network.
    """

    network: NetworkId
    modified_ms: int


def decode_status(call: Call, value: object) -> ServerStatus:
    """Read the status of a server (contract 2).

    Raises:
        ServerBroken: it is not the answer of an NDEx server.
    """
    status = convert(call, value, _Status)
    return ServerStatus(
        message=str(status.message),
        version=text_of(status.properties.version),
        build=text_of(status.properties.build),
        network_count=None if status.network_count < 0 else status.network_count,
    )


def decode_user(call: Call, value: object) -> User:
    """Read an account (contract 8).

    Raises:
        NotFound: the account is not verified yet, so it has no id and owns nothing.
        ServerBroken: it is not an account.
    """
    user = convert(call, value, _User)
    if user.external_id is None:
        raise NotFound(call, f"the account {str(user.user_name)[:100]!r} is not verified yet")
    return User(lower(user.external_id), str(user.user_name), user.disk_quota, user.disk_used)


def decode_set_members(call: Call, value: object) -> frozenset[NetworkId]:
    """Read the members of a network set (contract 7.1).

    Raises:
        ServerBroken: it is not a network set.
    """
    return frozenset(map(lower, convert(call, value, _Set).networks))


def decode_folder_networks(call: Call, value: object) -> frozenset[NetworkId]:
    """Read which networks a folder holds, directly or by a shortcut (contract 7.2).

    A shortcut to a network that is in the trash or deleted does not count.

    Raises:
        ServerBroken: it is not a folder's list, or a shortcut does not say where it leads.
    """
    items = convert(call, value, list[_Item])
    shortcuts = (
        convert(call, item.attributes, _Shortcut) for item in items if item.type == "SHORTCUT"
    )
    linked = {lower(each.target) for each in shortcuts if each.holds_network}
    return _networks_in(items) | linked


def decode_trash(call: Call, value: object) -> frozenset[NetworkId]:
    """Read which networks are in the trash (contract 3.7).

    Raises:
        ServerBroken: it is not a list of items.
    """
    return _networks_in(convert(call, value, list[_Item]))


def _networks_in(items: list[_Item]) -> frozenset[NetworkId]:
    return frozenset(lower(item.uuid) for item in items if item.type == "NETWORK")


def decode_accepted(call: Call, value: object) -> Accepted:
    """Read the answer to an accepted upload (contract 3.1, 3.2).

    Raises:
        ServerBroken: it does not say which network that is, or when it was changed.
    """
    accepted = convert(call, value, _Accepted)
    return Accepted(lower(accepted.uuid), accepted.modification_time)


def decode_count(call: Call, value: object) -> int:
    """Read how many items the server stored (contract 3.5).

    Raises:
        ServerBroken: it is not a whole number.
    """
    if type(value) is not int:
        raise misshapen(call, "Expected `int`")
    return value


def decode_file_counts(call: Call, value: object) -> FileCounts:
    """Read the account's totals (contract 7.2).

    Raises:
        ServerBroken: it is not such totals.
    """
    counts = convert(call, value, _Counts)
    return FileCounts(counts.network, counts.folder, counts.shortcut)


def convert(call: Call, value: object, shape: type[T]) -> T:
    """Convert a parsed answer to a type."""
    try:
        return msgspec.convert(value, shape, strict=False)
    except msgspec.ValidationError as error:
        raise misshapen(call, str(error)) from None


def misshapen(call: Call, fault: str, place: str = "") -> ServerBroken:
    """Return the error for an answer with the wrong type, or with one at a place in it."""
    what, _, below = fault.partition(" - at `$")
    if what.startswith("Invalid enum value"):
        what = "not a value that is known"  # not to be repeated
    elif "matching regex" in what:
        what = "not a UUID"
    where = f"{place}{below.removesuffix('`')}".removeprefix(".") or "the whole"
    return ServerBroken(call, f"the answer has an unexpected shape: {where}: {what}")


def lower(uuid: str) -> NetworkId:
    """Return a UUID in the server's own form."""
    return NetworkId(intern(uuid.lower()))


def text_of(value: Text | None) -> str:
    """Return a text that may be missing, or a number."""
    return "" if value is None else str(value)


class _StatusProperties(Struct):
    version: Text | None = field(name="ServerVersion", default=None)
    build: Text | None = field(name="Build", default=None)


class _Status(Struct, rename="camel"):
    message: Text
    properties: _StatusProperties
    network_count: Long = -1


class _User(Struct, rename="camel"):
    user_name: Text
    external_id: Id | None = None
    disk_quota: Long | None = None
    disk_used: Long | None = None


class _Set(Struct):
    networks: list[Id]


class _Item(Struct):
    uuid: Id
    type: Text
    attributes: dict[str, object] | None = None


class _Accepted(Struct, rename="camel"):
    uuid: Id
    modification_time: Long


class _Shortcut(Struct):
    target: Id
    target_type: str
    target_status: str = "ACTIVE"

    @property
    def holds_network(self) -> bool:
        return self.target_type == "NETWORK" and self.target_status == "ACTIVE"


class _Counts(Struct):
    network: Long
    folder: Long
    shortcut: Long
