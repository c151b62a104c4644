"""Reading whole drawings: GPML 2013a, the same drawing in GPML 2021, and hostile files."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest

from sync.errors import RecordError
from sync.records.drawing import (
    Anchor,
    Box,
    Citation,
    Comment,
    DataNode,
    Drawing,
    Font,
    Group,
    Interaction,
    Label,
    Look,
    Point,
    Shape,
    State,
    Term,
    Xref,
)
from sync.records.drawing_reader import MOST_ELEMENTS, read_drawing

OPEN = '<Pathway xmlns="http://pathvisio.org/GPML/2013a" Name="A" Organism="Homo sapiens">'
PLACE = 'CenterX="10" CenterY="20" Width="30" Height="40"'

OF_2013A = f"""<?xml version="1.0" encoding="UTF-8"?>
<Pathway xmlns="http://pathvisio.org/GPML/2013a" Name="A pathway" Data-Source="WikiPathways"
 Version="WP1_r2" Author="[Ann, Bob]" Last-Modified="20260204" Organism="Homo sapiens">
<Comment Source="WikiPathways-description">What
it is</Comment><BiopaxRef>c1</BiopaxRef>
<Graphics BoardWidth="200.5" BoardHeight="100" />
<DataNode TextLabel="TP&#xA;53" GraphId="n1" Type="Protein" GroupRef="g1"><BiopaxRef>c1</BiopaxRef>
 <Comment>odd</Comment><Attribute Key="k" Value="v" />
 <Graphics {PLACE} ZOrder="7" FontName="Times" FontSize="14" FontWeight="Bold" FontStyle="Italic"
  Valign="Middle" Align="Left" Color="0000ff" FillColor="Transparent" ShapeType="Oval"
  LineStyle="Broken" LineThickness="2.5" />
 <Xref Database="Entrez Gene" ID="7157" /></DataNode>
<State GraphRef="n1" TextLabel="P" GraphId="s1"><Comment>ptm=p; site=x</Comment>
 <Graphics RelX="1.0" RelY="-1.0" Width="15" Height="16" ShapeType="Oval" FillColor="ffff00" />
 <Xref Database="" ID="" /></State>
<Interaction GraphId="i1"><Graphics ConnectorType="Elbow" ZOrder="3" LineThickness="2.0">
 <Point X="1" Y="2" GraphRef="n1" RelX="0.5" RelY="1.0" />
 <Point X="3" Y="4" ArrowHead="mim-catalysis" GraphId="p2" />
 <Anchor Position="0.25" GraphId="a1" Shape="None" /></Graphics>
 <Xref Database="Rhea" ID="12" /></Interaction>
<Label TextLabel="Here" GraphId="l1" Href="https://example.org"><Graphics {PLACE} /></Label>
<Shape TextLabel="Cell" GraphId="h1"><Attribute Key="org.pathvisio.DoubleLineProperty"
 Value="Double" /><Attribute Key="org.pathvisio.CellularComponentProperty" Value="Cell" />
 <Graphics {PLACE} ShapeType="RoundedRectangle" Rotation="Right" /></Shape>
