"""Which collections a repository holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from sync.model import Layout
from sync.records.recognise import Recognised, recognise_collections, spread
from tests.samples import CHEMOKINES, Sample, figure_text

TABLE_FIGURE = "---\nfigid: {figid}\nfigtitle: A figure\npmcid: PMC1\n---\n"
PATHWAY = "---\nwpid: WP1\ntitle: A pathway\n---"
EMBEDDED = figure_text("PMC1__f1", CHEMOKINES, "''")
LOOKUP = "downstream/ndex_lookup.csv"


def add(root: Path, path: str, text: str = "") -> None:
    Sample(root).add_file(path, text)


def test_figures_with_tables_beside_and_a_map(tmp_path: Path) -> None:
    for number in (1, 2):
        figid = f"PMC{number}__f1"
        add(tmp_path, f"_figures/{figid}.md", TABLE_FIGURE.format(figid=figid))
    add(tmp_path, "_data/ndex_map.tsv")

    assert recognise_collections(tmp_path) == (
        Recognised("pfocr", Layout.PFOCR, "_figures/*.md", "_data/ndex_map.tsv", 2),
    )


@pytest.mark.parametrize(
    ("first", "layout"),
    [(EMBEDDED, None), ("no record", Layout.PFOCR)],
    ids=["another layout", "no record"],
)
def test_layouts_that_lie_together_are_left_to_be_told_file_by_file(
    tmp_path: Path, first: str, layout: Layout | None
) -> None:
    add(tmp_path, "_figures/PMC1__f1.md", first)
    add(tmp_path, "_figures/PMC2__f1.md", TABLE_FIGURE.format(figid="PMC2__f1"))

    assert [found.layout for found in recognise_collections(tmp_path)] == [layout]


@pytest.mark.parametrize(
    ("path", "text", "found"),
    [
        (
            "pathways/WP1/WP1.md",
            PATHWAY,
            Recognised("wikipathways", Layout.WIKIPATHWAYS, "pathways/WP*/WP*.md", LOOKUP, 1),
        ),
        (
            "_pathways/WP1.md",
            PATHWAY,
            Recognised("wikipathways", Layout.WIKIPATHWAYS, "_pathways/WP*.md", LOOKUP, 1),
        ),
        (
            "_figures/PMC1__f1.md",
            EMBEDDED,
            Recognised("pfocr", Layout.PFOCR_EMBEDDED, "_figures/*.md", None, 1),
        ),
    ],
    ids=["database", "site", "figures with genes inside"],
)
def test_a_collection_of_one_layout(
    tmp_path: Path, path: str, text: str, found: Recognised
) -> None:
    add(tmp_path, path, text)
    add(tmp_path, LOOKUP)

    assert recognise_collections(tmp_path) == (found,)


def test_a_folder_of_other_things_holds_nothing(tmp_path: Path) -> None:
    add(tmp_path, "README.md")

    assert recognise_collections(tmp_path) == ()


@pytest.mark.parametrize(
    ("count", "most", "taken"),
    [(0, 3, []), (3, 3, [0, 1, 2]), (7, 3, [0, 3, 6]), (8, 3, [0, 3, 6])],
)
def test_a_spread_takes_from_everywhere(count: int, most: int, taken: list[int]) -> None:
    assert [int(path) for path in spread([str(n) for n in range(count)], most)] == taken
