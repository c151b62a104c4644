"""Real servers for tests: over a port, in a thread, ended cleanly."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import cast

from starlette.types import ASGIApp

from sync.sandbox.serve import LOOPBACK, AnnouncingServer, listen, make_config
from sync.sandbox.settings import SandboxSettings
from sync.sandbox.store import Store


@contextmanager
def running_server(
    store: Store,
    settings: SandboxSettings | None = None,
    wrap: Callable[[ASGIApp], ASGIApp] = lambda app: app,
) -> Iterator[str]:
    """Serve ``store`` on a free port of 127.0.0.1 and give the URL; stops at the end.

    ``wrap`` puts something of the test's around the application.
    """
    urls: list[str] = []
    ready = threading.Event()

    def announce(url: str) -> None:
        urls.append(url)
        ready.set()

    with listen(LOOPBACK, 0) as listener:
        config = make_config(store, settings or SandboxSettings())
        config.app = wrap(cast(ASGIApp, config.app))
        server = AnnouncingServer(config, listener, announce)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            if not ready.wait(timeout=30):
                raise RuntimeError("the test server did not start")
            yield urls[0]
        finally:
            server.should_exit = True
            thread.join(timeout=30)
