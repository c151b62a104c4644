"""A network whose own download the server refuses is repaired, pushed and restored."""

from __future__ import annotations

from pathlib import Path

import pytest

from sync.model import Verdict
from sync.plan.actions import RestoreNetwork, UpdateNetwork
from sync.state.journal import Outcome
from tests.apply.pushing import owned, pushing
from tests.cx.uploads import make_cx1
from tests.samples import CHEMOKINES, CURATOR, Sample, figure, network_id

PLACED = "place 2 nodes without coordinates below the others"
DROPPED = "drop the network attribute 'rights', which has no value"


@pytest.fixture
def sample(tmp_path: Path) -> Sample:
    """One record, and its network as an old uploader left it: a null, and one node placed."""
    made = Sample(tmp_path)
    made.users.append(dict(CURATOR))
    made.add_record(figure(1), network_id(1))
    names = [*CHEMOKINES[:2], ("TNF", "7124")]
    attributes = [
        {"po": number, "n": name, "v": value}
        for number, (symbol, entrez) in enumerate(names, start=1)
        for name, value in (("symbol", symbol), ("hgnc_symbol", symbol), ("entrez", entrez))
    ]
    content = make_cx1(
        {"networkAttributes": [{"n": "name", "v": "Old"}, {"n": "rights"}]},
        {"nodes": [{"@id": number, "n": names[number - 1][0]} for number in (1, 2, 3)]},
        {"cartesianLayout": [{"node": 1, "x": 5, "y": 7}]},
        {"nodeAttributes": attributes},
    )
    made.add_network(network_id(1), content, **owned())
    return made


async def test_a_push_and_its_restore_repair_what_the_server_would_refuse_and_say_so(
    sample: Sample,
) -> None:
    async with pushing(sample) as push:
        plan = await push.plan()
        [action] = plan.actions
        assert isinstance(action, UpdateNetwork)
        assert action.repairs == (DROPPED, PLACED)
        applied = await push.apply(plan)
        [outcome] = applied.outcomes.values()
        network = push.networks()[network_id(1)]
        results = await push.check()
        [undone] = (await push.plan_restore(applied.run)).actions
        assert isinstance(undone, RestoreNetwork)
        restored = await push.restore(applied.run)
        back = push.networks()[network_id(1)]
        again = await push.plan_restore(applied.run)

    assert outcome.outcome is Outcome.DONE, outcome
    assert DROPPED in outcome.message
    assert PLACED in outcome.message
    assert network["error"] is None
    places = {node["v"]["n"]: (node["x"], node["y"]) for node in network["content"]["nodes"]}
    assert places["CXCL8"] == (5.0, 7.0)
    assert len(set(places.values())) == 3
    assert {result.verdict for result in results.values()} == {Verdict.IN_SYNC}
    assert restored.count(Outcome.DONE) == 1, restored.outcomes
    assert f"{PLACED} (the server refuses it unchanged)" in undone.changes
    assert {node["v"]["n"] for node in back["content"]["nodes"]} == {"CXCL8", "IL1B", "TNF"}
    assert again.actions == ()
