"""The built-in sandbox as a server under test, with the two accounts that the tests use."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from sync.sandbox.settings import SandboxSettings
from sync.sandbox.store import Store
from tests.contract.calls import Account, Server
from tests.servers import running_server

OWNER = Account("contract-owner", "owner:Password 1")
STRANGER = Account("contract-stranger", "stranger-password-2")


@contextmanager
def running_sandbox() -> Iterator[Server]:
    """Serve an empty sandbox that is quick, with both accounts (contract 2)."""
    settings = SandboxSettings(load_delay_s=0.0, index_delay_s=0.0, lock_pause_s=0.005)
    with Store.open(None) as store, running_server(store, settings) as url:
        for account in (OWNER, STRANGER):
            body = {"userName": account.user, "password": account.password}
            mail = {"emailAddress": f"{account.user}@example.org"}
            httpx.post(f"{url}/v2/user", json=body | mail, trust_env=False).raise_for_status()
        yield Server(url, OWNER, STRANGER, is_sandbox=True)
