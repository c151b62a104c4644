"""What reports are tested in: no terminal, and 80 columns unless a test asks for more."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away what a developer's or a CI's terminal says of colour and width."""
    for name in ("COLUMNS", "LINES", "FORCE_COLOR", "NO_COLOR", "TTY_COMPATIBLE", "COLORTERM"):
        monkeypatch.delenv(name, raising=False)
