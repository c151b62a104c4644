"""The files in ``fixtures/``: sound where they should be, refused where they should be."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from sync.model import InvalidRecord
from sync.records.mapfile import read_map
from sync.records.organisms import Organisms
from sync.records.read import read_record
from sync.sandbox.fill import load_into
from sync.sandbox.manifest import read_manifest
from sync.sandbox.store import Store

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
INVALID = FIXTURES / "invalid"
DEMO = FIXTURES / "demo"
HUMAN = Organisms.of(["Homo sapiens"])
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
RECORDS = {
    "alias-bomb.md": (21, "anchor or alias (&name, *name): write the value out in full"),
    "control-character.md": (5, "control character U+0007: delete it"),
    "duplicate-key.md": (14, "duplicate key: 'ndex' stands twice; delete one of them"),
    "front-matter-not-closed.md": (None, "front matter not closed: no second line '---'"),
    "genes-is-no-list.md": (14, "wrong type: 'genes' should be a list and is a plain text"),
    "id-is-not-the-file-name.md": (
        2,
        "id is not the file name: figid is PMC9000050__demo-f1, the file id-is-not-the-file-name",
    ),
    "ndex-is-no-uuid.md": (13, "ndex is not a UUID: 'd3e00150-dec4-11ea'; put the network's UUID"),
    "nested-too-deep.md": (20, "nested more than 64 deep: flatten it"),
    "no-front-matter.md": (1, "no front matter: the file does not start with a line '---'"),
    "no-id.md": (None, "no id: the front matter has neither figid nor wpid; add it"),
    "not-utf-8.md": (5, "not UTF-8: byte 0xe9 cannot be read; save the file as UTF-8"),
    "not-yaml.md": (20, "not YAML: found unexpected end of stream"),
    "python-tag.md": (10, "tag: 'tag:yaml.org,2002:python/object/apply:os.system' is not read"),
    "title-is-a-list.md": (10, "wrong type: 'figtitle' should be a plain text and is a list"),
    "two-ids.md": (2, "two ids: it has both wpid and figid; delete one"),
    "unusable-id.md": (2, "unusable id: figid '../../etc/passwd' is not of the form"),
}
FIGURE_TABLES = {
    "ragged-table.tsv": (3, "ragged row: 9 cells below 11 column heads"),
    "table-with-a-column-twice.tsv": (1, "wrong columns: a column head stands twice"),
    "table-without-header.tsv": (1, "wrong columns: the header line lacks organism_id"),
    "table-without-ids.tsv": (1, "wrong columns: the header line lacks ncbigene_id"),
}
PATHWAY_TABLES = {
    "datanodes-in-another-order.tsv": (1, "wrong columns: the header line should start with Label"),
}
FIGURE = "figures/_figures/PMC9000011__demo-f1.md", "figures/_data/PMC9000011__demo-f1-genes.tsv"
PATHWAY = "pathways/WP90001/WP90001.md", "pathways/WP90001/WP90001-datanodes.tsv"
TABLES = [
    *((*FIGURE, name, *fault) for name, fault in FIGURE_TABLES.items()),
    *((*PATHWAY, name, *fault) for name, fault in PATHWAY_TABLES.items()),
]
MAPS = {
    "map-row-with-three-columns.tsv": (2, "not two columns: 3 found"),
    "map-row-with-unusable-id.tsv": (
        2,
        "unusable id: '../PMC9000012' is not a figure or pathway id",
    ),
    "map-row-without-uuid.tsv": (2, "no UUID: 'https://www.ndexbio.org/viewer/networks/d3e00112'"),
}


@pytest.mark.parametrize(("name", "line", "reason"), [(n, *fault) for n, fault in RECORDS.items()])
def test_an_invalid_record_is_refused_by_its_fault(
    name: str, line: int | None, reason: str
) -> None:
    refused = read_record(INVALID, name, None, HUMAN)

    assert isinstance(refused, InvalidRecord)
    assert (refused.path, refused.line) == (name, line)
    assert refused.reason.startswith(reason)


@pytest.mark.parametrize(("record", "table", "name", "line", "reason"), TABLES)
def test_an_invalid_table_is_refused_by_its_fault(
    tmp_path: Path, record: str, table: str, name: str, line: int, reason: str
) -> None:
    for at, source in ((record, DEMO / record), (table, INVALID / name)):
        (tmp_path / at).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, tmp_path / at)

    refused = read_record(tmp_path, record, None, HUMAN)

    assert isinstance(refused, InvalidRecord)
    assert (refused.path, refused.line) == (table, line)
    assert refused.reason.startswith(reason)


@pytest.mark.parametrize(("name", "line", "reason"), [(n, *fault) for n, fault in MAPS.items()])
def test_an_invalid_map_row_is_refused_by_its_fault(name: str, line: int, reason: str) -> None:
    found = read_map(INVALID, name)

    assert [entry.record for entry in found.entries] == ["PMC9000011__demo-f1"]
    assert [(problem.path, problem.line) for problem in found.problems] == [(name, line)]
    assert found.problems[0].reason.startswith(reason)


def test_every_invalid_file_has_a_test() -> None:
    tested = {*RECORDS, *FIGURE_TABLES, *PATHWAY_TABLES, *MAPS}

    assert {path.name for path in INVALID.iterdir()} == tested


def test_all_sample_records_but_two_can_be_read() -> None:
    outcomes = {path.stem: read_record(DEMO, relative(path), None, HUMAN) for path in records()}

    refused = {stem for stem, outcome in outcomes.items() if isinstance(outcome, InvalidRecord)}
    assert len(outcomes) == 24
    assert refused == {"PMC9000006__demo-f6", "PMC9000019__demo-f9"}


def test_the_manifest_lists_every_network_file_once_with_its_own_uuid() -> None:
    entries = read_manifest(DEMO / "networks").networks

    files = {path.name for path in network_files()}
    assert sorted(entry.file for entry in entries) == sorted(files)
    assert len({entry.uuid for entry in entries}) == len(entries)


def test_one_network_fails_to_load_as_real_ones_of_its_converter_do() -> None:
    with Store.open(None) as store:
        summary = load_into(store, [DEMO / "networks"])

    assert [failed.path.name for failed in summary.failed] == ["PMC9000018__demo-f8.cx2"]
    assert "networkAttributes" in summary.failed[0].reason


def test_no_sample_uuid_could_be_a_real_one() -> None:
    """A UUID ends with the address of the server that made it; no NDEx server has this one."""
    texts = [path.read_text("utf-8") for path in DEMO.rglob("*") if path.is_file()]
    nodes = {uuid[-12:] for text in texts for uuid in UUID.findall(text)}

    assert nodes == {"020000000000"}


def records() -> list[Path]:
    patterns = ("figures-2022/*.md", "figures/_figures/*.md", "pathways/*/*.md")
    return sorted(path for pattern in patterns for path in DEMO.glob(pattern))


def relative(path: Path) -> str:
    return path.relative_to(DEMO).as_posix()


def network_files() -> list[Path]:
    return sorted(path for path in (DEMO / "networks").iterdir() if path.suffix != ".json")
