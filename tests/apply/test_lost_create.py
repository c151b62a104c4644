"""What became of a create whose answer was lost: a table of what the account shows."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from sync.apply.lost_create import (
    Claimant,
    Made,
    NotMade,
    Pending,
    find_create,
    index_claims,
)
from sync.apply.target import MARKER
from sync.ndex.summaries import ListedNetwork, ListedProperty
from tests.samples import network_id

OTHER = ListedNetwork(network_id(1), 2, 2, name="Somebody's", node_count=3)
MARKED = replace(
    OTHER, external_id=network_id(2), created_ms=1, properties=(ListedProperty(MARKER, "run/3"),)
)
LOADING = ListedNetwork(network_id(3), 2, 2, properties=())
FAILED = replace(LOADING, external_id=network_id(4), error_message="broken")
REPLACED = replace(FAILED, external_id=network_id(5), modified_ms=3)


@pytest.mark.parametrize(
    ("listed", "before", "found"),
    [
        ([], [], NotMade()),
        ([OTHER], [], NotMade()),
        ([OTHER, LOADING, MARKED], [], Made(MARKED.id, MARKED.created_ms)),
        ([replace(MARKED, properties=(ListedProperty(MARKER, "run/4"),))], [], NotMade()),
        ([OTHER, LOADING], [], Pending()),
        ([LOADING], [LOADING], NotMade()),
        ([OTHER, FAILED], [], Made(FAILED.id, FAILED.modified_ms)),
        ([FAILED], [FAILED], NotMade()),
        ([LOADING, FAILED], [FAILED], Pending()),
        ([LOADING, FAILED], [], Pending()),
        ([REPLACED], [], NotMade()),
        ([replace(REPLACED, error_message=None)], [], NotMade()),
        ([REPLACED, FAILED], [], Made(FAILED.id, FAILED.modified_ms)),
    ],
    ids=[
        "an empty account",
        "others only",
        "by its marker",
        "the marker of another action",
        "something is being loaded",
        "what was being loaded before",
        "its load failed",
        "a load that failed before",
        "one failed before, one is being loaded",
        "one failed, one is being loaded",
        "an older network whose new content failed",
        "an older network whose new content is being loaded",
        "an older network failed, and so did the new one",
    ],
)
def test_a_create_is_settled_by_looking(
    listed: list[ListedNetwork], before: list[ListedNetwork], found: Made | Pending | NotMade
) -> None:
    assert find_create(listed, "run/3", {each.id for each in before}) == found


def test_a_claimant_is_found_in_any_spelling_and_a_nameless_network_apart() -> None:
    claiming = replace(OTHER, properties=(ListedProperty("pfocr_id", "PMC1__f1.jpg"),))
    marker, figure = ListedProperty(MARKER, "run/3"), ListedProperty("pfocrId", "PMC1__f1")
    later = replace(MARKED, properties=(figure, marker))

    claims, nameless = index_claims([OTHER, LOADING, claiming, FAILED, later])

    found = claims["PMC1__f1"]
    assert found == Claimant(claiming.id, claiming.modified_ms, unfinished=False)
    assert "PMC1__f2" not in claims
    assert nameless == {LOADING.id, FAILED.id}
    assert index_claims([later])[0]["PMC1__f1"].unfinished
    assert index_claims([replace(OTHER, name="WP4255 - Chemokines")])[0].keys() == {"WP4255"}
