"""Filling a sandbox from files and manifests."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.errors import ConfigError
from sync.sandbox.app import create_app
from sync.sandbox.fill import LoadSummary, load_into
from sync.sandbox.manifest import make_property
from sync.sandbox.settings import SandboxSettings
from sync.sandbox.store import Store
from tests.sandbox.documents import UUID, make_cx1, make_cx2

OTHER = "11111111-9fb1-11ea-aaef-0ac135e8bacf"


@pytest.fixture
def store() -> Iterator[Store]:
    with Store.open(None) as store:
        yield store


async def fetch(
    store: Store, path: str, auth: tuple[str, str] | None = None, **parameters: str
) -> Any:
    app = create_app(store, settings=SandboxSettings())
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url="http://sandbox"
    ) as client:
        answer = await client.get(path, params=parameters, auth=auth or httpx.USE_CLIENT_DEFAULT)
    return answer.json()


async def summary(store: Store, network_id: str, **more: Any) -> Any:
    return await fetch(store, f"/v2/network/{network_id}/summary", **more)


def write_folder(folder: Path, manifest: object, **files: bytes) -> Path:
    folder.mkdir(exist_ok=True)
    for name, body in files.items():
        (folder / f"{name}.cx2").write_bytes(body)
    (folder / "manifest.json").write_bytes(orjson.dumps(manifest))
    return folder


async def test_one_file_keeps_the_uuid_that_is_given(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "one.cx2"
    file.write_bytes(make_cx2("one"))
    found = load_into(store, [file], uuid=UUID, owner="ann")
    assert found == LoadSummary(networks=1, users=0, network_sets=0, failed=())
    seen = await summary(store, UUID)
    assert (seen["name"], seen["owner"], seen["visibility"]) == ("one", "ann", "PUBLIC")
    assert (seen["completed"], seen["isValid"], seen["cxFormat"]) == (True, True, "cx2")


def test_a_uuid_for_several_files_is_refused(store: Store, tmp_path: Path) -> None:
    for name in ("a.cx2", "b.cx2"):
        (tmp_path / name).write_bytes(make_cx2())
    with pytest.raises(ConfigError, match="a UUID is for one network, but 2 files were given"):
        load_into(store, [tmp_path], uuid=UUID)


async def test_what_a_file_holds_tells_cx1_from_cx2(store: Store, tmp_path: Path) -> None:
    (tmp_path / "old.cx2").write_bytes(make_cx1("old"))
    load_into(store, [tmp_path / "old.cx2"], uuid=UUID)
    seen = await summary(store, UUID)
    assert seen["name"] == "old"
    assert "cxFormat" not in seen


def own_ids(store: Store) -> set[str]:
    with store.reading() as db:
        return {row["id"] for row in db.execute("SELECT id FROM network")}


def test_without_a_uuid_name_and_content_make_one_of_version_1(tmp_path: Path) -> None:
    (tmp_path / "a.cx2").write_bytes(make_cx2("a"))
    (tmp_path / "b.cx").write_bytes(make_cx1("b"))
    (tmp_path / "notes.txt").write_text("no network")
    seen = []
    for _ in range(2):
        with Store.open(None) as store:
            load_into(store, [tmp_path])
            load_into(store, [tmp_path])
            seen.append(own_ids(store))
    assert seen[0] == seen[1]
    assert [uuid.UUID(network_id).version for network_id in seen[0]] == [1, 1]


async def test_loading_again_replaces_the_network(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "one.cx2"
    for name in ("before", "after"):
        file.write_bytes(make_cx2(name))
        load_into(store, [file], uuid=UUID, clock=lambda: 1.0)
    seen = await summary(store, UUID)
    assert (seen["name"], seen["modificationTime"]) == ("after", 1001)


async def test_a_file_that_the_server_would_not_load_becomes_a_failed_network(
    store: Store, tmp_path: Path
) -> None:
    folder = write_folder(
        tmp_path / "networks",
        {"networks": [{"file": "bad.cx2", "uuid": UUID, "owner": "ann", "read_only": True}]},
        bad=b"<html>",
    )
    (failed,) = load_into(store, [folder]).failed
    assert (failed.path, failed.network) == ((folder / "bad.cx2").resolve(), UUID)
    with store.writing() as db:
        assert db.execute("SELECT visibility FROM network").fetchone()[0] == "PRIVATE"
        db.execute("UPDATE network SET visibility = 'PUBLIC'")
    seen = await summary(store, UUID)
    assert "not JSON" in failed.reason
    assert "Unexpected character ('<'" in seen["errorMessage"]
    assert (seen["completed"], seen["isValid"], seen["isReadOnly"]) == (True, True, False)


async def test_an_empty_file_is_an_empty_network_as_on_the_server(
    store: Store, tmp_path: Path
) -> None:
    (tmp_path / "empty.cx2").write_bytes(b"")
    assert load_into(store, [tmp_path], uuid=UUID).failed == ()
    assert (await summary(store, UUID))["nodeCount"] == 0


async def test_a_manifest_says_what_a_file_cannot(store: Store, tmp_path: Path) -> None:
    entry = {
        "file": "one.cx2",
        "uuid": UUID.upper(),
        "owner": "Ann",
        "visibility": "PRIVATE",
        "read_only": True,
    }
    manifest = {"users": [{"name": "Ann", "password": "pw"}], "networks": [entry]}
    found = load_into(store, [write_folder(tmp_path / "networks", manifest, one=make_cx2())])
    assert (found.users, found.networks) == (1, 1)
    assert (await summary(store, UUID))["errorCode"] == "NDEx_Unauthorized_Operation_Exception"
    seen = await summary(store, UUID, auth=("ann", "pw"))
    assert (seen["owner"], seen["isReadOnly"], seen["visibility"]) == ("ann", True, "PRIVATE")


async def test_files_that_the_manifest_does_not_list_are_loaded_too(
    store: Store, tmp_path: Path
) -> None:
    folder = write_folder(
        tmp_path / "networks",
        {"networks": [{"file": "one.cx2", "uuid": UUID}, {"file": "one.cx2", "uuid": OTHER}]},
        one=make_cx2("one"),
        two=make_cx2("two"),
    )
    assert load_into(store, [folder]).networks == 3
    assert (await summary(store, OTHER))["name"] == "one"


async def test_properties_of_the_manifest_replace_those_of_the_content(
    store: Store, tmp_path: Path
) -> None:
    properties = {
        "name": "other",
        "version": None,
        "organism": "Homo sapiens",
        "year": 2015,
        "big": 3_000_000_000,
        "score": 0.5,
        "open": True,
        "words": ["IL-8", "TNF"],
        "years": [2015],
        "none": [],
    }
    manifest = {"networks": [{"file": "one.cx2", "uuid": UUID, "properties": properties}]}
    load_into(store, [write_folder(tmp_path / "networks", manifest, one=make_cx2("one"))])
    seen = await summary(store, UUID)
    shown = {
        item["predicateString"]: (item["dataType"], item["value"]) for item in seen["properties"]
    }
    assert seen["name"] == "other"
    assert shown == {
        "organism": ("string", "Homo sapiens"),
        "year": ("integer", "2015"),
        "big": ("long", "3000000000"),
        "score": ("double", "0.5"),
        "open": ("boolean", "true"),
        "words": ("list_of_string", '["IL-8","TNF"]'),
        "years": ("list_of_integer", "[2015]"),
        "none": ("list_of_string", "[]"),
    }
    (attributes,) = await fetch(store, f"/v3/networks/{UUID}/aspects/networkAttributes")
    assert (attributes["name"], attributes["words"]) == ("other", ["IL-8", "TNF"])


async def test_a_property_that_is_null_in_the_manifest_is_taken_away(
    store: Store, tmp_path: Path
) -> None:
    entry = {"file": "one.cx2", "uuid": UUID, "properties": {"organism": "x"}}
    folder = write_folder(tmp_path / "networks", {"networks": [entry]}, one=make_cx2("one"))
    entry["properties"] = {"organism": None, "name": None, "never there": None}
    write_folder(folder, {"networks": [entry]})
    load_into(store, [folder])
    seen = await summary(store, UUID)
    assert seen["properties"] == []
    assert "name" not in seen


async def test_a_network_set_is_the_old_rows_and_a_folder_with_shortcuts(
    store: Store, tmp_path: Path
) -> None:
    manifest = {
        "users": [{"name": "ann", "password": "pw"}],
        "networks": [{"file": "one.cx2", "uuid": UUID}],
        "network_sets": [
            {"name": "all", "uuid": OTHER, "owner": "ann", "networks": [UUID, UUID]},
            {"networks": []},
        ],
    }
    folder = write_folder(tmp_path / "networks", manifest, one=make_cx2("one"))
    assert load_into(store, [folder]).network_sets == 2
    load_into(store, [folder])
    seen = await fetch(store, f"/v2/networkset/{OTHER}")
    assert (seen["name"], seen["networks"]) == ("all", [UUID])
    path = f"/v3/files/folders/{OTHER}/list"
    (item,) = await fetch(store, path, ("ann", "pw"), format="compact")
    assert item["attributes"] == {
        "target": UUID,
        "target_type": "NETWORK",
        "target_status": "ACTIVE",
    }


def test_a_set_of_networks_that_were_not_loaded_is_refused(store: Store, tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "networks", {"network_sets": [{}, {"networks": [OTHER]}]})
    with pytest.raises(ConfigError, match=rf"network_sets\[1\]\.networks: no network {OTHER}"):
        load_into(store, [folder])


async def test_a_password_in_a_later_manifest_replaces_the_first(
    store: Store, tmp_path: Path
) -> None:
    for password in ({"password": "first"}, {"password": "second"}, {}):
        folder = write_folder(tmp_path / "networks", {"users": [{"name": "ann", **password}]})
        load_into(store, [folder])
    seen = await fetch(store, "/v2/user", ("ann", "second"), valid="true")
    assert seen["userName"] == "ann"
    refused = await fetch(store, "/v2/user", ("ann", "first"), valid="true")
    assert refused["errorCode"] == "NDEx_Unauthorized_Operation_Exception"


def test_passwords_are_not_kept_as_they_are(store: Store, tmp_path: Path) -> None:
    users = [{"name": name, "password": "open sesame"} for name in ("ann", "bob")]
    load_into(store, [write_folder(tmp_path / "networks", {"users": users})])
    with store.reading() as db:
        kept = [row["password"] for row in db.execute("SELECT password FROM account")]
    assert len(set(kept)) == 2
    assert not any("sesame" in text for text in kept)


async def test_nobody_logs_in_to_an_account_without_a_password(
    store: Store, tmp_path: Path
) -> None:
    load_into(store, [write_folder(tmp_path / "networks", {"users": [{"name": "ann"}]})])
    seen = await fetch(store, "/v2/user", ("ann", ""), valid="true")
    assert seen["errorCode"] == "NDEx_Unauthorized_Operation_Exception"


@pytest.mark.parametrize(
    ("manifest", "complaint"),
    [
        (b"{", r"line 1: not valid JSON"),
        (b'{"nets": []}', "nets: Extra inputs"),
        (b'{"networks": [{}]}', r"networks\[0\]\.file: Field required"),
        (
            b'{"networks": [{"file": "a", "uuid": "7"}]}',
            r"networks\[0\]\.uuid: .*'7' is not a UUID",
        ),
        (b'{"networks": [{"file": "a", "properties": {"x": {}}}]}', r"\.properties\.x"),
        (b'{"users": [{"name": ""}]}', r"users\[0\]\.name: must not be empty"),
        (b'{"users": [{"name": "ann", "password": ["sesame"]}]}', r"users\[0\]\.password"),
        (b'{"network_sets": [{"networks": ["x"]}]}', r"network_sets\[0\]\.networks\[0\]"),
    ],
)
def test_a_manifest_error_names_file_and_key(
    store: Store, tmp_path: Path, manifest: bytes, complaint: str
) -> None:
    (tmp_path / "manifest.json").write_bytes(manifest)
    with pytest.raises(ConfigError, match=rf"manifest\.json: .*{complaint}") as caught:
        load_into(store, [tmp_path])
    assert "sesame" not in str(caught.value)


@pytest.mark.parametrize("name", ["../out.cx2", "/etc/passwd", "link.cx2", "a/../../out.cx2"])
def test_a_file_outside_the_folder_is_refused(store: Store, tmp_path: Path, name: str) -> None:
    (tmp_path / "out.cx2").write_bytes(make_cx2())
    folder = write_folder(tmp_path / "networks", {"networks": [{"file": name}]})
    (folder / "link.cx2").symlink_to(tmp_path / "out.cx2")
    with pytest.raises(ConfigError, match=r"networks\[0\]\.file: .* outside the folder"):
        load_into(store, [folder])


def test_a_file_that_is_not_there_is_named(store: Store, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"gone\.cx2: cannot be read: No such file"):
        load_into(store, [tmp_path / "gone.cx2"])


def test_a_manifest_that_cannot_be_read_is_named(store: Store, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").mkdir()
    with pytest.raises(ConfigError, match=r"manifest\.json: cannot be read: Is a directory"):
        load_into(store, [tmp_path])


@given(st.lists(st.one_of(st.text(), st.integers(-(2**40), 2**40), st.booleans())))
def test_a_list_property_is_a_json_array_inside_the_text(values: list[str | int | bool]) -> None:
    stored = make_property("x", list(values))
    assert stored.value is not None
    assert orjson.loads(stored.value) == values
    assert stored.data_type.startswith("list_of_")
