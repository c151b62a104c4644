"""Which organisms count (design: Configuration, ``organisms``)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sync.errors import ConfigError

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


def taxon_of(name: str) -> str:
    """Return the NCBI taxon id of an organism's name in any case, ``""`` where not known here."""
    return _TAXON_BY_NAME.get(_fold(name), "")


@dataclass(frozen=True, slots=True)
class Organisms:
    """The organisms whose genes are compared; build it with ``Organisms.of``.

    ``taxa`` are NCBI taxon ids, ``names`` folded names. Both empty: every organism counts.
    """

    taxa: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()

    @classmethod
    def of(cls, wanted: Iterable[str]) -> Organisms:
        """Build the policy from names in any case or NCBI taxon ids; none means all.

        Raises:
            ConfigError: an entry is blank.
        """
        taxa: set[str] = set()
        names: set[str] = set()
        for entry in wanted:
            folded = _fold(entry)
            if not folded:
                raise ConfigError("organisms: an entry is blank; name an organism or delete it")
            taxon = folded if folded.isdecimal() else taxon_of(folded)
            taxa.add(taxon)
            names.update({name for name, known in _TAXON_BY_NAME.items() if known == taxon})
            names.add(folded)
        return cls(frozenset(taxa - {""}), frozenset(names))

    def counts(self, taxon_id: str, name: str) -> bool:
        """Whether genes of this organism are compared; either argument may be ``""``.

        A strain or subspecies counts with its species: ``Saccharomyces cerevisiae S288C`` is
        listed under a taxon id of its own (formats 4).
        """
        if not self.taxa and not self.names:
            return True
        folded = _fold(name)
        return taxon_id in self.taxa or any(
            folded == wanted or folded.startswith(f"{wanted} ") for wanted in self.names
        )


def _fold(name: str) -> str:
    return " ".join(name.split()).casefold()
