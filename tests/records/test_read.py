"""One file to one value: layouts recognised, ids and UUIDs checked, bad files never raise."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.errors import RecordError
from sync.model import InvalidRecord, Layout, Record
from sync.records.organisms import Organisms
from sync.records.read import read_record
from sync.records.source import RECORD_LIMIT_BYTES, TABLE_LIMIT_BYTES, read_text
from tests.records.writing import (
    FIGURE,
    GENE_HEAD,
    UUID,
    embedded,
    figure,
    front_matter,
    gene_row,
    node_row,
    pathway,
    read_bad,
    read_good,
    tsv,
    write,
    write_figure,
    write_pathway,
)

NOT_STATED = ["''", "null", "~", "", "NA", ".na.character", "'  '"]


def test_a_layout_that_is_given_is_not_guessed(tmp_path: Path) -> None:
    write_figure(tmp_path, gene_row())
    path = write(tmp_path, f"_figures/{FIGURE}.md", embedded())

    assert read_good(tmp_path, path).genes == ()
    assert len(read_good(tmp_path, path, Layout.PFOCR).genes) == 1


@pytest.mark.parametrize(
    ("layout", "content", "reason"),
    [
        (None, front_matter({"title": "x"}), "no id: the front matter has neither figid nor wpid"),
        (None, front_matter({"figid": "a", "wpid": "b"}), "two ids: it has both wpid and figid"),
        (Layout.PFOCR, pathway(), "no id: figid is missing or empty"),
        (Layout.WIKIPATHWAYS, figure(), "no id: wpid is missing or empty"),
        (Layout.PFOCR_EMBEDDED, figure(), "no genes list: the front matter has no 'genes'"),
    ],
)
def test_a_record_of_no_or_another_layout_is_refused(
    tmp_path: Path, layout: Layout | None, content: str, reason: str
) -> None:
    refused = read_bad(tmp_path, write(tmp_path, f"{FIGURE}.md", content), layout)

    assert refused.reason.startswith(reason)
    assert refused.id == FIGURE
    assert refused.layout is layout


@pytest.mark.parametrize(
    ("written", "network"),
    [
        (UUID, UUID),
        (f"'{UUID}'", UUID),
        *((nothing, None) for nothing in NOT_STATED),
    ],
)
def test_the_network_is_the_uuid_or_none(tmp_path: Path, written: str, network: str | None) -> None:
    path = write(tmp_path, f"{FIGURE}.md", embedded(ndex=written))

    assert read_good(tmp_path, path).network == network


@pytest.mark.parametrize("written", [UUID + "0", f"https://ndexbio.org/{UUID}", "0"])
def test_an_ndex_that_is_no_uuid_is_refused_at_its_line(tmp_path: Path, written: str) -> None:
    refused = read_bad(tmp_path, write(tmp_path, f"{FIGURE}.md", embedded(ndex=written)))

    assert (refused.line, refused.path, refused.id) == (3, f"{FIGURE}.md", FIGURE)
    assert refused.reason == (
        f"ndex is not a UUID: '{written[:60]}'; put the network's UUID there, or '' for none"
    )


def test_the_line_is_that_of_ndex_or_of_the_id_where_there_is_none(tmp_path: Path) -> None:
    with_key = f"---\ntitle: x\nfigid: {FIGURE}\ngenes: []\nndex: ''\n---\n"
    without = f"---\ntitle: x\nfigid: {FIGURE}\ngenes: []\n---\n"

    assert read_good(tmp_path, write(tmp_path, f"a/{FIGURE}.md", with_key)).line == 5
    assert read_good(tmp_path, write(tmp_path, f"b/{FIGURE}.md", without)).line == 3


@pytest.mark.parametrize("bom", ["", "\ufeff"], ids=["no mark", "byte order mark"])
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_byte_order_mark_and_line_ends_change_nothing(tmp_path: Path, bom: str, end: str) -> None:
    text = embedded("\n- {word: ω, hgnc_symbol: A, entrez: '1'}", caption="δ\n  folded")
    path = write(tmp_path, f"{FIGURE}.md", bom + text.replace("\n", end))
    record = read_good(tmp_path, path)

    assert (record.id, record.network, record.line) == (FIGURE, UUID, 3)
    assert record.fields["caption"] == "δ folded"
    assert [gene.symbol for gene in record.genes] == ["A"]


@pytest.mark.parametrize(
    "figid",
    [
        *("../../etc/passwd", "..", ".hidden", "a/b", "a\\b", "a b", "a%2e", "a\u202eb", "a\nb"),
        *("-rf", "é", "x" * 201),
    ],
)
def test_an_id_that_could_lead_elsewhere_is_never_made_a_path(tmp_path: Path, figid: str) -> None:
    path = write(tmp_path, f"{FIGURE}.md", figure(figid=f'"{figid}"'.replace("\\", "\\\\")))
    refused = read_bad(tmp_path, path)

    assert refused.reason.startswith(("unusable id: figid", "not YAML", "control character"))
    assert refused.id == FIGURE


@pytest.mark.parametrize("wpid", ["wp1", "WP", "WP01", "WP1b", "1", "WP1/../../x", "WP12345678901"])
def test_a_wpid_is_wp_and_digits(tmp_path: Path, wpid: str) -> None:
    refused = read_bad(tmp_path, write(tmp_path, "WP1.md", pathway(wpid)))

    assert refused.reason.startswith(f"unusable id: wpid {wpid!r} is not of the form")
    assert refused.line == 4


def test_an_id_of_the_greatest_length_is_taken(tmp_path: Path) -> None:
    figid = "PMC1__" + "a" * 194

    assert read_good(tmp_path, write(tmp_path, f"{figid}.md", embedded(figid=figid))).id == figid


@pytest.mark.parametrize(
    ("path", "content", "reason"),
    [
        ("PMC2__f.md", embedded(), f"file name: figid is {FIGURE}, the file PMC2__f"),
        ("WP2/WP2.md", pathway("WP1"), "file name: wpid is WP1, the file WP2"),
        ("WP2/WP1.md", pathway("WP1"), "folder name: wpid is WP1, the folder WP2"),
    ],
)
def test_an_id_other_than_the_file_is_named_after_is_refused(
    tmp_path: Path, path: str, content: str, reason: str
) -> None:
    refused = read_bad(tmp_path, write(tmp_path, path, content))

    assert refused.reason == f"id is not the {reason}; correct either"


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    refused = read_bad(tmp_path, "_figures/gone.md")

    assert refused == InvalidRecord(
        refused.id, "_figures/gone.md", None, "no such file: restore it or take its name out"
    )
    assert refused.id == "gone"


@pytest.mark.parametrize(
    ("data", "line", "byte"),
    [
        (b"---\nfigid: x\ntitle: caf\xe9\n---\n", 3, "0xe9"),
        (b"---\nfigid: \xed\xa0\x80\n---\n", 2, "0xed"),
    ],
    ids=["Latin-1", "surrogate"],
)
def test_text_that_is_not_utf_8_is_refused_at_its_line(
    tmp_path: Path, data: bytes, line: int, byte: str
) -> None:
    refused = read_bad(tmp_path, write(tmp_path, "x.md", data))

    assert refused.line == line
    assert refused.reason == f"not UTF-8: byte {byte} cannot be read; save the file as UTF-8"


CONFLICT_REASON = (
    "conflict markers: a merge was not finished; keep one side and delete the lines that begin "
    "with <<<<<<<, ======= and >>>>>>>"
)
CONFLICT = b"""figid: a
<<<<<<< HEAD
number: F1
=======
number: F2
>>>>>>> main
"""


OTHER_FILES = {
    "git-lfs": (
        b"version https://git-lfs.github.com/spec/v1\noid sha256:aa\nsize 12\n",
        "Git LFS pointer: the file itself was not downloaded; run git lfs pull",
    ),
    "utf-16": (
        "a\tb\r\n".encode("utf-16"),
        "UTF-16 text: it begins with byte 0xff; save it as UTF-8",
    ),
    "utf-16-big-endian": (
        b"\xfe\xff" + "a\tb\r\n".encode("utf-16-be"),
        "UTF-16 text: it begins with byte 0xfe; save it as UTF-8",
    ),
    "utf-16-without-mark": (
        "a\tb\r\n".encode("utf-16-le"),
        "UTF-16 text: every second byte is 0x00; save it as UTF-8",
    ),
    "workbook": (
        b"PK\x03\x04\x14\0",
        "ZIP archive: perhaps a spreadsheet's workbook; save it as plain text",
    ),
    "gzip": (b"\x1f\x8b\x08\0", "gzip archive: it is compressed; unpack it"),
    "conflict": (CONFLICT, CONFLICT_REASON),
    "conflict-crlf": (CONFLICT.replace(b"\n", b"\r\n"), CONFLICT_REASON),
}


@pytest.mark.parametrize(("data", "reason"), OTHER_FILES.values(), ids=OTHER_FILES)
@pytest.mark.parametrize("file", ["record", "table"])
def test_a_file_that_is_something_else_is_called_what_it_is(
    tmp_path: Path, file: str, data: bytes, reason: str
) -> None:
    path = write_figure(tmp_path, gene_row())
    wrong = path if file == "record" else f"_data/{FIGURE}-genes.tsv"
    write(tmp_path, wrong, data)
    refused = read_bad(tmp_path, path, Layout.PFOCR)

    line = 2 if reason == CONFLICT_REASON else None
    assert (refused.path, refused.line, refused.reason) == (wrong, line, reason)


@pytest.mark.parametrize(
    "caption", ["<<<<<<< and =======", "a <<<<<<< b\n   =======\n   >>>>>>> c"]
)
def test_a_text_that_only_looks_like_a_conflict_is_read(tmp_path: Path, caption: str) -> None:
    path = write(tmp_path, f"{FIGURE}.md", embedded(caption=f"|\n  {caption}"))

    assert read_good(tmp_path, path).fields["caption"].startswith(caption[:5])


def test_a_record_is_read_up_to_the_largest_size_and_refused_unread_beyond(tmp_path: Path) -> None:
    text = embedded()
    path = write(tmp_path, f"{FIGURE}.md", text + "x" * (RECORD_LIMIT_BYTES - len(text)))

    assert read_good(tmp_path, path).id == FIGURE
    for size, said in ((RECORD_LIMIT_BYTES + 1, "1,048,577"), (2**40, "1,099,511,627,776")):
        os.truncate(tmp_path / path, size)
        refused = read_bad(tmp_path, path)
        assert refused.reason.startswith(f"too large: {said} bytes, at most 1,048,576")


@pytest.mark.skipif(not Path("/proc/self/stat").is_file(), reason="needs Linux's /proc")
def test_a_file_that_says_it_is_empty_is_read_no_further_than_allowed() -> None:
    with pytest.raises(RecordError, match="too large: 11 bytes, at most 10 are read"):
        read_text(Path("/proc/self"), "stat", inside=None, limit_bytes=10)


def test_a_table_that_is_too_large_is_refused_by_its_own_path(tmp_path: Path) -> None:
    path = write_figure(tmp_path, gene_row())
    os.truncate(tmp_path / f"_data/{FIGURE}-genes.tsv", TABLE_LIMIT_BYTES + 1)
    refused = read_bad(tmp_path, path)

    assert refused.path == f"_data/{FIGURE}-genes.tsv"
    assert refused.reason.startswith("too large: 8,388,609 bytes, at most 8,388,608 are read")


def test_what_is_no_plain_file_is_refused_and_does_not_block(tmp_path: Path) -> None:
    (tmp_path / "folder.md").mkdir()
    os.mkfifo(tmp_path / "pipe.md")

    for path in ("folder.md", "pipe.md"):
        refused = read_bad(tmp_path, path)
        assert refused.reason == "not a regular file: put a plain file in its place"


@pytest.mark.parametrize("path", ["a\0b.md", "x" * 5000 + ".md"], ids=["NUL", "too long a name"])
def test_a_path_that_the_system_refuses_is_refused(tmp_path: Path, path: str) -> None:
    assert read_bad(tmp_path, path).reason.startswith("cannot be read: ")


@pytest.mark.parametrize("layout", ["wikipathways", "pfocr"])
def test_a_folder_of_tables_that_the_system_does_not_open_is_told(
    tmp_path: Path, layout: str
) -> None:
    name, content = ("WP1", pathway()) if layout == "wikipathways" else (FIGURE, figure())
    path = write(tmp_path, f"records/{name}.md", content)
    (tmp_path / "_data").symlink_to("x" * 300)

    refused = read_bad(tmp_path, path)

    assert refused.path.startswith(f"_data/{name}-")
    assert refused.reason.startswith("cannot be looked for: File name too long; ")


def test_a_folder_of_other_tables_that_the_system_does_not_open_is_noted(tmp_path: Path) -> None:
    path = write(tmp_path, f"records/{FIGURE}.md", figure())
    write(tmp_path, f"records/{FIGURE}-genes.tsv", tsv(GENE_HEAD, [gene_row()]))
    drawn = write_pathway(tmp_path, node_row("A", "Protein", "uniprot:P1"))
    (tmp_path / "_data").symlink_to("x" * 300)

    for each in (path, drawn):
        assert any("cannot be looked for: " in note for note in read_good(tmp_path, each).notes)


def test_a_table_beside_a_file_called_like_its_folder_is_just_not_there(tmp_path: Path) -> None:
    path = write(tmp_path, "pathways/WP1.md", pathway())
    write(tmp_path, "_data", "no folder")

    assert read_bad(tmp_path, path).reason.startswith("no node table: ")


def test_a_link_inside_the_root_and_one_to_it_are_followed(tmp_path: Path) -> None:
    write(tmp_path, f"real/{FIGURE}.md", embedded())
    (tmp_path / "linked").symlink_to("real")

    assert read_good(tmp_path, f"linked/{FIGURE}.md").id == FIGURE
    assert read_good(tmp_path / "linked", f"{FIGURE}.md").id == FIGURE


RECORD, TABLE = f"_figures/{FIGURE}.md", f"_data/{FIGURE}-genes.tsv"


@pytest.mark.parametrize(
    ("path", "link", "to"),
    [
        (RECORD, RECORD, "{}"),
        (f"linked/{FIGURE}.md", "linked", "../"),
        (RECORD, TABLE, "/etc/passwd"),
        (RECORD, RECORD, f"{FIGURE}.md"),
        (f"_figures/../../{FIGURE}.md", "unused", "."),
        ("{}", "unused", "."),
    ],
    ids=["record", "folder", "table", "loop", "climbing", "absolute"],
)
def test_nothing_outside_the_root_is_read(tmp_path: Path, path: str, link: str, to: str) -> None:
    root = tmp_path / "root"
    write_figure(root, gene_row())
    secret = tmp_path / write(tmp_path, f"{FIGURE}.md", embedded(figtitle="a secret"))
    (root / link).unlink(missing_ok=True)
    (root / link).symlink_to(to.format(secret))
    path = path.format(secret)
    refused = read_bad(root, path)

    assert refused.reason.startswith(("outside the collection: ", "cannot be read: "))
    assert refused.path == (TABLE if link == TABLE else path)
    assert "secret" not in refused.reason


@given(st.binary(max_size=200), st.sampled_from([None, *Layout]))
def test_no_content_whatever_raises(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, layout: Layout | None
) -> None:
    root = tmp_path_factory.getbasetemp()
    path = write(root, "any.md", b"---\nfigid: any\n" + data + b"\n---\n")

    assert isinstance(read_record(root, path, layout, Organisms.of([])), Record | InvalidRecord)
