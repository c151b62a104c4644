"""The main job against a server that misbehaves on a real socket: the right verdict each time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import repeat
from pathlib import Path

import orjson
import pytest

from sync.model import CheckResult, Verdict
from sync.ndex.client import open_client
from sync.ndex.policy import ClientPolicy
from tests.ndex.faulty_server import (
    Received,
    Script,
    Step,
    hang,
    reset,
    respond,
    respond_json,
    send_raw,
    serve,
    unused_port,
)
from tests.samples import CHEMOKINES, Sample, check_sample, figure, figure_cx2, network_id

CX2 = orjson.loads(figure_cx2(figure(1), CHEMOKINES))
GOOD = respond_json(CX2)
POLICY = ClientPolicy(
    max_tries=3,
    base_wait_s=0.001,
    max_wait_s=0.002,
    read_timeout_s=0.3,
    call_deadline_s=3,
    max_body_bytes=1_000_000,
)
ATTRIBUTES = next(item["networkAttributes"][0] for item in CX2 if "networkAttributes" in item)
SUMMARY = {
    "externalId": network_id(1),
    "name": ATTRIBUTES["name"],
    "creationTime": 1,
    "modificationTime": 2,
    "owner": "curator",
    "ownerUUID": network_id(9),
    "visibility": "PUBLIC",
    "isReadOnly": False,
    "completed": True,
    "isValid": True,
    "isDeleted": False,
    "nodeCount": len(CHEMOKINES),
    "edgeCount": 0,
    "properties": [
        {"subNetworkId": None, "predicateString": name, "dataType": "string", "value": value}
        for name, value in ATTRIBUTES.items()
        if name != "name"
    ],
}


def answering(batch: Iterable[Step], content: Iterable[Step]) -> Script:
    """Answer batch calls and contents from two scripts; the last step goes on.

    A single summary, which is read before a content is called broken, is always the same.
    """
    batches, contents = _lasting(batch), _lasting(content)

    def script(request: Received) -> Step:
        if request.path == f"/v2/network/{network_id(1)}/summary":
            return respond_json(SUMMARY)
        return next(batches if "/batch/" in request.path else contents)

    return script


def _lasting(steps: Iterable[Step]) -> Iterator[Step]:
    *first, last = steps
    yield from first
    yield from repeat(last)


async def check_against(url: str, tmp_path: Path) -> CheckResult:
    sample = Sample(tmp_path)
    sample.add_record(figure(1), network_id(1))
    async with open_client(url, credentials=None, policy=POLICY) as client:
        results, _ = await check_sample(client, sample.collection())
    return results[figure(1)]


async def check_scripted(
    tmp_path: Path, *, batch: Iterable[Step] = (), content: Iterable[Step] = ()
) -> CheckResult:
    script = answering(batch or [respond_json([SUMMARY])], content or [GOOD])
    async with serve(script) as server:
        return await check_against(server.url, tmp_path)


PASSING = {
    "nothing is wrong": [GOOD],
    "500 twice, then well": [respond(500, b"oops"), respond(500, b"oops"), GOOD],
    "429 with Retry-After, then well": [respond(429, headers={"Retry-After": "0"}), GOOD],
    "a body cut short, then well": [
        send_raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n[{"),
        GOOD,
    ],
    "a page of a proxy, then well": [
        respond(502, b"<html>Bad gateway</html>", {"Content-Type": "text/html"}),
        GOOD,
    ],
    "a reset, then well": [reset(), GOOD],
    "a hanging server, then well": [hang(), GOOD],
}


@pytest.mark.parametrize("steps", PASSING.values(), ids=PASSING)
@pytest.mark.parametrize("where", ["content", "batch"])
async def test_a_fault_that_passes_changes_no_verdict(
    tmp_path: Path, steps: list[Step], where: str
) -> None:
    if where == "content":
        result = await check_scripted(tmp_path, content=steps)
    else:
        good = respond_json([SUMMARY])
        result = await check_scripted(
            tmp_path, batch=[good if step is GOOD else step for step in steps]
        )

    assert result.verdict is Verdict.IN_SYNC, result.messages


async def test_a_server_that_refuses_connections_is_told(tmp_path: Path) -> None:
    result = await check_against(f"http://127.0.0.1:{unused_port()}", tmp_path)

    assert result.verdict is Verdict.FAILED
    assert "no connection" in result.messages[0]
