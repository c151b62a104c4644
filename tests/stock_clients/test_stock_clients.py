"""What works for the stock clients on a real NDEx server works for them on the sandbox.

``fixtures/recorded/stock-clients`` says what works there. The clients come from their package
indexes, pinned by hash; where an index cannot be reached the tests are skipped.
"""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from xml.etree import ElementTree as ET

import httpx
import pytest

from tests.e2e.running import serving

HERE = Path(__file__).resolve().parent
RECORDED = HERE.parents[1] / "fixtures" / "recorded" / "stock-clients"
PASSWORD = "stock-password"

pytestmark = [pytest.mark.slow, pytest.mark.nightly]


def recorded(name: str) -> list[dict[str, str]]:
    with (RECORDED / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def add_account(url: str, name: str) -> str:
    """Create an account and return its id."""
    mail = f"{name}@example.org"
    body = {"userName": name, "password": PASSWORD, "emailAddress": mail}
    names = {"firstName": "Stock", "lastName": "Client"}
    answer = httpx.post(f"{url}/v2/user", json={**body, **names}).raise_for_status()
    return answer.text.rpartition("/")[2]


def fetch(command: list[str], cwd: Path, mismatch: str) -> None:
    """Run a package manager; skip where its index is out of reach, but not where a hash differs."""
    done = subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, check=False, timeout=300
    )
    assert mismatch not in done.stdout + done.stderr
    if done.returncode:
        last = (done.stderr.strip() or "no message").splitlines()[-1]
        pytest.skip(f"the package index cannot be reached: {last}")


def test_the_integration_tests_of_the_python_client_pass(tmp_path: Path) -> None:
    options = ("--no-deps", "--no-binary=:all:", "--require-hashes", "--dest", str(tmp_path))
    pip = [sys.executable, "-m", "pip", "download", "--quiet", *options]
    fetch([*pip, "--requirement", str(HERE / "ndex2.txt")], tmp_path, "DO NOT MATCH THE HASHES")
    (archive,) = tmp_path.glob("ndex2-*.tar.gz")
    with tarfile.open(archive) as packed:
        packed.extractall(tmp_path, filter="data")
    sources = archive.with_name(archive.name.removesuffix(".tar.gz"))
    files = [f"tests/{path.name}" for path in (sources / "tests").glob("test_integration*.py")]
    report = tmp_path / "report.xml"
    with serving(cwd=tmp_path) as url:
        add_account(url, "stock")
        seen = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", f"--junit-xml={report}", *sorted(files)],
            cwd=sources,
            env={
                **os.environ,
                "NDEX2_TEST_SERVER": url,
                "NDEX2_TEST_USER": "stock",
                "NDEX2_TEST_PASS": PASSWORD,
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )
    passed = {
        f"{case.get('classname')}::{case.get('name')}"
        for case in ET.parse(report).iter("testcase")  # noqa: S314 - our own report
        if len(case) == 0
    }
    wanted = {row["test"] for row in recorded("ndex2-3.12.0.tsv") if row["real server"] == "passed"}
    assert len(wanted) == 69
    assert wanted <= passed, seen.stdout


def test_the_calls_of_the_javascript_client_answer_as_on_a_real_server(tmp_path: Path) -> None:
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        pytest.skip("there is no node with npm here")
    for file in (HERE / "js").iterdir():
        shutil.copy(file, tmp_path)
    fetch([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], tmp_path, "EINTEGRITY")
    with serving(cwd=tmp_path) as url:
        accounts = {name: add_account(url, name) for name in ("stock", "other")}
        command = [node, "calls.mjs", url, "stock", PASSWORD, accounts["other"]]
        seen = subprocess.run(
            command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=300
        )
    assert seen.stderr == ""
    calls = {name: rest for name, *rest in (line.split("\t") for line in seen.stdout.splitlines())}
    wanted = recorded("js-ndex-client-0.8.1.tsv")
    assert sum(row["real server"] == "ok" for row in wanted) == 73
    for row in wanted:
        outcome, shape = calls[row["call"]]
        # Long shapes are cut off where they were recorded.
        real = row["shape of the real answer"] or ""
        assert (outcome, shape[: len(real)]) == (row["real server"], real), row["call"]
