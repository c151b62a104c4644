"""Fill a sandbox from CX and CX2 files, at once and without the queue."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from sync.errors import ConfigError, NetworkError
from sync.model import NetworkId
from sync.sandbox import accounts, contents, items, networks, queue
from sync.sandbox.accounts import Account
from sync.sandbox.ids import make_uuid
from sync.sandbox.items import Item, ItemType
from sync.sandbox.limits import check_texts
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
from sync.sandbox.uploads import Loaded, load_cx1, load_cx2, rewrite_attributes

DEFAULT_OWNER = "sandbox"
"""The account that owns whatever has no other owner; nobody can log in to it."""

SUFFIXES = frozenset({".cx", ".cx2"})
"""The files that are loaded from a folder."""

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


_Source = tuple[Path, NetworkEntry]
_Outcome = Loaded | NetworkError


def load_into(
    store: Store,
    paths: Sequence[Path],
    *,
    uuid: NetworkId | None = None,
    owner: str = DEFAULT_OWNER,
    clock: Callable[[], float] = time.time,
) -> LoadSummary:
    """Load files, and folders with or without a ``manifest.json``, into ``store``.

    A network keeps the UUID that the manifest gives it, or ``uuid`` if ``paths`` is one file; else
    it gets one that is made from file name and content, so that loading again replaces it.
    ``owner`` owns what names no owner. Networks become public unless the manifest says otherwise. A
    network set becomes what the migration to NDEx 3.0 made from it: the old rows, and a private
    folder of the same UUID with shortcuts (contract 7.1). Raises ConfigError for a file or manifest
    that cannot be used; what was loaded before it stays.
    """
    manifests = [(path, read_manifest(path)) for path in paths if path.is_dir()]
    sources = _find_sources(paths, dict(manifests), uuid)
    now_ms = round(clock() * 1000)
    with store.writing() as db:
        for _, manifest in manifests:
            _put_users(db, manifest, now_ms)
    failed = []
    for start in range(0, len(sources), _BATCH):
        part = sources[start : start + _BATCH]
        batch = [(path, network, *_read(path, network)) for path, network in part]
        with store.writing() as db:
            for path, network, network_id, outcome in batch:
                reason = _put_network(db, network, network_id, outcome, owner, now_ms)
                if reason is not None:
                    failed.append(FailedLoad(path, network_id, reason))
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
            sources.append((path, NetworkEntry(file=path.name)))
    if uuid is None:
        return sources
    if len(sources) != 1:
        raise ConfigError(f"a UUID is for one network, but {len(sources)} files were given")
    return [(path, entry.model_copy(update={"uuid": uuid})) for path, entry in sources]


def _sources_in(folder: Path, manifest: Manifest) -> list[_Source]:
    listed = [
        (resolve_file(folder, entry.file, f"networks[{number}].file"), entry)
        for number, entry in enumerate(manifest.networks)
    ]
    known = {path for path, _ in listed}
    found = sorted(path for path in folder.iterdir() if path.suffix in SUFFIXES)
    if not (found or manifest.networks or manifest.users or manifest.network_sets):
        suffixes = " or ".join(sorted(SUFFIXES))
        raise ConfigError(f"{folder}: no {suffixes} file in it; give the folder of your networks")
    rest = [path for path in found if path.resolve() not in known]
    return listed + [(path, NetworkEntry(file=path.name)) for path in rest]


def _read(path: Path, entry: NetworkEntry) -> tuple[NetworkId, _Outcome]:
    """Return the id of the network in a file, and what the server makes from it."""
    try:
        body = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
    network_id = NetworkId(entry.uuid or make_uuid("file", entry.file, sha256(body).hexdigest()))
    # Only CX2 accepts an empty upload as a network; an empty CX1 upload fails (contract 5).
    is_cx2 = not body or b'"CXVersion"' in body[:1000]
    try:
        loaded = load_cx2(body) if is_cx2 else load_cx1(body)
        loaded = _overridden(loaded, entry) if entry.properties else loaded
        check_texts(loaded.name, loaded.description, loaded.version, loaded.properties)
    except NetworkError as error:
        return network_id, error
    return network_id, loaded


def _overridden(loaded: Loaded, entry: NetworkEntry) -> Loaded:
    texts = {name: getattr(loaded, name) for name in ("name", "description", "version")}
    properties = {item.name: item for item in loaded.properties}
    for key, value in entry.properties.items():
        if key in texts:
            texts[key] = None if value is None else str(value)
        elif value is None:
            properties.pop(key, None)
        else:
            properties[key] = make_property(key, value)
    values = tuple(properties.values())
    name, description, version = texts.values()
    cx1, cx2 = rewrite_attributes(loaded.cx1, loaded.cx2, name, description, version, values)
    return replace(loaded, **texts, properties=values, cx1=cx1, cx2=cx2)


def _put_users(db: sqlite3.Connection, manifest: Manifest, now_ms: int) -> None:
    for user in manifest.users:
        account = accounts.find_by_name(db, user.name)
        if account is None:
            accounts.create(db, user.name, user.password, now_ms)
        elif user.password is not None:
            accounts.set_password(db, account.id, user.password)


def _put_network(
    db: sqlite3.Connection,
    entry: NetworkEntry,
    network_id: NetworkId,
    outcome: _Outcome,
    default_owner: str,
    now_ms: int,
) -> str | None:
    """Store a network and return why it could not be loaded, None if it was."""
    account = _ensure_account(db, entry.owner or default_owner, now_ms)
    row = networks.find(db, network_id)
    if row is None:
        networks.insert(db, network_id, account.id, now_ms)
    else:
        networks.touch(db, row, now_ms)
        networks.clear(db, network_id)
        contents.erase(db, network_id)
        queue.forget(db, network_id)
        networks.update(db, network_id, owner_id=account.id, deleted=0, in_trash=0, locked=0)
    if isinstance(outcome, Loaded):
        queue.store_loaded(db, network_id, outcome)
        networks.update(
            db,
            network_id,
            completed=1,
            visibility=entry.visibility,
            read_only=entry.read_only,
            has_cx2=outcome.cx2 is not None,
            cx_format=outcome.cx_format,
            cx_size=len(outcome.cx1 or b""),
            cx2_size=len(outcome.cx2 or b""),
        )
        reason = answer = outcome.fault
    else:
        reason, answer = str(outcome), queue.answer_of(outcome)
    if answer is None:
        queue.index(db, networks.get(db, network_id))
    else:
        queue.store_failure(db, network_id, answer)
    return reason


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
