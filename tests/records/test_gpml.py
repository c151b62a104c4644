"""Drawings: data nodes only, and nothing that XML could do to the reader."""

from __future__ import annotations

import gc
from contextlib import suppress

import pytest

from sync.errors import RecordError
from sync.model import Curie
from sync.records.gpml import DataNode, parse_gpml

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
OPEN = '<Pathway xmlns="http://pathvisio.org/GPML/2013a">'


def parse(inside: str) -> tuple[DataNode, ...]:
    return parse_gpml("WP1.gpml", f"{HEAD}{OPEN}{inside}</Pathway>")


def refusal(text: str) -> RecordError:
    with pytest.raises(RecordError) as caught:
        parse_gpml("WP1.gpml", text)
    return caught.value


@pytest.mark.parametrize(
    ("database", "identifier", "curies"),
    [
        ("Ensembl", "ENSG00000141510", "ensembl:ENSG00000141510"),
        ("Entrez Gene", "7157", "ncbigene:7157"),
        ("Uniprot-TrEMBL", "P31749-2,P31751", "uniprot:P31749 uniprot:P31751"),
        ("BRENDA", "", ""),
        ("", "7157", ""),
    ],
)
def test_the_identifiers_of_a_node_are_curies(database: str, identifier: str, curies: str) -> None:
    (node,) = parse(
        f'<DataNode TextLabel="x" Type="Protein"><Xref Database="{database}" ID="{identifier}"/>'
        "</DataNode>"
    )

    assert list(node.ids) == curies.split()


def test_a_node_without_type_label_or_identifier_is_read_as_that() -> None:
    assert parse("<DataNode/><DataNode TextLabel=''><Xref/></DataNode>") == (
        DataNode("", ""),
        DataNode("", ""),
    )


def test_a_label_over_several_lines_is_one_line() -> None:
    (node,) = parse('<DataNode TextLabel=" CDKN2A/&#xA;p16  INK4A\r\n" Type="GeneProduct"/>')

    assert node.label == "CDKN2A/ p16 INK4A"
    assert node.names == {"CDKN2A/ p16 INK4A", "CDKN2A/p16 INK4A"}


def test_only_the_nodes_own_identifiers_count() -> None:
    nodes = parse(
        '<DataNode TextLabel="a" Type="Protein"/>'
        '<State TextLabel="P"><Xref Database="Ensembl" ID="ENSG00000000001"/></State>'
        '<Interaction><Xref Database="Rhea" ID="1"/></Interaction>'
        '<Group><Xref Database="Reactome" ID="1"/></Group>'
        '<Label TextLabel="title"/>'
        '<DataNode TextLabel="b" Type="Protein"><Xref Database="SGD" ID="S1"/></DataNode>'
        '<DataNode TextLabel="c" Type="Protein"/>'
    )

    ids = [(node.label, node.ids) for node in nodes]
    assert ids == [("a", ()), ("b", ("sgd:S1",)), ("c", ())]


def test_a_drawing_of_2021_is_read_like_one_of_2013() -> None:
    """Its nodes stand in a list, and states inside the nodes have identifiers of their own."""
    nodes = parse_gpml(
        "WP1.gpml",
        f"""{HEAD}<Pathway xmlns="http://pathvisio.org/GPML/2021" title="x"><DataNodes>
        <DataNode elementId="a" textLabel="TLR4 " type="GeneProduct">
          <Xref identifier="7099" dataSource="Entrez Gene"/>
          <States><State textLabel="P"><Xref identifier="0000046" dataSource="PSI-MOD"/></State>
          </States>
        </DataNode>
        <DataNode textLabel="MIR21" type="Rna"/>
        <DataNode textLabel="p" type="Protein"><States><State>
          <Xref identifier="1" dataSource="SGD"/></State></States></DataNode>
        </DataNodes><Interactions><Interaction><Xref identifier="1" dataSource="Rhea"/>
        </Interaction></Interactions></Pathway>""",
    )

    assert nodes == (
        DataNode("TLR4", "GeneProduct", (Curie("ncbigene:7099"),)),
        DataNode("MIR21", "Rna"),
        DataNode("p", "Protein"),
    )


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("", 1, "not XML: no element found; export the drawing again"),
        (f"{HEAD}{OPEN}\n<DataNode>\n</Pathway>", 4, "not XML: mismatched tag"),
        (f"{HEAD}{OPEN}\n<Comment>&nbsp;</Comment></Pathway>", 3, "not XML: undefined entity"),
        (f"{HEAD}{OPEN}\n\0</Pathway>", 3, "not XML: not well-formed (invalid token)"),
        ("<Pathway/>", 1, "not GPML 2013a or 2021: the first element is Pathway of no namespace"),
        (
            '<Pathway xmlns="http://genmapp.org/GPML/2010a"/>',
            1,
            "not GPML 2013a or 2021: the first element is Pathway of http://genmapp.org/GPML/2010a",
        ),
        (OPEN.replace("Pathway", "Map"), 1, "not GPML 2013a or 2021: the first element is Map of"),
        (f"{HEAD}<!DOCTYPE Pathway>{OPEN}</Pathway>", 2, "document type: GPML has no <!DOCTYPE"),
        (f'{HEAD}<!DOCTYPE a SYSTEM "file:///etc/passwd">', 2, "document type: GPML has no"),
    ],
)
def test_what_is_no_drawing_is_refused_with_its_line(text: str, line: int, reason: str) -> None:
    error = refusal(text)

    assert (error.path, error.line) == ("WP1.gpml", line)
    assert error.reason.startswith(reason)


def test_an_entity_bomb_is_refused_unexpanded() -> None:
    entities = "".join(f'<!ENTITY a{n} "&a{n - 1};&a{n - 1};">' for n in range(1, 60))
    text = f'{HEAD}<!DOCTYPE x [<!ENTITY a0 "x">{entities}]>{OPEN}&a59;</Pathway>'

    assert refusal(text).line == 2


def test_a_deeply_nested_drawing_is_read() -> None:
    deep = "<Group>" * 50_000 + '<DataNode TextLabel="x"/>' + "</Group>" * 50_000

    assert parse(deep) == (DataNode("x", ""),)


def test_a_declared_encoding_does_not_change_what_was_decoded() -> None:
    text = f'<?xml version="1.0" encoding="UTF-16"?>{OPEN}<DataNode TextLabel="δ"/></Pathway>'

    assert parse_gpml("WP1.gpml", text) == (DataNode("δ", ""),)


@pytest.mark.parametrize("text", [f"{OPEN}<DataNode/></Pathway>", f"{OPEN}<DataNode>", "<html/>"])
def test_nothing_is_left_of_a_drawing_that_was_read(text: str) -> None:
    """Looking for what only holds itself is done seldom while records are read."""
    gc.collect()
    with suppress(RecordError):
        parse_gpml("WP1.gpml", text)

    assert gc.collect() == 0
