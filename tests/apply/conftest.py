"""What pushes are tried on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.apply.pushing import EVERYTHING, Push, fill_with_every_kind, pushing
from tests.samples import Sample


@pytest.fixture
def sample(tmp_path: Path) -> Sample:
    """A collection with every kind of action in it."""
    made = Sample(tmp_path)
    fill_with_every_kind(made)
    return made


@pytest.fixture
async def push(sample: Sample) -> AsyncIterator[Push]:
    """A push of all of it, on a server that is well."""
    async with pushing(sample, **EVERYTHING) as push:
        yield push
