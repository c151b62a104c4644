"""Load an upload as the server does: bytes in, the stored files and facts out (contract 5).

Loading is pure, and the store loads contents only through this module.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from sync.cx.attribute_rules import RESERVED_NETWORK_ATTRIBUTES
from sync.cx.validate_cx2 import Validated2, check_conversion, read_cx2
from sync.errors import UploadRefused
from sync.model import Property
from sync.sandbox.convert import cx1_to_cx2, cx2_to_cx1, write_loaded_cx1, write_loaded_cx2
from sync.sandbox.cx1.elements import Attribute
from sync.sandbox.cx1.validate import validate_cx1
from sync.sandbox.properties import attribute_of, property_of
from sync.sandbox.rebuild import replace_in_cx1, replace_in_cx2

_SAMPLE_ABOVE = 1000
_CUT_OFF = b'[{"numberVerification":[{"longNumber":281474976710655}]},{"metaData":['


@dataclass(frozen=True, slots=True)
class Loaded:
    """A network as the server keeps it after it has read an upload.

    ``properties`` are in the v2 form: every value is text, a list is a JSON array inside the text
    (contract 3.4). ``cx1`` and ``cx2`` are the files to return, never byte-equal to the upload;
    ``cx2`` is None for a CX1 collection with sub-networks (contract 4). ``has_sample`` marks a CX1
    upload with more than 1000 edges. ``cx_format`` is what the summary says: ``"cx2"`` or None.
    ``fault`` is why an upload could not be converted to the other format: the load has failed,
    though the network exists (contract 3.3).
    """

    name: str | None
    description: str | None
    version: str | None
    properties: tuple[Property, ...]
    node_count: int
    edge_count: int
    cx1: bytes | None
    cx2: bytes | None
    has_layout: bool
    has_sample: bool
    warnings: tuple[str, ...]
    subnetwork_ids: tuple[int, ...]
    cx_format: Literal["cx2"] | None
    fault: str | None = None


def load_cx2(body: bytes) -> Loaded:
    """Load a CX2 upload (contract 5.1); a zero-byte body is an empty network.

    Raises NetworkError with the text that the server puts into ``errorMessage``.
    """
    network = read_cx2(body)
    cx1, fault = _convert(network)
    values = network.network_attributes
    declared = network.declarations.get("networkAttributes", {})
    return Loaded(
        name=values.get("name"),
        description=values.get("description"),
        version=values.get("version"),
        properties=tuple(
            property_of(name, value, declared[name].data_type)
            for name, value in values.items()
            if name not in RESERVED_NETWORK_ATTRIBUTES
        ),
        node_count=network.node_count,
        edge_count=network.edge_count,
        cx1=cx1,
        cx2=write_loaded_cx2(network),
        has_layout=network.has_layout and fault is None,
        has_sample=False,
        warnings=network.warnings,
        subnetwork_ids=network.subnetwork_ids,
        cx_format="cx2",
        fault=fault,
    )


def _convert(network: Validated2) -> tuple[bytes, str | None]:
    """Return the CX1 of a CX2 network, or the part before the error, with the reason."""
    try:
        check_conversion(network)
    except UploadRefused as error:
        return _CUT_OFF, error.answer
    return cx2_to_cx1(network), None


def load_cx1(body: bytes) -> Loaded:
    """Load a CX1 upload (contract 5.2).

    A collection is named after its first sub-network if it has no name of its own. Raises
    NetworkError with the text that the server puts into ``errorMessage``.
    """
    network = validate_cx1(body)
    own = [item for item in network.network_attributes if item.subnetwork is None]
    named = [item for item in network.network_attributes if item.name == "name"]
    cx2, fault = None, network.conversion_fault
    try:
        cx2 = None if network.typed is None else cx1_to_cx2(network, network.typed)
    except UploadRefused as error:
        fault = error
    texts = {
        item.name: item.value for item in [*named[:1], *own] if not isinstance(item.value, list)
    }
    return Loaded(
        name=texts.get("name"),
        description=texts.get("description"),
        version=texts.get("version"),
        properties=tuple(
            property_of(item.name, item.value, item.data_type, item.subnetwork)
            for item in network.network_attributes
            if item.subnetwork is not None or item.name not in RESERVED_NETWORK_ATTRIBUTES
        ),
        node_count=network.node_count,
        edge_count=network.edge_count,
        cx1=write_loaded_cx1(network),
        cx2=cx2,
        has_layout="cartesianLayout" in network.aspects and fault is None,
        has_sample=network.edge_count > _SAMPLE_ABOVE,
        warnings=network.warnings,
        subnetwork_ids=network.subnetwork_ids,
        cx_format=None,
        fault=None if fault is None else fault.answer,
    )


def rewrite_attributes(
    cx1: bytes | None,
    cx2: bytes | None,
    name: str | None,
    description: str | None,
    version: str | None,
    properties: Iterable[Property],
) -> tuple[bytes | None, bytes | None]:
    """Return both files with their network attributes rebuilt from the summary (contract 3.5).

    What was only in the content is lost: ``@context`` from CX2. Raises NetworkError if the server's
    rebuilding throws: duplicate names, text that does not parse as its numeric type, bad list text,
    a null for a numeric type.
    """
    reserved = (("name", name), ("description", description), ("version", version))
    attributes = [
        Attribute(None, None, key, "string", text) for key, text in reserved if text is not None
    ]
    attributes += [attribute_of(item) for item in properties]
    return (
        None if cx1 is None else replace_in_cx1(cx1, attributes),
        None if cx2 is None else replace_in_cx2(cx2, attributes),
    )
