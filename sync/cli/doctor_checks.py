"""The checks of ``ndex-sync doctor``, and what it says about each."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from rich.filesize import decimal

from sync.amounts import plural
from sync.collection.listing import Holder, Location, explain_hidden
from sync.collection.select import find_place
from sync.config import CollectionConfig, Config
from sync.errors import (
    ConfigError,
    Forbidden,
    NotFound,
    ServerBroken,
    ServerError,
    Throttled,
    Unauthorized,
    Unreachable,
)
from sync.model import Record
from sync.ndex.client import NdexClient
from sync.ndex.responses import User
from sync.records.counts import RecordCounts, count_records
from sync.records.discover import find_records
from sync.records.mapfile import read_map
from sync.records.organisms import count_organisms, find_unseen
from sync.records.read import read_record
from sync.records.recognise import spread
from sync.report.since import describe_age
from sync.state.history import FILE_NAME, find_last

MAX_RECORDS = 400
"""How many records of a collection are read, spread over all of it."""

MAX_SKEW_S = 60.0
"""How far the clocks may be apart, in seconds."""

_MADE_FOR = "3"
_ORGANISMS_SHOWN = 5


class Outcome(StrEnum):
    """The result of one check; a note is not a problem."""

    OK = "ok"
    NOTE = "note"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check; ``advice`` says what to do, ``""`` if nothing.

    ``unanswered``: the server is down, so the rest is not known.
    """

    outcome: Outcome
    subject: str
    said: str
    advice: str = ""
    unanswered: bool = False


def examine_files(root: Path, collection: CollectionConfig) -> Iterator[Finding]:
    """Look at the records of a collection, or at some of them, and at its map file."""
    yield from _examine_records(root, collection)
    if collection.map is not None:
        yield _examine_map(root, collection.name, collection.map)


def _examine_records(root: Path, collection: CollectionConfig) -> Iterator[Finding]:
    subject = f"records of {collection.name}"
    try:
        paths = find_records(root, collection.records)
    except ConfigError as error:
        yield Finding(Outcome.PROBLEM, subject, str(error))
        return
    if not paths:
        said = f"no file matches {collection.records!r}"
        yield Finding(Outcome.PROBLEM, subject, said, "correct `records` in the configuration")
        return
    chosen = spread(paths, MAX_RECORDS)
    organisms = collection.counted_organisms
    records = [read_record(root, path, collection.record_layout, organisms) for path in chosen]
    found = f"{len(paths):,} found, {len(chosen):,} of them looked at"
    yield _judge_reading(subject, found, count_records(records))
    good = [record for record in records if isinstance(record, Record)]
    if unseen := find_unseen(collection.organisms, good):
        yield _describe_unseen(collection, unseen, good)


def _describe_unseen(
    collection: CollectionConfig, unseen: Sequence[str], records: Sequence[Record]
) -> Finding:
    """Name the organisms that no record looked at has; if none has any, nothing is compared."""
    said = f"no record or row of {' or '.join(unseen)} is among those looked at"
    known = count_organisms(records).most_common(_ORGANISMS_SHOWN)
    advice = "correct `organisms` in the configuration"
    if known:
        advice += f"; found were: {', '.join(f'{name} ({count:,})' for name, count in known)}"
    all_unseen = len(unseen) == len(collection.organisms) and records
    outcome = Outcome.PROBLEM if all_unseen else Outcome.NOTE
    return Finding(outcome, f"organisms of {collection.name}", said, advice)


def _judge_reading(subject: str, said: str, counts: RecordCounts) -> Finding:
    if refused := sum(refusal.count for refusal in counts.refusals):
        worst = counts.refusals[0]
        said += f", {refused:,} refused, such as {worst.example.path}: {worst.example.reason}"
        return Finding(
            Outcome.PROBLEM, subject, said, "list all of them with: ndex-sync check --offline"
        )
    return Finding(Outcome.OK, subject, said)


def _examine_map(root: Path, name: str, path: str) -> Finding:
    subject = f"map of {name}"
    try:
        found = read_map(root, path)
    except ConfigError as error:
        return Finding(
            Outcome.PROBLEM, subject, str(error), "correct `map` in the configuration, or drop it"
        )
    if found.problems:
        said = f"{plural(len(found.problems), 'row')} cannot be read, such as {found.problems[0]}"
        return Finding(
            Outcome.PROBLEM, subject, said, "fix the map file; such rows are left out until then"
        )
    return Finding(Outcome.OK, subject, plural(len(found.entries), "row"))


def examine_age(
    state: Path, server: str, collections: tuple[str, ...], max_hours: int | None
) -> Finding:
    """Say how long ago the last complete check was; too long is a problem only with a limit."""
    subject = "last complete check"
    try:
        last = find_last(state, server, collections)
    except OSError as error:
        return Finding(Outcome.PROBLEM, subject, f"cannot be read: {error}", "delete the file")
    age = None if last is None else datetime.now(UTC) - last.finished
    said = "none yet" if age is None else describe_age(age)
    if max_hours is not None and (age is None or age > timedelta(hours=max_hours)):
        advice = (
            f"{state / FILE_NAME} should have one of the last {plural(max_hours, 'hour')}: see why "
            "it did not run, or run it now with: ndex-sync check"
        )
        return Finding(Outcome.PROBLEM, subject, said, advice)
    return Finding(Outcome.NOTE if age is None else Outcome.OK, subject, said)


