"""What NDEx is asked to change: checked calls, none of which may be sent twice blindly.

What the server would take and then choke on is refused here, before anything is sent: a content
PUT destroys the old content before it looks at the new one, and a property PUT can store a list
that it then fails on (contract 3.2, 3.5).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import orjson

from sync.cx.property_list import explain_profile, explain_unwritable
from sync.cx.validate_cx2 import validate_cx2
from sync.errors import (
    BadRequest,
    Call,
    ServerBroken,
    ServerError,
    Throttled,
    Unreachable,
)
from sync.model import NetworkId, Property, Visibility
from sync.ndex.requests import Request, require_id


def may_have_happened(error: ServerError) -> bool:
    """Tell whether a write that ended like this may have been carried out all the same.

    The answer was lost, cannot be read, or is a 500 that says nothing of a refusal: the server
    may have committed before it failed (contract 10.6). Only looking settles it. False: the
    server refused the call, or it was never sent. A call about several networks does one after
    the other, so there a refusal does not speak for those before it (contract 3.5).
    """
    return isinstance(error, Unreachable | ServerBroken | Throttled) and error.status != 429


def build_create(body: bytes, visibility: Visibility) -> Request:
    """Create a network from CX2 (contract 3.1).

    Raises:
        NetworkError: the server's loader would refuse the body, or take it for an empty network.
    """
    validate_cx2(body)
    query = (("visibility", visibility.value),)
    return _write(Call("POST", "/v3/networks"), body, query)


def build_replace(network: NetworkId, body: bytes) -> Request:
    """Replace a network's content by CX2 (contract 3.2).

    Raises:
        NetworkError: the server's loader would refuse the body, or take it for an empty network.
    """
    validate_cx2(body)
    return _write(_call("PUT", "/v3/networks/{id}", network), body)


def build_properties(network: NetworkId, properties: Sequence[Property]) -> Request:
    """Replace a network's whole list of properties (contract 3.5).

    Raises:
        BadRequest: the server would refuse the list, or store it and then fail on it.
    """
    call = _call("PUT", "/v2/network/{id}/properties", network)
    if fault := explain_unwritable(properties):
        raise _unsent(call, fault)
    items = [
        {
            "predicateString": item.name,
            "value": item.value,
            "dataType": item.data_type,
            "subNetworkId": item.subnetwork,
        }
        for item in properties
    ]
    return _write(call, orjson.dumps(items))


def build_profile(network: NetworkId, changes: Mapping[str, str]) -> Request:
    """Change those of name, description and version that are given (contract 3.5).

    Raises:
        BadRequest: a text is longer than the server's database allows, or holds a NUL.
    """
    call = _call("PUT", "/v2/network/{id}/profile", network)
    if fault := explain_profile(changes):
        raise _unsent(call, fault)
    return _write(call, orjson.dumps(changes))


def build_read_only(network: NetworkId, read_only: bool) -> Request:  # noqa: FBT001 - the value
    """Set or lift read-only; the one edit that a read-only network allows (contract 3.6)."""
    body = orjson.dumps({"readOnly": read_only})
    return _write(_call("PUT", "/v2/network/{id}/systemproperty", network), body)


def build_index_level(network: NetworkId, level: str) -> Request:
    """Have a network indexed at a level (contract 3.5)."""
    body = orjson.dumps({"index_level": level})
    return _write(_call("PUT", "/v2/network/{id}/systemproperty", network), body)


def build_visibility(networks: Collection[NetworkId], visibility: Visibility) -> Request:
    """Set the visibility of networks, whatever locks or protects them (contract 3.5)."""
    body = {"visibility": visibility.value, "files": dict.fromkeys(networks, "NETWORK")}
    return _about(Call("POST", "/v3/batch/files/setvisibility"), networks, body)


def build_set_addition(network_set: str, networks: Collection[NetworkId]) -> Request:
    """Add networks to a network set (contract 7.1)."""
    call = _call("POST", "/v2/networkset/{id}/members", network_set)
    return _about(call, networks, list(networks))


def build_set_removal(network_set: str, networks: Collection[NetworkId]) -> Request:
    """Take networks out of a network set (contract 7.1)."""
    call = _call("DELETE", "/v2/networkset/{id}/members", network_set)
    return _about(call, networks, list(networks))


def build_move(folder: str | None, networks: Collection[NetworkId]) -> Request:
    """Move networks to a folder, None: home; the server does not check the folder (contract 6)."""
    call = Call("POST", "/v3/batch/networks/move")
    if folder is not None:
        require_id(folder, call)
    return _about(call, networks, {"targetFolder": folder, "networks": list(networks)})


def build_delete(network: NetworkId) -> Request:
    """Put one network into the trash, from where it can be brought back (contract 3.7)."""
    return _write(_call("DELETE", "/v3/networks/{id}", network), None)


def build_restore(networks: Collection[NetworkId]) -> Request:
    """Bring networks back from the trash (contract 3.7)."""
    body = {"networks": list(networks), "folders": [], "shortcuts": []}
    return _about(Call("POST", "/v3/files/trash/restore"), networks, body)


def _call(method: str, template: str, item: str) -> Call:
    require_id(item, Call(method, template))
    return Call(method, template.replace("{id}", item))


def _write(call: Call, body: bytes | None, query: tuple[tuple[str, str], ...] = ()) -> Request:
    return Request(call.method, call.path, query, body, repeatable=False)


def _about(call: Call, networks: Collection[NetworkId], body: object) -> Request:
    """Make a call about several networks at once."""
    if not networks:
        raise _unsent(call, "no network is named")
    for network in networks:
        require_id(network, call)
    return _write(call, orjson.dumps(body))


def _unsent(call: Call, reason: str) -> BadRequest:
    return BadRequest(call, f"{reason}; nothing was sent")
