"""Open what a run needs, hand it down, and close it in reverse order."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sync.accepted.file import ACCEPTED_NAME, read_accepted
from sync.accepted.waivers import Waivers
from sync.config import SANDBOX_SCHEME, Config, ServerConfig
from sync.errors import ConfigError, ServerError, Unauthorized
from sync.ndex.address import ServerChoice, is_public
from sync.ndex.auth import Credentials, find_credentials
from sync.ndex.client import NdexClient, open_client
from sync.ndex.policy import ClientPolicy
from sync.records.checkout import list_tracked
from sync.state.cache import FILE_NAME, Cache, Reuse
from sync.state.folder import require_own

if TYPE_CHECKING:
    from sync.sandbox.settings import SandboxSettings

logger = logging.getLogger(__name__)

IN_PROCESS_URL = "http://127.0.0.1"
"""The URL of a sandbox that runs in its own process; nothing listens there."""

STATE_FOLDER = ".ndex-sync"
"""Where cache, journal, backups and lock are kept, beside the configuration file."""


def open_waivers(config: Config, root: Path) -> Waivers:
    """Read the accepted file beside the configuration, as it holds today.

    Raises:
        ConfigError: the file cannot be read.
    """
    configured = [collection.name for collection in config.collection]
    entries = read_accepted(root / ACCEPTED_NAME)
    return Waivers(entries, datetime.now(UTC).date(), configured)


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
