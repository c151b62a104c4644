"""Contract table 5.3: how one CX version is made of the other."""

from __future__ import annotations

from typing import Any

import pytest

from sync.sandbox.uploads import load_cx1, load_cx2
from tests.cx.uploads import Fragment, aspects_of, declare, make_cx1, make_cx2, make_nodes


def to_cx2(*fragments: Fragment, **counts: int) -> dict[str, list[Any]]:
    loaded = load_cx1(make_cx1(*fragments, **counts))
    assert loaded.cx2 is not None
    return aspects_of(loaded.cx2)


def to_cx1(*fragments: Fragment) -> dict[str, list[Any]]:
    loaded = load_cx2(make_cx2(*fragments))
    assert loaded.cx1 is not None
    return aspects_of(loaded.cx1)


def owned(*attributes: dict[str, Any]) -> Fragment:
    return {"nodeAttributes": [{"po": 1} | item for item in attributes]}


def flagged(count: int, *values: str) -> tuple[Fragment, Fragment]:
    """Return ``count`` nodes of which all have attribute ``a``: the last these, the rest "x"."""
    nodes = {"nodes": [{"@id": place} for place in range(count)]}
    texts = ["x"] * (count - len(values)) + list(values)
    attributes = [{"po": place, "n": "a", "v": text} for place, text in enumerate(texts)]
    return nodes, {"nodeAttributes": attributes}


def test_the_members_of_cx1_become_attributes_with_aliases() -> None:
    cx2 = to_cx2(
        {"nodes": [{"@id": 2, "n": "B"}, {"@id": 1, "n": "A", "r": "x:1"}]},
        {"edges": [{"@id": 5, "s": 1, "t": 2, "i": "binds"}, {"@id": 4, "s": 2, "t": 1}]},
    )
    assert cx2["attributeDeclarations"] == [
        {
            "nodes": {"name": {"d": "string", "a": "n"}, "represents": {"d": "string", "a": "r"}},
            "edges": {"interaction": {"d": "string", "a": "i"}},
        }
    ]
    assert cx2["nodes"] == [{"id": 1, "v": {"n": "A", "r": "x:1"}}, {"id": 2, "v": {"n": "B"}}]
    assert cx2["edges"] == [
        {"id": 5, "s": 1, "t": 2, "v": {"i": "binds"}},
        {"id": 4, "s": 2, "t": 1},
    ]


def test_an_alias_gives_way_to_an_attribute_of_that_letter() -> None:
    cx2 = to_cx2({"nodes": [{"@id": 1, "n": "A", "r": "B"}]}, owned({"n": "n", "v": "x"}))
    assert cx2["attributeDeclarations"][0]["nodes"] == {
        "name": {"d": "string"},
        "represents": {"d": "string", "a": "r"},
        "n": {"d": "string"},
    }
    assert cx2["nodes"] == [{"id": 1, "v": {"name": "A", "r": "B", "n": "x"}}]


def test_a_name_that_is_only_an_attribute_has_no_alias() -> None:
    cx2 = to_cx2({"nodes": [{"@id": 1}]}, owned({"n": "name", "v": "A"}))
    assert cx2["attributeDeclarations"] == [{"nodes": {"name": {"d": "string"}}}]
    assert cx2["nodes"] == [{"id": 1, "v": {"name": "A"}}]


def test_texts_get_their_types() -> None:
    cx2 = to_cx2(
        {"nodes": [{"@id": 1}]},
        owned(
            {"n": "i", "v": "5", "d": "integer"},
            {"n": "d", "v": "1e10", "d": "float"},
            {"n": "b", "v": "TRUE", "d": "boolean"},
            {"n": "l", "v": ["1", "2"], "d": "list_of_long"},
            {"n": "nan", "v": "NaN", "d": "double"},
            {"n": "none"},
        ),
    )
    values = {"i": 5, "d": 1e10, "b": True, "l": [1, 2], "nan": None, "none": None}
    assert cx2["nodes"] == [{"id": 1, "v": values}]
    assert cx2["attributeDeclarations"][0]["nodes"]["d"] == {"d": "double"}


