"""Check which CX1 uploads the server's loader accepts, and what it stores (contract 5.2).

Loading ends with a conversion to CX2, which fails if values contradict each other or their types; a
Cytoscape collection with sub-networks is never converted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sync.cx.attribute_rules import RESERVED_NETWORK_ATTRIBUTES
from sync.cx.frame import (
    Element,
    is_blank,
    null_refusal,
    read_elements,
    read_long,
    read_status,
    refusal,
    shown,
    split_fragment,
    stream_refusal,
    undefined_ids,
    without_prefix,
)
from sync.cx.parse_json import FragmentPlace, parse_json
from sync.errors import UploadRefused
from sync.sandbox.cx1.elements import (
    Attribute,
    read_edge,
    read_edge_attribute,
    read_network_attribute,
    read_node,
    read_node_attribute,
    read_position,
    read_style,
)
from sync.sandbox.cx1.metadata import (
    OLD_ASPECT_NAMES,
    MetadataEntry,
    correct_metadata,
    merge_metadata,
    read_metadata,
)
from sync.sandbox.cx1.typed import TypedValues, attribute_types, type_values

_NUMBER_VERIFICATION = "numberVerification"
_NDEX_STATUS = "ndexStatus"
_REFERRING = {
    "nodes": ("functionTerms", "nodeCitations", "nodeSupports"),
    "edges": ("edgeCitations", "edgeSupports"),
}
_RESERVED = {"nodeAttributes": ("name", "represents"), "edgeAttributes": ("interaction",)}


@dataclass(frozen=True, slots=True)
class Validated1:
    """A CX1 document that the server accepts.

    ``aspects`` holds the elements of every aspect that has any, as the server reads them, except
    for the three attribute aspects, which are ``network_attributes``, ``node_attributes`` and
    ``edge_attributes``. ``metadata`` is what the server keeps of it. ``order`` names all aspects in
    the order of the upload. ``typed`` has the values for the CX2 file, None for a collection.
    """

    metadata: tuple[MetadataEntry, ...]
    aspects: Mapping[str, list[Element]]
    network_attributes: tuple[Attribute, ...]
    node_attributes: tuple[Attribute, ...]
    edge_attributes: tuple[Attribute, ...]
    typed: TypedValues | None
    subnetwork_ids: tuple[int, ...]
    warnings: tuple[str, ...]
    conversion_fault: UploadRefused | None = None

    @property
    def node_count(self) -> int:
        """How many nodes the network has."""
        return len(self.aspects.get("nodes", ()))

    @property
    def edge_count(self) -> int:
        """How many edges the network has."""
        return len(self.aspects.get("edges", ()))


def validate_cx1(body: bytes) -> Validated1:
    """Return what the server's loader makes from a CX1 upload.

    Raises NetworkError with a text like the server's ``errorMessage`` if the load fails.
    """
    fragments = read_fragments(body)
    loader = _Loader()
    first = len(fragments) - len(_after_number_verification(fragments))
    for number, fragment in enumerate(fragments[first:], first):
        if number == first and isinstance(fragment, dict) and "metaData" not in fragment:
            raise refusal("MetaData is expected at the beginning of a CX document.")
        loader.take_fragment(*split_fragment(fragment), FragmentPlace(body, number, past=1))
    loader.require_status(FragmentPlace(body, len(fragments), past=1))
    return loader.finish()


def read_fragments(body: bytes) -> list[Any]:
    """Return the fragments of a CX1 upload, at least one.

    Raises NetworkError if it is not a JSON array, or is empty.
    """
    if is_blank(body):
        raise null_refusal(
            "illegal cx json format: expected to start with an array, but has nothing"
        )
    try:
        fragments = parse_json(body)
    except UploadRefused as error:
        if body.lstrip().startswith(b"["):
            raise
        raise without_prefix(error) from error
    if not isinstance(fragments, list):
        begun = "{" if isinstance(fragments, dict) else shown(fragments)
        raise refusal(f"illegal cx json format: expected to start with an array, but has: {begun}")
    if not fragments:
        fault = "CX document ends without a Status object defined"
        raise refusal(fault, f"{fault} at  line: 1, column: 3")
    return fragments


def _after_number_verification(fragments: list[Any]) -> list[Any]:
    if not isinstance(fragments[0], dict) or fragments[0].keys() != {_NUMBER_VERIFICATION}:
        return fragments
    value = fragments[0][_NUMBER_VERIFICATION]
    if not isinstance(value, list) or any(not isinstance(item, dict) for item in value):
        raise stream_refusal("numberVerification is malformed")
    return fragments[1:]


@dataclass(slots=True)
class _Loader:
    """The state of the loader: what it has read so far."""

    first_metadata: list[MetadataEntry] = field(default_factory=list)
    last_metadata: list[MetadataEntry] = field(default_factory=list)
    begun: bool = False
    content_seen: bool = False
    status: Element | None = None
    aspects: dict[str, list[Element]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    attributes: dict[str, list[Attribute]] = field(
        default_factory=lambda: {
            "networkAttributes": [],
            "nodeAttributes": [],
            "edgeAttributes": [],
        }
    )

    def take_fragment(self, aspect: str, value: object, place: FragmentPlace) -> None:
        if self.status is not None:
            raise self._fault(
                "End of array expected after the status aspect",
                f"End of array expected at:  {place.opening()}",
            )
        if aspect == "metaData":
            self._take_metadata(read_metadata(value))
        elif not self.begun:
            raise refusal("MetaData is expected at the beginning of a CX document.")
        elif aspect == "status":
            self._take_status(value)
        elif not isinstance(value, list):
            raise self._fault(
                f"Expected the start of an array ('[') in aspect {shown(aspect)}",
                f"Expect start of arry at:  {place.value()}",
            )
        elif self.last_metadata:
            fault = "Only status aspect is allowed after post metadata section."
            raise stream_refusal(fault, f"{fault} Error at  {place.value()}")
        else:
            self._take_elements(OLD_ASPECT_NAMES.get(aspect, aspect), read_elements(aspect, value))

    def _fault(self, message: str, answer: str) -> UploadRefused:
        """Return the refusal; the server uses other words until it has read the first aspect."""
        return (stream_refusal if self.content_seen else refusal)(message, answer)

    def _take_metadata(self, entries: list[MetadataEntry]) -> None:
        if self.content_seen:
            self.last_metadata = entries or self.last_metadata
        elif not self.first_metadata:
            self.first_metadata = entries
        self.begun = True

    def _take_status(self, value: object) -> None:
        if not self.first_metadata and not self.last_metadata:
            raise stream_refusal(
                "Status section appears before pre or post metadata. It needs to be the last "
                "fragment in the CX document."
            )
        self.status = read_status(value)
        error = self.status.get("error")
        if error is not None and error != "":
            raise stream_refusal(
                f"Error status received in CX document. Error message: {shown(error)}"
            )

    def _take_elements(self, aspect: str, elements: list[Element]) -> None:
        self.content_seen = True
        if aspect == _NDEX_STATUS:
            return
        self.counts[aspect] = self.counts.get(aspect, 0) + len(elements)
        if aspect in self.attributes:
            self.attributes[aspect].extend(_ATTRIBUTE_READERS[aspect](item) for item in elements)
        elif elements:
            reader = _READERS.get(aspect)
            known = self.aspects.setdefault(aspect, [])
            known.extend(map(reader, elements) if reader else elements)

    def require_status(self, place: FragmentPlace) -> None:
        if self.status is None:
            raise stream_refusal(
                "CX document ends without a Status object defined",
                f"Expecting new aspect fragment at {place.opening()}",
            )

    def finish(self) -> Validated1:
        merged = merge_metadata(self.first_metadata, self.last_metadata)
        if "nodes" not in merged:
            raise refusal("Nodes aspect is missing.")
        merged.pop(_NDEX_STATUS, None)
        counts = {aspect: count for aspect, count in self.counts.items() if count}
        metadata, warnings = correct_metadata(merged, counts)
        self._check_summary_texts()
        self._check_ids()
        types = attribute_types(self.aspects, self.attributes)
        subnetwork_ids = self._subnetwork_ids()
        typed, fault = None, None
        try:
            if not subnetwork_ids:
                typed = type_values(self.aspects, self.attributes, types)
        except UploadRefused as error:
            fault = error
        return Validated1(
            metadata=tuple(metadata),
            aspects=self.aspects,
            network_attributes=tuple(self.attributes["networkAttributes"]),
            node_attributes=tuple(self.attributes["nodeAttributes"]),
            edge_attributes=tuple(self.attributes["edgeAttributes"]),
            typed=typed,
            subnetwork_ids=subnetwork_ids,
            warnings=(*self._reserved_names(), *warnings, *(typed.warnings if typed else ())),
            conversion_fault=fault,
        )

    def _reserved_names(self) -> list[str]:
        """Warn, once for each name, about attributes that CX1 keeps in the element itself."""
        warnings: dict[str, str] = {}
        for aspect, names in _RESERVED.items():
            for attribute in self.attributes[aspect]:
                if attribute.name in names and attribute.name not in warnings:
                    owner = "node" if aspect == "nodeAttributes" else "id"
                    warnings[attribute.name] = (
                        f"Attribute '{attribute.name}' on {owner} {attribute.owner} is not allowed "
                        "in CX specification. Please upgrade your cyNDEx-2 and Cytoscape to the "
                        "latest version and reload this network."
                    )
        return list(warnings.values())

    def _check_summary_texts(self) -> None:
        for attribute in self.attributes["networkAttributes"]:
            reserved = attribute.name in RESERVED_NETWORK_ATTRIBUTES
            if reserved and attribute.subnetwork is None and isinstance(attribute.value, list):
                values = f"[{', '.join(attribute.value)}]"
                raise refusal(
                    f'attempt to return list of values as single value: "{values}" in attribute '
                    f"{attribute.name}"
                )

    def _check_ids(self) -> None:
        for aspect in ("citations", "supports"):
            ids = [element.get("@id") for element in self.aspects.get(aspect, ())]
            for number in (one for one in ids if isinstance(one, int) and ids.count(one) > 1):
                raise refusal(f"Duplicate Id {number} found in aspect {aspect}")
        for aspect in ("nodes", "edges"):
            defined: set[int] = set()
            for element in self.aspects.get(aspect, ()):
                if element["@id"] in defined:
                    raise refusal(f"Duplicate Id {element['@id']} found in aspect {aspect}")
                defined.add(element["@id"])
            referenced = self._referenced(aspect)
            undefined = {number: referenced[number] for number in referenced.keys() - defined}
            if defined and undefined:
                raise undefined_ids(aspect, undefined)

    def _referenced(self, aspect: str) -> dict[int, str]:
        """Return the ids that other aspects refer to, each with that aspect."""
        source = "nodeAttributes" if aspect == "nodes" else "edgeAttributes"
        found = {attribute.owner: source for attribute in self.attributes[source]}
        ids = {owner: name for owner, name in found.items() if owner is not None}
        if aspect == "nodes":
            for position in self.aspects.get("cartesianLayout", ()):
                ids[position["node"]] = "cartesianLayout"
            for edge in self.aspects.get("edges", ()):
                ids |= {edge["s"]: "edges", edge["t"]: "edges"}
        for style in self.aspects.get("cyVisualProperties", ()):
            if style["properties_of"] == aspect:
                ids[style["applies_to"]] = "cyVisualProperties"
        for name in _REFERRING[aspect]:
            ids |= dict.fromkeys(_owners(self.aspects.get(name, ())), name)
        return ids

    def _subnetwork_ids(self) -> tuple[int, ...]:
        ids: list[int] = []
        for element in self.aspects.get("cySubNetworks", ()):
            number = read_long(element.get("@id"), "@id")
            if number is None:
                raise refusal("An element of cySubNetworks has no whole number as its @id.")
            ids.append(number)
        return tuple(ids)


def _owners(elements: Iterable[Element]) -> Iterator[int]:
    """Yield the nodes or edges that elements belong to, one or a list in each."""
    for element in elements:
        owners = element.get("po")
        for owner in owners if isinstance(owners, list) else [owners]:
            if isinstance(owner, int):
                yield owner


_READERS: Mapping[str, Callable[[Element], Element]] = {
    "nodes": read_node,
    "edges": read_edge,
    "cartesianLayout": read_position,
    "cyVisualProperties": read_style,
}

_ATTRIBUTE_READERS: Mapping[str, Callable[[Element], Attribute]] = {
    "networkAttributes": read_network_attribute,
    "nodeAttributes": read_node_attribute,
    "edgeAttributes": read_edge_attribute,
}
