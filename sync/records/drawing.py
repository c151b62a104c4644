"""A pathway as drawn: everything in a GPML file, in the same terms for both versions.

``sync.records.drawing_reader`` reads drawings into these values. Lengths are pixels, x grows to the
right and y downwards, boxes are given by their centre. Colours are ``#rrggbb``, an empty text if
nothing is painted. What the file leaves out has the default of its GPML schema. Texts are as drawn,
line breaks included. Elements are in the order of the file.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Xref:
    """An identifier as the file writes it: ``Ensembl`` and ``ENSG00000138798``."""

    source: str = ""
    id: str = ""

    def __bool__(self) -> bool:
        return bool(self.id)


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle by its centre, in pixels."""

    x: float
    y: float
    width: float
    height: float

    @property
    def left(self) -> float:
        """The x of the left side."""
        return self.x - self.width / 2

    @property
    def right(self) -> float:
        """The x of the right side."""
        return self.x + self.width / 2

    @property
    def top(self) -> float:
        """The y of the upper side."""
        return self.y - self.height / 2

    @property
    def bottom(self) -> float:
        """The y of the lower side."""
        return self.y + self.height / 2


@dataclass(frozen=True, slots=True)
class Font:
    """How a label is written; ``align`` and ``valign`` place it in its box.

    ``align`` is ``Left``, ``Center`` or ``Right``; ``valign`` is ``Top``, ``Middle`` or
    ``Bottom``. ``size`` is in points.
    """

    name: str = "Arial"
    size: float = 12.0
    bold: bool = False
    italic: bool = False
    underline: bool = False
    strikethrough: bool = False
    align: str = "Center"
    valign: str = "Middle"


@dataclass(frozen=True, slots=True)
class Look:
    """How a box is painted.

    ``shape`` is GPML's word: ``Rectangle``, ``Oval``, ``Mitochondria``… , ``None`` for a label
    without a border. ``border_style`` is ``Solid``, ``Broken`` or ``Double``. ``rotation`` is
    clockwise, in radians.
    """

    shape: str = "Rectangle"
    text_color: str = "#000000"
    border_color: str = "#000000"
    border_style: str = "Solid"
    border_width: float = 1.0
    fill_color: str = "#ffffff"
    rotation: float = 0.0
    font: Font = Font()


@dataclass(frozen=True, slots=True)
class Comment:
    """A remark on an element or on the pathway, with who or what wrote it."""

    text: str
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """What all drawn elements have.

    ``id`` is what lines, states and aliases refer to; it may be empty, and files may repeat it.
    ``group`` is the ``key`` of the group that the element is in. Elements with a larger ``z`` are
    in front. ``citations`` and ``terms`` are the ids of literature and ontology terms of the
    drawing; ``properties`` are the pairs of key and value that editors keep. ``line`` is the line
    in the file.
    """

    id: str = ""
    group: str = ""
    z: int = 0
    comments: tuple[Comment, ...] = ()
    properties: tuple[tuple[str, str], ...] = ()
    citations: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class DataNode(Element):
    """A gene, metabolite, pathway… with its identifier.

    ``type`` is ``GeneProduct``, ``Metabolite``, ``Unknown``….
    """

    label: str
    box: Box
    type: str = "Unknown"
    xref: Xref = Xref()
    look: Look = Look()


@dataclass(frozen=True, slots=True, kw_only=True)
class State(Element):
    """A small mark at a data node: a phosphorylation, a mutation.

    ``node`` is the id of the node. ``rel_x`` and ``rel_y`` place the centre of the mark: 0 is
    the middle of the node, -1 its left or upper side, 1 its right or lower one.
    """

    node: str
    rel_x: float
    rel_y: float
    width: float
    height: float
    label: str = ""
    type: str = "Unknown"
    xref: Xref = Xref()
    look: Look = Look()


