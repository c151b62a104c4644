"""Open what a run needs, hand it down, and close it in reverse order."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from sync.accepted.file import ACCEPTED_NAME, read_accepted
from sync.accepted.waivers import Waivers
from sync.amounts import plural
from sync.collection.listing import Location
from sync.collection.load import Collection
from sync.collection.shards import Shard
from sync.config import SANDBOX_SCHEME, CollectionConfig, Config, ServerConfig
from sync.errors import ConfigError, ServerError, Unauthorized
from sync.ndex.address import ServerChoice, is_public
from sync.ndex.auth import Credentials, find_credentials
from sync.ndex.client import NdexClient, open_client
from sync.ndex.policy import ClientPolicy
from sync.records.changed import find_changed
from sync.records.checkout import find_absent, list_tracked
from sync.records.discover import find_records
from sync.records.parallel import ReadingPolicy
from sync.records.paths import Paths
from sync.state.cache import FILE_NAME, Cache, Reuse
from sync.state.folder import require_own
from sync.suggest import did_you_mean

if TYPE_CHECKING:
    from sync.sandbox.settings import SandboxSettings

logger = logging.getLogger(__name__)

IN_PROCESS_URL = "http://127.0.0.1"
"""The URL of a sandbox that runs in its own process; nothing listens there."""

STATE_FOLDER = ".ndex-sync"
"""Where cache, journal, backups and lock are kept, beside the configuration file."""


@dataclass(frozen=True, slots=True)
class Selection:
    """The records of a collection that a run is about; the default is all.

    ``patterns`` are record ids or globs of them. ``changed_since`` is a git ref: only records that
    changed since are taken. ``unmapped_only`` leaves out those that name a network themselves.
    ``shard`` is one part of what is left; None means all of it.
    """

    patterns: Sequence[str] = ()
    changed_since: str | None = None
    unmapped_only: bool = False
    shard: Shard | None = None

    @property
    def is_all(self) -> bool:
        """Whether all shards together leave nothing out."""
        return not (self.patterns or self.changed_since is not None or self.unmapped_only)


ALL = Selection()


def open_collections(
    config: Config,
    root: Path,
    names: Sequence[str],
    selection: Selection = ALL,
    reading: ReadingPolicy | None = None,
) -> list[tuple[str, Collection]]:
    """Find the record files of the collections that are named, or of all; each with its name.

    Raises:
        ConfigError: the configuration has no collection of that name, a pattern matches no record,
            or a git ref cannot be used.
    """
    known = [collection.name for collection in config.collection]
    for name in names:
        if name not in known:
            raise unknown_collection(name, known)
    found = [
        (
            collection.name,
            replace(
                _open_collection(collection, find_place(config, index), root, selection),
                reading=reading,
            ),
        )
        for index, collection in enumerate(config.collection)
        if not names or collection.name in names
    ]
    if selection.patterns:
        _require_match([collection for _, collection in found], selection.patterns)
    return found


def unknown_collection(name: str, known: Iterable[str]) -> ConfigError:
    """Return the error for a collection name that the configuration does not have."""
    known = list(known)
    return ConfigError(
        f"unknown collection {name!r}{did_you_mean(name, known)}; "
        f"the configuration has {', '.join(known)}"
    )


def find_place(config: Config, index: int) -> Location:
    """Return where the networks of a collection are kept, and where the configuration says so."""
    chosen = config.collection[index]
    keys = {
        key: config.locate("collection", index, key) for key in ("network_set", "folder", "account")
    }
    return Location(chosen.network_set, chosen.folder, chosen.account, keys)


def _open_collection(
    config: CollectionConfig, place: Location, root: Path, selection: Selection
) -> Collection:
    paths = find_records(root, config.records)
    if not paths:
        raise ConfigError(
            f"collection {config.name}: no file below {root} matches {config.records!r}"
        )
    selected = _select(root, paths, config.map, selection)
    own = _divide(selected, selection.shard)
    return Collection(
        root=root,
        paths=Paths(own),
        others=Paths(_left_of(paths, selected)),
        complete=selection.is_all,
        unmapped_only=selection.unmapped_only,
        layout=config.record_layout,
        map_path=config.map,
        organisms=config.counted_organisms,
        place=place,
        desired=config.desired_state,
        compared=config.compared,
        shard=selection.shard,
        other_shards=Paths(_left_of(selected, own)),
    )


def _left_of(paths: Sequence[str], taken: Sequence[str]) -> tuple[str, ...]:
    """Return the paths that were not taken; both lists are sorted, and ``taken`` is part of
    ``paths``.
    """
    if len(taken) == len(paths):
        return ()
    return tuple(sorted(set(paths).difference(taken)))


def _divide(paths: tuple[str, ...], shard: Shard | None) -> tuple[str, ...]:
    if shard is None:
        return paths
    return tuple(path for path in paths if shard.holds(PurePosixPath(path).stem))


def _select(
    root: Path, paths: Sequence[str], map_path: str | None, selection: Selection
) -> tuple[str, ...]:
    if selection.patterns:
        paths = [path for path in paths if _is_selected(path, selection.patterns)]
    if selection.changed_since is not None:
        changed = find_changed(root, selection.changed_since, paths, map_path)
        paths = [path for path in paths if path in changed]
    return tuple(paths)


def _require_match(collections: Sequence[Collection], patterns: Sequence[str]) -> None:
    """Refuse patterns that match no record, changed or not."""
    paths = [
        path for each in collections for path in (*each.paths, *each.other_shards, *each.others)
    ]
    if any(_is_selected(path, patterns) for path in paths):
        return
    known = [PurePosixPath(path).stem for path in paths]
    raise ConfigError(
        *(f"--select: no record is called {each}{did_you_mean(each, known)}" for each in patterns)
    )


def _is_selected(path: str, patterns: Sequence[str]) -> bool:
    """Return whether a pattern matches the record's id, its file's stem (formats 1, 3, 4)."""
    return any(fnmatchcase(PurePosixPath(path).stem, pattern) for pattern in patterns)


def open_waivers(config: Config, root: Path) -> Waivers:
    """Read the accepted file beside the configuration, as it holds today.

    Raises:
        ConfigError: the file cannot be read.
    """
    configured = [collection.name for collection in config.collection]
    entries = read_accepted(root / ACCEPTED_NAME)
    return Waivers(entries, datetime.now(UTC).date(), configured)


def require_checked_out(root: Path, pattern: str) -> None:
    """Refuse to prune if git tracks records that are not checked out, as in a sparse checkout.

    Raises:
        ConfigError: names a record that is not checked out.
    """
    if absent := find_absent(root, pattern):
        raise ConfigError(
            f"--prune: git tracks {plural(len(absent), 'record that is', 'records that are')} not "
            f"checked out, such as {absent[0]}: their networks would look unclaimed; check all "
            "records out (git sparse-checkout disable), or leave the option out"
        )


def choose_state(given: Path | None, root: Path) -> Path:
    """Return the state folder: the one that was named, else the one beside the configuration.

    Raises:
        ConfigError: it holds files that are not ours, or is a link that nobody named.
    """
    own = root / STATE_FOLDER
    folder = given or own
    # Jobs name the default folder. Only another name shows that you know where the link leads.
    if folder.absolute() == own.absolute() and own.is_symlink():
        raise ConfigError(f"{folder} is a link; name its target with --state, or delete the link")
    require_own(folder, list_tracked(folder))
    return folder


def choose_cache(folder: Path | None, server: str, *, refresh: bool) -> Cache:
    """Return the cache of a state folder, not opened yet; without a folder, one without a file.

    Raises:
        ConfigError: a refresh was asked for without a state folder.
    """
    if folder is None:
        if refresh:
            raise ConfigError("use --refresh or --no-state, not both: --refresh writes the state")
        return Cache()
    return Cache(folder / FILE_NAME, server, Reuse.REFRESH if refresh else Reuse.YES)


def choose_server(given: str | None, configured: ServerConfig, root: Path) -> ServerChoice:
    """Return the server that the caller names, else that of the configuration in ``root``.

    Raises:
        ConfigError: the one in the configuration is not a URL.
    """
    if given:
        return ServerChoice(given, by_caller=True)
    url = configured.url_below(root)
    # A sandbox runs in this process: nothing is sent anywhere.
    return ServerChoice(url, by_caller=url.startswith(SANDBOX_SCHEME) or is_public(url))


@asynccontextmanager
async def open_session(
    server: ServerChoice, policy: ClientPolicy, environ: Mapping[str, str], home: Path
) -> AsyncIterator[NdexClient]:
    """Open a client for an http(s) URL, ``sandbox:`` or ``sandbox:PATH``.

    Credentials are tried at once: a wrong password fails every call (contract 2) and would make
    every network look unreadable.

    Raises:
        ConfigError: the credentials are incomplete, or the server refuses them.
    """
    credentials = find_login(server, environ, home)
    async with open_server(server.url, policy, credentials) as client:
        await _check_login(client)
        yield client


def find_home() -> Path:
    """Return the user's home folder, or a path that does not exist for a user without one."""
    try:
        return Path.home()
    except RuntimeError:  # as in a container that runs under a bare number
        return Path("/nonexistent")


