"""The public API as a stranger uses it: `sync` alone is imported, and mypy reads along."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from inspect import signature
from pathlib import Path

import pytest
from ndex2.cx2 import CX2Network

import sync
from sync.cli.check import check
from tests.docs.pages import ROOT
from tests.docs.setups import prepare_configured_figures
from tests.e2e.running import clean_environment, run_command

MISSING_GENE = "PMC9000013__demo-f3"
NOT_THERE = "00000000-8b6a-11ea-8000-020000000000"


@pytest.fixture
def figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a checkout of figures that may be pushed, as the account that owns the networks."""
    folder = tmp_path / "work"
    folder.mkdir()
    prepare_configured_figures(folder)
    with (folder / "ndex-sync.toml").open("a") as config:
        config.write('push = ["genes", "properties", "membership"]\n')
    monkeypatch.chdir(folder)
    monkeypatch.setenv("NDEX_USERNAME", "pathway-team")
    monkeypatch.setenv("NDEX_PASSWORD", "practice")
    return folder


async def test_a_record_and_its_network_are_compared(figures: Path) -> None:
    record: sync.Record = sync.read_record(figures / "_figures" / f"{MISSING_GENE}.md")
    assert record.network is not None
    async with sync.Client.open("sandbox:../ndex.sqlite") as ndex:
        network: sync.Network = await ndex.network(record.network.upper())
        found = await ndex.summaries([record.network.upper(), NOT_THERE])
        with pytest.raises(sync.NdexSyncError, match="404"):
            await ndex.network(NOT_THERE)
        with pytest.raises(ValueError, match="not a UUID"):
            await ndex.summaries(["../etc"])

    summary = found[record.network.upper()]
    assert isinstance(summary, sync.Summary)
    assert summary.name
    assert isinstance(found[NOT_THERE], sync.Absent)
    assert (network.id, network.properties["pfocrId"]) == (record.network, f"{MISSING_GENE}.jpg")
    result: sync.CheckResult = sync.compare(record, network)
    assert (result.verdict, result.network) == (sync.Verdict.DRIFTED, record.network)
    gene: sync.Gene = network.genes[0]
    difference: sync.Difference = result.differences[0]
    assert gene.symbol
    assert difference.kind == "gene_missing"


async def test_a_network_passes_through_the_stock_client(figures: Path) -> None:
    record = sync.read_record(figures / "_figures" / f"{MISSING_GENE}.md")
    async with sync.Client.open("sandbox:../ndex.sqlite") as ndex:
        network = await ndex.network(str(record.network))

    made_here = sync.Network.from_cx2(network.to_cx2())

    assert made_here.id is None
    assert made_here.genes == network.genes
    assert sync.compare(record, made_here).differences == sync.compare(record, network).differences


def test_a_network_made_here_has_the_summary_that_ndex_would_give() -> None:
    made = CX2Network()
    made.set_network_attributes({"name": "A pair"})
    ends = [made.add_node(attributes={"name": name, "type": "gene"}) for name in ("TP53", "MDM2")]
    made.add_edge(source=ends[0], target=ends[1])

    summary = sync.Network.from_cx2(made).summary

    assert (summary.name, summary.node_count, summary.edge_count) == ("A pair", 2, 1)
    assert not summary.read_only
    assert not summary.protected


@pytest.mark.parametrize("call", [sync.Client.open, sync.check, sync.plan, sync.apply])
def test_as_many_calls_run_at_once_as_by_the_commands(call: Callable[..., object]) -> None:
    [option] = [each for each in signature(check).parameters.values() if each.name == "concurrency"]

    assert signature(call).parameters["concurrency"].default == option.default


async def test_records_are_checked_then_pushed(figures: Path) -> None:
    before: sync.Report = await sync.check(select=["PMC90000*"], state=figures / "kept")
    plan: sync.Plan = await sync.plan(select=[MISSING_GENE])
    done: sync.Applied = await sync.apply(plan, approve=plan.digest)
    after = await sync.check("ndex-sync.toml", collections=["pfocr"], select=[MISSING_GENE])

    assert [action.kind for action in plan.actions] == ["update"]
    assert [each.outcome for each in done.outcomes.values()] == ["done"]
    assert len(before.records) == 6
    record: sync.ReportedRecord
    [record] = after.records
    assert (record.id, record.verdict) == (MISSING_GENE, sync.Verdict.IN_SYNC)
    assert (figures / "kept" / "cache.db").exists()
    [before_push] = [each for each in before.records if each.id == MISSING_GENE]
    frame = before.to_frame()
    assert frame["verdict"].value_counts()["in_sync"] == before.verdicts[sync.Verdict.IN_SYNC]
    assert list(frame[frame.id == MISSING_GENE].differences) == [len(before_push.differences)]


async def test_a_network_set_that_does_not_exist_is_one_documented_error(figures: Path) -> None:
    config = figures / "ndex-sync.toml"
    text = re.sub('network_set = ".*"', f'network_set = "{NOT_THERE}"', config.read_text())
    config.write_text(text)

    with pytest.raises(sync.NdexSyncError, match="network_set"):
        await sync.check()


def test_a_bad_record_names_its_line(tmp_path: Path) -> None:
    path = tmp_path / "WP1.md"
    path.write_text("---\nwpid: WP1\nndex: nonsense\n---\n")

    with pytest.raises(sync.NdexSyncError, match=r"WP1\.md:\d+: "):
        sync.read_record(path)


QUIET = """
import sys
loaded = set(sys.modules)
import sync
assert set(sys.modules) - loaded == {"sync"}, "importing sync is free"
sys.addaudithook(lambda event, _: event in {"subprocess.Popen", "os.fork"} and exit("a process"))
import asyncio
from sync.check import check_collection
from sync import check, plan
report = asyncio.run(sync.check(select=["PMC9*"]))
assert len(report.records) == 6 and callable(plan)
assert "typer" not in sys.modules and "ndex2" not in sys.modules
"""


@pytest.mark.slow
def test_a_script_needs_no_guard_and_stays_quiet(figures: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", QUIET],
        cwd=figures,
        env=clean_environment(HOME=str(figures)),
        capture_output=True,
        check=False,
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


@pytest.mark.slow
def test_the_example_runs(tmp_path: Path) -> None:
    run_command("demo", "--keep", "practice", "--quiet", cwd=tmp_path)

    done = subprocess.run(
        [sys.executable, "-W", "error", ROOT / "docs" / "how-to" / "python_example.py"],
        cwd=tmp_path / "practice",
        env=clean_environment(HOME=str(tmp_path)),
        capture_output=True,
        check=True,
        text=True,
    )

    assert "SERPINE1 is missing in 1 network(s)\n" in done.stdout


def test_names_are_those_that_are_promised() -> None:
    assert {name for name in dir(sync) if name in sync.__all__} == set(sync.__all__)
    assert all(getattr(sync, name) is not None for name in sync.__all__)
    with pytest.raises(AttributeError, match="nothing"):
        getattr(sync, "nothing")  # noqa: B009 - mypy knows too
