"""Which server a run is about, who chose it, and the folders that a run uses."""

from __future__ import annotations

import pwd
from pathlib import Path

import pytest

from sync.config import ServerConfig
from sync.errors import ConfigError
from sync.ndex.address import ServerChoice
from sync.session import STATE_FOLDER, choose_server, choose_state, find_home

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


def test_a_user_without_a_home_gets_a_path_that_does_not_exist(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def find_none(number: int) -> None:
        raise KeyError(number)

    monkeypatch.delenv("HOME")
    monkeypatch.setattr(pwd, "getpwuid", find_none)

    assert not find_home().exists()


def test_a_linked_state_folder_is_refused_by_any_of_its_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "target").mkdir()
    Path(STATE_FOLDER).symlink_to("target")

    for given in (None, Path(STATE_FOLDER), tmp_path / STATE_FOLDER):
        with pytest.raises(ConfigError, match="is a link"):
            choose_state(given, Path())
