"""Which server a run is about, and who chose it: the caller, or a file of the records."""

from __future__ import annotations

from pathlib import Path

import pytest

from sync.config import ServerConfig
from sync.ndex.address import ServerChoice
from sync.session import choose_server

PUBLIC = "https://www.ndexbio.org"


@pytest.mark.parametrize(
    ("given", "configured", "chosen"),
    [
        (None, PUBLIC, ServerChoice(PUBLIC, by_caller=True)),
        (None, f"{PUBLIC}:443/rest", ServerChoice(f"{PUBLIC}:443/rest", by_caller=True)),
        (None, "sandbox:x.db", ServerChoice("sandbox:here/x.db", by_caller=True)),
        (None, "https://ndex.example", ServerChoice("https://ndex.example", by_caller=False)),
        (None, "http://www.ndexbio.org", ServerChoice("http://www.ndexbio.org", by_caller=False)),
        (None, f"{PUBLIC}:8443", ServerChoice(f"{PUBLIC}:8443", by_caller=False)),
        (None, f"{PUBLIC}.evil.example", ServerChoice(f"{PUBLIC}.evil.example", by_caller=False)),
        (None, "http://127.0.0.1:80", ServerChoice("http://127.0.0.1:80", by_caller=False)),
        ("", "http://localhost", ServerChoice("http://localhost", by_caller=False)),
        ("https://mine", "https://ndex.example", ServerChoice("https://mine", by_caller=True)),
    ],
)
def test_the_caller_chooses_a_server_or_the_configuration_does(
    given: str | None, configured: str, chosen: ServerChoice
) -> None:
    assert choose_server(given, ServerConfig(url=configured), Path("here")) == chosen
