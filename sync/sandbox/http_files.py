"""Folders and shortcuts over HTTP (contract 7.2)."""

from __future__ import annotations

from starlette.responses import Response

from sync.sandbox import folders
from sync.sandbox.operation import Call, Operation, answer


def count_files(call: Call) -> Response:
    """Answer how many networks, folders and shortcuts the caller owns."""
    return answer(folders.count_own(call.db, call.me.id))


OPERATIONS = (Operation("GET", "/v3/files/count", count_files),)
"""The routes of this module."""
