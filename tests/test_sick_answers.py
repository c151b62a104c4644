"""The main job against every kind of sick answer: nothing is called right, missing or gone by it.

Each kind stands once in the place of a content and once in that of a batch of summaries.
"""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from sync.model import Verdict
from tests.ndex.faulty_server import Step, refuse
from tests.sick_answers import REFUSALS, STATUSES, VALUES, broken_bodies, broken_lines
from tests.test_check_faults import CX2, SUMMARY, check_scripted

_CX2 = orjson.dumps(CX2)
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


def test_as_many_kinds_are_tried_as_were_ever_found() -> None:
    assert len(CONTENTS) >= 126


@pytest.mark.parametrize(("step", "verdict"), CONTENTS.values(), ids=CONTENTS)
async def test_a_sick_answer_for_a_content(tmp_path: Path, step: Step, verdict: Verdict) -> None:
    result = await check_scripted(tmp_path, content=[step])

    assert result.verdict is verdict
    assert result.messages[0]


@pytest.mark.parametrize("step", BATCHES.values(), ids=BATCHES)
async def test_a_sick_answer_for_a_batch_of_summaries(tmp_path: Path, step: Step) -> None:
    result = await check_scripted(tmp_path, batch=[step])

    assert result.verdict is Verdict.FAILED
    assert "summary: " in result.messages[0]
