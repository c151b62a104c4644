"""Identifiers and labels in the one form in which they are compared.

Genes are known by CURIEs with the prefixes of Bioregistry. One table says how each namespace is
spelled in tables, drawings and networks, and at which level it identifies (design: Matching genes).
Networks are known by UUIDs.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from sync.model import Curie, NetworkId


class Level(StrEnum):
    """What an identifier identifies, and so what it proves when two mentions share it.

    A ``GENE`` id is one gene's for good. A ``SYMBOL`` is one gene's, too, but changes over time.
    A ``PRODUCT`` (protein, transcript, enzyme, family) may be that of several genes. ``OTHER`` is
    no gene's: a chemical, a pathway, or a namespace that is not known.
    """

    GENE = "gene"
    SYMBOL = "symbol"
    PRODUCT = "product"
    OTHER = "other"


class _Namespace(NamedTuple):
    """A prefix of Bioregistry, its level, and its other spellings in lower case."""

    prefix: str
    level: Level
    spellings: tuple[str, ...] = ()


# Spellings are BridgeDb's data sources in GPML and NDEx nodes, column heads in tables and the
# prefixes of other tools.
_NAMESPACES = (
    _Namespace(
        "ncbigene",
        Level.GENE,
        ("ncbi gene", "entrez", "entrez gene", "entrezgene", "geneid"),
    ),
    _Namespace("ensembl", Level.GENE),
    _Namespace("hgnc", Level.GENE, ("hgnc accession number",)),
    _Namespace("mgi", Level.GENE),
    _Namespace("rgd", Level.GENE),
    _Namespace("sgd", Level.GENE),
    _Namespace("flybase", Level.GENE),
    _Namespace("wormbase", Level.GENE),
    _Namespace("zfin", Level.GENE),
    _Namespace("tair.locus", Level.GENE, ("tair",)),
    _Namespace("xenbase", Level.GENE),
    _Namespace("pombase", Level.GENE),
    _Namespace("dictybase", Level.GENE),
    _Namespace("ecogene", Level.GENE),
    _Namespace("gramene.rice", Level.GENE),
    _Namespace("mirbase", Level.GENE, ("mirbase sequence",)),
    _Namespace("hgnc.symbol", Level.SYMBOL, ("hgnc symbol",)),
    _Namespace(
        "uniprot",
        Level.PRODUCT,
        ("uniprotkb", "uniprot-trembl", "uniprot-swissprot", "uniprot/trembl"),
    ),
    _Namespace("refseq", Level.PRODUCT),
    _Namespace("ncbiprotein", Level.PRODUCT, ("ncbi protein",)),
    _Namespace("ena.embl", Level.PRODUCT, ("embl",)),
    _Namespace("insdc", Level.PRODUCT, ("genbank",)),
    _Namespace("eccode", Level.PRODUCT, ("enzyme nomenclature", "ec", "ec number")),
    _Namespace("brenda", Level.PRODUCT),
    _Namespace("interpro", Level.PRODUCT),
    _Namespace("pfam", Level.PRODUCT),
    _Namespace("pdb", Level.PRODUCT),
    _Namespace("rfam", Level.PRODUCT),
    _Namespace("omim", Level.PRODUCT),  # genes and the disorders that several of them cause
    _Namespace("kegg.genes", Level.PRODUCT, ("kegg genes",)),  # K numbers are of many genes
    _Namespace(
        "mirbase.mature", Level.PRODUCT, ("mirbase mature sequence",)
    ),  # several genes make one mature miRNA
    _Namespace("kegg.compound", Level.OTHER, ("kegg compound",)),
    _Namespace("pubchem.compound", Level.OTHER, ("pubchem-compound",)),
    _Namespace("go", Level.OTHER, ("geneontology",)),
)
_PREFIXES = {
    spelling: namespace.prefix for namespace in _NAMESPACES for spelling in namespace.spellings
}
_LEVELS = {namespace.prefix: namespace.level for namespace in _NAMESPACES}

_NUMERIC = frozenset({"ncbigene", "hgnc"})
_NUMBER = re.compile(r"0*(\d+)(?:\.0+)?")
_VERSIONED_ENSEMBL = re.compile(r"(ENS[A-Z]*\d{11})\.\d+")
_ENSEMBL_PRODUCT = re.compile(r"ensembl:(?:ENS[A-Z]*[EPRT]\d{11}|FB(?:pp|tr)\d{7})")
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_CURIES_KNOWN = 1 << 16
_INVISIBLE = "Cf"
"""The Unicode category of zero-width characters, soft hyphens and marks of direction."""


def normalise_network_id(text: str) -> NetworkId | None:
    """Return the UUID in the lower-case form that the server needs, None if it is not a UUID.

    Only the canonical 8-4-4-4-12 form counts: the server reads ``1-2-3-4-5`` as a UUID and
    answers 404 for what was a typing slip (contract 10.24).
    """
    text = text.strip()
    if _UUID.fullmatch(text) is None:
        return None
    lower = text.lower()
    # Of a long list nearly all are as they should be, and need no second text.
    return NetworkId(text if text == lower else lower)


def normalise_curie(namespace: str, local: str) -> Curie | None:
    """Return the identifier as a CURIE, None where nothing is left to identify anything.

    ``namespace`` may be a Bioregistry prefix or a data source's name in any case; ``local`` may
    repeat it (``Ensembl:ENSG…``). ``HGNC`` with a symbol behind it is ``hgnc.symbol``, as
    WikiPathways writes it (formats 5). NCBI numbers lose leading zeros and ``.0``, Ensembl ids
    their version.
    """
    prefix = _fold_prefix(namespace)
    local = local.strip()
    if ":" in local:
        prefix, local = _without_repeats(prefix, local)
    if not prefix or not local:
        return None
    if prefix in _NUMERIC:
        if number := _NUMBER.fullmatch(local):
            local = number[1]
        elif prefix == "hgnc":
            prefix = "hgnc.symbol"
    elif prefix == "ensembl" and (versioned := _VERSIONED_ENSEMBL.fullmatch(local)):
        local = versioned[1]
    return Curie(f"{prefix}:{local}")


def parse_curie(text: str) -> Curie | None:
    """Normalise ``prefix:local``; None where the prefix or the local part is missing."""
    prefix, _, local = text.strip().partition(":")
    return normalise_curie(prefix, local)


def namespace_of(curie: Curie) -> str:
    """Return the prefix of a normalised CURIE."""
    return curie.partition(":")[0]


@lru_cache(_CURIES_KNOWN)
def level_of(curie: Curie) -> Level:
    """Return the level of a normalised CURIE; Ensembl's transcripts and proteins are products."""
    if _ENSEMBL_PRODUCT.fullmatch(curie):
        return Level.PRODUCT
    return _LEVELS.get(namespace_of(curie), Level.OTHER)


def fold_label(label: str) -> str:
    """Return a label as it is compared: NFKC, nothing invisible, white space folded, its case kept.

    For comparing only: what is shown or written is the label as drawn.
    """
    if not label.isascii():
        visible = [char for char in label if unicodedata.category(char) != _INVISIBLE]
        label = unicodedata.normalize("NFKC", "".join(visible))
    return " ".join(label.split())


def _without_repeats(prefix: str, local: str) -> tuple[str, str]:
    head, colon, tail = local.partition(":")
    while colon and _repeats(prefix, head):
        prefix, local = _fold_prefix(head), tail.strip()
        head, colon, tail = local.partition(":")
    return prefix, local


def _repeats(prefix: str, head: str) -> bool:
    repeated = _fold_prefix(head)
    return repeated == prefix or (prefix, repeated) == ("hgnc", "hgnc.symbol")


@lru_cache(1024)
def _fold_prefix(namespace: str) -> str:
    folded = " ".join(namespace.replace(":", " ").split()).lower()
    return _PREFIXES.get(folded, folded.replace(" ", "."))
