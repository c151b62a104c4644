"""Hypothesis strategies that several test modules share.

Genes are drawn from few symbols and few identifiers, so that lists of them meet in every way that
matters: the same gene twice, one name for two genes, two ids for one gene, no id at all.
"""

from __future__ import annotations

from hypothesis import strategies as st

from sync.model import Curie, Gene

SYMBOLS = st.sampled_from(["TNF", "Tnf", "TP53", "p53", "HDAC1/HDAC2"])
CURIES = st.builds(
    lambda namespace, local: Curie(f"{namespace}:{local}"),
    st.sampled_from(["ncbigene", "ensembl", "hgnc.symbol"]),
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