async def examine_server(client: NdexClient, config: Config) -> AsyncIterator[Finding]:
    """Check the server, the login, the collections' places, and the clocks.

    What depends on something that failed is not checked.
    """
    try:
        status = await client.fetch_status()
    except ServerError as error:
        yield _describe_failure("server", error)
        return
    yield _judge_version(status.version)
    yield _examine_clock(client.server_ahead_s)
    user: User | None = None
    if client.logged_in:
        try:
            user = await client.fetch_own_user()
        except ServerError as error:
            yield _describe_failure("login", error)
            return
        yield Finding(Outcome.OK, "login", f"the server knows us as {user.name}")
        yield _examine_quota(user)
    for index, collection in enumerate(config.collection):
        place = find_place(config, index)
        async for finding in _examine_places(client, collection.name, place, user):
            yield finding


def _examine_quota(user: User) -> Finding:
    """Compare used and allowed disk space; the server refuses uploads above it (contract 1.1)."""
    used, allowed = user.disk_used_bytes, user.disk_quota_bytes
    if used is None or allowed is None:
        return Finding(Outcome.NOTE, "quota", f"the server does not state the quota of {user.name}")
    said = f"{user.name} uses {decimal(used)} of {decimal(allowed)}"
    if used < allowed:
        return Finding(Outcome.OK, "quota", said)
    advice = "no upload is accepted: delete networks, or ask the server's operators for more"
    return Finding(Outcome.NOTE, "quota", said, advice)


def _judge_version(version: str) -> Finding:
    said = f"it answers, version {version}" if version else "it answers without a version"
    if version.partition(".")[0] == _MADE_FOR:
        return Finding(Outcome.OK, "server", said)
    advice = f"ndex-sync is made for NDEx {_MADE_FOR}; some calls may fail here"
    return Finding(Outcome.NOTE, "server", said, advice)


def _examine_clock(ahead_s: float | None) -> Finding:
    if ahead_s is None:
        return Finding(Outcome.NOTE, "clock", "the server sends no time to compare with")
    if abs(ahead_s) <= MAX_SKEW_S:
        return Finding(Outcome.OK, "clock", f"within {MAX_SKEW_S:.0f} s of the server's")
    where = "behind" if ahead_s > 0 else "ahead of"
    return Finding(
        Outcome.PROBLEM,
        "clock",
        f"ours is {abs(ahead_s):,.0f} s {where} the server's",
        "set this machine's clock by a time server: tokens and dates in reports depend on it",
    )


async def _examine_places(
    client: NdexClient, name: str, place: Location, user: User | None
) -> AsyncIterator[Finding]:
    if place.account is not None:
        yield await _examine_account(client, name, place.account, user)
    elif place.network_set is None and place.folder is None:
        yield Finding(
            Outcome.NOTE,
            f"place of {name}",
            "none is configured, so only networks that a record or map names are found",
            "to have NDEx searched, give `network_set`, `folder` or `account` in the configuration",
        )
    for holder in place.holders(client):
        yield await _examine_holder(client, name, place, holder)


async def _examine_holder(
    client: NdexClient, name: str, place: Location, holder: Holder
) -> Finding:
    subject = f"{holder.kind} of {name}"
    try:
        members = await holder.fetch(holder.id)
    except (NotFound, Unauthorized, Forbidden):
        try:
            hidden = await explain_hidden(client, place, holder)
        except ConfigError as error:
            return Finding(Outcome.PROBLEM, subject, str(error))
        return Finding(Outcome.PROBLEM, subject, hidden.reason, hidden.advice)
    except ServerError as error:
        return _describe_failure(subject, error)
    return Finding(Outcome.OK, subject, f"readable, {plural(len(members), 'network')}")


async def _examine_account(
    client: NdexClient, name: str, account: str, user: User | None
) -> Finding:
    subject = f"account of {name}"
    if user is None:
        said = f"{account}: not logged in, so only what is public can be read"
        advice = "to see private networks or to write, log in as the account"
        return Finding(Outcome.NOTE, subject, said, advice)
    try:
        owner = await client.fetch_user(account)
    except ServerError as error:
        return _describe_failure(subject, error)
    if owner.id == user.id:
        return Finding(Outcome.OK, subject, f"logged in as {account}")
    return Finding(
        Outcome.NOTE,
        subject,
        f"{account} owns the networks, we are logged in as {user.name}",
        f"to change networks of {account}, you need its permission; to check them, you do not",
    )


def _describe_failure(subject: str, error: ServerError) -> Finding:
    unanswered = isinstance(error, Unreachable | ServerBroken | Throttled)
    return Finding(Outcome.PROBLEM, subject, str(error), _advice(error), unanswered)


def _advice(error: ServerError) -> str:
    """Say what to do about a failed call, by its kind."""
    match error:
        case Unreachable():
            return "check `[server] url`, the network, and HTTPS_PROXY if a proxy is needed"
        case Unauthorized():
            return "correct or unset the credentials, or ask the owner for permission to read"
        case NotFound():
            return "correct the account's name in the configuration"
        case _:
            return "try again later; if it stays, tell the server's operators"
