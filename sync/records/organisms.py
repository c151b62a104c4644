"""Decide which organisms count (design: Configuration, ``organisms``)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sync.errors import ConfigError
from sync.model import Record

HUMAN = "9606"
"""The NCBI taxon id of *Homo sapiens*."""

# Names as WikiPathways and PFOCR spell them (formats 1 and 4).
_TAXA = {
    "Anopheles gambiae": "7165",
    "Arabidopsis thaliana": "3702",
    "Bacillus subtilis": "1423",
    "Bos taurus": "9913",
    "Caenorhabditis elegans": "6239",
    "Canis familiaris": "9615",
    "Canis lupus familiaris": "9615",
    "Danio rerio": "7955",
    "Drosophila melanogaster": "7227",
    "Equus caballus": "9796",
    "Escherichia coli": "562",
    "Gallus gallus": "9031",
    "Glycine max": "3847",
    "Homo sapiens": HUMAN,
    "Hordeum vulgare": "4513",
    "Mus musculus": "10090",
    "Mycobacterium tuberculosis": "1773",
    "Oryctolagus cuniculus": "9986",
    "Oryza sativa": "4530",
    "Pan troglodytes": "9598",
    "Plasmodium falciparum": "5833",
    "Populus trichocarpa": "3694",
    "Rattus norvegicus": "10116",
    "Saccharomyces cerevisiae": "4932",
    "Solanum lycopersicum": "4081",
    "Sus scrofa": "9823",
    "Vitis vinifera": "29760",
    "Xenopus laevis": "8355",
    "Zea mays": "4577",
}
_TAXON_BY_NAME = {name.casefold(): taxon for name, taxon in _TAXA.items()}
# What people write in a configuration; records spell out the scientific names.
_COMMON_NAMES = {
    "human": HUMAN,
    "mouse": "10090",
    "rat": "10116",
    "zebrafish": "7955",
    "fly": "7227",
    "fruit fly": "7227",
    "worm": "6239",
    "yeast": "4932",
    "cow": "9913",
    "cattle": "9913",
    "pig": "9823",
    "dog": "9615",
    "chicken": "9031",
    "horse": "9796",
    "rabbit": "9986",
    "chimpanzee": "9598",
    "thale cress": "3702",
    "rice": "4530",
}
_TAXON_CURIE = re.compile(r"(?:ncbitaxon|ncbi taxon|taxonomy|taxon|txid)\s*[:_]\s*(\d+)")


def taxon_of(name: str) -> str:
    """Return the NCBI taxon id of an organism's name in any case, ``""`` if not known here."""
    return _TAXON_BY_NAME.get(_fold(name), "")


def name_of(taxon: str) -> str:
    """Return the scientific name of an NCBI taxon id, the id itself if not known here."""
    return next((name for name, known in _TAXA.items() if known == taxon), taxon)


@dataclass(frozen=True, slots=True)
class Organisms:
    """The organisms whose genes are compared; build it with ``Organisms.of``.

    ``taxa`` are NCBI taxon ids, ``names`` folded names. If both are empty, every organism counts.
    """

    taxa: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()

    @classmethod
    def of(cls, wanted: Iterable[str]) -> Organisms:
        """Build the policy from names in any case or NCBI taxon ids; none means all.

        ``human``, ``NCBITaxon:9606`` and ``9606`` are *Homo sapiens*.

        Raises:
            ConfigError: an entry is blank.
        """
        taxa: set[str] = set()
        names: set[str] = set()
        for entry in wanted:
            folded = _fold(entry)
            if not folded:
                raise ConfigError("organisms: an entry is blank; name an organism or delete it")
            taxon = _read_taxon(folded)
            taxa.add(taxon)
            names.update({name for name, known in _TAXON_BY_NAME.items() if known == taxon})
            if not taxon or folded in _TAXON_BY_NAME:
                names.add(folded)
        return cls(frozenset(taxa - {""}), frozenset(names))

    def counts(self, taxon_id: str, name: str) -> bool:
        """Return whether genes of this organism are compared; either argument may be ``""``.

        A strain or subspecies counts with its species: ``Saccharomyces cerevisiae S288C`` is listed
        under a taxon id of its own (formats 4).
        """
        if not self.taxa and not self.names:
            return True
        folded = _fold(name)
        return taxon_id in self.taxa or any(
            folded == wanted or folded.startswith(f"{wanted} ") for wanted in self.names
        )


def find_unseen(wanted: Sequence[str], records: Iterable[Record]) -> tuple[str, ...]:
    """Return those organisms of ``wanted`` that no record and no row has.

    ``records`` were read with all of ``wanted`` counting. A name without a known taxon id may
    belong to rows whose taxon id is of no other entry.
    """
    taxa: set[str] = set()
    names: set[str] = set()
    for record in records:
        names.add(record.fields.get("organism", ""))
        taxa.update(gene.organism for gene in record.genes)
    policies = {entry: Organisms.of([entry]) for entry in wanted}
    covered = {taxon for policy in policies.values() for taxon in policy.taxa}
    unexplained = bool(taxa - covered - {""})
    return tuple(
        entry
        for entry, policy in policies.items()
        if not any(policy.counts(taxon, "") for taxon in taxa)
        and not any(policy.counts("", name) for name in names - {""})
        and (policy.taxa or not unexplained)
    )


def count_organisms(records: Iterable[Record]) -> Counter[str]:
    """Count how many records each organism has, including records with rows of it, by its name."""
    counts: Counter[str] = Counter()
    for record in records:
        named = {record.fields.get("organism", "")}
        taxa = {gene.organism for gene in (*record.genes, *record.other_organisms)}
        counts.update((named if named != {""} else set(map(name_of, taxa))) - {""})
    return counts


def _read_taxon(folded: str) -> str:
    curie = _TAXON_CURIE.fullmatch(folded)
    if curie or folded.isdecimal():
        return curie[1] if curie else folded
    return taxon_of(folded) or _COMMON_NAMES.get(folded, "")


def _fold(name: str) -> str:
    return " ".join(name.split()).casefold()