@dataclass(frozen=True, slots=True, kw_only=True)
class Label(Element):
    """A text on the drawing; ``href`` is a link that it carries, unchecked."""

    label: str
    box: Box
    href: str = ""
    look: Look = Look(shape="None", fill_color="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape(Element):
    """A shape without a meaning of its own: a cell, a membrane, a brace, an arc.

    ``component`` names the part of a cell that it stands for (``Nucleus``), if any.
    """

    box: Box
    label: str = ""
    component: str = ""
    look: Look = Look(fill_color="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Group(Element):
    """Elements that belong together.

    Members name its ``key``; lines end at its ``id``. ``style`` is ``Group``, ``Complex``,
    ``Pathway`` or ``None``. ``group`` is set if groups are nested. Only GPML 2021 keeps a ``box``
    and a ``look``; if they are None, the members give the box.
    """

    key: str
    style: str = "None"
    label: str = ""
    xref: Xref = Xref()
    box: Box | None = None
    look: Look | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A point of a line, and what it is attached to.

    ``ref`` is the id of an element, group or anchor, empty for a loose point; ``rel_x`` and
    ``rel_y`` say where on it, as for a state. ``arrow`` is an arrow head in GPML's words
    (``Arrow``, ``mim-catalysis``, ``TBar``), ``Line`` if there is none; only those of the first and
    last point are drawn.
    """

    x: float
    y: float
    ref: str = ""
    rel_x: float = 0.0
    rel_y: float = 0.0
    arrow: str = "Line"
    id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """A place on a line where other lines may end; ``position`` is from 0, the start, to 1."""

    position: float
    id: str = ""
    shape: str = "None"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line(Element):
    """A line of two points or more.

    ``connector`` is ``Straight``, ``Elbow``, ``Curved`` or ``Segmented``; ``style`` is
    ``Solid``, ``Broken`` or ``Double``.
    """

    points: tuple[Point, ...]
    anchors: tuple[Anchor, ...] = ()
    connector: str = "Straight"
    color: str = "#000000"
    style: str = "Solid"
    width: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Interaction(Line):
    """A line for how two things act on each other, with its identifier if known."""

    xref: Xref = Xref()


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphicalLine(Line):
    """A line without a meaning of its own."""


@dataclass(frozen=True, slots=True)
class Term:
    """An ontology term that the pathway or an element is tagged with."""

    id: str
    name: str
    ontology: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Citation:
    """A publication that the pathway or an element cites; ``key`` is what elements name."""

    key: str
    xref: Xref = Xref()
    title: str = ""
    source: str = ""
    year: str = ""
    authors: tuple[str, ...] = ()
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """One drawing. ``path`` is the file, as errors name it; the board is its size in pixels.

    ``version`` is the revision that the file states (``WP4255_r142399``); ``modified`` is the
    file's own text for when it was last edited. ``background`` is the colour of the board.
    """

    path: str
    schema: str
    title: str = ""
    organism: str = ""
    source: str = ""
    version: str = ""
    modified: str = ""
    authors: tuple[str, ...] = ()
    width: float = 0.0
    height: float = 0.0
    background: str = "#ffffff"
    comments: tuple[Comment, ...] = ()
    properties: tuple[tuple[str, str], ...] = ()
    nodes: tuple[DataNode, ...] = ()
    states: tuple[State, ...] = ()
    interactions: tuple[Interaction, ...] = ()
    graphical_lines: tuple[GraphicalLine, ...] = ()
    labels: tuple[Label, ...] = ()
    shapes: tuple[Shape, ...] = ()
    groups: tuple[Group, ...] = ()
    terms: tuple[Term, ...] = ()
    citations: tuple[Citation, ...] = ()
    cited: tuple[str, ...] = ()

    @property
    def description(self) -> str:
        """The text that describes the pathway, an empty text if there is none."""
        return next((c.text for c in self.comments if c.source in _DESCRIPTIONS), "")


_DESCRIPTIONS = ("WikiPathways-description", "GPML-description")
