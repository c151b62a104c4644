"""Files with damaged bytes: state is rebuilt or refused by name, what people write is a verdict.

Nothing here may be a traceback, a wrong value taken for a right one, or a run that never ends.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from types import FrameType

import orjson
import pytest
from msgspec.structs import replace

from sync.accepted.file import read_accepted
from sync.config import read_config
from sync.cx.decode import decode_cx1, decode_cx2
from sync.cx.edit import edit_genes
from sync.cx.repair import repair
from sync.errors import ConfigError, NetworkError, PlanMismatch, StateDamaged
from sync.match.gene_differences import compare_genes
from sync.model import InvalidRecord, Network, Record
from sync.plan.file import parse_plan
from sync.records.mapfile import MapFile, read_map
from sync.records.organisms import Organisms
from sync.records.read import read_record
from sync.state.backup import BackupStore
from sync.state.cache import Cache
from sync.state.journal import Journal
from tests.builders import NETWORK as NETWORK_ID
from tests.builders import plan_file
from tests.damage import damages
from tests.plan.test_file import PLAN
from tests.state.test_backup import BACKUP
from tests.state.test_cache import (
    KNOWN,
    NETWORK,
    SERVER,
    SUMMARY,
    VERDICT,
    find_kept,
    kept_at,
)
from tests.state.test_journal import fill, read_all

pytestmark = [pytest.mark.slow, pytest.mark.nightly]

LONGEST_S = 600
DEMO = Path(__file__).resolve().parents[1] / "fixtures/demo"
KEPT = {f"{number}.md": kept_at(f"{number}.md") for number in range(3)}


@pytest.fixture(autouse=True)
def no_hang() -> Iterator[None]:
    """Stop a test that one damaged file keeps busy."""
    if not hasattr(signal, "setitimer"):
        yield
        return
    before = signal.signal(signal.SIGALRM, _give_up)
    signal.setitimer(signal.ITIMER_REAL, LONGEST_S)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


def _give_up(_number: int, _frame: FrameType | None) -> None:
    raise AssertionError("reading damaged files takes for ever")


def fill_cache(cache: Cache) -> None:
    for kept in KEPT.values():
        cache.keep_record(kept, "settings")
    cache.keep_network(SUMMARY, NETWORK)
    cache.keep_known(SUMMARY.id, KNOWN)
    for path in KEPT:
        cache.keep_verdict(path, b"scope", VERDICT)


def assert_as_kept(cache: Cache, what: str) -> bool:
    """Require that nothing is found that was not kept; return whether everything is."""
    records, network = find_kept(cache, [*KEPT]), cache.find_network(SUMMARY)
    known, verdicts = cache.find_known([SUMMARY.id]), cache.find_verdicts([*KEPT], b"scope")
    assert records.items() <= KEPT.items(), what
    assert network in (None, NETWORK), what
    assert known in ({}, {SUMMARY.id: KNOWN}), what
    assert set(verdicts.values()) <= {VERDICT}, what
    return records == KEPT and network == NETWORK and bool(known) and len(verdicts) == len(KEPT)


def test_a_damaged_cache_costs_time_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "cache.db"
    with Cache(path, SERVER) as cache:
        fill_cache(cache)
    healed = 0
    for what, data in damages(path.read_bytes(), 400, seed=18):
        for leftover in tmp_path.iterdir():
            leftover.unlink()
        path.write_bytes(data)
        for _ in range(2):
            with Cache(path, SERVER) as cache:
                assert_as_kept(cache, what)
                fill_cache(cache)
        with Cache(path, SERVER) as cache:
            healed += assert_as_kept(cache, what)
    # An index that misses rows is found only by looking at all of them, which costs more than that.
    assert healed >= 397


def test_a_damaged_journal_is_refused_or_says_what_it_said(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    with Journal.open(tmp_path) as journal:
        fill(journal)
        said = read_all(journal)
    BackupStore(tmp_path).write("run-1", BACKUP)
    refused = 0
    for what, data in damages(path.read_bytes(), 400, seed=18):
        for leftover in tmp_path.glob("journal.sqlite-*"):
            leftover.unlink()
        path.write_bytes(data)
        try:
            with Journal.open(tmp_path) as journal:
                assert read_all(journal) == said, what
        except (StateDamaged, ConfigError):
            refused += 1
    assert refused > 350


def test_a_damaged_backup_is_refused_or_holds_what_it_held(tmp_path: Path) -> None:
    store = BackupStore(tmp_path)
    store.write("run-1", BACKUP)
    [path] = tmp_path.rglob("*.gz")
    refused = 0
    for what, data in damages(path.read_bytes(), 1_500, seed=18):
        path.write_bytes(data)
        try:
            assert store.read("run-1", NETWORK_ID) == BACKUP, what
        except StateDamaged:
            refused += 1
    assert refused > 1_250


def test_a_damaged_plan_is_refused_or_says_what_it_said() -> None:
    refused = 0
    for what, data in damages(plan_file(PLAN), 1_500, seed=18):
        try:
            assert replace(parse_plan(BytesIO(data), "plan.json"), id=PLAN.id) == PLAN, what
        except (ConfigError, PlanMismatch):
            refused += 1
    assert refused > 1_000


FIGURE = "figures/_figures/PMC9000011__demo-f1.md"
PATHWAY = "pathways/WP90001/WP90001.md"
RECORDS = [FIGURE, "figures-2022/PMC9000001__demo-f1.md", PATHWAY]
BESIDE = {
    "figures/_data/PMC9000011__demo-f1-genes.tsv": FIGURE,
    "pathways/WP90001/WP90001-datanodes.tsv": PATHWAY,
    "pathways/WP90001/WP90001.gpml": PATHWAY,
}
"""Files of other kinds, and the record that each belongs to."""


@pytest.mark.parametrize(
    ("damaged", "record"), [*((each, each) for each in RECORDS), *BESIDE.items()]
)
def test_a_damaged_record_table_or_drawing_is_a_verdict(
    tmp_path: Path, damaged: str, record: str
) -> None:
    for name in (*RECORDS, *BESIDE):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes((DEMO / name).read_bytes())
    for what, data in damages((DEMO / damaged).read_bytes(), 400, seed=18):
        (tmp_path / damaged).write_bytes(data)
        outcome = read_record(tmp_path, record, None, Organisms.of(()))
        assert isinstance(outcome, Record | InvalidRecord), what


@pytest.mark.parametrize(
    ("name", "read"),
    [("ndex-sync.toml", read_config), ("ndex-sync-accepted.toml", read_accepted)],
)
def test_a_damaged_file_of_settings_is_read_or_refused(
    tmp_path: Path, name: str, read: Callable[[Path], object]
) -> None:
    refused = 0
    for what, data in damages((DEMO / name).read_bytes(), 1_000, seed=18):
        (tmp_path / name).write_bytes(data)
        try:
            assert read(tmp_path / name) is not None, what
        except ConfigError:
            refused += 1
    assert refused > 300


@pytest.mark.parametrize("name", ["figures/_data/ndex_map.tsv", "pathways/ndex_lookup.csv"])
def test_a_damaged_map_file_is_read_as_far_as_it_goes_or_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(parents=True)
    for what, data in damages((DEMO / name).read_bytes(), 400, seed=18):
        (tmp_path / name).write_bytes(data)
        try:
            assert isinstance(read_map(tmp_path, name), MapFile), what
        except ConfigError:
            continue


CONTENTS = {
    "PMC9000001__demo-f1.cx": RECORDS[1],
    "PMC9000011__demo-f1.cx2": FIGURE,
    "WP90001.cx": PATHWAY,
}


@pytest.mark.parametrize(("name", "path"), CONTENTS.items())
def test_damaged_content_is_compared_and_edited_or_an_error_by_name(name: str, path: str) -> None:
    record = read_record(DEMO, path, None, Organisms.of(()))
    assert isinstance(record, Record)
    decode = decode_cx2 if name.endswith("2") else decode_cx1
    compared = 0
    for what, data in damages((DEMO / "networks" / name).read_bytes(), 1_000, seed=18):
        try:
            document = orjson.loads(data)
        except orjson.JSONDecodeError:
            continue
        try:
            network = decode(document)
            assert isinstance(network, Network), what
            differences = compare_genes(record, network).differences
            compared += 1
            if name.endswith("2"):
                edit_genes(repair(document).document, differences)
        except NetworkError:
            continue
    assert compared > 100