@pytest.mark.parametrize(
    ("nodes", "default"),
    [
        (flagged(51), "x"),
        (flagged(52, "y"), "x"),
        (flagged(50), None),
        (flagged(80, *(f"y{place}" for place in range(29))), "x"),
        (flagged(81, *(f"y{place}" for place in range(30))), None),
        (({"nodes": [*flagged(60)[0]["nodes"], {"@id": 99}]}, flagged(60)[1]), None),
    ],
    ids=["51 equal", "51 of 52", "50 equal", "30 values", "31 values", "one without"],
)
def test_a_frequent_text_on_every_node_becomes_the_default(
    nodes: tuple[Fragment, Fragment], default: str | None
) -> None:
    cx2 = to_cx2(*nodes)
    assert cx2["attributeDeclarations"][0]["nodes"]["a"].get("v") == default
    held = [node["v"]["a"] for node in cx2["nodes"] if "v" in node]
    assert ("x" in held) is (default is None)


def test_only_texts_and_booleans_get_a_default() -> None:
    places = range(60)
    attributes = [
        {"po": place, "n": name, "v": value, "d": data_type}
        for place in places
        for name, value, data_type in [("b", "true", "boolean"), ("i", "1", "integer")]
    ]
    cx2 = to_cx2({"nodes": [{"@id": place} for place in places]}, {"nodeAttributes": attributes})
    assert cx2["attributeDeclarations"] == [
        {"nodes": {"b": {"d": "boolean", "v": True}, "i": {"d": "integer"}}}
    ]
    assert cx2["nodes"][0] == {"id": 0, "v": {"i": 1}}


def test_an_interaction_gets_no_default() -> None:
    edges = [{"@id": place, "s": 1, "t": 1, "i": "x"} for place in range(60)]
    cx2 = to_cx2({"nodes": [{"@id": 1}]}, {"edges": edges})
    assert cx2["attributeDeclarations"] == [{"edges": {"interaction": {"d": "string", "a": "i"}}}]


def test_a_layout_moves_onto_the_nodes_and_back() -> None:
    layout = [{"node": 2, "x": "1", "y": 2, "z": 3}, {"node": 1, "x": 4, "y": 5e10}]
    nodes = {"nodes": [{"@id": 1}, {"@id": 2}]}
    cx2 = to_cx2(nodes, {"cartesianLayout": layout})
    assert cx2["nodes"] == [
        {"id": 1, "x": 4.0, "y": 5e10},
        {"id": 2, "x": 1.0, "y": 2.0, "z": 3.0},
    ]
    assert "cartesianLayout" not in cx2
    back = to_cx1({"nodes": cx2["nodes"]})
    assert back["cartesianLayout"] == [
        {"node": 1, "x": 4.0, "y": 5e10},
        {"node": 2, "x": 1.0, "y": 2.0, "z": 3.0},
    ]


def test_wrong_counts_are_copied_and_aspects_counted_as_empty_left_out() -> None:
    edges = {"edges": [{"@id": 1, "s": 1, "t": 1}]}
    cx2 = to_cx2({"nodes": [{"@id": 1}]}, edges, {"other": [{}]}, nodes=7, edges=0, other=3)
    counts = {entry["name"]: entry["elementCount"] for entry in cx2["metaData"]}
    assert counts == {"nodes": 7, "other": 3}
    assert "edges" not in cx2


def test_unknown_aspects_are_carried_over_but_not_the_provenance() -> None:
    cx2 = to_cx2(
        {"nodes": [{"@id": 1}]}, {"other": [{"a": 1e10}]}, {"provenanceHistory": [{"b": 1}]}
    )
    assert cx2["other"] == [{"a": 1e10}]
    assert "provenanceHistory" not in cx2


def test_a_deep_context_is_kept() -> None:
    deep: dict[str, Any] = {}
    for _ in range(230):
        deep = {"a": deep}
    attributes = to_cx2({"nodes": [{"@id": 1}]}, {"@context": [deep]})["networkAttributes"]
    assert attributes[0]["@context"] == '{"a":' * 230 + "{}" + "}" * 230


def test_a_network_without_attributes_has_no_declarations() -> None:
    assert "attributeDeclarations" not in to_cx2({"nodes": [{"@id": 1}]})


def test_the_context_becomes_a_text_beside_other_attributes() -> None:
    cx2 = to_cx2(
        {"nodes": [{"@id": 1}]},
        {"@context": [{"a": "b"}, {"up": "http://x/"}]},
        {"networkAttributes": [{"n": "name", "v": "N"}]},
    )
    assert cx2["networkAttributes"] == [{"name": "N", "@context": '{"up":"http://x/"}'}]
    assert cx2["attributeDeclarations"][0]["networkAttributes"]["@context"] == {"d": "string"}
    assert "@context" not in cx2


