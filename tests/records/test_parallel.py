"""Records as a stream: the same in this process, in others, and when one of those is ended."""

from __future__ import annotations

import os
import subprocess
import sys
from multiprocessing import active_children
from pathlib import Path

import pytest

from sync.model import InvalidRecord, Record
from sync.records.cached import RecordSource, open_row, read_records
from sync.records.discover import find_records
from sync.records.organisms import Organisms
from sync.records.parallel import ReadingPolicy, RecordOutcome, stream_records
from sync.records.worker import read_slice, read_slice_to_keep
from sync.state.cache import FORGETFUL, Cache
from sync.state.encoded_record import EncodedRecord, FreshRecord, RecordRow, open_record
from tests.samples import CHEMOKINES, Sample, figure
from tests.state.test_cache import find_kept

ALONE = ReadingPolicy(processes=1, slice_records=3)
IN_PROCESSES = ReadingPolicy(processes=2, alone_records=4, slice_records=3)


@pytest.fixture
def source(tmp_path: Path) -> RecordSource:
    """Twenty records, every fifth of them broken."""
    sample = Sample(tmp_path / "records")
    for number in range(20):
        sample.add_record(figure(number), genes=CHEMOKINES[: number % 4])
        if number % 5 == 0:
            sample.add_file(f"_figures/{figure(number)}.md", "no front matter")
    return RecordSource(sample.root, None, Organisms.of(["Homo sapiens"]))


def paths_of(source: RecordSource) -> list[str]:
    return find_records(source.root, "_figures/*.md")


async def stream(
    source: RecordSource, policy: ReadingPolicy, cache: Cache = FORGETFUL
) -> list[Record | InvalidRecord]:
    found = [each async for each in stream_records(source, paths_of(source), cache, policy)]
    cache.flush()
    return [opened(each, source, cache) for each in found]


def opened(
    read: RecordOutcome, source: RecordSource, cache: Cache = FORGETFUL
) -> Record | InvalidRecord:
    match read:
        case RecordRow():
            return open_row(read, source, cache)
        case FreshRecord():
            return read.record
        case EncodedRecord():
            return open_record(read.row.path, read.data)
        case _:
            return read


@pytest.mark.parametrize("policy", [ALONE, IN_PROCESSES, ReadingPolicy()])
async def test_the_records_are_the_same_wherever_they_are_read(
    source: RecordSource, policy: ReadingPolicy
) -> None:
    assert await stream(source, policy) == read_records(source, paths_of(source))
    assert active_children() == []


@pytest.mark.parametrize("policy", [ALONE, IN_PROCESSES])
async def test_rows_are_kept_and_what_processes_read_as_a_whole(
    source: RecordSource, policy: ReadingPolicy, tmp_path: Path
) -> None:
    expected = {each.path: each for each in read_records(source, paths_of(source))}
    with Cache(tmp_path / "cache.db", "server") as cache:
        assert await stream(source, policy, cache) == [*expected.values()]
    with Cache(tmp_path / "cache.db", "server") as cache:
        rows = cache.find_records(paths_of(source), source.settings)
        kept = find_kept(cache, paths_of(source), source.settings)
        assert await stream(source, policy, cache) == [*expected.values()]
    assert rows.keys() == {path for path, each in expected.items() if isinstance(each, Record)}
    assert all(open_record(path, each.data) == expected[path] for path, each in kept.items())
    assert bool(kept) is (policy is IN_PROCESSES)


async def test_no_process_is_started_for_records_from_the_cache(
    source: RecordSource, tmp_path: Path
) -> None:
    with Cache(tmp_path / "cache.db", "server") as cache:
        await stream(source, ALONE, cache)
    with Cache(tmp_path / "cache.db", "server") as cache:
        async for _ in stream_records(source, paths_of(source), cache, IN_PROCESSES):
            assert active_children() == []


async def test_when_a_process_is_ended_this_one_reads_on(
    source: RecordSource, caplog: pytest.LogCaptureFixture
) -> None:
    """As the kernel does when memory runs out."""
    policy = ReadingPolicy(processes=2, alone_records=0, slice_records=1)
    found = []
    async for each in stream_records(source, paths_of(source), FORGETFUL, policy):
        for child in active_children():
            child.terminate()
        found.append(opened(each, source))

    assert found == read_records(source, paths_of(source))
    assert "reading them in this one" in caplog.text


async def test_a_stream_that_is_left_early_leaves_no_process(source: RecordSource) -> None:
    records = stream_records(source, paths_of(source), FORGETFUL, IN_PROCESSES)
    async for _ in records:
        break
    await records.aclose()

    assert active_children() == []


def test_a_record_with_text_that_is_no_unicode_is_passed_on_as_well(tmp_path: Path) -> None:
    """Its note names a folder whose name is not UTF-8."""
    root = tmp_path / "records"
    folder = root / os.fsdecode(b"\xff")
    folder.mkdir(parents=True)
    (folder / "PMC1__f1.md").write_text(
        "---\nfigid: PMC1__f1\ngenes:\n- hgnc_symbol: TNF\n---\n", encoding="utf-8"
    )
    source = RecordSource(root, None, Organisms.of(["Homo sapiens"]))
    paths = find_records(root, "**/*.md")

    for read in (read_slice, read_slice_to_keep):
        assert [opened(each, source) for each in read(source, paths)] == read_records(source, paths)


SCRIPT = """
import multiprocessing, os
from concurrent.futures import ProcessPoolExecutor
from sync.records.worker import prepare_process

context = multiprocessing.get_context("spawn")
pool = ProcessPoolExecutor(2, mp_context=context, initializer=prepare_process)
print(pool.submit(os.getpid).result() != os.getpid(), flush=True)
os._exit(0)
"""


def test_processes_do_not_outlive_a_parent_that_ends_at_once() -> None:
    # Those that do keep its output open, and the run goes on until it times out.
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=60, check=False
    )

    assert done.stdout == "True\n"
