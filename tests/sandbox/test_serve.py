"""The sandbox on a real port."""

from __future__ import annotations

import httpx
import pytest

from sync.errors import ConfigError
from sync.sandbox.serve import LOOPBACK, listen
from sync.sandbox.store import Store
from tests.servers import running_server


def test_the_stock_client_finds_a_2_0_server_where_it_looks() -> None:
    with Store.open(None) as store, running_server(store) as url:
        status = httpx.get(f"{url}/rest/admin/status").json()
    assert status["properties"]["ServerVersion"] == "2.0"
    assert status["message"] == "Online"


def test_a_port_in_use_is_an_error_that_names_it() -> None:
    with listen(LOOPBACK, 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError, match=f"port {port}.*choose another"):
            listen(LOOPBACK, port)
