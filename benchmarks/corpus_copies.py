"""Copies of real records under changed ids, to make as large a collection of them as is asked for.

All copies of a record hold the same genes, which no real collection does; what is done once for
each gene looks cheaper than it is.
"""

from __future__ import annotations

from pathlib import Path

_PATTERNS = {
    "pfocr-embedded": ("pfocr-2022", "_figures/*.md"),
    "pfocr": ("pfocr", "_figures/*.md"),
    "wikipathways": ("wikipathways", "pathways/*/*.md"),
}
KINDS = tuple(_PATTERNS)
_IDS_APART = 10_000


def copy_records(corpus: Path, kind: str, root: Path, size: int) -> str:
    """Write ``size`` copies of the records of one kind below ``root``; return their glob."""
    folder, pattern = _PATTERNS[kind]
    found = sorted((corpus / folder).glob(pattern))
    for number in range(size):
        copy, which = divmod(number, len(found))
        _copy(found[which], corpus / folder, root, copy)
    return pattern


def _copy(record: Path, folder: Path, root: Path, copy: int) -> None:
    old = record.stem
    is_pathway = old.startswith("WP")
    new = f"WP{int(old[2:]) + copy * _IDS_APART}" if is_pathway else f"{old}.{copy}"
    key = "wpid" if is_pathway else "figid"
    target = root / record.relative_to(folder).as_posix().replace(old, new)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(
        record.read_bytes().replace(f"{key}: {old}".encode(), f"{key}: {new}".encode())
    )
    for beside in (record.parent, record.parent.parent / "_data"):
        for file in beside.glob(f"{old}[-.]*"):
            if file != record:
                place = root / file.relative_to(folder).as_posix().replace(old, new)
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(file.read_bytes())
