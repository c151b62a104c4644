"""Bring identifiers and labels into the one form in which they are compared.

Genes are named by CURIEs with the prefixes of Bioregistry. One table says how each namespace is
spelled in tables, drawings and networks, and at which level it identifies (design: Matching genes).
Networks are named by UUIDs.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote

from sync.model import Curie, NetworkId


class Level(StrEnum):
    """What an identifier identifies, and so what it proves if two mentions share it.

    A ``GENE`` id belongs to one gene forever. A ``SYMBOL`` belongs to one gene too, but changes
    over time. A ``PRODUCT`` (protein, transcript, enzyme, family) may belong to several genes.
    ``OTHER`` does not belong to a gene: a chemical, a pathway, or an unknown namespace.
    """

    GENE = "gene"
    SYMBOL = "symbol"
    PRODUCT = "product"
    OTHER = "other"


class Namespace(NamedTuple):
    """A prefix of Bioregistry, its level, and its other spellings, in any case and punctuation.

    ``source`` is its name in drawings and networks of pathways.
    """

    prefix: str
    level: Level
    spellings: tuple[str, ...] = ()
    source: str = ""


# The one table of prefixes. Spellings are BridgeDb's data sources in GPML and NDEx nodes, column
# names in tables and the prefixes of other tools. They are compared without case, blanks and
# punctuation.
NAMESPACES = (
    Namespace(
        "ncbigene",
        Level.GENE,
        (
            "entrez",
            "entrez gene",
            "entrezgene/locuslink",
            "locuslink",
            "geneid",
            "ncbi_geneid",
            "nihgeneid",
            "egid",
        ),
        "Entrez Gene",
    ),
    Namespace("ensembl", Level.GENE, source="Ensembl"),
    Namespace("hgnc", Level.GENE, ("hgnc accession number", "hgnc id"), "HGNC Accession number"),
    Namespace("mgi", Level.GENE, ("mgd",), "MGI"),
    Namespace("rgd", Level.GENE, source="RGD"),
    Namespace("sgd", Level.GENE, source="SGD"),
    Namespace("flybase", Level.GENE, ("fb",), "FlyBase"),
    Namespace("wormbase", Level.GENE, ("wb", "wb_ref"), "WormBase"),
    Namespace("zfin", Level.GENE, source="ZFIN"),
    Namespace("tair.locus", Level.GENE, ("tair",), "TAIR"),
    Namespace("xenbase", Level.GENE),
    Namespace("pombase", Level.GENE),
    Namespace("dictybase", Level.GENE, source="DictyBase"),
    Namespace("ecogene", Level.GENE, source="EcoGene"),
    Namespace("gramene.rice", Level.GENE, source="Gramene Rice"),
    Namespace("myco.tuber", Level.GENE, ("tuberculist",), "TubercuList"),
    Namespace("mirbase", Level.GENE, ("mirbase sequence",), "miRBase Sequence"),
    Namespace("hgnc.symbol", Level.SYMBOL, ("gene symbol",), "HGNC"),
    Namespace(
        "uniprot",
        Level.PRODUCT,
        (
            "uniprotkb",
            "uniprot id",
            "up",
            "uniprot-trembl",
            "uniprot-swissprot",
            "uniprotkb/swiss-prot",
            "uniprotkb/trembl",
            "swissprot",
            "trembl",
        ),
        "Uniprot-TrEMBL",
    ),
    Namespace("refseq", Level.PRODUCT, ("refseq_prot",), "RefSeq"),
    Namespace("ncbiprotein", Level.PRODUCT, source="NCBI Protein"),
    Namespace("ena.embl", Level.PRODUCT, ("embl", "ena"), "EMBL"),
    Namespace("insdc", Level.PRODUCT, ("genbank",), "GenBank"),
    Namespace(
        "eccode",
        Level.PRODUCT,
        ("enzyme nomenclature", "ec", "ec number", "intenz"),
        "Enzyme Nomenclature",
    ),
    Namespace("brenda", Level.PRODUCT, source="BRENDA"),
    Namespace("interpro", Level.PRODUCT, ("ip", "ipr"), "InterPro"),
    Namespace("pfam", Level.PRODUCT, ("pf",), "Pfam"),
    Namespace("pdb", Level.PRODUCT, ("rcsb_pdb", "pdbe", "pdbj", "wwpdb"), "PDB"),
    Namespace("rfam", Level.PRODUCT, source="Rfam"),
    Namespace("omim", Level.PRODUCT, ("mim",), "OMIM"),  # also disorders with several genes
    Namespace("kegg.genes", Level.PRODUCT, source="KEGG Genes"),  # K numbers belong to many genes
    Namespace(  # several genes make one mature miRNA
        "mirbase.mature",
        Level.PRODUCT,
        ("mirbase mature sequence", "mirbasem"),
        "miRBase mature sequence",
    ),
    Namespace("complexportal", Level.OTHER, source="Complex Portal"),
    Namespace("reactome", Level.OTHER, source="Reactome"),
    Namespace("wikidata", Level.OTHER, source="Wikidata"),
    Namespace("wikipathways", Level.OTHER, source="WikiPathways"),
    Namespace("chebi", Level.OTHER, source="ChEBI"),
    Namespace("hmdb", Level.OTHER, source="HMDB"),
    Namespace("kegg.compound", Level.OTHER, source="KEGG Compound"),
    Namespace("pubchem.compound", Level.OTHER, source="PubChem-compound"),
    Namespace("go", Level.OTHER, ("geneontology",), "GeneOntology"),
)
_SEPARATORS = re.compile(r"[\s_./:-]+")


def _key(spelling: str) -> str:
    return _SEPARATORS.sub("", spelling.lower())


_PREFIXES = {
    _key(spelling): namespace.prefix
    for namespace in NAMESPACES
    for spelling in (namespace.prefix, *namespace.spellings)
}
_LEVELS = {namespace.prefix: namespace.level for namespace in NAMESPACES}
_SOURCES = {namespace.prefix: namespace.source for namespace in NAMESPACES if namespace.source}
_ENSEMBL = "ensembl"
_HGNC, _SYMBOL = "hgnc", "hgnc.symbol"

_JOINTS = re.compile(r"[;|,]")
_RESOLVER = re.compile(
    r"https?://(?:www\.)?(?:identifiers\.org|bioregistry\.io|n2t\.net)/+(.+)", re.IGNORECASE
)
_WEB = re.compile(r"https?:", re.IGNORECASE)
_WEB_PREFIXES = frozenset({"http", "https"})
_NUMBER = re.compile(r"(\d+)(?:\.0+)?")
_NOT_STATED = frozenset({"na", "n/a", "nan", "null", "none", "-"})
_POWER = re.compile(r"\d(?:\.\d+)?[eE]\+?\d{1,2}")
_GENES_AT_MOST = 10**12
_ENSEMBL_ID = re.compile(r"(ENS[A-Z]*\d{11})(?:\.\d+)?", re.IGNORECASE)
_ACCESSION = r"[OPQ]\d[A-Z\d]{3}\d|[A-NR-Z]\d(?:[A-Z][A-Z\d]{2}\d){1,2}"
_PROTEIN = re.compile(rf"({_ACCESSION})(?:-\d+)?(?:\.\d+)?", re.IGNORECASE)
_SEQUENCE = re.compile(r"([A-Z]{1,6}_?\d{5,})(?:\.\d+)?", re.IGNORECASE)
_LOCUS = re.compile(r"(AT[1-5CM]G\d{5}|LOC_OS\d\dG\d{5})(?:\.\d+)?", re.IGNORECASE)
_VERSIONED = {
    _ENSEMBL: _ENSEMBL_ID,
    "uniprot": _PROTEIN,
    **dict.fromkeys(("refseq", "ncbiprotein", "insdc", "ena.embl"), _SEQUENCE),
    **dict.fromkeys(("tair.locus", "gramene.rice"), _LOCUS),
}
"""The part of an identifier that names the gene or protein, in upper case; the
rest is a version.
"""

_NUMERIC = frozenset({"ncbigene", _HGNC})
_ENSEMBL_PRODUCT = re.compile(r"ensembl:(?:ENS[A-Z]*[EPRT]\d{11}|FB(?:pp|tr)\d{7})")
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_CURIES_KNOWN = 1 << 16
_INVISIBLE = "Cf"
"""The Unicode category of zero-width characters, soft hyphens and direction marks."""


def normalise_network_id(text: str) -> NetworkId | None:
    """Return the UUID in the lower-case form that the server needs, None if it is not a UUID.

    Only the canonical 8-4-4-4-12 form counts: the server reads ``1-2-3-4-5`` as a UUID and answers
    404 for what was a typing error (contract 10.24).
    """
    text = text.strip()
    if _UUID.fullmatch(text) is None:
        return None
    lower = text.lower()
    # In a long list nearly all are already correct and need no copy.
    return NetworkId(text if text == lower else lower)


def was_made_later(one: NetworkId, other: NetworkId) -> bool:
    """Return whether a network's UUID was made after another's; False if they do not show it.

    NDEx makes UUIDs of version 1, which hold the time (formats 1).
    """
    time, other_time = _time_in(one), _time_in(other)
    return time is not None and other_time is not None and time > other_time


def _time_in(network: NetworkId) -> int | None:
    low, middle, high, *_ = network.split("-")
    return int(high[1:] + middle + low, 16) if high.startswith("1") else None


def normalise_curie(namespace: str, local: str) -> Curie | None:
    """Return the identifier as a CURIE, None if it is empty after cleaning.

    ``namespace`` may be a Bioregistry prefix or a data source's name in any case. ``local`` may
    repeat it (``Ensembl:ENSG…``) or be an address at identifiers.org, which then counts alone.
    ``HGNC`` with a symbol is ``hgnc.symbol``, as WikiPathways writes it (formats 5), and
    ``hgnc.symbol:HGNC:11000`` is an accession. Numbers lose leading zeros and ``.0``, and ``1e+05``
    of R is ``100000``. Versions and isoforms are dropped. What programs write for a missing value
    (``NA``, ``null``, ``-``) is not an identifier; as a symbol ``NA`` is one (formats 4).
    """
    prefix, local = _fold_prefix(namespace), local.strip()
    if prefix in _WEB_PREFIXES or _WEB.match(local):
        address = local if _WEB.match(local) else f"{prefix}:{local}"
        if resolved := _RESOLVER.fullmatch(address):
            return _read_address(resolved[1])
        if prefix in _WEB_PREFIXES:
            return None
    if ":" in local:
        prefix, local = _without_repeats(prefix, local)
    if not prefix or not local or (prefix != _SYMBOL and local.lower() in _NOT_STATED):
        return None
    if prefix in _NUMERIC:
        number = _read_number(local)
        if number is None and prefix == _HGNC:
            prefix = _SYMBOL
        local = number or local
    elif (form := _VERSIONED.get(prefix)) and (found := form.fullmatch(local)):
        local = found[1].upper()
    return Curie(f"{prefix}:{local}")


def parse_curie(text: str) -> Curie | None:
    """Normalise ``prefix:local``; None if the prefix or the local part is missing."""
    prefix, _, local = text.strip().partition(":")
    return normalise_curie(prefix, local)


@lru_cache(_CURIES_KNOWN)
def read_ids(cell: str, namespace: str = "") -> tuple[Curie, ...]:
    """Return the identifiers in a cell, which may join several by ``;``, ``|`` or ``,``.

    Without a ``namespace`` each begins with its prefix; one without a prefix has that of the one
    before it.
    """
    if namespace in _NUMERIC and cell.isdecimal():  # nearly all cells of figures are
        return (Curie(f"{namespace}:{_without_zeros(cell)}"),)
    found, carried = [], namespace
    for part in _JOINTS.split(cell):
        if ":" in part and not namespace:
            carried = part.partition(":")[0]
            curie = parse_curie(part)
        else:
            curie = normalise_curie(carried, part)
        if curie is not None:
            found.append(curie)
    return tuple(found)


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
    """Return a label as it is compared: NFKC, without invisible characters, white space folded.

    Case is kept. This is only for comparing; the label is shown and written as drawn.
    """
    if not label.isascii():
        visible = [char for char in label if unicodedata.category(char) != _INVISIBLE]
        label = unicodedata.normalize("NFKC", "".join(visible))
    return " ".join(label.split())


def source_of(namespace: str) -> str:
    """Return the name of a prefix in drawings and networks of pathways."""
    return _SOURCES.get(namespace, namespace)


@lru_cache(_CURIES_KNOWN)
def is_of_gene(curie: Curie) -> bool:
    """Return whether an identifier belongs to a gene or to its product."""
    return level_of(curie) is not Level.OTHER


def label_forms(drawn: str) -> frozenset[str]:
    """Return a label as people may write it in one line: line breaks as blanks, and left out.

    A node table leaves them out (formats 2). Empty if nothing is drawn.
    """
    forms = (" ".join(form.split()) for form in (drawn, "".join(drawn.splitlines())))
    return frozenset(filter(None, forms))


def _read_address(path: str) -> Curie | None:
    """Read what follows the host: ``hgnc/HGNC:5``, ``ncbigene:5``, ``ncbigene/5``."""
    path = unquote(path).rstrip("/")
    first, slash, rest = path.partition("/")
    return parse_curie(path) if ":" in first or not slash else normalise_curie(first, rest)


def _read_number(text: str) -> str | None:
    """Return the digits of a whole number, None if the text is not one."""
    if number := _NUMBER.fullmatch(text):
        return _without_zeros(number[1])
    if _POWER.fullmatch(text):
        value = Decimal(text)
        if value < _GENES_AT_MOST and value == value.to_integral_value():
            return str(int(value))
    return None


def _without_zeros(digits: str) -> str:
    return digits.lstrip("0") or "0"


def _without_repeats(prefix: str, local: str) -> tuple[str, str]:
    head, colon, tail = local.partition(":")
    while colon and _repeats(prefix, head):
        prefix, local = _fold_prefix(head), tail.strip()
        head, colon, tail = local.partition(":")
    return prefix, local


def _repeats(prefix: str, head: str) -> bool:
    repeated = _fold_prefix(head)
    return repeated == prefix or {prefix, repeated} == {_HGNC, _SYMBOL}


@lru_cache(1024)
def _fold_prefix(namespace: str) -> str:
    key = _key(namespace)
    if key.startswith(_ENSEMBL):  # Ensembl Human, Ensembl Plants
        return _ENSEMBL
    known = _PREFIXES.get(key)
    return known or ".".join(namespace.replace(":", " ").lower().split())
