"""Everything that the sandbox answers; all else is an unknown route."""

from __future__ import annotations

from sync.sandbox.api import (
    accounts,
    batch,
    contents,
    copies,
    deletion,
    folders,
    metadata,
    network_sets,
    search,
    sharing,
    shortcuts,
    status,
    summaries,
    uploads,
    workspaces,
)
from sync.sandbox.operation import Operation

OPERATIONS: tuple[Operation, ...] = (
    *status.OPERATIONS,
    *accounts.OPERATIONS,
    *batch.OPERATIONS,
    *summaries.OPERATIONS,
    *contents.OPERATIONS,
    *uploads.OPERATIONS,
    *metadata.OPERATIONS,
    *copies.OPERATIONS,
    *sharing.OPERATIONS,
    *deletion.OPERATIONS,
    *network_sets.OPERATIONS,
    *folders.OPERATIONS,
    *shortcuts.OPERATIONS,
    *search.OPERATIONS,
    *workspaces.OPERATIONS,
)
"""The route table; the first row that fits a request answers it."""
