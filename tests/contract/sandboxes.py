"""Built-in sandboxes as servers under test, with the two accounts that the tests use."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sync.sandbox.settings import SandboxSettings
from sync.sandbox.store import Store
from tests.contract.calls import Account, Server
from tests.servers import running_server

OWNER = Account("contract-owner", "owner:Password 1")
STRANGER = Account("contract-stranger", "stranger-password-2")
HOUR_S = 3600.0
QUICK: dict[str, Any] = {"load_delay_s": 0.0, "index_delay_s": 0.0, "lock_pause_s": 0.005}


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A sandbox that may be stopped and started again with other settings, keeping its store."""

    store: Store

    @contextmanager
    def running(self, **settings: Any) -> Iterator[Server]:
        """Serve the store, quickly unless ``settings`` say otherwise."""
        with running_server(self.store, SandboxSettings(**QUICK | settings)) as url:
            yield Server(url, OWNER, STRANGER, is_sandbox=True)


def add_users(server: Server) -> None:
    """Create both accounts (contract 2, "legacy user creation")."""
    with server.connect() as anybody:
        for account in (OWNER, STRANGER):
            answer = anybody.post("/v2/user", json=new_user(account))
            assert answer.is_success, answer.text


def new_user(account: Account) -> dict[str, str]:
    """The body that creates an account."""
    return {
        "userName": account.user,
        "password": account.password,
        "emailAddress": f"{account.user}@example.org",
        "firstName": "Contract",
        "lastName": "Test",
    }
