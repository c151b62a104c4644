"""Read a server's address with the same parser that sends to it."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

import httpx

from sync.errors import ConfigError
from sync.ndex.redaction import redact_url

PUBLIC_SERVER = "https://www.ndexbio.org"


@dataclass(frozen=True, slots=True)
class ServerChoice:
    """A server, and whether the caller chose it or a file of the records did.

    ``by_caller``: by an option, a variable or a default. Credentials in the environment belong to
    the caller, while a configuration comes with the records, even from a pull request.
    """

    url: str
    by_caller: bool


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """The address of an NDEx server.

    ``url`` has no slash at its end and may have a path before the API's own. ``guarded`` says
    whether what is sent stays between us and that server: over TLS, or on this machine.
    """

    url: str
    host: str
    loopback: bool
    guarded: bool


def parse_server_url(text: str) -> ServerAddress:
    """Read an ``http`` or ``https`` URL.

    Raises:
        ConfigError: it is not such a URL, or holds credentials (an ``@``), a query or a fragment.
    """
    shown = redact_url(text)
    try:
        url = httpx.URL(text.strip())
    except httpx.InvalidURL:
        # The parser's own message may quote a part of a password.
        raise ConfigError(
            f"the server URL {shown!r} cannot be read: expected http:// or https:// and a host"
        ) from None
    if "@" in text:
        raise ConfigError(
            f"the server URL {shown!r} holds credentials; take them out and set "
            "NDEX_USERNAME and NDEX_PASSWORD instead"
        )
    if url.scheme not in {"http", "https"} or not url.host:
        raise ConfigError(f"{shown!r} is not a server URL: expected http:// or https:// and a host")
    if url.query or url.fragment:
        raise ConfigError(f"the server URL {shown!r} has a query or fragment; take it out")
    loopback = _is_loopback(url.host)
    return ServerAddress(
        url=str(url).rstrip("/"),
        host=url.host,
        loopback=loopback,
        guarded=loopback or url.scheme == "https",
    )


def is_public(text: str) -> bool:
    """Return whether a URL is that of the public NDEx; raises as ``parse_server_url``."""
    url = httpx.URL(parse_server_url(text).url)
    public = httpx.URL(PUBLIC_SERVER)
    return (url.scheme, url.host, url.port) == (public.scheme, public.host, public.port)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
