"""``ndex-sync sandbox load`` and ``serve`` as they are called."""

from __future__ import annotations

import shutil
from pathlib import Path

import httpx
import pytest

from tests.e2e.running import run_command, serving

NETWORKS = Path(__file__).resolve().parents[2] / "fixtures" / "demo" / "networks"
GOOD = "PMC9000001__demo-f1.cx"
BAD = "PMC9000018__demo-f8.cx2"
CHOSEN = "00000001-0000-11ea-8000-020000000000"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one network that loads and one that does not."""
    for name in (GOOD, BAD):
        shutil.copyfile(NETWORKS / name, tmp_path / name)
    return tmp_path


def test_a_folder_is_loaded_as_its_manifest_says(tmp_path: Path) -> None:
    done = run_command("sandbox", "load", "--server", "sandbox:all.db", NETWORKS, cwd=tmp_path)

    assert done.returncode == 1, done.stderr
    assert done.stdout.startswith("Loaded into all.db: 19 networks, 2 users, 3 network sets\n")
    assert f"  {BAD} (d3e00118-ef10-11ea-8000-020000000000): " in done.stdout
    assert done.stderr == ""


@pytest.mark.slow
def test_a_network_may_be_given_its_uuid_and_owner(folder: Path) -> None:
    done = run_command(
        *("sandbox", "load", "--server", "sandbox:one.db", "--uuid", CHOSEN.upper()),
        *("--owner", "Ada", GOOD),
        cwd=folder,
    )

    assert (done.returncode, done.stdout, done.stderr) == (
        0,
        "Loaded into one.db: 1 network, 0 users, 0 network sets\n",
        "",
    )
    with serving("--server", "sandbox:one.db", cwd=folder) as url:
        summary = httpx.get(f"{url}/v2/network/{CHOSEN}/summary").json()
    assert summary["owner"] == "ada"
    assert summary["name"] == "Neutrophil recruitment by the inflamed endothelium"


def test_a_refused_network_is_named_with_the_reason(folder: Path) -> None:
    done = run_command("sandbox", "load", "--server", "sandbox:one.db", BAD, cwd=folder)

    assert done.returncode == 1
    assert "Refused, as NDEx would: 1 network\n" in done.stdout
    assert "Element count mismatch in aspect networkAttributes" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("load", "--server", "sandbox:", GOOD), "--server sandbox: keeps nothing"),
        (("load", "--server", "https://www.ndexbio.org", GOOD), "is not a sandbox; give a file"),
        (("load", "--server", "sandbox:a.db", "--uuid", "1-2-3", GOOD), "'1-2-3' is not a UUID"),
        (("load", "--server", "sandbox:a.db", "--uuid", CHOSEN, "."), "a UUID is for one network"),
        (("load", "--server", "sandbox:a.db", "nowhere.cx"), "nowhere.cx: cannot be read"),
        (("load", "--server", "sandbox:a.db", "empty"), "empty: no .cx or .cx2 file in it"),
        (("load", "--server", "sandbox:a.db"), "missing argument 'FILE-OR-FOLDER...'"),
        (("load", GOOD), "missing option '--server'"),
        (("serve", "--server", "a.db"), "'a.db' is not a sandbox; give a file"),
        (("serve", "--server", f"sandbox:{GOOD}"), "the sandbox file cannot be used"),
        (("serve", "--host", "192.0.2.1"), "cannot listen on 192.0.2.1"),
        (("serve", "--port", "70000"), "invalid value for '--port'"),
        (("serve", "--fault", "* explode"), "fault rule '* explode'"),
        (("serve", "--load-delay", "-1"), "invalid value for '--load-delay'"),
    ],
)
def test_a_wrong_call_exits_2_and_says_why(
    folder: Path, arguments: tuple[str, ...], problem: str
) -> None:
    (folder / "empty").mkdir()
    done = run_command("sandbox", *arguments, cwd=folder)

    assert done.returncode == 2
    assert problem in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_a_sandbox_in_memory_leaves_nothing_behind(tmp_path: Path) -> None:
    with serving(cwd=tmp_path) as url:
        assert httpx.get(f"{url}/v3/admin/status").json()["message"] == "Online"

    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_an_upload_loads_for_as_long_and_faults_come_as_was_asked(folder: Path) -> None:
    account = {"userName": "ada", "password": "long-enough", "emailAddress": "ada@example.org"}
    rules = "GET /v3/admin/status throttle seconds=7 times=1; GET /v2/admin/* error status=503"
    with (
        serving("--load-delay", "3600", "--fault", rules, cwd=folder) as url,
        httpx.Client(base_url=url, auth=("ada", "long-enough")) as client,
    ):
        httpx.post(f"{url}/v2/user", json=account)
        json = {"Content-Type": "application/json"}
        made = client.post("/v2/network", content=(folder / GOOD).read_bytes(), headers=json)
        summary = client.get(f"/v2/network/{made.text.rpartition('/')[2]}/summary").json()
        answers = [httpx.get(f"{url}/{path}/admin/status") for path in ("v3", "v3", "v2")]

    assert summary["completed"] is False
    assert [answer.status_code for answer in answers] == [429, 200, 503]
    assert answers[0].headers["Retry-After"] == "7"
