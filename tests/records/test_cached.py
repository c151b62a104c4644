"""Records from the cache: only while everything that they were read from is the same."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from msgspec import structs

from sync.errors import StateForged
from sync.model import InvalidRecord, Layout, Record
from sync.records.cached import RecordSource, open_row, read_records, read_rows, read_to_keep
from sync.records.fingerprint import ASKED_BEFORE_LISTING, Folders, sources_of, take_fingerprint
from sync.records.organisms import Organisms
from sync.state.cache import Cache
from sync.state.codec import pack, unpack
from sync.state.encoded_record import EncodedRecord, FreshRecord
from tests.state.test_cache import find_kept

HUMAN = Organisms.of(["Homo sapiens"])
HEADER = "organism_id\torganism_name\tword\tncbigene_symbol\tncbigene_id\tsource\n"
ROW = "9606\tHomo sapiens\t{0}\t{0}\t{1}\thgnc_symbol\n"
NODES = "Label\tType\tIdentifier\tComment\tEnsembl\tNCBI gene\tHGNC\tUniProt\n"
GPML = '<Pathway xmlns="http://pathvisio.org/GPML/2013a">{}</Pathway>'
EMBEDDED = "_figures/PMC1__f1.md"
FIGURE = "_figures/PMC2__f2.md"
PATHWAY = "_pathways/WP1.md"
PATHS = (EMBEDDED, FIGURE, PATHWAY)
EVERY_END = {"-genes.tsv", "-chemicals.tsv", "-diseases.tsv", "-datanodes.tsv", ".gpml"}
FROM_CACHE = "this record is from the cache"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A collection with one record of each layout, written long ago."""
    files = {
        EMBEDDED: "---\nfigid: PMC1__f1\ngenes:\n- hgnc_symbol: TNF\n  entrez: '7124'\n---\n",
        FIGURE: "---\nfigid: PMC2__f2\n---\n",
        PATHWAY: "---\nwpid: WP1\norganisms: [Homo sapiens]\n---\n",
        "_data/PMC2__f2-genes.tsv": HEADER + ROW.format("TNF", 7124),
        "_data/PMC2__f2-chemicals.tsv": "word\tmesh\nCa2\tmesh:D002118\n",
        "_data/WP1-datanodes.tsv": NODES + "TNF\tProtein\t\t\t\tncbigene:7124\t\t\n",
    }
    for path, text in files.items():
        write(tmp_path, path, text)
    return tmp_path


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[Cache]:
    with Cache(tmp_path / "state" / "cache.db", "server") as cache:
        yield cache


def write(root: Path, path: str, text: str) -> None:
    (root / path).parent.mkdir(exist_ok=True)
    (root / path).write_text(text, encoding="utf-8")


def read(root: Path, cache: Cache, source: RecordSource | None = None) -> dict[str, object]:
    source = source or RecordSource(root, None, HUMAN)
    found = read_records(source, PATHS, cache)
    return dict(zip(PATHS, found, strict=True))


def mark_all(cache_path: Path, root: Path) -> None:
    """Keep all records, each with a note by which one that comes from the cache is told."""
    source = RecordSource(root, None, HUMAN)
    with Cache(cache_path, "server") as cache:
        for path in PATHS:
            fresh = read_to_keep(source, path)
            assert isinstance(fresh, FreshRecord)
            record = replace(fresh.record, notes=(FROM_CACHE,))
            marked = structs.replace(fresh, record=record)
            cache.keep_record(marked.encode(), source.settings)


@pytest.fixture
def marked(root: Path) -> Iterator[Cache]:
    """A cache that holds all records, marked."""
    mark_all(root / "state" / "cache.db", root)
    with Cache(root / "state" / "cache.db", "server") as cache:
        yield cache


def is_marked(record: object) -> bool:
    return isinstance(record, Record) and FROM_CACHE in record.notes


def touch(root: Path) -> None:
    for path in PATHS:
        os.utime(root / path, ns=(1, 1))


@pytest.mark.parametrize("before", [lambda _root: None, touch], ids=["untouched", "new times"])
def test_records_whose_files_hold_the_same_come_from_the_cache(
    root: Path, marked: Cache, before: Callable[[Path], None]
) -> None:
    """A fresh checkout gives every file a new time."""
    before(root)

    assert all(map(is_marked, read(root, marked).values()))


def put_folder(root: Path) -> None:
    (root / "_data/PMC2__f2-genes.tsv").unlink()
    (root / "_data/PMC2__f2-genes.tsv").mkdir()


def put_link(root: Path) -> None:
    (root / EMBEDDED).rename(root / "moved.md")
    (root / EMBEDDED).symlink_to(root / "moved.md")


