"""Map files: every row is an entry, a problem with its line, or says that there is nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.errors import ConfigError
from sync.records.mapfile import MapFile, read_map
from tests.records.writing import UUID, write

OTHER = "0626a9a9-df0c-11ea-99da-0ac135e8bacf"
FIGURE_ROW = f"PMC6372626__41467_2019_8576_Fig6_HTML\t{OTHER}\n"


def read(root: Path, content: str | bytes, name: str = "map.tsv") -> MapFile:
    return read_map(root, write(root, name, content))


def rows(found: MapFile) -> list[tuple[str, str, int]]:
    return [(entry.record, entry.network, entry.line) for entry in found.entries]


@pytest.mark.parametrize(
    "content",
    [
        f'"wpid","ndexid"\n"WP1","{UUID}"\n',
        f"wpid,ndexid\nWP1,{UUID}\n",
        f"figid\tndex\nWP1\t{UUID}\n",
        f'\ufeff"wpid","ndexid"\r\n"WP1","{UUID}"\r\n',
        f"WPID, UUID\nWP1 , {UUID.upper()} \n",
        *(f"WP2\t{nothing}\nWP1\t{UUID}\n" for nothing in ("NA", "", '""', " ", ".na.character")),
    ],
)
def test_a_header_and_a_row_without_a_network_are_no_entry_and_no_problem(
    tmp_path: Path, content: str
) -> None:
    found = read(tmp_path, content, "lookup.csv")

    assert rows(found) == [("WP1", UUID, 2)]
    assert found.problems == ()


@pytest.mark.parametrize("content", ["", "\n\n", '"wpid","ndexid"\n', "\ufeff"])
def test_a_map_may_hold_no_row(tmp_path: Path, content: str) -> None:
    assert read(tmp_path, content) == MapFile((), ())


def test_repeated_rows_are_kept_in_file_order_and_blank_lines_counted(tmp_path: Path) -> None:
    text = f"\n \nWP1,{OTHER}\r\nWP1,{UUID}\n\t\n\r\nWP2,{UUID}\nWP1,{OTHER}"
    found = read(tmp_path, text)

    assert rows(found) == [("WP1", OTHER, 3), ("WP1", UUID, 4), ("WP2", UUID, 7), ("WP1", OTHER, 8)]
    assert found.problems == ()


COLUMNS = "not two columns: {} found; write a record id and a UUID"
NO_UUID = "not a UUID: '{}' is not a network's UUID; correct it"
NO_ID = "unusable id: '{}' is not a figure or pathway id; correct it"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("WP1", COLUMNS.format(1)),
        (f"WP1\t{UUID}\tx", COLUMNS.format(3)),
        (f"WP1,{UUID},", COLUMNS.format(3)),
        (f'"WP1,{UUID}', COLUMNS.format(1)),
        (f'"WP1"x,{UUID}', COLUMNS.format(1)),
        ("x" * 200_000, COLUMNS.format(1)),
        ("a\rb," + UUID, COLUMNS.format(1)),
        ("WP1\tWP5283", NO_UUID.format("WP5283")),
        (f"WP1\t{UUID}0", NO_UUID.format(f"{UUID}0")),
        ("ndexid,wpid", NO_UUID.format("wpid")),
        *((f"{name}\t{UUID}", NO_ID.format(name)) for name in ("", "../x", "a b")),
    ],
)
def test_a_bad_line_is_one_problem_and_the_others_still_count(
    tmp_path: Path, line: str, reason: str
) -> None:
    found = read(tmp_path, f"WP8\t{UUID}\n{line}\nWP9\t{UUID}\n")

    assert [entry.record for entry in found.entries] == ["WP8", "WP9"]
    (problem,) = found.problems
    assert (problem.path, problem.line, problem.reason) == ("map.tsv", 2, reason)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "map file map.tsv: no such file: restore it or take its name out"),
        (b"WP1\t\xff\n", "map file map.tsv:1: not UTF-8: byte 0xff cannot be read"),
    ],
)
def test_a_map_that_cannot_be_read_at_all_is_a_config_error(
    tmp_path: Path, content: bytes | None, reason: str
) -> None:
    if content is not None:
        write(tmp_path, "map.tsv", content)

    with pytest.raises(ConfigError) as caught:
        read_map(tmp_path, "map.tsv")
    assert str(caught.value).startswith(reason)


@pytest.mark.parametrize("link", ["map.tsv", "data"])
def test_a_map_that_leads_out_by_a_link_is_refused_and_not_shown(tmp_path: Path, link: str) -> None:
    write(tmp_path, "secret/map.tsv", "secret line\n")
    root = tmp_path / "deep/root"
    root.mkdir(parents=True)
    (root / link).symlink_to(tmp_path / "secret" / ("map.tsv" if link == "map.tsv" else ""))
    path = link if link == "map.tsv" else "data/map.tsv"

    with pytest.raises(ConfigError, match="leads out of it") as caught:
        read_map(root, path)
    assert "secret line" not in str(caught.value)


def test_a_map_may_stand_outside_the_root(tmp_path: Path) -> None:
    write(tmp_path, "elsewhere/map.tsv", FIGURE_ROW)
    (tmp_path / "root").mkdir()

    assert len(read_map(tmp_path / "root", "../elsewhere/map.tsv").entries) == 1


@given(
    st.lists(
        st.tuples(st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,30}", fullmatch=True), st.uuids()),
        max_size=20,
    ),
    st.sampled_from(["{}\t{}\n", "{},{}\n", '"{}","{}"\n', '"{}"\t"{}"\r\n']),
)
def test_what_is_written_reads_back(
    tmp_path_factory: pytest.TempPathFactory, written: list[tuple[str, object]], shape: str
) -> None:
    root = tmp_path_factory.getbasetemp()
    content = '"wpid","ndexid"\n' + "".join(shape.format(*row) for row in written)

    assert rows(read(root, content, "law.csv")) == [
        (record, str(network), line) for line, (record, network) in enumerate(written, start=2)
    ]
