"""Settings of the tests of reading."""

from __future__ import annotations

from hypothesis import settings

# How long an example takes says something of the machine, nothing of the code.
settings.register_profile("untimed", parent=settings(), deadline=None)
settings.load_profile("untimed")