def test_cx2_values_become_java_texts_with_aliases_and_defaults_resolved() -> None:
    cx1 = to_cx1(
        declare(
            nodes={
                "name": {"d": "string", "a": "n"},
                "represents": {"d": "string", "v": "none:0"},
                "big": {"d": "double", "a": "g"},
                "flag": {"d": "boolean", "v": False},
                "list": {"d": "list_of_float"},
                "odd": {"d": "integer"},
                "null": {"d": "string"},
            }
        ),
        make_nodes(
            {"n": "A", "g": 1e10, "list": [1, 2.5, None], "odd": 5.7},
            {"name": "B", "represents": "x:1", "flag": True, "null": None, "g": None},
        ),
    )
    assert cx1["nodes"] == [
        {"@id": 1, "n": "A", "r": "none:0"},
        {"@id": 2, "n": "B", "r": "x:1"},
    ]
    values = {(item["po"], item["n"]): item.get("v") for item in cx1["nodeAttributes"]}
    assert values == {
        (1, "big"): "1.0E10",
        (1, "flag"): "false",
        (1, "list"): ["1", "2.5", None],
        (1, "odd"): "5.7",
        (2, "flag"): "true",
        (2, "null"): None,
    }
    assert {item["d"] for item in cx1["nodeAttributes"] if item["n"] == "list"} == {
        "list_of_double"
    }


def test_a_value_under_an_alias_goes_before_one_under_the_long_name() -> None:
    entry = {"d": "string", "a": "n", "v": "default"}
    cx1 = to_cx1(
        declare(nodes={"name": entry}), make_nodes({"n": "short", "name": "long"}, {"name": None})
    )
    assert [node["n"] for node in cx1["nodes"]] == ["short", "default"]


def test_edges_and_network_attributes_become_cx1_elements() -> None:
    cx1 = to_cx1(
        declare(
            edges={"interaction": "string", "weight": "double"},
            networkAttributes={"name": "string", "years": "list_of_integer"},
        ),
        {"networkAttributes": [{"name": "N", "years": [2020]}]},
        {"nodes": [{"id": 1}]},
        {
            "edges": [
                {"id": 3, "s": 1, "t": 1, "v": {"interaction": "i", "weight": 1}},
                {"id": 4, "s": 1, "t": 1},
            ]
        },
    )
    assert cx1["networkAttributes"] == [
        {"n": "name", "d": "string", "v": "N"},
        {"n": "years", "d": "list_of_integer", "v": ["2020"]},
    ]
    assert cx1["edges"] == [{"@id": 3, "s": 1, "t": 1, "i": "i"}, {"@id": 4, "s": 1, "t": 1}]
    assert cx1["edgeAttributes"] == [{"n": "weight", "d": "double", "v": "1", "po": 3}]


def test_the_cx1_file_begins_and_ends_as_the_server_writes_it() -> None:
    cx1 = load_cx2(make_cx2(declare(nodes={"a": "string"}), make_nodes({"a": "x"}))).cx1
    assert cx1 is not None
    assert cx1.startswith(
        b'[{"numberVerification":[{"longNumber":281474976710655}]},\n{"metaData":['
    )
    assert cx1.endswith(
        b'{"metaData":[{"name":"nodeAttributes","elementCount":1,"version":"1.0"}]},\n'
        b'{"status":[{"error":"","success":true}]}]'
    )


STYLES: list[dict[str, Any]] = [
    {"properties_of": "network", "properties": {"NETWORK_BACKGROUND_PAINT": "#FFFFFF"}},
    {
        "properties_of": "nodes:default",
        "properties": {
            "NODE_BORDER_WIDTH": "1.5",
            "NODE_FILL_COLOR": "#CCCCCC",
            "NODE_LABEL_FONT_SIZE": "12",
            "NODE_SELECTED_PAINT": "#FFFF00",
            "NODE_SHAPE": "ROUND_RECTANGLE",
            "NODE_TRANSPARENCY": "255",
            "NODE_VISIBLE": "true",
        },
        "dependencies": {"nodeSizeLocked": "false"},
    },
    {
        "properties_of": "edges:default",
        "properties": {"EDGE_VISIBLE": "false"},
        "dependencies": {"arrowColorMatchesEdge": "true"},
    },
    {"properties_of": "nodes", "applies_to": 1, "properties": {"NODE_WIDTH": "35.0"}},
    {"properties_of": "edges", "applies_to": 2, "properties": {"EDGE_WIDTH": "2.0"}},
]
DRAWN: tuple[Fragment, Fragment] = (
    {"nodes": [{"@id": 1}]},
    {"edges": [{"@id": 2, "s": 1, "t": 1}]},
)


