"""What is kept comes back as it was, even what is no Unicode, and other bytes are refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.model import Curie, Dialect, Entity, Gene, Layout, Network, NetworkId, Record, RecordId
from sync.state.codec import (
    decode_network,
    decode_record,
    encode_network,
    encode_record,
)
from tests.strategies import GENE_LISTS

TEXTS = st.text(st.characters(), max_size=9)
SETS = st.frozensets(TEXTS, max_size=2)
ODD_GENES = st.builds(Gene, TEXTS, SETS.map(lambda ids: frozenset(map(Curie, ids))), SETS, SETS)
GENES = GENE_LISTS.map(tuple) | st.lists(ODD_GENES, max_size=3).map(tuple)
ENTITIES = st.lists(st.builds(Entity, TEXTS, TEXTS, TEXTS), max_size=2).map(tuple)
RECORDS = st.builds(
    Record,
    id=TEXTS.map(RecordId),
    layout=st.sampled_from(Layout),
    path=st.just("_figures/PMC1__f1.md"),
    line=st.integers(1, 99),
    network=st.none() | TEXTS.map(NetworkId),
    fields=st.dictionaries(TEXTS, TEXTS, max_size=3),
    genes=GENES,
    other_organisms=GENES,
    chemicals=ENTITIES,
    diseases=ENTITIES,
    lists_every_gene=st.booleans(),
    genes_unknown=st.none() | TEXTS,
    notes=st.lists(TEXTS, max_size=2).map(tuple),
)
NETWORKS = st.builds(
    Network,
    dialect=st.sampled_from(Dialect),
    genes=GENES,
    node_count=st.integers(0, 99),
    attributes=st.dictionaries(TEXTS, TEXTS, max_size=3),
)


@given(RECORDS)
def test_a_record_comes_back_as_it_was(record: Record) -> None:
    data = encode_record(record)

    assert decode_record(data, record.path) == record


@given(NETWORKS)
def test_a_network_comes_back_as_it_was(network: Network) -> None:
    assert decode_network(encode_network(network)) == network


@given(RECORDS, NETWORKS)
def test_bytes_that_are_cut_short_are_refused(record: Record, network: Network) -> None:
    with pytest.raises((ValueError, TypeError)):
        decode_record(encode_record(record)[:-1], record.path)
    with pytest.raises((ValueError, TypeError)):
        decode_network(encode_network(network)[:-1])


@pytest.mark.parametrize(
    "data",
    [
        b'["pfocr-cx2", 1, 5]\n',
        b'["pfocr-cx2", "1", {}]\n',
        b'["pfocr-cx2", 1, {"name": 5}]\n',
        b'["other", 1, {}]\n',
        b'["pfocr-cx2", 1, {}, ' + b"[" * 100_000 + b"\n",
    ],
)
def test_a_network_of_other_types_is_refused(data: bytes) -> None:
    assert decode_network(b'["pfocr-cx2", 1, {}]\n').node_count == 1
    with pytest.raises((ValueError, TypeError)):
        decode_network(data)


@pytest.mark.parametrize("data", [b"", b"[]", b"[1]", b'{"a": 1}', b"null", b"[1, 2, 3, 4]"])
def test_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises((ValueError, TypeError)):
        decode_network(data)
    with pytest.raises((ValueError, TypeError)):
        decode_record(data, "path")
