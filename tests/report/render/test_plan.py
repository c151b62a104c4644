"""A plan in every format: all of it is told, and a stranger's text has no power."""

from __future__ import annotations

from io import BytesIO

import pytest
from msgspec.structs import replace

from sync.model import Curie, DifferenceKind, RecordId
from sync.plan.actions import CreateNetwork, Plan, PlannedGene, Skipped, UpdateNetwork
from sync.plan.file import parse_plan
from sync.report.plan_view import view_plan
from sync.report.render.plan import PLAN_FORMATS
from tests.plan.test_file import CHANGES, PLAN
from tests.report import samples

HOSTILE = "<script>alert(1)</script>`\x1b[31m"


def rendered(name: str, plan: Plan) -> str:
    return samples.rendered(PLAN_FORMATS[name], plan)


@pytest.mark.parametrize("name", PLAN_FORMATS)
def test_a_plan_tells_what_is_done_where_and_why(name: str) -> None:
    text = rendered(name, PLAN)

    for part in ("PMC1__f1", "its genes differ", "CXCL8", "1 network would be deleted"):
        assert part in text
    assert PLAN.digest in text


def test_the_json_is_the_plan_file() -> None:
    assert parse_plan(BytesIO(rendered("json", PLAN).encode()), "plan") == PLAN


@pytest.mark.parametrize("name", ["terminal", "markdown", "html"])
def test_a_hostile_text_has_no_power(name: str) -> None:
    update = PLAN.actions[0]
    assert isinstance(update, UpdateNetwork)
    first = replace(
        update, record=RecordId(HOSTILE), properties=(replace(CHANGES[0], new=HOSTILE),)
    )
    plan = replace(PLAN, actions=(first,), skipped=(Skipped(HOSTILE, HOSTILE),))

    text = rendered(name, plan)

    assert "\x1b[31m" not in text
    if name == "html":
        assert "<script>" not in text
    if name == "markdown":
        assert "``<script>" in text


def test_the_page_fits_a_telephone_and_a_dark_screen_and_says_because() -> None:
    page = rendered("html", PLAN)

    assert 'name="viewport" content="width=device-width' in page
    assert "color-scheme:light dark" in page
    assert "<p>because " in page


def test_of_many_identifiers_three_are_named_and_the_rest_counted() -> None:
    update = PLAN.actions[0]
    assert isinstance(update, UpdateNetwork)
    ids = tuple(Curie(f"ncbigene:{number}") for number in range(1, 6))
    gene = replace(update.genes[0], kind=DifferenceKind.GENE_MISSING, symbol="CALM", ids=ids)

    [entry] = view_plan(replace(PLAN, actions=(replace(update, genes=(gene,)),))).entries

    assert entry.changes[0] == ("add gene CALM (ncbigene:1, ncbigene:2, ncbigene:3 and 2 more)")


def test_a_gene_of_several_rows_is_one_node_and_counted_once() -> None:
    create = PLAN.actions[1]
    assert isinstance(create, CreateNetwork)
    rows = [PlannedGene("PIK3CA", (Curie("ncbigene:5290"),), (word,)) for word in ("PI3K", "P13K")]
    create = replace(create, genes=(*rows, PlannedGene("YAP1")))

    [entry] = view_plan(replace(PLAN, actions=(create,))).entries

    assert entry.changes[0] == "2 genes: PIK3CA, YAP1"


def test_every_action_and_difference_is_put_into_words() -> None:
    entries = list(view_plan(PLAN).entries)

    assert [entry.title for entry in entries] == [
        "update PMC1__f1",
        "create PMC2__f1",
        "delete A name",
        f"restore {PLAN.actions[3].network}",  # type: ignore[union-attr]
        f"undelete {PLAN.actions[4].network}",  # type: ignore[union-attr]
    ]
    assert entries[0].changes == (
        "add gene CXCL8 (ncbigene:3576)",
        "remove gene CXCL8 (ncbigene:3576)",
        "rename gene IL8 → CXCL8 (ncbigene:3576)",
        "identify gene CXCL8: ncbigene:3577 → ncbigene:3576",
        "word of gene CXCL8: IL8 → IL-8",
        "name: (none) → <script>",
        "visibility: PUBLIC → UNLISTED",
        "lift read-only",
    )


def test_a_plan_without_actions_says_so() -> None:
    view = view_plan(replace(PLAN, actions=(), skipped=(), tripped=()))

    assert view.headline == "Nothing to do"
    assert view.left == ()
