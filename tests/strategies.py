"""Hypothesis strategies that several test modules share.

Genes are drawn from few symbols and few identifiers, so that lists of them meet in every way that
matters: the same gene twice, one name for two genes, two ids for one gene, no id at all.
"""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st

from sync.model import Curie, Gene

SYMBOLS = st.sampled_from(["TNF", "Tnf", "TP53", "p53", "HDAC1/HDAC2"])
CURIES = st.builds(
    lambda namespace, local: Curie(f"{namespace}:{local}"),
    st.sampled_from(["ncbigene", "ensembl", "hgnc.symbol", "uniprot"]),
    st.integers(1, 3),
)
GENES = st.builds(
    Gene,
    symbol=SYMBOLS,
    ids=st.frozensets(CURIES, max_size=2),
    names=st.frozensets(SYMBOLS, max_size=1),
    words=st.frozensets(st.sampled_from(["IL-8", "TNFa"]), max_size=1),
    sources=st.frozensets(st.sampled_from(["hgnc_symbol", "famplex_relations"]), max_size=1),
    organism=st.sampled_from(["", "9606", "7227"]),
    listable=st.booleans(),
)
GENE_LISTS = st.lists(GENES, max_size=7)


@dataclass(frozen=True, slots=True)
class Said:
    """A gene as a record says it, and as one node or several of a network may say it."""

    local: Gene
    remote: tuple[Gene, ...]


_WORLD = {
    number: {
        "stable": (f"ncbigene:{number}", f"ensembl:{number}"),
        "symbol": (f"hgnc.symbol:GENE{number}",),
        "product": ("uniprot:P1", "eccode:1.1.1.1") if number < 4 else (f"uniprot:P{number}",),
    }
    for number in range(1, 7)
}
"""Genes whose identifiers belong together; the first three share a protein and a label."""


@st.composite
def _said(draw: st.DrawFn, number: int) -> Said:
    known = _WORLD[number]
    label = draw(st.sampled_from([f"GENE{number}", "CALM" if number < 4 else f"g{number}"]))
    others = draw(st.sets(st.sampled_from(known["symbol"] + known["product"])))
    local = Gene(
        symbol=f"GENE{number}",
        ids=frozenset(map(Curie, {*known["stable"], *others})),
        names=frozenset({label}),
    )
    nodes = draw(
        st.lists(
            st.tuples(
                st.sets(st.sampled_from(known["stable"]), min_size=1),
                st.sets(st.sampled_from(known["product"])),
            ),
            min_size=1,
            max_size=2,
        )
    )
    remote = tuple(Gene(label, frozenset(map(Curie, {*ids, *more}))) for ids, more in nodes)
    return Said(local, remote)


SAID = st.sets(st.sampled_from(sorted(_WORLD)), min_size=1).flatmap(
    lambda numbers: st.tuples(*map(_said, sorted(numbers)))
)
"""Genes that a record says and that its network says, in part, by other identifiers."""