EDITS: dict[str, tuple[str, Callable[[Path], None]]] = {
    "the record": (
        EMBEDDED,
        lambda root: write(root, EMBEDDED, (root / EMBEDDED).read_text().replace("TNF", "TNG")),
    ),
    "the gene table": (
        FIGURE,
        lambda root: write(root, "_data/PMC2__f2-genes.tsv", HEADER + ROW.format("TNG", 7125)),
    ),
    "a gene table that is gone": (
        FIGURE,
        lambda root: (root / "_data/PMC2__f2-genes.tsv").unlink(),
    ),
    "a chemicals table": (
        FIGURE,
        lambda root: write(root, "_data/PMC2__f2-chemicals.tsv", "word\tmesh\n"),
    ),
    "a diseases table that appears": (
        FIGURE,
        lambda root: write(root, "_data/PMC2__f2-diseases.tsv", "word\tmesh\n"),
    ),
    "a gene table in a place that goes first": (
        FIGURE,
        lambda root: write(root, "_figures/PMC2__f2-genes.tsv", HEADER),
    ),
    "the node table": (PATHWAY, lambda root: write(root, "_data/WP1-datanodes.tsv", NODES)),
    "a drawing that appears": (
        PATHWAY,
        lambda root: write(root, "_pathways/WP1.gpml", GPML.format("")),
    ),
    "a folder in the place of a gene table": (FIGURE, put_folder),
    "a link in the place of a file": (EMBEDDED, put_link),
}


