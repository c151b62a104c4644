"""Nothing that was answered is lost when the server is killed under its writers.

Eight writers, over a port, to a store in a file; SIGKILL ends the server twice.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from tests.contract.calls import JSON_BODY, wait_until_loaded
from tests.contract.documents import cx2
from tests.e2e.running import clean_environment, command

WRITERS = 8
KILLS = 2
BETWEEN_S = 20.0
LOGIN = ("writer", "long-enough")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.nightly,
    pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is of POSIX"),
]


@dataclass
class Written:
    """What one network was told: the number that was last acknowledged, and last tried."""

    network: str
    acknowledged: int
    tried: int


@dataclass
class Writer:
    """Creates networks and counts up a property of each, on whatever server is there."""

    url: str
    name: str
    stop: threading.Event
    done: list[Written] = field(default_factory=list)

    def run(self) -> None:
        """Write until it is told to stop."""
        with httpx.Client(base_url=self.url, auth=LOGIN, timeout=30, trust_env=False) as client:
            while not self.stop.is_set():
                made = self._send(client, "POST", "/v3/networks", cx2(f"{self.name}-0"))
                if made is not None and made.is_success:
                    self._write(client, Written(made.json()["uuid"], 0, 0))

    def _write(self, client: httpx.Client, written: Written) -> None:
        self.done.append(written)
        for number in range(1, 9):
            self._wait(client, written.network)
            if self.stop.is_set():
                return
            written.tried = number
            name = f"{self.name}-{number}"
            if number % 4 == 0:
                path = f"/v3/networks/{written.network}"
                answer = self._send(client, "PUT", path, cx2(name))
            else:
                path = f"/v2/network/{written.network}/profile"
                answer = self._send(client, "PUT", path, {"name": name})
            if answer is not None and answer.is_success:
                written.acknowledged = number

    def _wait(self, client: httpx.Client, network: str) -> None:
        while not self.stop.is_set():
            answer = self._send(client, "GET", f"/v2/network/{network}/summary", None)
            if answer is not None and answer.json()["completed"] and answer.json()["isValid"]:
                return
            time.sleep(0.02)

    def _send(
        self, client: httpx.Client, method: str, path: str, body: object
    ) -> httpx.Response | None:
        """Return the answer; None where the connection broke, so that nobody knows."""
        try:
            return client.request(method, path, json=body, headers=JSON_BODY)
        except httpx.TransportError:
            time.sleep(0.05)
            return None


@contextmanager
def served(folder: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """Run ``sandbox serve`` on a file, and kill it in the end."""
    options = ("--server", "sandbox:store.db", "--port", str(port), "--load-delay", "0.01")
    with subprocess.Popen(
        command("sandbox", "serve", *options),
        cwd=folder,
        env=clean_environment(HOME=str(folder)),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("http://127.0.0.1:")
        try:
            yield process
        finally:
            os.kill(process.pid, signal.SIGKILL)


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def test_eight_writers_lose_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    port, stop = free_port(), threading.Event()
    url = f"http://127.0.0.1:{port}"
    writers = [Writer(url, f"w{number}", stop) for number in range(WRITERS)]
    threads = [threading.Thread(target=writer.run) for writer in writers]
    with served(tmp_path, port):
        account = {"userName": LOGIN[0], "password": LOGIN[1], "emailAddress": "w@example.org"}
        names = {"firstName": "W", "lastName": "R"}
        httpx.post(f"{url}/v2/user", json=account | names).raise_for_status()
        for thread in threads:
            thread.start()
        time.sleep(BETWEEN_S)
    for _ in range(KILLS - 1):
        with served(tmp_path, port):
            time.sleep(BETWEEN_S)
    with (
        served(tmp_path, port),
        httpx.Client(base_url=url, auth=LOGIN, timeout=30, trust_env=False) as client,
    ):
        time.sleep(BETWEEN_S)
        stop.set()
        for thread in threads:
            thread.join(timeout=60)
        written = [(writer.name, each) for writer in writers for each in writer.done]
        assert len(written) > WRITERS * KILLS
        assert sum(each.acknowledged for _, each in written) > WRITERS * KILLS
        for name, each in written:
            seen = wait_until_loaded(client, each.network)
            assert "errorMessage" not in seen
            begun, _, number = seen["name"].rpartition("-")
            assert begun == name
            # A write whose answer was lost may be there, or not.
            assert each.acknowledged <= int(number) <= each.tried, each
