"""Hide what may be secret in a URL that an error shows: it may hold a password or a token."""

from __future__ import annotations

import re

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_HOST = re.compile(r"\[[0-9A-Fa-f:.]*\]|[^/?#\\:\s\x00-\x1f]*")
_PORT = re.compile(r":[0-9]{1,5}(?=[/?#]|$)")


def redact_url(text: str) -> str:
    """Return scheme, host and port of a URL, however broken it is.

    Nothing before an ``@`` or after a ``?`` or ``#`` is shown: a password may hold any character
    unescaped, even a slash. The host is left out if these characters make it uncertain.
    """
    text = text.strip()
    scheme = _SCHEME.match(text)
    start = scheme[0] if scheme else ""
    before, at, rest = text.removeprefix(start).rpartition("@")
    if at and re.search(r"[?#]", before):
        return f"{start}…"
    host = _HOST.match(rest)
    shown = host[0] if host else ""
    port = _PORT.match(rest, len(shown))
    return f"{start}{shown}{port[0] if port else ''}"
