"""Contract 9: search, which is unfit for anything but looking around."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.contract.calls import (
    Server,
    assert_error,
    create_cx1,
    create_cx2,
    set_system,
    wait_for,
)
from tests.contract.documents import cx1, cx2, unique

PATH = "/v2/search/network"


def search(client: httpx.Client, text: str, **more: Any) -> dict[str, Any]:
    """A page of hits; ``start`` and ``size`` are for the query, the rest for the body."""
    params: dict[str, int] = {key: more.pop(key) for key in ("start", "size") if key in more}
    answer = client.post(PATH, params=dict(params), json={"searchString": text, **more})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def ids(found: dict[str, Any]) -> list[str]:
    return [each["externalId"] for each in found["networks"]]


def wait_until_found(client: httpx.Client, network: str, text: str) -> None:
    """Wait for the search index, which lags behind (contract 9)."""
    wait_for(lambda: search(client, text), lambda found: network in ids(found))


def word() -> str:
    """A word that stands in no other network."""
    return "x" + unique("").strip()


def test_a_network_is_found_by_a_word_of_its_name(client: httpx.Client) -> None:
    """Contract 9: as v2 summaries, the warnings emptied."""
    name = word()
    network = create_cx2(client, cx2(f"Pathway {name}"))
    wait_until_found(client, network, name)
    found = search(client, name)
    assert set(found) == {"numFound", "start", "networks"}
    assert (found["numFound"], found["start"], ids(found)) == (1, 0, [network])
    assert found["networks"][0]["warnings"] == []


@pytest.mark.parametrize("text", ["{}", "uuid:{}"])
def test_an_id_needs_no_index(client: httpx.Client, anonymous: httpx.Client, text: str) -> None:
    """Contract 9: answered from the database, for UNLISTED too."""
    network = create_cx2(client, visibility="UNLISTED")
    assert ids(search(anonymous, text.format(network))) == [network]


def test_private_networks_are_found_by_those_who_may_read(
    client: httpx.Client, anonymous: httpx.Client
) -> None:
    """Contract 9."""
    name = word()
    network = create_cx2(client, cx2(name))
    wait_until_found(client, network, name)
    assert ids(search(anonymous, name)) == []


def test_an_account_name_is_an_exact_filter(client: httpx.Client, server: Server) -> None:
    """Contract 9."""
    name = word()
    network = create_cx2(client, cx2(name))
    wait_until_found(client, network, name)
    owner = server.owner.user.lower()
    assert ids(search(client, name, accountName=owner)) == [network]
    assert ids(search(client, name, accountName=owner[:-1])) == []


@pytest.mark.parametrize("text", ["", "*"])
def test_nothing_in_particular_is_everything(client: httpx.Client, text: str) -> None:
    """Contract 9."""
    name = word()
    network = create_cx2(client, cx2(name))
    wait_until_found(client, network, name)
    assert network in ids(search(client, text, size=10000))


def test_a_null_search_is_500(client: httpx.Client) -> None:
    """Contract 9."""
    assert_error(client.post(PATH, json={"searchString": None}), 500, "NDEx_Exception")


def test_searching_for_what_one_administers_is_500(client: httpx.Client) -> None:
    """Contract 9."""
    body = {"searchString": "", "permission": "ADMIN"}
    assert_error(client.post(PATH, json=body), 500, "NDEx_Exception")


def test_a_logged_in_page_is_up_to_twice_its_size(client: httpx.Client) -> None:
    """Contract 9: a public page and a private page; ``start`` counts pages, the answer rows."""
    name = word()
    for visibility in ("PUBLIC", "PRIVATE"):
        for _ in range(2):
            network = create_cx2(client, cx2(name), visibility=visibility)
            wait_until_found(client, network, name)
    first, second = search(client, name, size=1), search(client, name, start=1, size=1)
    assert (first["start"], len(first["networks"])) == (0, 2)
    assert (second["start"], len(second["networks"])) == (1, 2)
    assert not set(ids(first)) & set(ids(second))


def test_an_own_property_cannot_be_searched(client: httpx.Client) -> None:
    """Contract 9: only the known fields are indexed."""
    own, organism = word(), word()
    attributes = {"wpid": ("string", own), "organism": ("string", f"Homo {organism}")}
    network = create_cx2(client, cx2(unique(), attributes))
    wait_until_found(client, network, organism)
    assert ids(search(client, own)) == []


def test_a_small_cx1_network_is_not_found_until_it_is_indexed(client: httpx.Client) -> None:
    """Contract 9: and its index level is NONE."""
    name, later = word(), word()
    hidden = create_cx1(client, cx1(name))
    wait_until_found(client, create_cx2(client, cx2(later)), later)
    assert ids(search(client, name)) == []
    set_system(client, hidden, index_level="ALL")
    wait_until_found(client, hidden, name)


def test_a_later_edit_is_not_indexed_again(client: httpx.Client) -> None:
    """Contract 9: CX2 uploads keep index level NONE."""
    before, after, later = word(), word(), word()
    network = create_cx2(client, cx2(before))
    wait_until_found(client, network, before)
    client.put(f"/v2/network/{network}/profile", json={"name": after})
    wait_until_found(client, create_cx2(client, cx2(later)), later)
    assert ids(search(client, after)) == []
    assert search(client, before)["networks"][0]["name"] == after


def test_the_v3_search_counts_only_its_page(client: httpx.Client) -> None:
    """Contract 9: ``numFound`` is the number of rows here, the answer's start is start×size."""
    name = word()
    for _ in range(3):
        wait_until_found(client, create_cx2(client, cx2(name)), name)
    answer = client.post(
        "/v3/search/files",
        params={"visibility": "PRIVATE", "start": "1", "size": "2"},
        json={"searchString": name},
    ).json()
    assert (answer["numFound"], answer["start"], len(answer["files"])) == (2, 2, 2)
