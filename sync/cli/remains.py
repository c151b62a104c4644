"""Find what earlier runs left on NDEx, for commands that change nothing there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sync.ndex.client import NdexClient
from sync.report.text import visible
from sync.state.folder import JOURNAL_NAME

if TYPE_CHECKING:
    from sync.apply.recover import Remains


async def find_remains(
    state: Path, client: NdexClient, server: str, account: str | None = None
) -> tuple[Remains, ...]:
    """Return what runs on the server left, by the journal; ``account`` None means any account.

    Raises:
        NdexSyncError: the journal cannot be used, or the server cannot be reached.
    """
    if not (state / JOURNAL_NAME).exists():
        return ()
    # The writing code takes a quarter of a second to import, and most checks have no journal.
    from sync.apply import recover
    from sync.state.journal import Journal

    with Journal.open(state) as journal:
        return await recover.find_remains(client, journal, server, account)


def describe_remains(each: Remains) -> str:
    """Say what was left and whether the next push repairs it."""
    return visible(f"The next push repairs {each}" if each.fixable else str(each))
