"""The sandbox on a real port."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from sync.errors import ConfigError
from sync.sandbox.fill import load_into
from sync.sandbox.serve import LOOPBACK, describe, listen
from sync.sandbox.settings import SandboxSettings
from sync.sandbox.store import Store
from tests.sandbox.documents import OWNER, UUID, add_network, make_cx2
from tests.servers import running_server

SET = "0f3c9a52-6d5e-11ee-8a5f-005056ae23aa"
SERVER = """
import logging, sys
from functools import partial
from pathlib import Path
from sync.sandbox.serve import serve
from sync.sandbox.settings import SandboxSettings
from sync.sandbox.store import Store

logging.basicConfig()
with Store.open(Path(sys.argv[1])) as store:
    serve(store, SandboxSettings(), ready=partial(print, flush=True))
print("closed", flush=True)
"""


def test_the_stock_client_finds_a_2_0_server_where_it_looks() -> None:
    with Store.open(None) as store, running_server(store) as url:
        status = httpx.get(f"{url}/rest/admin/status").json()
    assert status["properties"]["ServerVersion"] == "2.0"
    assert status["message"] == "Online"


def test_a_port_in_use_is_an_error_that_names_it() -> None:
    with listen(LOOPBACK, 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError, match=rf"port {port}: .*choose another"):
            listen(LOOPBACK, port)


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM], ids=lambda s: s.name)
def test_a_signal_ends_it_after_the_store_is_closed(tmp_path: Path, ending: signal.Signals) -> None:
    path = tmp_path / "sandbox.db"
    command = [sys.executable, "-c", SERVER, str(path)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert httpx.get(f"{url}/v3/admin/status").status_code == 200
        process.send_signal(ending)
        rest, log = process.communicate(timeout=30)
    assert (process.returncode, rest) == (0, "closed\n")
    assert url.startswith("http://127.0.0.1:")
    assert "not for production" in log
    assert sorted(file.name for file in tmp_path.iterdir()) == ["sandbox.db"]


def test_a_kill_during_calls_loses_nothing_that_was_answered(tmp_path: Path) -> None:
    path = tmp_path / "sandbox.db"
    with Store.open(path) as store:
        add_network(store)
    command = [sys.executable, "-c", SERVER, str(path)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        with httpx.Client(base_url=url, auth=OWNER) as client:
            made = [
                client.post(
                    "/v3/networks",
                    content=make_cx2(f"number {number}"),
                    headers={"content-type": "application/json"},
                ).json()["uuid"]
                for number in range(20)
            ]
            process.kill()
    with (
        Store.open(path) as store,
        running_server(store) as url,
        httpx.Client(base_url=url, auth=OWNER) as client,
    ):
        answer = client.post("/v3/batch/networks/summary?format=UPDATE", json=made)
        assert {item["uuid"] for item in answer.json()} == set(made)
        # What was still in the queue is loaded by the next server.
        for network in made:
            while not client.get(f"/v2/network/{network}/summary").json()["completed"]:
                continue


def test_a_person_is_told_what_is_in_it(tmp_path: Path) -> None:
    manifest = {
        "users": [{"name": "ada", "password": "practice"}, {"name": "silent"}],
        "networks": [{"file": "one.cx2", "uuid": UUID, "owner": "ada"}],
        "network_sets": [{"name": "mine", "owner": "ada", "uuid": SET, "networks": [UUID]}],
    }
    (tmp_path / "one.cx2").write_bytes(make_cx2("one"))
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    with Store.open(None) as store:
        assert describe(store) == [
            "Networks: 0",
            "Accounts that can log in: none; create one with POST /v2/user",
        ]
        load_into(store, [tmp_path])
        with (
            running_server(store) as url,
            httpx.Client(base_url=url, auth=("ada", "practice")) as client,
        ):
            folder = client.post("/v3/files/folders", json={"name": "box"}).json()["uuid"]
        assert describe(store) == [
            "Networks: 1",
            "Accounts that can log in: ada",
            f"Network set mine of ada: {SET}",
            f"Folder box of ada: {folder}",
        ]


def test_it_can_listen_on_ipv6() -> None:
    if not socket.has_ipv6:
        pytest.skip("this machine has no IPv6")
    try:
        listener = listen("::1", 0)
    except ConfigError:
        pytest.skip("this machine has no IPv6 loopback")
    with listener:
        assert listener.family == socket.AF_INET6


def send_raw(url: str, request: bytes) -> bytes:
    """Send bytes that no HTTP library would, end the sending side, and return all that comes."""
    target = httpx.URL(url)
    with socket.create_connection((target.host, target.port or 80), timeout=10) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        received = b""
        while chunk := connection.recv(65536):
            received += chunk
    return received


def test_a_declared_length_that_lies_does_no_harm(caplog: pytest.LogCaptureFixture) -> None:
    with Store.open(None) as store, running_server(store) as url:
        add_network(store)
        lie = b"PUT /v3/networks/%b HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n[{"
        send_raw(url, lie % UUID.encode())
        assert httpx.get(f"{url}/v3/networks/{UUID}/summary").json()["completed"] is True
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


def test_a_body_beyond_the_limit_is_cut_off_as_by_a_proxy() -> None:
    settings = SandboxSettings(max_body_bytes=1000)
    with Store.open(None) as store, running_server(store, settings) as url:
        add_network(store)
        answer = httpx.put(f"{url}/v3/networks/{UUID}", content=b"x" * 1001, auth=OWNER)
        assert answer.status_code == 413
        assert httpx.get(f"{url}/v3/networks/{UUID}/summary").json()["completed"] is True


def test_a_request_that_is_no_http_is_answered_400() -> None:
    with Store.open(None) as store, running_server(store) as url:
        assert send_raw(url, b"\x16\x03\x01 hello\r\n\r\n").startswith(b"HTTP/1.1 400 ")
