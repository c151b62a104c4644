"""Find which networks are in the trash of the account that is logged in (contract 3.7)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from sync.errors import ServerError
from sync.model import NetworkId

logger = logging.getLogger(__name__)


class OwnTrash:
    """The account's trash, requested once for all networks, when one is missing.

    ``fetch`` asks for it; None if nobody is logged in, since there is no trash then.
    """

    def __init__(self, fetch: Callable[[], Awaitable[frozenset[NetworkId]]] | None) -> None:
        self._fetch = fetch
        self._turn = asyncio.Lock()
        self._networks: frozenset[NetworkId] | None = None

    async def holds(self, network: NetworkId) -> bool:
        """Return whether the trash is known to hold a network; False if it cannot be read."""
        if self._fetch is None:
            return False
        async with self._turn:
            if self._networks is None:
                try:
                    self._networks = await self._fetch()
                except ServerError as error:
                    logger.warning(
                        "cannot say whether missing networks are in the trash: %s", error
                    )
                    self._networks = frozenset()
            return network in self._networks
