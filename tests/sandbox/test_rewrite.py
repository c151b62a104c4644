"""What a metadata edit does to the stored files (contract 3.5)."""

from __future__ import annotations

from sync.model import Property
from sync.sandbox.uploads import load_cx1, load_cx2, rewrite_attributes
from tests.cx.uploads import aspects_of, declare, make_cx1, make_cx2, make_nodes

LOADED = load_cx2(
    make_cx2(
        declare(nodes={"a": "double"}, networkAttributes={"name": "string", "old": "string"}),
        {"networkAttributes": [{"name": "N", "old": "x"}]},
        make_nodes({"a": 1e10}),
    )
)


def test_what_was_rewritten_loads_with_the_same_properties() -> None:
    properties = (Property("b", "true", "boolean"), Property("d", "1.0E10", "double"))
    cx1, cx2 = rewrite_attributes(LOADED.cx1, LOADED.cx2, "M", None, "3", properties)
    assert cx1 is not None
    assert cx2 is not None
    for loaded in (load_cx1(cx1), load_cx2(cx2)):
        assert (loaded.name, loaded.description, loaded.version) == ("M", None, "3")
        assert loaded.properties == properties
        assert loaded.node_count == 1


def test_the_attributes_of_a_collection_are_those_of_the_list_and_may_repeat_names() -> None:
    attributes = [{"n": "name", "v": "sub", "s": 50}, {"n": "old", "v": "x"}]
    loaded = load_cx1(make_cx1({"cySubNetworks": [{"@id": 50}]}, {"networkAttributes": attributes}))
    listed = [Property("a", "1"), Property("a", "2"), Property("b", "sub", subnetwork=50)]
    cx1, cx2 = rewrite_attributes(loaded.cx1, None, "N", None, None, listed)
    assert cx2 is None
    assert cx1 is not None
    assert aspects_of(cx1)["networkAttributes"] == [
        {"n": "name", "v": "N"},
        {"n": "a", "v": "1"},
        {"n": "a", "v": "2"},
        {"n": "b", "s": 50, "v": "sub"},
    ]


def test_a_network_without_files_has_nothing_to_rewrite() -> None:
    assert rewrite_attributes(None, None, "N", None, None, ()) == (None, None)
