"""The plan file: read back as it was, refused when changed or meant for elsewhere."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import orjson
import pytest
from msgspec.structs import replace

from sync.errors import ConfigError, PlanMismatch
from sync.model import Curie, DifferenceKind, RecordId, Visibility
from sync.plan.actions import (
    Basis,
    CreateNetwork,
    DeleteNetwork,
    Plan,
    PlannedGene,
    PropertyChange,
    RestoreNetwork,
    Skipped,
    Tripped,
    UndeleteNetwork,
    UpdateNetwork,
)
from sync.plan.file import (
    FORMAT,
    VERSION,
    encode_plan,
    make_plan_id,
    parse_plan,
    read_plan,
    require_same_target,
)
from tests.builders import NETWORK, make_difference, plan_file

BASIS = Basis(7, "sha256:0", Visibility.PUBLIC, read_only=True)
CHANGES = (PropertyChange("name", None, "<script>"),)
PLAN = Plan(
    server="https://www.ndexbio.org",
    account="curator",
    collection="figures",
    records=3,
    complete=True,
    actions=(
        UpdateNetwork(
            record=RecordId("PMC1__f1"),
            path="a.md",
            network=NETWORK,
            reason="its genes differ",
            basis=BASIS,
            genes=tuple(make_difference(kind) for kind in list(DifferenceKind)[:5]),
            properties=CHANGES,
            visibility=Visibility.UNLISTED,
            read_only=False,
        ),
        CreateNetwork(
            record=RecordId("PMC2__f1"),
            path="b.md",
            reason="none",
            genes=(PlannedGene("TNF", (Curie("ncbigene:7124"),), ("TNF-a",), ("hgnc_symbol",)),),
            properties={"name": "<script>"},
            visibility=Visibility.PUBLIC,
            read_only=True,
            network_set=NETWORK,
            folder=None,
        ),
        DeleteNetwork(NETWORK, "A name", "no record claims it", BASIS),
        RestoreNetwork(NETWORK, None, "run-1", "the run changed it", BASIS, ("content",)),
        UndeleteNetwork(NETWORK, "run-1", "the run put it into the trash"),
    ),
    skipped=(Skipped("PMC3__f1", "its network is gone"),),
    tripped=(Tripped("max_deletes", 1, 0, "1 network would be deleted"),),
    id="20261128T205357Z-7882a92c15b1",
)


def test_a_plan_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    file.write_bytes(plan_file(PLAN))

    assert read_plan(file) == PLAN
    assert read_plan(file).id == PLAN.id
    assert orjson.loads(file.read_bytes())["digest"] == PLAN.digest


@pytest.mark.parametrize(
    "laid_out",
    [
        lambda data: orjson.dumps(orjson.loads(data)),
        lambda data: orjson.dumps(orjson.loads(data), option=orjson.OPT_INDENT_2),
        lambda data: data.replace(b'"kind":"create",', b'"kind":"create",\n'),
        lambda data: data.replace(b"\n", b"\r\n"),
    ],
    ids=["in one line", "with indents", "an action in two lines", "other line ends"],
)
def test_a_plan_that_was_laid_out_anew_is_read(laid_out: Callable[[bytes], bytes]) -> None:
    data = laid_out(plan_file(PLAN))

    assert data != plan_file(PLAN)
    assert parse_plan(BytesIO(data), "plan.json") == PLAN


def _first_property(document: dict[str, Any]) -> dict[str, Any]:
    changes: dict[str, Any] = document["plan"]["actions"][0]["properties"][0]
    return changes


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda document: document["plan"]["actions"].pop(), "changed after it was made"),
        (lambda document: document["plan"].update(more=1), "changed after it was made"),
        (lambda document: _first_property(document).update(more=1), "unknown field `more`"),
        (lambda document: document.update(version=2), "version 2"),
        (lambda document: document.update(format="other"), "not a plan of ndex-sync"),
        (lambda document: document["plan"].update(records="many"), "records"),
    ],
    ids=[
        "an action less",
        "a key more",
        "one in a property",
        "another version",
        "another format",
        "another shape",
    ],
)
def test_a_plan_that_was_tampered_with_is_refused(change: object, words: str) -> None:
    document = orjson.loads(plan_file(PLAN))
    assert callable(change)
    change(document)

    with pytest.raises((ConfigError, PlanMismatch), match=words):
        parse_plan(BytesIO(orjson.dumps(document)), "plan.json")


def test_a_plan_that_says_the_same_has_the_same_digest() -> None:
    again = replace(PLAN, id=make_plan_id())

    assert again.id != PLAN.id
    assert again.digest == PLAN.digest


@pytest.mark.parametrize("name", [None, 7, "", "../../elsewhere", "20261128T205357Z-7882a92c15b1/"])
def test_a_plan_without_an_id_of_ours_is_refused(name: object) -> None:
    document = {**orjson.loads(plan_file(PLAN)), "id": name}

    with pytest.raises(PlanMismatch, match="id was changed"):
        parse_plan(BytesIO(orjson.dumps(document)), "plan.json")


def test_what_is_no_plan_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"not JSON.*nothing is lost, make it again"):
        parse_plan(BytesIO(b"<html>"), "plan.json")
    with pytest.raises(ConfigError, match="not a plan of ndex-sync"):
        parse_plan(BytesIO(b"[]"), "plan.json")
    head = f'{{"format": "{FORMAT}", "version": {VERSION}, "plan": '.encode()
    with pytest.raises(ConfigError, match="cannot be read; it was changed"):
        parse_plan(BytesIO(head + b"[" * 400 + b"]" * 400 + b"}"), "plan.json")
    with pytest.raises(ConfigError, match=r"not JSON.*recursion"):
        parse_plan(BytesIO(head + b"[" * 100_000 + b"]" * 100_000 + b"}"), "plan.json")
    with pytest.raises(ConfigError, match="cannot be read"):
        read_plan(tmp_path / "missing.json")


@pytest.mark.parametrize(
    ("server", "account", "collection", "words"),
    [
        ("https://test.ndexbio.org", "curator", "figures", "server https://www.ndexbio.org"),
        ("https://www.ndexbio.org", "other", "figures", "account curator, not other"),
        ("https://www.ndexbio.org", "curator", "pathways", "collection figures"),
    ],
)
def test_a_plan_is_not_for_elsewhere(
    server: str, account: str, collection: str, words: str
) -> None:
    with pytest.raises(PlanMismatch, match=words):
        require_same_target(PLAN, server, account, collection)


def _create(number: int) -> CreateNetwork:
    genes = tuple(
        PlannedGene(f"GENE{each}", (Curie(f"ncbigene:{each}"),), (f"GENE{each}",), ("hgnc_symbol",))
        for each in range(number, number + 45)
    )
    return CreateNetwork(
        record=RecordId(f"PMC{number}__f1"),
        path=f"_figures/PMC{number}__f1.md",
        reason="none",
        genes=genes,
        properties={f"property {each}": "A text of some length." * 3 for each in range(11)},
        visibility=Visibility.PUBLIC,
        read_only=True,
        network_set=NETWORK,
        folder=None,
    )


def test_a_plan_is_written_and_read_without_a_second_copy_of_it(tmp_path: Path) -> None:
    """Of a plan of all figures there is room for one, and not for its file besides."""
    plan = replace(PLAN, actions=tuple(map(_create, range(1_000))))
    file = tmp_path / "plan.json"
    size = file.write_bytes(plan_file(plan))

    tracemalloc.start()
    try:
        longest = max(len(piece) for piece in encode_plan(plan))
        _, written = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        again = read_plan(file)
        held, read = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert again == plan
    assert written < 4 * longest + 100_000 < size / 10
    assert read - held < size / 10
    assert held < size
