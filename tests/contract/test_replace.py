"""Contract 3.2: replacing a network's content."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from tests.contract.calls import (
    UNKNOWN,
    assert_error,
    content_cx2,
    create_cx2,
    lock_for_good,
    multipart,
    replace_cx2,
    set_system,
    summary,
    wait_until_loaded,
)
from tests.contract.documents import aspect, cx1, cx2, unique

Replace = Callable[[httpx.Client, str], httpx.Response]
EXCEPTION = "NDEx_Exception"
CONCURRENT = "NDEx_Concurrent_Modification_Exception"
FORBIDDEN = "NDEx_Forbidden_Operation_Exception"
READ_ONLY_CONTENT = "Error: Unable to update a read-only network."
READ_ONLY = "Can't update readonly network."


def v3_json(client: httpx.Client, network_id: str) -> httpx.Response:
    return client.put(f"/v3/networks/{network_id}", json=cx2(unique()))


def v3_multipart(client: httpx.Client, network_id: str) -> httpx.Response:
    return client.put(f"/v3/networks/{network_id}", files=multipart(cx2(unique())))


def v2_json(client: httpx.Client, network_id: str) -> httpx.Response:
    return client.put(f"/v2/network/{network_id}", json=cx1(unique()))


def v2_multipart(client: httpx.Client, network_id: str) -> httpx.Response:
    return client.put(f"/v2/network/{network_id}", files=multipart(cx1(unique())))


CALLS = [v3_json, v3_multipart, v2_json, v2_multipart]
EACH_CALL = pytest.mark.parametrize("replace", CALLS, ids=lambda call: call.__name__)


@EACH_CALL
def test_a_replace_is_accepted(client: httpx.Client, network: str, replace: Replace) -> None:
    """Contract 3.2: column "success"; v3 answers with a body, v2 without."""
    status = 200 if replace in (v3_json, v3_multipart) else 204
    assert replace(client, network).status_code == status


def test_a_v3_replace_answers_id_and_new_time(client: httpx.Client, network: str) -> None:
    """Contract 3.2 and 3.9: exactly the modificationTime that the summary shows."""
    answer = v3_json(client, network).json()
    assert set(answer) == {"uuid", "modificationTime"}
    assert answer["uuid"] == network
    seen = wait_until_loaded(client, network, answer["modificationTime"])
    assert seen["modificationTime"] == answer["modificationTime"]


def test_a_replace_puts_the_new_content_in_place_of_the_old(client: httpx.Client) -> None:
    """Contract 3.2: properties and all."""
    network = create_cx2(client, cx2("old", {"release": ("string", "1")}, genes=("TP53",)))
    replace_cx2(client, network, cx2("new", genes=("EGFR", "MYC", "KRAS")))
    seen = summary(client, network)
    assert (seen["name"], seen["nodeCount"], seen["properties"]) == ("new", 3, [])
    names = [node["v"]["name"] for node in aspect(content_cx2(client, network), "nodes")]
    assert sorted(names) == ["EGFR", "KRAS", "MYC"]


@pytest.mark.parametrize(
    ("replace", "status", "error_code", "message"),
    [
        (v3_json, 403, FORBIDDEN, READ_ONLY_CONTENT),
        (v3_multipart, 403, FORBIDDEN, READ_ONLY_CONTENT),
        (v2_json, 403, FORBIDDEN, READ_ONLY_CONTENT),
        (v2_multipart, 500, EXCEPTION, READ_ONLY),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_read_only_network_is_not_replaced(
    client: httpx.Client,
    network: str,
    replace: Replace,
    status: int,
    error_code: str,
    message: str,
) -> None:
    """Contract 3.2: column "read-only"."""
    set_system(client, network, readOnly=True)
    before = summary(client, network)
    assert_error(replace(client, network), status, error_code, message)
    assert summary(client, network) == before


@EACH_CALL
def test_a_replace_without_write_right_is_401(
    stranger: httpx.Client, network: str, replace: Replace
) -> None:
    """Contract 3.2: column "no write right"."""
    assert_error(replace(stranger, network), 401, "NDEx_Unauthorized_Operation_Exception")


@pytest.mark.parametrize("replace", [v3_json, v3_multipart, v2_json], ids=lambda f: f.__name__)
def test_a_replace_of_a_locked_network_is_500(
    client: httpx.Client, network: str, replace: Replace
) -> None:
    """Contract 3.2: column "locked"."""
    lock_for_good(client, network)
    assert_error(replace(client, network), 500, CONCURRENT)


@pytest.mark.sandbox_only("ten such calls hang a server (contract 10.39)")
@EACH_CALL
def test_a_replace_of_an_unknown_id_is_404(client: httpx.Client, replace: Replace) -> None:
    """Contract 3.2: column "unknown id"; each costs a real server a connection for good."""
    assert_error(replace(client, UNKNOWN), 404, "NDEx_Object_Not_Found_Exception")


def test_read_only_comes_before_the_right_to_write(
    client: httpx.Client, stranger: httpx.Client, network: str
) -> None:
    """Contract 3.2: so 403 may meet somebody without any right."""
    set_system(client, network, readOnly=True)
    assert_error(v3_json(stranger, network), 403, FORBIDDEN, READ_ONLY_CONTENT)


def test_a_v2_multipart_replace_of_a_locked_network_is_a_fault_of_its_own(
    client: httpx.Client, network: str
) -> None:
    """Contract 3.2: the text names neither the lock nor the network, and the lock stays."""
    lock_for_good(client, network)
    assert_error(v2_multipart(client, network), 500, EXCEPTION, "Connection is null.")
    assert_error(v3_json(client, network), 500, CONCURRENT)


def test_a_replace_may_carry_a_visibility(client: httpx.Client, network: str) -> None:
    """Contract 3.2: applied when loading ends."""
    answer = client.put(
        f"/v3/networks/{network}", params={"visibility": "PUBLIC"}, json=cx2(unique())
    )
    seen = wait_until_loaded(client, network, answer.json()["modificationTime"])
    assert seen["visibility"] == "PUBLIC"


def test_a_replace_keeps_the_visibility_otherwise(client: httpx.Client) -> None:
    """Contract 3.2 and 3.3: only a failed load hides."""
    network = create_cx2(client, visibility="PUBLIC")
    replace_cx2(client, network, cx2(unique()))
    assert summary(client, network)["visibility"] == "PUBLIC"


def test_a_zero_byte_v3_replace_wipes_the_network(client: httpx.Client, network: str) -> None:
    """Contract 3.2, 5.1 and trap 4: a success, without any error."""
    seen = replace_cx2(client, network, b"")
    assert (seen["nodeCount"], seen["edgeCount"], seen["properties"]) == (0, 0, [])
    assert "name" not in seen
    assert "errorMessage" not in seen
    assert seen["isValid"] is True


def test_formats_may_alternate_and_cx_format_lies(client: httpx.Client, network: str) -> None:
    """Contract trap 21: a CX1 replace does not reset ``cxFormat``."""
    assert summary(client, network)["cxFormat"] == "cx2"
    before = summary(client, network)["modificationTime"]
    assert v2_json(client, network).status_code == 204
    seen = wait_until_loaded(client, network, before)
    assert seen["cxFormat"] == "cx2"
