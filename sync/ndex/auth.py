"""Find credentials, late and only once, and show them to nobody (design: Commands).

The environment comes first, then the netrc file. Configuration files and arguments never hold
credentials, and credentials of the environment are only sent to a server that the caller chose.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path

from sync.errors import ConfigError
from sync.ndex.address import ServerChoice, parse_server_url

_PAIRS = (("NDEX_USERNAME", "NDEX_PASSWORD"), ("NDEX_USER", "NDEX_PWD"))
CREDENTIAL_VARIABLES = ("NDEX_TOKEN", *(name for pair in _PAIRS for name in pair))
"""The variables in which credentials are looked for."""

_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*")
_NETRC_WORD = re.compile(r'"(?:\\.|[^"\\])*"?|(?:\\.|\S)+', re.S)
_NETRC_KEYS = {"login": "login", "user": "login", "password": "password", "account": "account"}
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True, repr=False)
class Credentials:
    """The credentials that are sent to the server.

    ``authorization`` is the header's value, ``username`` None for a token, ``source`` the variable
    or file that they were found in. ``repr`` and ``str`` show only the source.
    """

    authorization: str
    username: str | None
    source: str

    def __repr__(self) -> str:
        return f"<Credentials from {self.source}>"


def bearer(token: str, source: str) -> Credentials:
    """Make credentials from an OIDC token (contract 2).

    Raises:
        ConfigError: the token has characters that no token can have.
    """
    if not _TOKEN.fullmatch(token):
        raise ConfigError(f"{source} is not a token: it has blanks or other characters in it")
    return Credentials(f"Bearer {token}", None, source)


def basic(username: str, password: str, source: str) -> Credentials:
    """Make credentials from a user name and password (contract 2).

    Raises:
        ConfigError: the name holds a colon, where the server would cut it, or a control character,
            or one of them is not UTF-8 text.
    """
    if ":" in username or _CONTROL.search(username):
        raise ConfigError(f"the user name in {source} has a colon or a control character")
    try:
        pair = f"{username}:{password}".encode()
    except UnicodeEncodeError:
        raise ConfigError(f"the user name or password in {source} is not UTF-8 text") from None
    return Credentials(f"Basic {base64.b64encode(pair).decode('ascii')}", username, source)


def find_credentials(
    server: ServerChoice, environ: Mapping[str, str], home: Path
) -> Credentials | None:
    """Find the credentials for a server; None if nobody gave any.

    ``NDEX_TOKEN`` comes first, then ``NDEX_USERNAME`` with ``NDEX_PASSWORD``, ``NDEX_USER`` with
    ``NDEX_PWD``, and the entry of the server's host in the file that ``NETRC`` names or in
    ``.netrc`` below ``home``. An empty variable counts as not set: CI sets it to that if it
    withholds a secret. A server that only a configuration names gets what the netrc file has for
    it, and nothing else.

    Raises:
        ConfigError: half of a pair is set, a value cannot be used, the netrc file cannot be read,
            or the environment's credentials were not meant for this server. The message names
            variables and files, never values.
    """
    if server.by_caller and (found := _find_in_environment(environ)):
        return found
    found = _find_in_netrc(parse_server_url(server.url).host, _netrc_path(environ, home))
    if found is None and not server.by_caller:
        _require_unset(environ, server.url)
    return found


def take_credentials(environ: MutableMapping[str, str]) -> Mapping[str, str]:
    """Remove the credentials from an environment, and return a copy with them.

    A process that is started afterwards, such as a worker or git, does not have them.
    """
    taken = dict(environ)
    for name in CREDENTIAL_VARIABLES:
        environ.pop(name, None)
    return taken


def _find_in_environment(environ: Mapping[str, str]) -> Credentials | None:
    if token := environ.get("NDEX_TOKEN", "").strip():
        return bearer(token, "NDEX_TOKEN")
    for names in _PAIRS:
        if found := _find_pair(environ, *names):
            return found
    return None


def _require_unset(environ: Mapping[str, str], url: str) -> None:
    if there := [name for name in CREDENTIAL_VARIABLES if environ.get(name, "").strip()]:
        raise ConfigError(
            f"{' and '.join(there)} is not sent to {url}, which only the configuration names: if "
            f"you trust that server, name it yourself with --server {url} or NDEX_SERVER, or give "
            "it an entry in ~/.netrc; else unset the credentials"
        )


def _find_pair(environ: Mapping[str, str], name: str, secret_name: str) -> Credentials | None:
    username = environ.get(name, "").strip()
    password = environ.get(secret_name, "").rstrip("\r\n")
    if not username and not password:
        return None
    if not password:
        raise ConfigError(f"{name} is set but {secret_name} is not: set {secret_name} too")
    if not username:
        raise ConfigError(f"{secret_name} is set but {name} is not: set {name} too")
    return basic(username, password, name)


def _netrc_path(environ: Mapping[str, str], home: Path) -> Path:
    named = environ.get("NETRC", "")
    return Path(named) if named else home / ".netrc"


def _find_in_netrc(host: str, path: Path) -> Credentials | None:
    """Look for the host's own entry; a ``default`` entry was not meant for NDEx."""
    try:
        entry = _read_entry(path.read_text(encoding="utf-8"), host)
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read ({type(error).__name__})") from None
    if entry is None:
        return None
    username, password = entry.get("login"), entry.get("password")
    if not username or not password:
        raise ConfigError(f"{path}: the entry for {host} needs both a login and a password")
    return basic(username, password, str(path))


def _read_entry(text: str, host: str) -> Mapping[str, str] | None:
    """Return what a netrc file says about a host, None if it has no entry for it.

    Python's own parser refuses the whole file for a word that other programs put into entries of
    their own, such as ``port``. Here such words are skipped.
    """
    found: dict[str, str] | None = None
    current: dict[str, str] = {}
    at = 0
    while word := _NETRC_WORD.search(text, at):
        key, at = word[0], word.end()
        if key.startswith("#"):
            at = _end(text, "\n", at)
        elif key == "macdef":
            at = _end(text, "\n\n", at)
        elif key == "default":
            current = {}
        elif key == "machine" or key in _NETRC_KEYS:
            value = _NETRC_WORD.search(text, at)
            at = value.end() if value else len(text)
            said = _unquote(value[0]) if value else ""
            if key != "machine":
                current[_NETRC_KEYS[key]] = said
            else:
                current = {}
                found = current if said == host else found
    return found


def _end(text: str, mark: str, start: int) -> int:
    at = text.find(mark, start)
    return len(text) if at < 0 else at + len(mark)


def _unquote(word: str) -> str:
    plain = word[1:].removesuffix('"') if word.startswith('"') else word
    return re.sub(r"\\(.)", r"\1", plain, flags=re.S)
