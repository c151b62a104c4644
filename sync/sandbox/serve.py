"""Serve the sandbox on a port."""

from __future__ import annotations

import logging
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn

from sync.errors import ConfigError
from sync.sandbox.app import create_app
from sync.sandbox.fault_injection import BreakableProtocol
from sync.sandbox.settings import SandboxSettings
from sync.sandbox.store import Store

LOOPBACK = "127.0.0.1"

_MOST_NAMED = 20

_SETS = """
SELECT CASE kind WHEN 'SET' THEN 'Network set' ELSE 'Folder' END, id, name, owner FROM item_row
  WHERE kind = 'SET' OR (kind = 'FOLDER' AND folder_id IS NULL AND NOT deleted
    AND id NOT IN (SELECT id FROM item WHERE kind = 'SET'))
ORDER BY 1 DESC, 4, 3
"""

_BACKLOG = 2048
_ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM)

_logger = logging.getLogger(__name__)


def serve(
    store: Store,
    settings: SandboxSettings,
    host: str = LOOPBACK,
    port: int = 0,
    *,
    ready: Callable[[str], None],
) -> None:
    """Serve ``store`` until SIGINT or SIGTERM; ``ready`` gets the URL once calls are answered.

    Returns when running calls are answered. Port 0 takes a free one. Runs in the main thread.
    Raises ConfigError if the address cannot be used.
    """
    with listen(host, port) as listener, _signals_end_quietly():
        server = AnnouncingServer(make_config(store, settings), listener, ready)
        server.run(sockets=[listener])


def describe(store: Store) -> list[str]:
    """Return what a user of ``store`` needs to know, one line each.

    That is how many networks it has, which accounts can log in, and its network sets and folders.
    """
    with store.reading() as db:
        networks = db.execute("SELECT count(*) FROM network WHERE NOT deleted").fetchone()[0]
        accounts = db.execute("SELECT name FROM account WHERE password IS NOT NULL ORDER BY name")
        names = [row["name"] for row in accounts]
        sets = [f"{kind} {name} of {owner}: {id_}" for kind, id_, name, owner in db.execute(_SETS)]
    shown = ", ".join(names[:_MOST_NAMED]) or "none; create one with POST /v2/user"
    lines = [f"Networks: {networks}", f"Accounts that can log in: {shown}", *sets[:_MOST_NAMED]]
    hidden = max(0, len(names) - _MOST_NAMED) + max(0, len(sets) - _MOST_NAMED)
    return [*lines, f"and {hidden} more"] if hidden else lines


def listen(host: str, port: int) -> socket.socket:
    """Return a socket bound to the address; raises ConfigError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named because only then asyncio sends small answers at once.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise ConfigError(
            f"cannot listen on {host} port {port}: {error.strerror}; choose another port"
        ) from error
    return listener


def make_config(store: Store, settings: SandboxSettings) -> uvicorn.Config:
    """Return uvicorn's settings for the sandbox."""
    return uvicorn.Config(
        create_app(store, settings=settings),
        http=BreakableProtocol,
        proxy_headers=False,
        lifespan="off",
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=5,
    )


class AnnouncingServer(uvicorn.Server):
    """A uvicorn server on one socket that announces its address when it is ready.

    Run it with that socket as its only one.
    """

    def __init__(
        self, config: uvicorn.Config, listener: socket.socket, ready: Callable[[str], None]
    ) -> None:
        super().__init__(config)
        self._listener = listener
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then announce the address."""
        await super().startup(sockets=sockets)
        host, port = self._listener.getsockname()[:2]
        url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        _logger.warning("The sandbox on %s is for tests and practice, not for production.", url)
        self._ready(url)


@contextmanager
def _signals_end_quietly() -> Iterator[None]:
    # Uvicorn shuts down on these signals and then raises them again for their earlier handlers.
    # That would end the process before the store is closed.
    before = {number: signal.signal(number, _ignore) for number in _ENDING_SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _ignore(number: int, frame: object) -> None:
    del number, frame
