"""The main job against every kind of sick answer: nothing is called right, missing or gone by it.

Each kind stands once in the place of a content and once in that of a batch of summaries.
"""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from sync.model import CheckResult, Verdict
from sync.ndex.client import open_client
from sync.ndex.policy import ClientPolicy
from tests.ndex.builders import summary_v2
from tests.ndex.faulty_server import Received, Step, refuse, respond_json, serve
from tests.samples import CHEMOKINES, Sample, check_sample, figure, figure_cx2, network_id
from tests.sick_answers import REFUSALS, STATUSES, VALUES, broken_bodies, broken_lines

POLICY = ClientPolicy(
    max_tries=3,
    base_wait_s=0.001,
    max_wait_s=0.002,
    read_timeout_s=0.3,
    call_deadline_s=3,
    max_body_bytes=1_000_000,
)
_CX2 = figure_cx2(figure(1), CHEMOKINES)
_ATTRIBUTES = next(part["networkAttributes"][0] for part in orjson.loads(_CX2)[2:])
SUMMARY = summary_v2(
    1,
    externalId=network_id(1),
    name=_ATTRIBUTES["name"],
    nodeCount=len(CHEMOKINES),
    properties=[
        {"predicateString": name, "dataType": "string", "value": value}
        for name, value in _ATTRIBUTES.items()
        if name != "name"
    ],
)
_BATCH = orjson.dumps([SUMMARY])
UNANSWERED = {**STATUSES, **broken_lines(_CX2), **broken_bodies(_CX2)}
BATCHES: dict[str, Step] = {
    **STATUSES,
    **broken_lines(_BATCH),
    **broken_bodies(_BATCH),
    **VALUES,
    **REFUSALS,
}
CONTENTS: dict[str, tuple[Step, Verdict]] = {
    **{name: (step, Verdict.FAILED) for name, step in UNANSWERED.items()},
    **{name: (step, Verdict.INVALID_NETWORK) for name, step in VALUES.items()},
    **{name: (step, Verdict.UNREADABLE) for name, step in REFUSALS.items()},
    "404 of NDEx": (
        refuse(404, "NDEx_Object_Not_Found_Exception", "no"),
        Verdict.INVALID_NETWORK,
    ),
}


async def check_scripted(
    tmp_path: Path, batch: Step | None = None, content: Step | None = None
) -> CheckResult:
    """Check a record against a server that answers so; a single summary is always the right one."""

    def script(request: Received) -> Step:
        if "/batch/" in request.path:
            return batch or respond_json([SUMMARY])
        if request.path == f"/v2/network/{network_id(1)}/summary":
            return respond_json(SUMMARY)
        return content or respond_json(orjson.loads(_CX2))

    sample = Sample(tmp_path)
    sample.add_record(figure(1), network_id(1))
    async with (
        serve(script) as server,
        open_client(server.url, credentials=None, policy=POLICY) as client,
    ):
        results, _ = await check_sample(client, sample.collection())
    return results[figure(1)]


async def test_a_server_that_is_well_makes_the_record_in_sync(tmp_path: Path) -> None:
    result = await check_scripted(tmp_path)

    assert result.verdict is Verdict.IN_SYNC, result.messages


@pytest.mark.parametrize(("step", "verdict"), CONTENTS.values(), ids=CONTENTS)
async def test_a_sick_answer_for_a_content(tmp_path: Path, step: Step, verdict: Verdict) -> None:
    result = await check_scripted(tmp_path, content=step)

    assert result.verdict is verdict
    assert result.messages[0]


@pytest.mark.parametrize("step", BATCHES.values(), ids=BATCHES)
async def test_a_sick_answer_for_a_batch_of_summaries(tmp_path: Path, step: Step) -> None:
    result = await check_scripted(tmp_path, batch=step)

    assert result.verdict is Verdict.FAILED
    assert "summary: " in result.messages[0]
