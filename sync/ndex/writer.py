"""The calls that change something on the server, one method each.

None is sent twice if the first may have been carried out: only a 429, which comes before anything
is done, is waited for. Every method raises a ``ServerError`` if it failed; ``may_have_happened``
says whether only a look can show what became of the call.

What the server would accept and then fail on is refused before anything is sent: a content PUT
destroys the old content before it reads the new one, and a property PUT can store a list that it
then fails on (contract 3.2, 3.5).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import orjson

from sync.amounts import plural
from sync.cx.property_list import explain_profile, explain_unwritable
from sync.cx.validate_cx2 import validate_cx2
from sync.errors import BadRequest, Call, ServerBroken, ServerError, Throttled, Unreachable
from sync.model import NetworkId, Property, Summary, Visibility
from sync.ndex import responses
from sync.ndex.requests import Request, call_about, require_id
from sync.ndex.responses import Accepted
from sync.ndex.transport import Transport


class NdexWriter:
    """Writing calls to one NDEx server; see ``NdexClient.writer``."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def create_network(self, body: bytes, visibility: Visibility) -> Accepted:
        """Create a network from CX2; it exists at once and is loaded later (contract 3.1, 3.3).

        The server does not prevent a network from being created twice: if the answer was lost, look
        for the network before another try.

        Raises:
            NetworkError: the server would not load the body; nothing was sent.
        """
        validate_cx2(body)
        call, query = Call("POST", "/v3/networks"), (("visibility", visibility.value),)
        return responses.decode_accepted(call, await self._send(call, body, query))

    async def replace_content(self, seen: Summary, body: bytes) -> Accepted:
        """Replace a network's content by CX2; the old content is lost at once (contract 3.2).

        This needs the summary that shows the network, since each upload to a network that does not
        exist costs the server a database connection for good (contract 3.2).

        Raises:
            NetworkError: the server would not load the body, or it is empty; nothing was sent.
            ReadOnly: read-only must be switched off first.
            Locked: nothing was changed.
        """
        validate_cx2(body)
        call = call_about("PUT", "/v3/networks/{id}", seen.id)
        return responses.decode_accepted(call, await self._send(call, body))

    async def set_properties(self, network: NetworkId, properties: Sequence[Property]) -> None:
        """Replace the whole list of properties; those left out are lost (contract 3.5).

        Raises:
            BadRequest: the list would do harm, or the server refuses it.
            ServerBroken: the server failed, perhaps after storing it, or stored less.
        """
        call = call_about("PUT", "/v2/network/{id}/properties", network)
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
        stored = responses.decode_count(call, await self._send(call, orjson.dumps(items)))
        if stored != len(properties):
            sent = plural(len(properties), "property", "properties")
            raise ServerBroken(call, f"the server stored {stored} of {sent}")

    async def set_profile(
        self,
        network: NetworkId,
        *,
        name: str | None = None,
        description: str | None = None,
        version: str | None = None,
    ) -> None:
        """Change name, description or version; None leaves one unchanged (contract 3.5).

        Raises:
            BadRequest: a text is longer than the server's database allows, or holds a NUL.
        """
        given = {"name": name, "description": description, "version": version}
        changes = {key: text for key, text in given.items() if text is not None}
        if not changes:
            raise ValueError("set_profile needs at least one of name, description, version")
        call = call_about("PUT", "/v2/network/{id}/profile", network)
        if fault := explain_profile(changes):
            raise _unsent(call, fault)
        await self._send(call, orjson.dumps(changes))

    async def set_read_only(self, network: NetworkId, *, read_only: bool) -> None:
        """Switch read-only on or off, the only edit that a read-only network allows.

        The modification time stays (contract 3.6, 3.9).

        Raises:
            Forbidden: the network has a DOI.
        """
        call = call_about("PUT", "/v2/network/{id}/systemproperty", network)
        await self._send(call, orjson.dumps({"readOnly": read_only}))

    async def set_index_level(self, network: NetworkId, level: str) -> None:
        """Index the network again at ``level``; the modification time stays (contract 3.5).

        With its current level, this brings a network back into the search that a metadata write
        took out of it.
        """
        call = call_about("PUT", "/v2/network/{id}/systemproperty", network)
        await self._send(call, orjson.dumps({"index_level": level}))

    async def set_visibility(self, networks: Collection[NetworkId], visibility: Visibility) -> None:
        """Set the visibility of networks, one after the other; modification times stay.

        The server checks neither locks nor a DOI, so check the DOI first (contract 3.5).
        """
        body = {"visibility": visibility.value, "files": dict.fromkeys(networks, "NETWORK")}
        await self._send_about(Call("POST", "/v3/batch/files/setvisibility"), networks, body)

    async def add_to_set(self, network_set: str, networks: Collection[NetworkId]) -> None:
        """Add networks to a set.

        If the set was made since NDEx 3.0, this adds one more shortcut each time, so ask for its
        members first (contract 7.1).
        """
        call = call_about("POST", "/v2/networkset/{id}/members", network_set)
        await self._send_about(call, networks, list(networks))

    async def remove_from_set(self, network_set: str, networks: Collection[NetworkId]) -> None:
        """Take networks out of a set.

        If the account has more than 1000 shortcuts, the server may do nothing and still say that it
        did (contract 7.1).
        """
        call = call_about("DELETE", "/v2/networkset/{id}/members", network_set)
        await self._send_about(call, networks, list(networks))

    async def move_to_folder(self, folder: str | None, networks: Collection[NetworkId]) -> None:
        """Move networks to a folder, None: home. The server does not check the
        folder (contract 6).
        """
        call = Call("POST", "/v3/batch/networks/move")
        if folder is not None:
            require_id(folder, call)
        body = {"targetFolder": folder, "networks": list(networks)}
        await self._send_about(call, networks, body)

    async def delete_network(self, network: NetworkId) -> None:
        """Put a network into the trash (contract 3.7).

        Raises:
            Unauthorized: unknown, deleted before, or not our own.
            ReadOnly: read-only must be switched off first.
        """
        await self._send(call_about("DELETE", "/v3/networks/{id}", network), None)

    async def restore_from_trash(self, networks: Collection[NetworkId]) -> None:
        """Restore networks from the trash to where they were; their modification times change.

        An id that is not in the trash is ignored, or, if it was deleted for good, comes back as a
        network without content: ask for the trash first (contract 3.7).
        """
        body = {"networks": list(networks), "folders": [], "shortcuts": []}
        await self._send_about(Call("POST", "/v3/files/trash/restore"), networks, body)

    async def _send(
        self, call: Call, body: bytes | None, query: tuple[tuple[str, str], ...] = ()
    ) -> object:
        request = Request(call.method, call.path, query, body, repeatable=False)
        return await self._transport.send(request)

    async def _send_about(self, call: Call, networks: Collection[NetworkId], body: object) -> None:
        """Send a call about several networks at once."""
        if not networks:
            raise _unsent(call, "no networks are named")
        for network in networks:
            require_id(network, call)
        await self._send(call, orjson.dumps(body))


def may_have_happened(error: ServerError) -> bool:
    """Return whether a write that ended like this may have been carried out.

    The answer was lost, cannot be read, or is a 500 that does not speak of a refusal: the server
    may have committed before it failed (contract 10.6). Only a look can show it. False: the server
    refused the call, or it was never sent. A call about several networks does one after the other,
    so a refusal says nothing about those before it (contract 3.5).
    """
    return isinstance(error, Unreachable | ServerBroken | Throttled) and error.status != 429


def _unsent(call: Call, reason: str) -> BadRequest:
    return BadRequest(call, f"{reason}; nothing was sent")
