"""What is shown of a URL in an error holds no secret, however broken the URL is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.ndex.redaction import redact_url


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://www.ndexbio.org", "https://www.ndexbio.org"),
        (" http://[::1]:8080/rest ", "http://[::1]:8080"),
        ("ndexbio.org", "ndexbio.org"),
        ("", ""),
        ("ftp://u:pw@x.org", "ftp://x.org"),
        ("bob:s3cret@host.org", "host.org"),
        ("http://bob:s3c/ret@h:80/v2", "http://h:80"),
        ("http://bob:s3cret", "http://bob"),
        ("http://bob:1234s3cret", "http://bob"),
        ("https://h.org/v2?token=s3cret", "https://h.org"),
        ("https://h.org#s3cret", "https://h.org"),
        ("https://h.org?token=s3c@ret", "https://…"),
        ("http://bob:s3c?ret@h", "http://…"),
    ],
)
def test_scheme_host_and_port_are_shown(text: str, shown: str) -> None:
    assert redact_url(text) == shown


@given(before=st.text(), after=st.text(), scheme=st.sampled_from(["", "http://", "ftp://", "a://"]))
def test_no_password_and_no_query_is_shown(before: str, after: str, scheme: str) -> None:
    shown = redact_url(f"{scheme}{before}s3cret{before}@host.org/path?{after}s3cret{after}")

    assert "s3cret" not in shown
