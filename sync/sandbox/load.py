"""Filling a sandbox from CX and CX2 files, at once and without the queue."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import islice
from pathlib import Path

from sync.errors import ConfigError, NetworkError
from sync.model import NetworkId
from sync.sandbox import accounts, contents, items, loads, networks
from sync.sandbox.accounts import Account
from sync.sandbox.ids import make_uuid
from sync.sandbox.items import Item, ItemType
from sync.sandbox.limits import check_texts
from sync.sandbox.loading import Loaded, load_cx1, load_cx2, rewrite_attributes
from sync.sandbox.manifest import (
    FILE_NAME,
    Manifest,
    NetworkEntry,
    NetworkSetEntry,
    make_property,
    read_manifest,
    resolve_file,
)
from sync.sandbox.store import Store

DEFAULT_OWNER = "sandbox"
"""The account that owns what has no other owner; nobody can log in to it."""

SUFFIXES = frozenset({".cx", ".cx2"})
"""The files that a folder is searched for."""

_BATCH = 200


@dataclass(frozen=True, slots=True)
class FailedLoad:
    """A file that the server would not load: stored as a failed network with ``reason``."""

    path: Path
    network: NetworkId
    reason: str


@dataclass(frozen=True, slots=True)
class LoadSummary:
    """What a load put into the store; ``networks`` counts failed ones too."""

    networks: int
    users: int
    network_sets: int
    failed: tuple[FailedLoad, ...]


@dataclass(frozen=True, slots=True)
class _Source:
    path: Path
    entry: NetworkEntry


@dataclass(frozen=True, slots=True)
class _Prepared:
    source: _Source
    network_id: NetworkId
    outcome: Loaded | NetworkError

    @property
    def reason(self) -> str | None:
        """Why the file could not be loaded, None where it was."""
        return str(self.outcome) if isinstance(self.outcome, NetworkError) else self.outcome.fault


def load_into(
    store: Store,
    paths: Sequence[Path],
    *,
    uuid: NetworkId | None = None,
    owner: str = DEFAULT_OWNER,
    clock: Callable[[], float] = time.time,
) -> LoadSummary:
    """Load files, and folders with or without a ``manifest.json``, into ``store``.

    A network keeps the UUID that the manifest gives it, or ``uuid`` where ``paths`` is one file;
    else it gets one that is made from file name and content, so that loading again replaces it.
    ``owner`` owns what names no owner. Networks become public unless the manifest says
    otherwise. A network set becomes what the migration to NDEx 3.0 has made of it: the old rows,
    and beside them a private folder of the same UUID with shortcuts (contract 7.1).
    Raises ConfigError for a file or manifest that cannot be used; what was loaded before it
    stays.
    """
    manifests = [(path, read_manifest(path)) for path in paths if path.is_dir()]
    sources = _find_sources(paths, dict(manifests), uuid)
    now_ms = round(clock() * 1000)
    with store.writing() as db:
        for _, manifest in manifests:
            _put_users(db, manifest, now_ms)
    failed = []
    for batch in _batches(_prepare(source) for source in sources):
        with store.writing() as db:
            for prepared in batch:
                _put_network(db, prepared, owner, now_ms)
        failed += [
            FailedLoad(prepared.source.path, prepared.network_id, prepared.reason)
            for prepared in batch
            if prepared.reason is not None
        ]
    for folder, manifest in manifests:
        with store.writing() as db:
            for number, entry in enumerate(manifest.network_sets):
                where = f"{folder / FILE_NAME}: network_sets[{number}]"
                _put_network_set(db, entry, where, owner, now_ms)
    return LoadSummary(
        networks=len(sources),
        users=sum(len(manifest.users) for _, manifest in manifests),
        network_sets=sum(len(manifest.network_sets) for _, manifest in manifests),
        failed=tuple(failed),
    )


def _find_sources(
    paths: Sequence[Path], manifests: Mapping[Path, Manifest], uuid: NetworkId | None
) -> list[_Source]:
    sources: list[_Source] = []
    for path in paths:
        if path in manifests:
            sources += _sources_in(path, manifests[path])
        else:
            sources.append(_Source(path, NetworkEntry(file=path.name)))
    if uuid is None:
        return sources
    if len(sources) != 1:
        raise ConfigError(f"a UUID is for one network, but {len(sources)} files were given")
    entry = sources[0].entry.model_copy(update={"uuid": uuid})
    return [replace(sources[0], entry=entry)]


def _sources_in(folder: Path, manifest: Manifest) -> list[_Source]:
    listed = [
        _Source(resolve_file(folder, entry.file, f"networks[{number}].file"), entry)
        for number, entry in enumerate(manifest.networks)
    ]
    known = {source.path for source in listed}
    found = sorted(path for path in folder.iterdir() if path.suffix in SUFFIXES)
    rest = [path for path in found if path.resolve() not in known]
    if not (found or manifest.networks or manifest.users or manifest.network_sets):
        suffixes = " or ".join(sorted(SUFFIXES))
        raise ConfigError(f"{folder}: no {suffixes} file in it; give the folder of your networks")
    return listed + [_Source(path, NetworkEntry(file=path.name)) for path in rest]


def _batches(items: Iterable[_Prepared]) -> Iterator[list[_Prepared]]:
    iterator = iter(items)
    while batch := list(islice(iterator, _BATCH)):
        yield batch


def _prepare(source: _Source) -> _Prepared:
    try:
        body = source.path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{source.path}: cannot be read: {error.strerror}") from error
    entry = source.entry
    network_id = entry.uuid or make_uuid("file", entry.file, sha256(body).hexdigest())
    try:
        loaded = load_cx2(body) if _is_cx2(body) else load_cx1(body)
        loaded = _overridden(loaded, entry)
        check_texts(loaded.name, loaded.description, loaded.version, loaded.properties)
    except NetworkError as error:
        return _Prepared(source, NetworkId(network_id), error)
    return _Prepared(source, NetworkId(network_id), loaded)


def _is_cx2(body: bytes) -> bool:
    # Only CX2 takes an empty upload for a network; an empty CX1 upload fails (contract 5).
    return not body or b'"CXVersion"' in body[:1000]


def _overridden(loaded: Loaded, entry: NetworkEntry) -> Loaded:
    if not entry.properties:
        return loaded
    texts: dict[str, str | None] = {
        "name": loaded.name,
        "description": loaded.description,
        "version": loaded.version,
    }
    properties = {item.name: item for item in loaded.properties}
    for key, value in entry.properties.items():
        if key in texts:
            texts[key] = None if value is None else str(value)
        elif value is None:
            properties.pop(key, None)
        else:
            properties[key] = make_property(key, value)
    name, description, version = texts.values()
    values = tuple(properties.values())
    cx1, cx2 = rewrite_attributes(loaded.cx1, loaded.cx2, name, description, version, values)
    return replace(
        loaded,
        name=name,
        description=description,
        version=version,
        properties=values,
        cx1=cx1,
        cx2=cx2,
    )


def _put_users(db: sqlite3.Connection, manifest: Manifest, now_ms: int) -> None:
    for user in manifest.users:
        account = accounts.find_by_name(db, user.name)
        if account is None:
            accounts.create(db, user.name, user.password, now_ms)
        elif user.password is not None:
            accounts.set_password(db, account.id, user.password)


def _put_network(
    db: sqlite3.Connection, prepared: _Prepared, default_owner: str, now_ms: int
) -> None:
    entry, network_id = prepared.source.entry, prepared.network_id
    account = _ensure_account(db, entry.owner or default_owner, now_ms)
    row = networks.find(db, network_id)
    if row is None:
        networks.insert(db, network_id, account.id, now_ms)
    else:
        networks.touch(db, row, now_ms)
        networks.clear(db, network_id)
        contents.erase(db, network_id)
        loads.forget(db, network_id)
        networks.update(db, network_id, owner_id=account.id, deleted=0, in_trash=0, locked=0)
    if isinstance(prepared.outcome, NetworkError):
        loads.store_failure(db, network_id, loads.answer_of(prepared.outcome))
        return
    loaded = prepared.outcome
    loads.store_loaded(db, network_id, loaded)
    networks.update(
        db,
        network_id,
        completed=1,
        visibility=entry.visibility,
        read_only=entry.read_only,
        has_cx2=loaded.cx2 is not None,
        cx_format=loaded.cx_format,
        cx_size=len(loaded.cx1 or b""),
        cx2_size=len(loaded.cx2 or b""),
    )
    if loaded.fault is not None:
        loads.store_failure(db, network_id, loaded.fault)
        return
    loads.index(db, networks.get(db, network_id))


def _put_network_set(
    db: sqlite3.Connection, entry: NetworkSetEntry, where: str, default_owner: str, now_ms: int
) -> None:
    account = _ensure_account(db, entry.owner or default_owner, now_ms)
    known = {row.id for row in networks.find_all(db, entry.networks)}
    unknown = [member for member in entry.networks if member not in known]
    if unknown:
        raise ConfigError(
            *(f"{where}.networks: no network {member} was loaded" for member in unknown)
        )
    set_id = entry.uuid or make_uuid("network set", account.name, entry.name)
    if items.find(db, ItemType.SET, set_id) is None:
        for kind in (ItemType.SET, ItemType.FOLDER):
            items.save(db, Item(kind, set_id, account.id, entry.name, now_ms, now_ms))
    for member in known - {row.id for row in items.list_members(db, set_id)}:
        shortcut = Item(
            kind=ItemType.SHORTCUT,
            id=make_uuid("shortcut", set_id, member),
            owner_id=account.id,
            name=member,
            created_ms=now_ms,
            modified_ms=now_ms,
            folder_id=set_id,
            target_id=member,
            target_type=ItemType.NETWORK,
        )
        items.save(db, shortcut)
    items.add_members(db, set_id, entry.networks)


def _ensure_account(db: sqlite3.Connection, name: str, now_ms: int) -> Account:
    return accounts.find_by_name(db, name) or accounts.create(db, name, None, now_ms)
