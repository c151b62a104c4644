"""Which networks are in the trash of the account that is logged in (contract 3.7)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from sync.errors import ServerError
from sync.model import NetworkId

logger = logging.getLogger(__name__)


class OwnTrash:
    """The account's trash, asked for when a network is missing, once for all of them.

    ``fetch`` asks for it; None if nobody is logged in, who has no trash.
    """

    def __init__(self, fetch: Callable[[], Awaitable[frozenset[NetworkId]]] | None) -> None:
        self._fetch = fetch
        self._turn = asyncio.Lock()
        self._networks: frozenset[NetworkId] | None = None

    async def holds(self, network: NetworkId) -> bool:
        """Return whether the trash is known to hold a network; a trash that cannot be read holds
        none.
        """
        if self._fetch is None:
            return False
        async with self._turn:
            if self._networks is None:
                try:
                    self._networks = await self._fetch()
                except ServerError as error:
                    logger.warning(
                        "whether missing networks are in the trash is unknown: %s", error
                    )
                    self._networks = frozenset()
            return network in self._networks
