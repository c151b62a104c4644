"""Recognise the collections that a repository holds, from its folders and some of its files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sync.model import Layout
from sync.records.discover import find_records
from sync.records.organisms import Organisms
from sync.records.read import read_record

_MAX_READ = 40
_FIGURES = "_figures/*.md"
_FIGURE_MAP = "_data/ndex_map.tsv"
_PATHWAYS = ("pathways/WP*/WP*.md", "_pathways/WP*.md")
_PATHWAY_MAP = "downstream/ndex_lookup.csv"

PLACES = (_FIGURES, *_PATHWAYS)
"""Where records are looked for: a PFOCR checkout, a WikiPathways database, its site."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """A collection in a repository, in the terms of the configuration.

    ``layout`` is None if there are files of several layouts or none could be detected. ``map`` is
    None if there is no map file; ``count`` is the number of record files.
    """

    name: str
    layout: Layout | None
    records: str
    map: str | None
    count: int


def recognise_collections(root: Path) -> tuple[Recognised, ...]:
    """Return what ``root`` holds: PFOCR figures, WikiPathways pathways, both or nothing.

    The layout of figures is detected from a few of them, spread over all (formats 3 and 4).
    """
    return tuple(_recognise(root))


def spread(paths: Sequence[str], most: int) -> Sequence[str]:
    """Return at most ``most`` of the paths, evenly spread over all, including the first."""
    step = max(1, -(-len(paths) // most))
    return paths[::step]


def _recognise(root: Path) -> Iterator[Recognised]:
    if figures := find_records(root, _FIGURES):
        layout = _layout_of(root, figures)
        yield Recognised("pfocr", layout, _FIGURES, _map(root, _FIGURE_MAP), len(figures))
    for pattern in _PATHWAYS:
        if pathways := find_records(root, pattern):
            map_path = _map(root, _PATHWAY_MAP)
            yield Recognised("wikipathways", Layout.WIKIPATHWAYS, pattern, map_path, len(pathways))
            return


def _layout_of(root: Path, paths: Sequence[str]) -> Layout | None:
    everything = Organisms.of(())
    outcomes = [read_record(root, path, None, everything) for path in spread(paths, _MAX_READ)]
    layouts = {outcome.layout for outcome in outcomes if outcome.layout is not None}
    return layouts.pop() if len(layouts) == 1 else None


def _map(root: Path, path: str) -> str | None:
    return path if (root / path).is_file() else None
