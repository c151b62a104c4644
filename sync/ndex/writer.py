"""The calls that change something on the server, one method each.

None is sent twice where the first may have been carried out: only a 429, which comes before
anything is done, is waited out. Every method raises a ``ServerError`` where it failed;
``write_requests.may_have_happened`` tells of it whether only looking settles what became of the
call. What the server would choke on is refused before it is sent.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sync.errors import ServerBroken
from sync.model import NetworkId, Property, Summary, Visibility
from sync.ndex import responses, write_requests
from sync.ndex.responses import Accepted
from sync.ndex.transport import Transport


class NdexWriter:
    """Writing calls to one NDEx server; had from ``NdexClient.writer``."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def create_network(self, body: bytes, visibility: Visibility) -> Accepted:
        """Create a network from CX2; it is there at once and loaded later (contract 3.1, 3.3).

        The server keeps no network from being created twice: where the answer was lost, look
        for the network before another try.

        Raises:
            NetworkError: the server would not load the body; nothing was sent.
        """
        request = write_requests.build_create(body, visibility)
        return responses.decode_accepted(request.call, await self._transport.send(request))

    async def replace_content(self, seen: Summary, body: bytes) -> Accepted:
        """Replace a network's content by CX2; what was there is gone at once (contract 3.2).

        It takes the summary that shows the network, since each upload to one that is not there
        costs the server a database connection for good (contract 3.2).

        Raises:
            NetworkError: the server would not load the body, or it is empty; nothing was sent.
            ReadOnly: that has to be lifted first.
            Locked: nothing was changed.
        """
        request = write_requests.build_replace(seen.id, body)
        return responses.decode_accepted(request.call, await self._transport.send(request))

    async def set_properties(self, network: NetworkId, properties: Sequence[Property]) -> None:
        """Replace the whole list of properties; those left out are gone (contract 3.5).

        Raises:
            BadRequest: the list would do harm, or the server refuses it.
            ServerBroken: the server failed, perhaps after storing it, or stored less.
        """
        request = write_requests.build_properties(network, properties)
        stored = responses.decode_count(request.call, await self._transport.send(request))
        if stored != len(properties):
            raise ServerBroken(
                request.call,
                f"{stored} properties were stored of the {len(properties)} that were sent",
            )

    async def set_profile(
        self,
        network: NetworkId,
        *,
        name: str | None = None,
        description: str | None = None,
        version: str | None = None,
    ) -> None:
        """Change name, description or version; None leaves one as it is (contract 3.5)."""
        given = {"name": name, "description": description, "version": version}
        changes = {key: text for key, text in given.items() if text is not None}
        if not changes:
            raise ValueError("set_profile needs at least one of name, description, version")
        await self._transport.send(write_requests.build_profile(network, changes))

    async def set_read_only(self, network: NetworkId, *, read_only: bool) -> None:
        """Set or lift read-only; the modification time stays (contract 3.6, 3.9).

        Raises:
            Forbidden: the network has a DOI.
        """
        await self._transport.send(write_requests.build_read_only(network, read_only))

    async def set_index_level(self, network: NetworkId, level: str) -> None:
        """Index the network again at ``level``; the modification time stays (contract 3.5).

        With the level that it has, this brings a network back into the search that a metadata
        write took out of it.
        """
        await self._transport.send(write_requests.build_index_level(network, level))

    async def set_visibility(self, networks: Collection[NetworkId], visibility: Visibility) -> None:
        """Set the visibility of networks, one after the other; modification times stay.

        The server looks neither at locks nor at a DOI, so look at the DOI first (contract 3.5).
        """
        await self._transport.send(write_requests.build_visibility(networks, visibility))

    async def add_to_set(self, network_set: str, networks: Collection[NetworkId]) -> None:
        """Add networks to a set; to one made since NDEx 3.0 that adds one more shortcut each
        time, so ask for its members first (contract 7.1).
        """
        await self._transport.send(write_requests.build_set_addition(network_set, networks))

    async def remove_from_set(self, network_set: str, networks: Collection[NetworkId]) -> None:
        """Take networks out of a set; of an account with more than 1000 shortcuts the server may
        do nothing and still say that it did (contract 7.1).
        """
        await self._transport.send(write_requests.build_set_removal(network_set, networks))

    async def move_to_folder(self, folder: str | None, networks: Collection[NetworkId]) -> None:
        """Move networks to a folder, None: home. The server does not ask whether there is such a
        folder (contract 6).
        """
        await self._transport.send(write_requests.build_move(folder, networks))

    async def delete_network(self, network: NetworkId) -> None:
        """Put a network into the trash (contract 3.7).

        Raises:
            Unauthorized: unknown, deleted before, or not our own.
            ReadOnly: that has to be lifted first.
        """
        await self._transport.send(write_requests.build_delete(network))

    async def restore_from_trash(self, networks: Collection[NetworkId]) -> None:
        """Bring networks back to where they were; their modification times change (contract 3.7).

        An id that is not in the trash is passed over, or, deleted for good, comes back as a
        network without content: ask for the trash first.
        """
        await self._transport.send(write_requests.build_restore(networks))
