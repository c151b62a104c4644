"""A small pathway with its drawing, for tests that edit the one side or the other."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from sync.convert.pathway import read_pathway_drawing

_TABLE_HEAD = (
    "Label\tType\tIdentifier\tComment\tEnsembl\tNCBI gene\tHGNC\tUniProt\tWikidata\tChEBI\tInChI"
)


@dataclass(slots=True)
class Pathway:
    """``nodes`` are label, type, database and identifier by id; ``lines`` are ends and arrow."""

    id: str = "WP1"
    ndex: str = "''"
    nodes: dict[str, tuple[str, str, str, str]] = field(
        default_factory=lambda: {
            "n1": ("TP53", "GeneProduct", "Ensembl", "ENSG00000141510"),
            "n2": ("MDM2", "Protein", "Ensembl", "ENSG00000135679"),
            "n3": ("ATP", "Metabolite", "ChEBI", "CHEBI:15422"),
        }
    )
    lines: dict[str, tuple[str, str, str]] = field(
        default_factory=lambda: {
            "i1": ("n1", "n2", "mim-inhibition"),
            "i2": ("n3", "n1", "Arrow"),
        }
    )
    places: dict[str, tuple[float, float]] = field(default_factory=dict)

    def write(self, root: Path) -> str:
        """Write record, node table and drawing; return the record's path."""
        folder = root / "pathways" / self.id
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{self.id}.md").write_text(self._record(), encoding="utf-8")
        return self.redraw(root)

    def redraw(self, root: Path) -> str:
        """Write node table and drawing; return the record's path."""
        folder = root / "pathways" / self.id
        (folder / f"{self.id}-datanodes.tsv").write_text(self._table(), encoding="utf-8")
        (folder / f"{self.id}.gpml").write_text(self._drawing(), encoding="utf-8")
        return f"pathways/{self.id}/{self.id}.md"

    def network(self, root: Path) -> bytes:
        """Return the network of the drawing that was written."""
        folder = root / "pathways" / self.id
        return read_pathway_drawing(folder, f"{self.id}.gpml").convert().body

    def _record(self) -> str:
        return (
            f"---\nwpid: {self.id}\ntitle: Title of {self.id}\ndescription: A pathway.\n"
            f"last-edited: 2026-01-01\nndex: {self.ndex}\norganisms:\n- Homo sapiens\n"
            "revision: r1\n---\n"
        )

    def _table(self) -> str:
        rows = [_TABLE_HEAD]
        for label, kind, source, identifier in self.nodes.values():
            curie = f"{source.lower()}:{identifier.rpartition(':')[2]}"
            cells = {"Label": label, "Type": kind, "Identifier": curie, source: curie}
            rows.append("\t".join(cells.get(column, "") for column in _TABLE_HEAD.split("\t")))
        return "".join(f"{row}\n" for row in rows)

    def _drawing(self) -> str:
        nodes = "".join(
            f'<DataNode TextLabel="{label}" GraphId="{key}" Type="{kind}">'
            f'<Graphics CenterX="{self._place(key)[0]}" CenterY="{self._place(key)[1]}"'
            ' Width="80" Height="20"/>'
            f'<Xref Database="{source}" ID="{identifier}"/></DataNode>\n'
            for key, (label, kind, source, identifier) in self.nodes.items()
        )
        lines = "".join(
            f'<Interaction GraphId="{key}"><Graphics LineThickness="1.0">'
            f'<Point X="10" Y="10" GraphRef="{start}" RelX="1.0" RelY="0.0"/>'
            f'<Point X="90" Y="90" GraphRef="{end}" RelX="-1.0" RelY="0.0" ArrowHead="{arrow}"/>'
            '</Graphics><Xref Database="" ID=""/></Interaction>\n'
            for key, (start, end, arrow) in self.lines.items()
        )
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            '<Pathway xmlns="http://pathvisio.org/GPML/2013a" Name="Title" '
            f'Version="{self.id}_r1" Organism="Homo sapiens">\n'
            '<Graphics BoardWidth="900" BoardHeight="300"/>\n'
            f'{nodes}{lines}<InfoBox CenterX="0" CenterY="0"/></Pathway>\n'
        )

    def _place(self, key: str) -> tuple[float, float]:
        place = list(self.nodes).index(key)
        return self.places.get(key, (100.0 + 150 * place, 60.0 + 60 * (place % 3)))
