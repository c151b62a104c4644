"""A client that reads from one NDEx server."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Self

from sync.api.records import Network
from sync.collection.listing import Membership
from sync.collection.observe import ObservePolicy, observe_network
from sync.errors import NetworkError
from sync.match.identifiers import normalise_network_id
from sync.model import Absent, NetworkId, Seen
from sync.ndex.address import PUBLIC_SERVER, ServerChoice
from sync.ndex.client import NdexClient
from sync.ndex.policy import ClientPolicy
from sync.ndex.sightings import Sighting, see_each
from sync.session import find_home, open_session

_WHOLE = ObservePolicy(whole_below_bytes=1 << 62)


class Client:
    """Reads from one NDEx server; open it with `Client.open()`."""

    def __init__(self, client: NdexClient) -> None:
        self._client = client

    @classmethod
    @asynccontextmanager
    async def open(
        cls, server: str = PUBLIC_SERVER, *, concurrency: int = 8, rate: float | None = None
    ) -> AsyncIterator[Self]:
        """Open a client for a server: a URL, or `sandbox:PATH` for a file of the sandbox.

        Credentials come from the environment or `~/.netrc`, as for the commands. `concurrency` is
        how many requests may run at once, `rate` how many may start each second.

        Raises:
            ConfigError: the server or the credentials cannot be used.
        """
        choice = ServerChoice(server, by_caller=True)
        policy = ClientPolicy(concurrency=concurrency, rate_per_s=rate)
        async with open_session(choice, policy, os.environ, find_home()) as client:
            yield cls(client)

    async def summaries(self, networks: Iterable[str]) -> dict[str, Sighting]:
        """Ask what NDEx says about networks, 2,000 in a request, with their properties.

        Every UUID is a key of the result. Its value is a `Summary`, or `Absent`, `Refused` or
        `Unanswered`: a network without an answer is never taken for one that does not exist.
        """
        wanted = {each: _network_id(each) for each in networks}
        found = await see_each(self._client, [*wanted.values()])
        return {each: found[network] for each, network in wanted.items()}

    async def network(self, network: str) -> Network:
        """Read a network with its content.

        Raises:
            ServerError: NDEx does not show it: `NotFound`, `Unauthorized`, `Unreachable`...
            NetworkError: its content cannot be read.
        """
        summary = await self._client.fetch_summary(_network_id(network))
        seen = await observe_network(self._client, summary, Membership(), _WHOLE)
        if isinstance(seen, Seen):
            return Network(seen.summary, seen.network, seen.document)
        reason = "it was deleted meanwhile" if isinstance(seen, Absent) else seen.reason
        raise NetworkError(f"network {network}: {reason}")


def _network_id(text: str) -> NetworkId:
    found = normalise_network_id(text)
    if found is None:
        raise ValueError(f"{text!r} is not a UUID")
    return found