@pytest.mark.parametrize("asked_before_listing", [0, 32])
@pytest.mark.parametrize(("changed", "edit"), EDITS.values(), ids=EDITS)
def test_an_edit_is_seen_in_its_record_and_in_no_other_and_by_the_run_after(
    root: Path,
    marked: Cache,
    changed: str,
    edit: Callable[[Path], None],
    asked_before_listing: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whether folders are listed or files asked for one by one."""
    monkeypatch.setattr("sync.records.fingerprint.ASKED_BEFORE_LISTING", asked_before_listing)
    edit(root)
    found = read(root, marked)

    assert {path for path in PATHS if not is_marked(found[path])} == {changed}
    assert found[changed] == read_records(RecordSource(root, None, HUMAN), [changed])[0]
    assert read(root, marked)[changed] == found[changed]


@pytest.mark.parametrize(
    "source",
    [
        lambda root: RecordSource(root, None, Organisms.of(["Mus musculus"])),
        lambda root: RecordSource(root, None, Organisms.of([])),
        lambda root: RecordSource(root, Layout.PFOCR, HUMAN),
    ],
    ids=["other organisms", "all organisms", "a stated layout"],
)
def test_other_settings_read_anew(
    root: Path, marked: Cache, source: Callable[[Path], RecordSource]
) -> None:
    assert not any(map(is_marked, read(root, marked, source(root)).values()))


def test_a_record_that_cannot_be_read_is_read_anew_each_time(root: Path, cache: Cache) -> None:
    write(root, EMBEDDED, "no front matter")
    assert isinstance(read(root, cache)[EMBEDDED], InvalidRecord)
    write(root, EMBEDDED, "---\nfigid: PMC1__f1\ngenes: []\n---\n")

    assert isinstance(read(root, cache)[EMBEDDED], Record)


def test_times_are_believed_only_of_files_that_are_older_than_times_are_coarse(
    root: Path,
) -> None:
    fingerprint = take_fingerprint(root, sources_of(EMBEDDED, Layout.PFOCR_EMBEDDED))
    assert fingerprint is not None

    assert fingerprint.shows_changes(fingerprint.newest_ns + 10**10)
    assert not fingerprint.shows_changes(fingerprint.newest_ns + 10**6)


def test_files_with_the_times_that_were_kept_are_not_even_opened(root: Path) -> None:
    """What the record holds has changed behind its times, which is how one can tell."""
    source = RecordSource(root, None, HUMAN)
    mark_all(root / "state" / "cache.db", root)
    fingerprint = take_fingerprint(root, sources_of(EMBEDDED, Layout.PFOCR_EMBEDDED))
    assert fingerprint is not None
    with Cache(root / "state" / "cache.db", "server") as cache:
        kept = find_kept(cache, [EMBEDDED], source.settings)[EMBEDDED]
        row = structs.replace(kept.row, digest=b"other")
        changed = structs.replace(kept, row=row, fingerprint=fingerprint.text)
        cache.keep_record(changed, source.settings)
    with Cache(root / "state" / "cache.db", "server") as cache:
        assert is_marked(read(root, cache)[EMBEDDED])


@pytest.mark.parametrize(
    "genes",
    [
        b"",
        b"[1]",
        b"no JSON",
        b"[" * 100_000,
        b'["T", [], ["T"], [], [], "", true, ' + b"[" * 100_000,
        b'["\\ud800", ' + b"[" * 100_000,
    ],
    ids=["cut short", "no gene", "no JSON", "deep", "a gene and deep", "half a pair and deep"],
)
def test_a_cache_that_was_tampered_with_is_told_in_words(root: Path, genes: bytes) -> None:
    """A checksum of ours is not a signature: those who can write the file can write that too."""
    source = RecordSource(root, None, HUMAN)
    mark_all(root / "state" / "cache.db", root)
    with Cache(root / "state" / "cache.db", "server") as cache:
        kept = find_kept(cache, [EMBEDDED], source.settings)[EMBEDDED]
        head = unpack(kept.data).partition(b"\n")[0]
        forged = pack(head + (b"\n" + genes + b"\n" if genes else b""))
        cache.keep_record(structs.replace(kept, data=forged), source.settings)
    with (
        Cache(root / "state" / "cache.db", "server") as cache,
        pytest.raises(StateForged, match=f"{EMBEDDED}.* --refresh"),
    ):
        read_records(source, [EMBEDDED], cache)


@pytest.mark.parametrize("edited", [False, True])
def test_a_record_that_another_run_has_replaced_is_read_again_if_it_is_as_it_was(
    root: Path, cache: Cache, edited: bool
) -> None:
    source = RecordSource(root, None, HUMAN)
    [fresh] = read_rows(source, [EMBEDDED], cache)
    assert isinstance(fresh, FreshRecord)
    row, record = fresh.row, fresh.record
    cache.keep_record(
        EncodedRecord(structs.replace(row, digest=b"other"), b"data"), source.settings
    )
    cache.flush()
    if edited:
        EDITS["the record"][1](root)

    again = open_row(row, source, cache)
    if edited:
        assert isinstance(again, InvalidRecord)
        assert "changed while it was read" in again.reason
    else:
        assert again == record == read_records(source, [EMBEDDED])[0]


def settled(root: Path, meanwhile: Callable[[], object] = lambda: None) -> RecordSource:
    """A source some time after its files were written; ``meanwhile`` happens before each reading.

    The time is asked for once their times have been looked at.
    """

    def clock() -> int:
        meanwhile()
        return time.time_ns() + 10**10

    return RecordSource(root, None, HUMAN, clock)


def test_records_of_settled_files_are_kept_with_their_times(root: Path, tmp_path: Path) -> None:
    source = settled(root)
    with Cache(tmp_path / "other.db", "server") as cache:
        read_records(source, PATHS, cache)
    with Cache(tmp_path / "other.db", "server") as cache:
        found = cache.find_records(PATHS, source.settings)

    assert found.keys() == set(PATHS)
    for path, (row, text) in found.items():
        fingerprint = take_fingerprint(root, sources_of(path, row.layout))
        assert fingerprint is not None
        assert text == fingerprint.text


def test_a_record_whose_files_change_while_it_is_read_is_not_kept(
    root: Path, tmp_path: Path
) -> None:
    source = settled(root, lambda: EDITS["the gene table"][1](root))
    with Cache(tmp_path / "other.db", "server") as cache:
        read_records(source, PATHS, cache)
    with Cache(tmp_path / "other.db", "server") as cache:
        assert cache.find_records(PATHS, source.settings).keys() == {EMBEDDED, PATHWAY}


@pytest.mark.parametrize(
    ("home", "stem", "held"),
    [
        ("_data/", "pmc2__f2", {"-genes.tsv", "-chemicals.tsv", "-diseases.tsv"}),
        ("_data/", "pmc4__f4", {".gpml"}),
        ("_data/", "pmc3__f3", set()),
        ("", "pmc2__f2", set()),
        ("nowhere/", "pmc2__f2", set()),
        ("_figures/PMC2__f2.md/", "pmc2__f2", set()),
        ("\0/", "pmc2__f2", EVERY_END),
        ("x" * 300 + "/", "pmc2__f2", EVERY_END),
    ],
)
def test_a_table_is_taken_for_missing_only_where_its_folder_tells(
    root: Path, home: str, stem: str, held: set[str]
) -> None:
    """Some file systems do not tell letters by their case."""
    (root / "_data/PMC2__F2-Diseases.TSV").touch()
    (root / "_data/PMC4__f4.GPML").touch()
    folders = Folders(root)

    asked = [set(folders.ends_in(home, stem)) for _ in range(ASKED_BEFORE_LISTING)]
    assert asked == [EVERY_END] * ASKED_BEFORE_LISTING
    assert set(folders.ends_in(home, stem)) == held
    assert set(folders.ends_in(home, stem)) == held