def test_visual_properties_are_parted_in_cx2() -> None:
    cx2 = to_cx2(*DRAWN, {"cyVisualProperties": STYLES})
    assert "cyVisualProperties" not in cx2
    assert cx2["visualProperties"] == [
        {
            "default": {
                "network": {"NETWORK_BACKGROUND_COLOR": "#FFFFFF"},
                "node": {
                    "NODE_BORDER_WIDTH": 1.5,
                    "NODE_BACKGROUND_COLOR": "#CCCCCC",
                    "NODE_LABEL_FONT_SIZE": 12,
                    "NODE_SELECTED_PAINT": "#FFFF00",
                    "NODE_SHAPE": "round-rectangle",
                    "NODE_BACKGROUND_OPACITY": 1.0,
                    "NODE_VISIBILITY": "element",
                },
                "edge": {"EDGE_VISIBILITY": "none"},
            }
        }
    ]
    assert cx2["nodeBypasses"] == [{"id": 1, "v": {"NODE_WIDTH": 35.0}}]
    assert cx2["edgeBypasses"] == [{"id": 2, "v": {"EDGE_WIDTH": 2.0}}]
    assert cx2["visualEditorProperties"] == [
        {
            "properties": {
                "nodeSizeLocked": False,
                "nodeCustomGraphicsSizeSync": False,
                "arrowColorMatchesEdge": True,
            }
        }
    ]


def test_visual_properties_come_back_from_cx2() -> None:
    cx2 = to_cx2(*DRAWN, {"cyVisualProperties": STYLES})
    names = ("nodes", "edges", "visualProperties", "nodeBypasses", "edgeBypasses")
    back = to_cx1(*({name: cx2[name]} for name in (*names, "visualEditorProperties")))
    network, nodes, edges, *bypasses = back["cyVisualProperties"]
    assert [network, *bypasses] == [STYLES[0], *STYLES[3:]]
    assert nodes["properties"] == STYLES[1]["properties"] | {"NODE_SIZE": None}
    assert nodes["dependencies"] == {
        "nodeSizeLocked": "false",
        "nodeCustomGraphicsSizeSync": "false",
    }
    assert edges["properties"] == STYLES[2]["properties"] | {"EDGE_UNSELECTED_PAINT": None}
    assert edges["dependencies"] == STYLES[2]["dependencies"]
    assert not set(back) & {"visualProperties", "nodeBypasses", "visualEditorProperties"}


def test_unknown_visual_properties_are_left_out() -> None:
    styles = [
        {"properties_of": "nodes:default", "properties": {"NODE_FOO": "1"}},
        {"properties_of": "nodes", "applies_to": 1, "properties": {"NODE_FOO": "1"}},
    ]
    cx2 = to_cx2(*DRAWN, {"cyVisualProperties": styles})
    assert not set(cx2) & {"visualProperties", "nodeBypasses"}


def test_bypasses_without_a_style_are_left_out_of_cx1() -> None:
    cx1 = to_cx1({"nodes": [{"id": 1}]}, {"nodeBypasses": [{"id": 1, "v": {"NODE_WIDTH": 1}}]})
    assert "cyVisualProperties" not in cx1


@pytest.mark.parametrize("name", ["NODE_WIDTH", "NODE_LABEL_FONT_SIZE", "NODE_TRANSPARENCY"])
@pytest.mark.parametrize("text", ["wide", "1 2", ""])
def test_a_visual_number_that_is_none_fails_the_load(name: str, text: str) -> None:
    styles = [{"properties_of": "nodes:default", "properties": {name: text}}]
    loaded = load_cx1(make_cx1(*DRAWN, {"cyVisualProperties": styles}))
    assert (loaded.cx2, loaded.node_count) == (None, 1)
    said = (
        f'For input string: "{text}"',
        f"Can't convert string {text} to number.",
        "empty String",
    )
    assert loaded.fault in said


@pytest.mark.parametrize(
    "style",
    [
        {"default": {"edge": {"EDGE_WIDTH": "x", "EDGE_LABEL": {"a": 1}}}},
        {"default": {"node": {"NODE_WIDTH": {"a": 1}, "NODE_FOO": {"a": 1}}}},
    ],
    ids=["texts", "objects"],
)
def test_odd_values_are_no_obstacle_where_the_server_takes_any(style: dict[str, Any]) -> None:
    editors = {"visualEditorProperties": [{"properties": {"foo": 5}}]}
    cx1 = to_cx1({"nodes": [{"id": 1}]}, {"visualProperties": [style]}, editors)
    assert [item["properties_of"] for item in cx1["cyVisualProperties"]] == [
        "network",
        "nodes:default",
        "edges:default",
    ]