def find_login(server: ServerChoice, environ: Mapping[str, str], home: Path) -> Credentials | None:
    """Find the credentials for a server like ``find_credentials``, and for a sandbox too."""
    if server.url.startswith(SANDBOX_SCHEME):
        server = ServerChoice(IN_PROCESS_URL, by_caller=True)
    return find_credentials(server, environ, home)


@asynccontextmanager
async def open_server(
    server: str, policy: ClientPolicy, credentials: Credentials | None
) -> AsyncIterator[NdexClient]:
    """Open a client like ``open_session``, without trying the credentials.

    Raises:
        ConfigError: the server cannot be opened, or the credentials would be sent unencrypted.
    """
    async with AsyncExitStack() as stack:
        if server.startswith(SANDBOX_SCHEME):
            from sync.sandbox.settings import SandboxSettings  # noqa: PLC0415 - as below

            opening = open_sandbox(_sandbox_path(server), SandboxSettings(), credentials, policy)
        else:
            opening = open_client(server, credentials=credentials, policy=policy)
        yield await stack.enter_async_context(opening)


@asynccontextmanager
async def open_sandbox(
    path: Path | None,
    settings: SandboxSettings,
    credentials: Credentials | None,
    policy: ClientPolicy,
) -> AsyncIterator[NdexClient]:
    """Run a sandbox in this process and open a client for it; path None keeps it in memory."""
    from httpx import ASGITransport  # noqa: PLC0415 - only a sandbox run needs a server

    from sync.sandbox.app import create_app  # noqa: PLC0415
    from sync.sandbox.store import Store  # noqa: PLC0415

    with Store.open(path) as store:
        transport = ASGITransport(create_app(store, settings=settings), raise_app_exceptions=False)
        async with open_client(
            IN_PROCESS_URL, credentials=credentials, policy=policy, transport=transport
        ) as client:
            yield client


def _sandbox_path(server: str) -> Path | None:
    name = server.removeprefix(SANDBOX_SCHEME)
    if not name:
        return None
    path = Path(name)
    if not path.is_file():
        raise ConfigError(f"{path}: no such sandbox; fill one with: ndex-sync sandbox load")
    return path


async def _check_login(client: NdexClient) -> None:
    if not client.logged_in:
        return
    try:
        await client.fetch_own_user()
    except Unauthorized as error:
        raise ConfigError(
            f"the server refuses the login: {error}; fix or unset the credentials"
        ) from error
    except ServerError as error:
        # A server that is down says nothing about the login; each network's call will show it.
        logger.warning("the login could not be tried: %s", error)
