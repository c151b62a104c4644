"""Server addresses: what they may hold, and which keep a secret."""

from __future__ import annotations

import pytest

from sync.errors import ConfigError
from sync.ndex.address import ServerAddress, parse_server_url


@pytest.mark.parametrize(
    ("text", "url", "host"),
    [
        ("https://www.ndexbio.org", "https://www.ndexbio.org", "www.ndexbio.org"),
        (" https://WWW.ndexbio.org/ ", "https://www.ndexbio.org", "www.ndexbio.org"),
        ("https://ndex.example:8443/rest/", "https://ndex.example:8443/rest", "ndex.example"),
    ],
)
def test_an_address_loses_what_does_not_count(text: str, url: str, host: str) -> None:
    assert parse_server_url(text) == ServerAddress(url, host, loopback=False, guarded=True)


@pytest.mark.parametrize(
    ("text", "loopback", "guarded"),
    [
        ("https://ndex.example", False, True),
        ("http://ndex.example", False, False),
        ("http://127.0.0.1:8000", True, True),
        ("http://127.9.9.9", True, True),
        ("http://[::1]:8000", True, True),
        ("http://localhost", True, True),
        ("http://LOCALHOST:80", True, True),
        ("http://localhost.example", False, False),
        ("http://127.0.0.1.example", False, False),
        ("http://128.0.0.1", False, False),
        ("http://[::2]", False, False),
    ],
)
def test_only_tls_and_this_machine_keep_a_secret(text: str, loopback: bool, guarded: bool) -> None:
    address = parse_server_url(text)
    assert (address.loopback, address.guarded) == (loopback, guarded)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not a server URL"),
        ("ndexbio.org", "not a server URL"),
        ("ftp://ndexbio.org", "not a server URL"),
        ("https:///v2", "not a server URL"),
        ("https://ndexbio.org?x=1", "query or fragment"),
        ("https://ndexbio.org#x", "query or fragment"),
        ("https://ndexbio.org:port", "cannot be read"),
        ("https://ndex\x00bio.org", "cannot be read"),
        ("https://ada:geheim@ndexbio.org", "holds credentials"),
        ("https://www.ndexbio.org:geheim@evil.example", "holds credentials"),
        ("ada:geheim@ndexbio.org", "'ndexbio.org' holds credentials"),
        ("ftp://ada:geheim@ndexbio.org", "'ftp://ndexbio.org' holds credentials"),
        ("https://ada:geheim/@ndexbio.org", "'https://ndexbio.org' cannot be read"),
        ("https://ada:1/geheim@ndexbio.org", "'https://ndexbio.org' holds credentials"),
        ("https://ndexbio.org?token=geheim", "'https://ndexbio.org' has a query or fragment"),
        ("ndexbio.org?token=geheim", "'ndexbio.org' is not a server URL"),
    ],
)
def test_what_is_no_server_address_is_refused(text: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words) as caught:
        parse_server_url(text)
    assert "geheim" not in str(caught.value)
