"""What every peer reads of the records: PyYAML's C loader, and csv for the tables."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml


def read_records(root: Path) -> dict[str, set[str]]:
    """Return the genes of each record by its network: NCBI or Ensembl identifiers."""
    return dict(_read(root))


def _read(root: Path) -> Iterator[tuple[str, set[str]]]:
    for file in [*root.glob("_figures/*.md"), *root.glob("pathways/*/*.md")]:
        front = yaml.load(file.read_text().split("---\n")[1].removesuffix("---"), yaml.CSafeLoader)
        yield front["ndex"], _genes_of(root, file, front)


def _genes_of(root: Path, file: Path, front: dict[str, Any]) -> set[str]:
    if "genes" in front:
        return {gene["entrez"] for gene in front["genes"]}
    if "wpid" in front:
        rows = _rows(file.with_name(f"{file.stem}-datanodes.tsv"))
        return {row["Ensembl"].removeprefix("ensembl:") for row in rows if row["Ensembl"]}
    rows = _rows(root / "_data" / f"{file.stem}-genes.tsv")
    return {row["ncbigene_id"] for row in rows if row["organism_id"] == "9606"}


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


def genes_in(document: Any) -> set[str]:
    """Return the genes of a network in CX2, parsed."""
    nodes = next(fragment["nodes"] for fragment in document if "nodes" in fragment)
    values = [node["v"] for node in nodes]
    return {str(value.get("ncbigene") or value.get("Ensembl")) for value in values} - {"None"}
