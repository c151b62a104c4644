"""Credentials: found late and once, shown to nobody (design: Commands).

The environment comes first, then the netrc file. Configuration files and arguments never hold
credentials.
"""

from __future__ import annotations

import base64
import netrc
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sync.errors import ConfigError
from sync.ndex.address import parse_server_url

_PAIRS = (("NDEX_USERNAME", "NDEX_PASSWORD"), ("NDEX_USER", "NDEX_PWD"))
_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True, repr=False)
class Credentials:
    """What proves to the server who we are.

    ``authorization`` is the header's value, ``username`` None for a token, ``source`` the
    variable or file they were found in. Neither ``repr`` nor ``str`` show more than the source.
    """

    authorization: str
    username: str | None
    source: str

    def __repr__(self) -> str:
        return f"<Credentials from {self.source}>"


def bearer(token: str, source: str) -> Credentials:
    """Make credentials of an OIDC token (contract 2).

    Raises:
        ConfigError: the token holds what no token can hold.
    """
    if not _TOKEN.fullmatch(token):
        raise ConfigError(f"{source} holds no token: it has blanks or other signs in it")
    return Credentials(f"Bearer {token}", None, source)


def basic(username: str, password: str, source: str) -> Credentials:
    """Make credentials of a user name and password (contract 2).

    Raises:
        ConfigError: the name holds a colon, where the server would cut it, or a control sign.
    """
    if ":" in username or _CONTROL.search(username):
        raise ConfigError(f"the user name in {source} holds a colon or a control sign")
    pair = f"{username}:{password}".encode()
    return Credentials(f"Basic {base64.b64encode(pair).decode('ascii')}", username, source)


def find_credentials(server_url: str, environ: Mapping[str, str], home: Path) -> Credentials | None:
    """Find the credentials for a server; None: nobody gave any.

    ``NDEX_TOKEN`` comes first, then ``NDEX_USERNAME`` with ``NDEX_PASSWORD``, ``NDEX_USER`` with
    ``NDEX_PWD``, and the entry of the server's host in the file that ``NETRC`` names or in
    ``.netrc`` below ``home``. A variable that is empty counts as not set: that is what CI makes
    of a secret it does not hand out.

    Raises:
        ConfigError: half of a pair is set, a value cannot be used, or the netrc file cannot be
            read. The message names variables and files, never values.
    """
    if token := environ.get("NDEX_TOKEN", "").strip():
        return bearer(token, "NDEX_TOKEN")
    for names in _PAIRS:
        if found := _find_pair(environ, *names):
            return found
    return _find_in_netrc(parse_server_url(server_url).host, _netrc_path(environ, home))


def _find_pair(environ: Mapping[str, str], name: str, secret_name: str) -> Credentials | None:
    username = environ.get(name, "").strip()
    password = environ.get(secret_name, "").rstrip("\r\n")
    if not username and not password:
        return None
    if not password:
        raise ConfigError(f"{name} is set and {secret_name} is not: set {secret_name} too")
    if not username:
        raise ConfigError(f"{secret_name} is set and {name} is not: set {name} too")
    return basic(username, password, name)


def _netrc_path(environ: Mapping[str, str], home: Path) -> Path:
    named = environ.get("NETRC", "")
    return Path(named) if named else home / ".netrc"


def _find_in_netrc(host: str, path: Path) -> Credentials | None:
    """Look for the host's own entry; a ``default`` entry was not meant for NDEx."""
    try:
        entry = netrc.netrc(path).hosts.get(host)
    except FileNotFoundError:
        return None
    except netrc.NetrcParseError as error:
        # The parser's own words can quote the password that it stumbled over.
        raise ConfigError(f"{path}:{error.lineno}: not understood as a netrc file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read ({type(error).__name__})") from None
    if entry is None:
        return None
    username, _, password = entry
    if not username or not password:
        raise ConfigError(f"{path}: the entry for {host} needs both a login and a password")
    return basic(username, password, str(path))
