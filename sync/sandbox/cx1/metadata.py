"""Read and correct the metadata of a CX1 document as the server's loader does (contract 5.2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sync.cx.frame import Element, refusal, shown, stream_refusal

OLD_ASPECT_NAMES: Mapping[str, str] = {
    "visualProperties": "cyVisualProperties",
    "subNetworks": "cySubNetworks",
    "networkRelations": "cyNetworkRelations",
    "hiddenAttributes": "cyHiddenAttributes",
}
"""Aspects of older Cytoscape versions, with their names on the server."""

_KEPT = ("version", "idCounter", "consistencyGroup")


@dataclass(frozen=True, slots=True)
class MetadataEntry:
    """What a document says about one aspect.

    ``count`` is None if it does not say; ``others`` are the remaining members that the server
    keeps.
    """

    name: str
    count: int | None
    others: Mapping[str, Any]

    def element(self) -> Element:
        """Return the entry as the server writes it."""
        return {"name": self.name, "elementCount": self.count or 0, **self.others}


def read_metadata(value: object) -> list[MetadataEntry]:
    """Return one metadata block. Raises NetworkError for one that the server cannot read."""
    if not isinstance(value, list):
        raise stream_refusal("Malformed metadata: it is not an array")
    entries = [_read_entry(entry) for entry in value]
    names = [entry.name for entry in entries]
    for twice in (name for number, name in enumerate(names) if name in names[:number]):
        raise refusal(f"more than one meta data element with name '{shown(twice)}'")
    return entries


def merge_metadata(
    first: Iterable[MetadataEntry], last: Iterable[MetadataEntry]
) -> dict[str, MetadataEntry]:
    """Return the metadata by aspect; the block at the end wins."""
    merged = {entry.name: entry for entry in first}
    for entry in last:
        known = merged.get(entry.name)
        if known is None:
            merged[entry.name] = replace(entry, others={})
        elif entry.count is not None:
            merged[entry.name] = replace(known, count=entry.count)
    return merged


def correct_metadata(
    merged: Mapping[str, MetadataEntry], counts: Mapping[str, int]
) -> tuple[list[MetadataEntry], list[str]]:
    """Return the metadata that the server keeps, and its warnings.

    A wrong count stays; an aspect without elements loses its entry, one without an entry gets it.
    """
    kept: list[MetadataEntry] = []
    warnings: list[str] = []
    for entry in merged.values():
        actual = counts.get(entry.name, 0)
        listed = actual if entry.count is None else entry.count
        if listed != actual:
            warnings.append(
                f"Element count mismatch in aspect {entry.name}. Metadata declared element count "
                f"{listed}, but {actual} was received in CX."
            )
        if actual:
            kept.append(replace(entry, count=listed))
        elif listed:
            warnings.append(
                f"Metadata of aspect {entry.name} is removed by NDEx server because this aspect "
                "has no data in it."
            )
    for aspect in sorted(counts.keys() - merged.keys()):
        warnings.append(
            f"Aspect {aspect} is not defined in MetaData section. NDEx is adding one without a "
            "version in it."
        )
        kept.append(MetadataEntry(aspect, counts[aspect], {}))
    return kept, warnings


def _read_entry(entry: object) -> MetadataEntry:
    name = entry.get("name") if isinstance(entry, dict) else None
    if not isinstance(entry, dict) or not isinstance(name, str):
        raise stream_refusal("Name attribute of MetaDataElement can't be null.")
    count = entry.get("elementCount")
    if count is not None and type(count) is not int:
        raise stream_refusal(f"elementCount of {shown(name)} is not a whole number: {shown(count)}")
    group = entry.get("consistencyGroup")
    if group is not None and type(group) is not int:
        raise stream_refusal(f"consistencyGroup of {shown(name)} is not a whole number.")
    others = {key: entry[key] for key in _KEPT if isinstance(entry.get(key), str | int)}
    return MetadataEntry(OLD_ASPECT_NAMES.get(name, name), count, others)
