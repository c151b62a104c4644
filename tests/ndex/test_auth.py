"""Where credentials are found, when they are refused, and that nobody sees them."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.errors import ConfigError
from sync.ndex.auth import basic, bearer, find_credentials

SERVER = "https://www.ndexbio.org"
SECRET = "gEh31m!"
NETRC = f"machine www.ndexbio.org login net password {SECRET}\n"


def decoded(authorization: str) -> str:
    scheme, _, rest = authorization.partition(" ")
    assert scheme == "Basic"
    return base64.b64decode(rest).decode()


PAIR = {"NDEX_USERNAME": "ada", "NDEX_PASSWORD": SECRET}
OLD_PAIR = {"NDEX_USER": "old", "NDEX_PWD": SECRET}


@pytest.mark.parametrize(
    ("environ", "username", "source"),
    [
        (PAIR, "ada", "NDEX_USERNAME"),
        (OLD_PAIR, "old", "NDEX_USER"),
        (PAIR | OLD_PAIR, "ada", "NDEX_USERNAME"),
        (OLD_PAIR | {"NDEX_USERNAME": "", "NDEX_PASSWORD": ""}, "old", "NDEX_USER"),
        ({"NDEX_USERNAME": " ada ", "NDEX_PASSWORD": SECRET + "\r\n"}, "ada", "NDEX_USERNAME"),
        ({"NDEX_TOKEN": " ", **PAIR}, "ada", "NDEX_USERNAME"),
    ],
    ids=["pair", "old pair", "new before old", "empty is unset", "trimmed", "blank token"],
)
def test_a_pair_is_found_in_the_environment(
    environ: Mapping[str, str], username: str, source: str, tmp_path: Path
) -> None:
    (tmp_path / ".netrc").write_text(NETRC)
    found = find_credentials(SERVER, environ, tmp_path)
    assert found is not None
    assert decoded(found.authorization) == f"{username}:{SECRET}"
    assert (found.username, found.source) == (username, source)


def test_a_token_comes_before_everything(tmp_path: Path) -> None:
    found = find_credentials(SERVER, {"NDEX_TOKEN": "abc.d-e_f==\n", **PAIR}, tmp_path)
    assert found is not None
    assert found.authorization == "Bearer abc.d-e_f=="
    assert (found.username, found.source) == (None, "NDEX_TOKEN")


@pytest.mark.parametrize(
    ("environ", "missing"),
    [
        ({"NDEX_USERNAME": "ada"}, "NDEX_PASSWORD"),
        ({"NDEX_USERNAME": "ada", "NDEX_PASSWORD": ""}, "NDEX_PASSWORD"),
        ({"NDEX_PASSWORD": SECRET}, "NDEX_USERNAME"),
        ({"NDEX_USER": "ada"}, "NDEX_PWD"),
        ({"NDEX_PWD": SECRET}, "NDEX_USER"),
        ({"NDEX_USERNAME": "ada", "NDEX_PWD": SECRET}, "NDEX_PASSWORD"),
    ],
)
def test_half_a_pair_names_the_variable_to_set_and_no_value(
    environ: Mapping[str, str], missing: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match=f"set {missing} too") as caught:
        find_credentials(SERVER, environ, tmp_path)
    assert SECRET not in str(caught.value)
    assert "ada" not in str(caught.value)


@pytest.mark.parametrize(
    "environ",
    [
        {"NDEX_USERNAME": "a:b", "NDEX_PASSWORD": SECRET},
        {"NDEX_USERNAME": "a\nb", "NDEX_PASSWORD": SECRET},
        {"NDEX_TOKEN": f"{SECRET} {SECRET}"},
        {"NDEX_TOKEN": f"{SECRET}\nX-Evil: 1"},
        {"NDEX_TOKEN": "tökén" + SECRET},
    ],
    ids=["colon", "line break", "blank", "header injection", "no ASCII"],
)
def test_what_no_header_can_carry_is_refused_unshown(
    environ: Mapping[str, str], tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match="NDEX_") as caught:
        find_credentials(SERVER, environ, tmp_path)
    assert SECRET not in str(caught.value)


def test_nothing_anywhere_is_nobody(tmp_path: Path) -> None:
    assert find_credentials(SERVER, {}, tmp_path) is None


def test_netrc_serves_the_host_of_the_server_alone(tmp_path: Path) -> None:
    (tmp_path / ".netrc").write_text(f"{NETRC}default login anonymous password x\n")
    found = find_credentials(f"{SERVER}/rest", {}, tmp_path)
    assert found is not None
    assert decoded(found.authorization) == f"net:{SECRET}"
    assert found.source == str(tmp_path / ".netrc")
    assert find_credentials("https://ndex.example", {}, tmp_path) is None


def test_netrc_may_be_elsewhere(tmp_path: Path) -> None:
    (tmp_path / ".netrc").write_text(NETRC.replace("net ", "home "))
    elsewhere = tmp_path / "logins"
    elsewhere.write_text(NETRC)
    found = find_credentials(SERVER, {"NETRC": str(elsewhere)}, tmp_path)
    assert found is not None
    assert found.username == "net"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (f"machine www.ndexbio.org\nlogin net\n{SECRET}\n".encode(), r":\d+: not understood"),
        (b"machine www.ndexbio.org login net\n", "both a login and a password"),
        (f"machine www.ndexbio.org password {SECRET}\n".encode(), "both a login and a password"),
        (b"\xff\xfe machine", "cannot be read"),
    ],
    ids=["broken", "no password", "no login", "no text"],
)
def test_a_bad_netrc_is_named_and_not_quoted(content: bytes, words: str, tmp_path: Path) -> None:
    (tmp_path / ".netrc").write_bytes(content)
    with pytest.raises(ConfigError, match=words) as caught:
        find_credentials(SERVER, {}, tmp_path)
    assert str(tmp_path / ".netrc") in str(caught.value)
    assert SECRET not in str(caught.value)


def test_a_netrc_that_is_a_folder_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / ".netrc").mkdir()
    with pytest.raises(ConfigError, match="cannot be read"):
        find_credentials(SERVER, {}, tmp_path)


def test_credentials_show_their_source_and_nothing_else() -> None:
    for login in (basic("ada", SECRET, "NDEX_USERNAME"), bearer("t0ken", "NDEX_TOKEN")):
        for shown in (repr(login), str(login), f"{login}", f"{[login]}"):
            assert login.source in shown
            for hidden in (SECRET, "t0ken", "ada", login.authorization.split()[1]):
                assert hidden not in shown


NAMES = st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters=":"))
PASSWORDS = st.text(st.characters(exclude_categories=["Cs"]))


@given(NAMES, PASSWORDS)
def test_a_pair_reaches_the_server_as_it_is(username: str, password: str) -> None:
    value = basic(username, password, "test").authorization
    assert value.isascii()
    name, _, rest = decoded(value).partition(":")
    assert (name, rest) == (username, password)
