"""Where credentials are found, when they are refused, and that nobody sees them."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.errors import ConfigError
from sync.ndex.address import ServerChoice
from sync.ndex.auth import CREDENTIAL_VARIABLES, basic, bearer, find_credentials, take_credentials

SERVER = "https://www.ndexbio.org"
CHOSEN = ServerChoice(SERVER, by_caller=True)
CONFIGURED = ServerChoice("https://ndex.example", by_caller=False)
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
    found = find_credentials(CHOSEN, environ, tmp_path)
    assert found is not None
    assert decoded(found.authorization) == f"{username}:{SECRET}"
    assert (found.username, found.source) == (username, source)


def test_a_token_comes_before_everything(tmp_path: Path) -> None:
    found = find_credentials(CHOSEN, {"NDEX_TOKEN": "abc.d-e_f==\n", **PAIR}, tmp_path)
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
        find_credentials(CHOSEN, environ, tmp_path)
    assert SECRET not in str(caught.value)
    assert "ada" not in str(caught.value)


@pytest.mark.parametrize(
    "environ",
    [
        {"NDEX_USERNAME": "a:b", "NDEX_PASSWORD": SECRET},
        {"NDEX_USERNAME": "a\nb", "NDEX_PASSWORD": SECRET},
        {"NDEX_USERNAME": "ada", "NDEX_PASSWORD": f"{SECRET}\udcff"},
        {"NDEX_TOKEN": f"{SECRET} {SECRET}"},
        {"NDEX_TOKEN": f"{SECRET}\nX-Evil: 1"},
        {"NDEX_TOKEN": "tökén" + SECRET},
    ],
    ids=["colon", "line break", "no UTF-8", "blank", "header injection", "no ASCII"],
)
def test_what_no_header_can_carry_is_refused_unshown(
    environ: Mapping[str, str], tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match="NDEX_") as caught:
        find_credentials(CHOSEN, environ, tmp_path)
    assert SECRET not in str(caught.value)


def test_nothing_anywhere_is_nobody(tmp_path: Path) -> None:
    assert find_credentials(CHOSEN, {}, tmp_path) is None


def test_netrc_serves_the_host_of_the_server_alone(tmp_path: Path) -> None:
    (tmp_path / ".netrc").write_text(f"{NETRC}default login anonymous password x\n")
    found = find_credentials(ServerChoice(f"{SERVER}/rest", by_caller=True), {}, tmp_path)
    assert found is not None
    assert decoded(found.authorization) == f"net:{SECRET}"
    assert found.source == str(tmp_path / ".netrc")
    other = ServerChoice("https://ndex.example", by_caller=True)
    assert find_credentials(other, {}, tmp_path) is None


def test_netrc_may_be_elsewhere(tmp_path: Path) -> None:
    (tmp_path / ".netrc").write_text(NETRC.replace("net ", "home "))
    elsewhere = tmp_path / "logins"
    elsewhere.write_text(NETRC)
    found = find_credentials(CHOSEN, {"NETRC": str(elsewhere)}, tmp_path)
    assert found is not None
    assert found.username == "net"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (f"machine www.ndexbio.org\nlogin net\n{SECRET}\n".encode(), "both a login and a password"),
        (b"machine www.ndexbio.org login net\n", "both a login and a password"),
        (f"machine www.ndexbio.org password {SECRET}\n".encode(), "both a login and a password"),
        (b"\xff\xfe machine", "cannot be read"),
    ],
    ids=["broken", "no password", "no login", "no text"],
)
def test_a_bad_netrc_is_named_and_not_quoted(content: bytes, words: str, tmp_path: Path) -> None:
    (tmp_path / ".netrc").write_bytes(content)
    with pytest.raises(ConfigError, match=words) as caught:
        find_credentials(CHOSEN, {}, tmp_path)
    assert str(tmp_path / ".netrc") in str(caught.value)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    "content",
    [
        f"machine other port 21 protocol ftp login x password y\n{NETRC}",
        f"machine other login\nmacdef init\ncd /\nlogin bad\n\n{NETRC}",
        f"machine\tother\n<html>\n{NETRC}# login bad",
        f'{NETRC}machine other login "unfinished',
        f"login bad password bad\n{NETRC}machine other",
        f"{NETRC}default login bad password bad\nmacdef unfinished\nlogin bad",
        f'machine "www.ndexbio.org" login n\\et password "{SECRET}" account a # login bad',
        f"machine www.ndexbio.org login old password old\n{NETRC}",
    ],
)
def test_foreign_and_unfinished_lines_of_a_netrc_are_passed_over(
    content: str, tmp_path: Path
) -> None:
    (tmp_path / ".netrc").write_text(content)

    found = find_credentials(CHOSEN, {}, tmp_path)

    assert found is not None
    assert decoded(found.authorization) == f"net:{SECRET}"


WORDS = [
    *'\\"# \n\n  x',
    "\n\n",
    *["machine", "login", "password", "macdef", "default", "www.ndexbio.org"],
]


@given(st.lists(st.sampled_from(WORDS)))
def test_any_netrc_is_read_or_refused_by_name(words: list[str]) -> None:
    with TemporaryDirectory() as folder:
        (Path(folder) / ".netrc").write_text("".join(words))
        with suppress(ConfigError):
            find_credentials(CHOSEN, {}, Path(folder))


@pytest.mark.parametrize("environ", [PAIR, OLD_PAIR, {"NDEX_TOKEN": "abc"}, {"NDEX_PWD": SECRET}])
def test_a_server_that_only_the_configuration_names_gets_nothing_of_the_environment(
    environ: Mapping[str, str], tmp_path: Path
) -> None:
    said = r"not sent to https://ndex.example, which only the configuration names: .* --server"
    with pytest.raises(ConfigError, match=said) as caught:
        find_credentials(CONFIGURED, environ, tmp_path)
    assert SECRET not in str(caught.value)
    assert find_credentials(CONFIGURED, dict.fromkeys(environ, ""), tmp_path) is None


def test_a_server_that_only_the_configuration_names_gets_what_netrc_has_for_it(
    tmp_path: Path,
) -> None:
    (tmp_path / ".netrc").write_text("machine ndex.example login net password x\n")

    found = find_credentials(CONFIGURED, PAIR, tmp_path)

    assert found is not None
    assert decoded(found.authorization) == "net:x"


def test_what_was_taken_out_of_an_environment_is_not_in_it() -> None:
    environ = dict.fromkeys(CREDENTIAL_VARIABLES, SECRET) | {"PATH": "/bin"}

    taken = take_credentials(environ)

    assert environ == {"PATH": "/bin"}
    assert taken == dict.fromkeys(CREDENTIAL_VARIABLES, SECRET) | {"PATH": "/bin"}


def test_a_netrc_that_is_a_folder_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / ".netrc").mkdir()
    with pytest.raises(ConfigError, match="cannot be read"):
        find_credentials(CHOSEN, {}, tmp_path)


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