<Group GroupId="g1" GraphId="G1" Style="Complex" />
<InfoBox CenterX="1.0" CenterY="2.0" /><Legend CenterX="3.0" CenterY="4.0" />
<Biopax><bp:PublicationXref xmlns:bp="http://www.biopax.org/release/biopax-level3.owl#"
 xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" rdf:id="c1"><bp:ID>123</bp:ID>
 <bp:DB>PubMed</bp:DB><bp:TITLE>T</bp:TITLE><bp:SOURCE>J</bp:SOURCE><bp:YEAR>2001</bp:YEAR>
 <bp:AUTHORS>Ann A</bp:AUTHORS><bp:AUTHORS>Bob B</bp:AUTHORS></bp:PublicationXref>
 <bp:openControlledVocabulary xmlns:bp="http://www.biopax.org/release/biopax-level3.owl#">
 <bp:TERM>cancer</bp:TERM><bp:ID>DOID:162</bp:ID><bp:Ontology>Disease</bp:Ontology>
 </bp:openControlledVocabulary></Biopax></Pathway>"""

NODE_LOOK = Look(
    shape="Oval",
    text_color="#0000ff",
    border_color="#0000ff",
    border_style="Broken",
    border_width=2.5,
    fill_color="",
    font=Font(name="Times", size=14, bold=True, italic=True, align="Left", valign="Middle"),
)


def test_a_drawing_of_2013a_is_read_whole() -> None:
    assert read_drawing("WP1.gpml", OF_2013A) == Drawing(
        path="WP1.gpml",
        schema="http://pathvisio.org/GPML/2013a",
        title="A pathway",
        organism="Homo sapiens",
        source="WikiPathways",
        version="WP1_r2",
        modified="20260204",
        authors=("Ann", "Bob"),
        width=200.5,
        height=100,
        comments=(Comment("What\nit is", "WikiPathways-description"),),
        nodes=(
            DataNode(
                id="n1",
                label="TP\n53",
                type="Protein",
                group="g1",
                z=7,
                xref=Xref("Entrez Gene", "7157"),
                box=Box(10, 20, 30, 40),
                look=NODE_LOOK,
                comments=(Comment("odd"),),
                properties=(("k", "v"),),
                citations=("c1",),
            ),
        ),
        states=(
            State(
                id="s1",
                node="n1",
                z=8,
                label="P",
                rel_x=1,
                rel_y=-1,
                width=15,
                height=16,
                look=Look(shape="Oval", fill_color="#ffff00", font=Font(size=10)),
                comments=(Comment("ptm=p; site=x"),),
            ),
        ),
        interactions=(
            Interaction(
                id="i1",
                z=3,
                connector="Elbow",
                width=2,
                points=(
                    Point(x=1, y=2, ref="n1", rel_x=0.5, rel_y=1),
                    Point(x=3, y=4, arrow="mim-catalysis", id="p2"),
                ),
                anchors=(Anchor(position=0.25, id="a1"),),
                xref=Xref("Rhea", "12"),
            ),
        ),
        labels=(
            Label(
                id="l1",
                z=0x7000,
                label="Here",
                href="https://example.org",
                box=Box(10, 20, 30, 40),
                look=Look(shape="None", fill_color="", font=Font(valign="Top")),
            ),
        ),
        shapes=(
            Shape(
                id="h1",
                z=0x4000,
                label="Cell",
                component="Cell",
                box=Box(10, 20, 30, 40),
                properties=(
                    ("org.pathvisio.DoubleLineProperty", "Double"),
                    ("org.pathvisio.CellularComponentProperty", "Cell"),
                ),
                look=Look(
                    shape="RoundedRectangle",
                    border_style="Double",
                    fill_color="",
                    rotation=math.pi / 2,
                    font=Font(valign="Top"),
                ),
            ),
        ),
        groups=(Group(id="G1", key="g1", style="Complex", z=0x1000),),
        terms=(Term("DOID:162", "cancer", "Disease"),),
        citations=(
            Citation("c1", Xref("PubMed", "123"), "T", "J", "2001", authors=("Ann A", "Bob B")),
        ),
        cited=("c1",),
    )


def test_a_drawing_of_2021_is_read_whole() -> None:
    """Made up after the names of its schema: no public drawing is in GPML 2021."""
    drawing = read_drawing(
        "WP1.gpml",
        """<Pathway xmlns="http://pathvisio.org/GPML/2021" title="A pathway" version="r2"
        organism="Homo sapiens" source="WikiPathways" license="CC0"><Xref identifier="WP1"
        dataSource="wikipathways"/><Authors><Author name="Ann"/></Authors>
        <Description>What it is</Description><AnnotationRef elementRef="t1"/>
        <CitationRef elementRef="c1"/><Graphics boardWidth="9" boardHeight="8"
        backgroundColor="eeeeee"/><InfoBox centerX="0" centerY="0"/>
        <DataNodes><DataNode elementId="n1" textLabel="A" type="Alias" groupRef="g1"
        elementRef="g2"><Xref identifier="7157" dataSource="Entrez Gene"/><States><State
        elementId="s1" textLabel="P" type="Phosphorylated"><Xref identifier="1" dataSource="MOD"/>
        <Graphics relX="1" relY="0" width="5" height="6" fontSize="8"/></State></States>
        <Graphics centerX="1" centerY="2" width="3" height="4" textColor="ff0000"
        borderColor="00ff00" borderStyle="Dashed" borderWidth="3" fillColor="ffffff00"
        hAlign="Right" vAlign="Bottom" zOrder="5"/><Property key="k" value="v"/></DataNode>
        </DataNodes><Interactions><Interaction elementId="i1"><Xref identifier="" dataSource=""/>
        <Waypoints><Point elementId="p1" elementRef="n1" x="1" y="2" relX="0" relY="1"/>
        <Point elementId="p2" x="3" y="4" arrowHead="Inhibition"/><Anchor elementId="a1"
        position="0.5" x="2" y="3" shapeType="Circle"/></Waypoints><Graphics lineColor="0000ff"
        lineWidth="2" lineStyle="Dashed" connectorType="Curved"/></Interaction></Interactions>
        <Groups><Group elementId="g1" type="Complex"><Graphics centerX="1" centerY="2" width="9"
        height="9"/></Group></Groups><Annotations><Annotation elementId="t1" value="cancer"
        type="Disease"><Xref identifier="DOID:162" dataSource="doid"/></Annotation></Annotations>
        <Citations><Citation elementId="c1" url="https://example.org"><Xref identifier="123"
        dataSource="pubmed"/></Citation></Citations></Pathway>""",
    )

    assert (drawing.title, drawing.organism, drawing.version, drawing.authors) == (
        "A pathway",
        "Homo sapiens",
        "r2",
        ("Ann",),
    )
    assert (drawing.description, drawing.background) == ("What it is", "#eeeeee")
    (node,) = drawing.nodes
    assert (node.id, node.xref) == ("n1", Xref("Entrez Gene", "7157"))
    assert (node.look.text_color, node.look.border_color) == ("#ff0000", "#00ff00")
    assert (node.look.border_style, node.look.fill_color, node.z) == ("Broken", "", 5)
    assert (node.look.font.align, node.look.font.valign) == ("Right", "Bottom")
    assert node.properties == (("k", "v"),)
    (state,) = drawing.states
    assert (state.node, state.type, state.xref) == ("n1", "Phosphorylated", Xref("MOD", "1"))
    (line,) = drawing.interactions
    assert line.points == (
        Point(x=1, y=2, ref="n1", rel_y=1, id="p1"),
        Point(x=3, y=4, arrow="Inhibition", id="p2"),
    )
    assert line.anchors == (Anchor(position=0.5, id="a1", shape="Circle"),)
    assert (line.color, line.width, line.style, line.connector) == (
        "#0000ff",
        2,
        "Broken",
        "Curved",
    )
    (group,) = drawing.groups
    assert (group.key, group.id, group.style, group.box) == ("g1", "g1", "Complex", Box(1, 2, 9, 9))
    assert drawing.terms == (Term("DOID:162", "cancer", "Disease", key="t1"),)
    assert drawing.citations == (Citation("c1", Xref("pubmed", "123"), url="https://example.org"),)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("ff0000", "#ff0000"),
        ("#FF00AA", "#ff00aa"),
        ("ff", "#0000ff"),
        ("Teal", "#008080"),
        ("Transparent", ""),
        ("ffffff00", ""),
        ("11223380", "#112233"),
        ("nonsense", "#000000"),
        ('url(javascript:x)"', "#000000"),
    ],
)
def test_colours_are_read_in_every_way_of_writing(written: str, read: str) -> None:
    text = written.replace('"', "&quot;")
    graphics = f'<Graphics {PLACE} FillColor="{text}"/>'
    drawing = read_drawing("x", f'{OPEN}<Label TextLabel="x">{graphics}</Label></Pathway>')

    assert drawing.labels[0].look.fill_color == read


@pytest.mark.parametrize(
    ("element", "reason"),
    [
        ('<DataNode TextLabel="A&#xA;B"/>', "DataNode 'A B' has no CenterX"),
        (
            f'<Label GraphId="b1"><Graphics {PLACE.replace("10", "NaN")}/></Label>',
            "Label 'b1' has the CenterX 'NaN', not a number up to 1,000,000",
        ),
        (f"<Label><Graphics {PLACE.replace('20', '1e300')}/></Label>", "Label has the CenterY"),
        (f"<Label><Graphics {PLACE.replace('20', '-inf')}/></Label>", "Label has the CenterY"),
        (f"<Shape><Graphics {PLACE.replace('30', '-3')}/></Shape>", "Shape has a negative Width"),
        (f"<Shape><Graphics {PLACE} Rotation='up'/></Shape>", "Shape has the Rotation 'up'"),
        (
            '<Interaction><Graphics><Point X="1" Y="1"/></Graphics></Interaction>',
            "Interaction has 1 point, but a line needs two",
        ),
        (
            '<Interaction><Graphics><Point X="1"/><Point X="1" Y="2"/></Graphics></Interaction>',
            "Interaction has no Y",
        ),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_its_line(element: str, reason: str) -> None:
    with pytest.raises(RecordError) as caught:
        read_drawing("WP1.gpml", f"{OPEN}\n\n{element}</Pathway>")

    assert (caught.value.path, caught.value.line) == ("WP1.gpml", 3)
    assert caught.value.reason.startswith(reason)


def test_what_is_no_drawing_is_refused() -> None:
    with pytest.raises(RecordError, match="not GPML 2013a or 2021"):
        read_drawing("WP1.gpml", "<svg/>")


def test_a_drawing_with_too_many_points_is_refused() -> None:
    points = '<Point X="1" Y="1"/>' * (MOST_ELEMENTS + 1)
    with pytest.raises(RecordError, match="more than 200,000 elements and points"):
        read_drawing(
            "x", f"{OPEN}<Interaction><Graphics>{points}</Graphics></Interaction></Pathway>"
        )


def test_a_pathway_inside_a_pathway_is_not_read() -> None:
    drawing = read_drawing("x", f'{OPEN}<Pathway Name="B"><Comment>c</Comment></Pathway></Pathway>')

    assert drawing.title == "A"


def test_every_element_of_the_real_drawings_is_read(corpus: Path) -> None:
    kinds = {
        "DataNode": "nodes",
        "State": "states",
        "Interaction": "interactions",
        "GraphicalLine": "graphical_lines",
        "Label": "labels",
        "Shape": "shapes",
        "Group": "groups",
        "bp:PublicationXref": "citations",
        "bp:openControlledVocabulary": "terms",
    }
    drawings = sorted(corpus.rglob("*.gpml"))
    assert len(drawings) == 117
    for file in drawings:
        text = file.read_text(encoding="utf-8")
        drawing = read_drawing(file.name, text)
        for tag, field in kinds.items():
            assert len(getattr(drawing, field)) == len(re.findall(rf"<{tag}[ >]", text)), tag
        lines = (*drawing.interactions, *drawing.graphical_lines)
        assert sum(len(line.points) for line in lines) == text.count("<Point ")
        assert sum(len(line.anchors) for line in lines) == text.count("<Anchor ")
