"""Made-up collections of each layout, the same each time, of the shape and size of real ones.

Captions, keywords and tables are as long as formats 1 to 4 tell; a few genes are in many records,
as in real ones, and most in few.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random

import yaml

Gene = tuple[str, int]
"""A symbol and its NCBI number."""

SETTLED_S = 2.1
"""A file is believed to be unchanged by its times only when they are older than this."""

_GENES = 19_000
_WORDS = "the cell of receptor in and signaling pathway by kinase is activated to nuclear growth"
_SPELLINGS = ("{}", "{}", "{}", "p-{}", "{}a", "{} (human)", "pro-{}")
# With these, 90 % of the mentions in 40 records are not said before in the same words; in 40 real
# ones it is 84 %, so that what is done once for each such mention is not made to look cheaper.
_SKEW = 4
_GENE_HEAD = (
    "organism_id organism_name organism_group word match ncbigene_symbol ncbigene_id source"
    " count_direct count_synonym count_match"
)
_NODE_HEAD = (
    "Label|Type|Identifier|Comment|Ensembl|NCBI gene|HGNC|UniProt|Wikidata|ChEBI|InChI|PubChem"
    "|ChemSpider|HMDB|KEGG|LipidMaps"
)


def make_embedded(root: Path, number: int) -> None:
    """Write a figure of the older layout: genes in the front matter (formats 3)."""
    random = Random(number)
    genes = _some_genes(random, 25)
    rows = [
        {
            "word": word,
            "symbol": symbol,
            "source": "hgnc_symbol",
            "hgnc_symbol": symbol,
            "entrez": str(entrez),
        }
        for (symbol, entrez), word in zip(genes, _words_for(random, genes), strict=True)
    ]
    keys = _figure(random, number, genes)
    keys |= {"pmc_ranked_result_index": str(number), "pathway_score": 0.95, "number": "F1"}
    keys |= {"organisms": "Homo sapiens", "annotations": []}
    keys |= {"genes": rows, "chemicals": [], "diseases": []}
    _write(root, f"_figures/{keys['figid']}.md", _front_matter(keys) + "\n")


def make_figure(root: Path, number: int, usual: int = 27) -> None:
    """Write a figure of the newer layout, its ``usual`` genes in a table (formats 4); of every
    fourth the chemicals too.
    """
    random = Random(number)
    genes = _some_genes(random, usual)
    lines = [_GENE_HEAD.split()]
    for (symbol, entrez), word in zip(genes, _words_for(random, genes), strict=True):
        organism = random.choice(["9606\tHomo sapiens\tPrimates"] * 3 + ["10090\tMus musculus\tR"])
        facts = [word, symbol.upper(), symbol, str(entrez), "ncbigene_synonym", "9", "12", "20"]
        lines.append([organism, *facts])
    keys = _figure(random, number, genes)
    not_known = ("doi", "journal_title", "journal_nlm_ta", "publisher_name", "keywords")
    keys |= dict.fromkeys(not_known, ".na.character")
    keys |= {"organisms": ["NA"], "organisms_ner": ["Homo sapiens", "Mus musculus"]}
    keys |= {"automl_pathway": 0.9569687, "number": "F1"}
    name = keys["figid"]
    _write(root, f"_figures/{name}.md", _front_matter(keys) + "\n")
    _write(root, f"_data/{name}-genes.tsv", _table(lines))
    if number % 4 == 0:
        _write(root, f"_data/{name}-chemicals.tsv", "word\tmesh\nCa2\tmesh:D002118\n")


def make_pathway(root: Path, number: int) -> None:
    """Write a pathway with its node table (formats 1 and 2)."""
    random = Random(number)
    wpid, genes = f"WP{number + 1}", _some_genes(random, 40)
    nodes = [_NODE_HEAD.split("|")]
    for symbol, entrez in genes:
        accessions = ";".join(f"uniprot:P{entrez:05}{letter}" for letter in "ABC"[: entrez % 4])
        ids = [f"ensembl:ENSG{entrez:011}", f"ncbigene:{entrez}", f"hgnc.symbol:{symbol}"]
        nodes.append([symbol, "GeneProduct", ids[0], '""', *ids, accessions, *[""] * 8])
    for each in range(8):
        ids = [f"wikidata:Q{each}", f"chebi:{each}", "inchikey:VFLDPWHFBUODDF-FCXRPNKRSA-N"]
        compound = [f"compound {each}", "Metabolite", f"chebi:{each}", '""']
        nodes.append([*compound, *[""] * 4, *ids, *[""] * 5])
    cited = [{"link": f"PMC{each}", "title": _prose(random, 15)} for each in range(4)]
    _write(root, f"pathways/{wpid}/{wpid}-datanodes.tsv", _table(nodes))
    keys: dict[str, object] = {
        "annotations": [
            {"id": f"PW:{each}", "parent": "regulatory pathway", "type": "Ontology", "value": "a"}
            for each in range(3)
        ],
        "authors": [f"Author{each}" for each in range(6)],
        "citedin": cited,
        "communities": ["CPTAC"],
        "description": _prose(random, 120),
        "last-edited": "2026-02-05",
        "ndex": _uuid(number),
        "organisms": ["Homo sapiens"],
        "redirect_from": [
            f"/index.php/Pathway:{wpid}",
            f"/instance/{wpid}",
            f"/instance/{wpid}_r1",
        ],
        "revision": "r142399",
        "schema-jsonld": [_linked_data(wpid, _prose(random, 60), genes)],
        "seo": "CreativeWork",
        "title": _prose(random, 5),
        "wpid": wpid,
    }
    _write(root, f"pathways/{wpid}/{wpid}.md", _front_matter(keys))


def make_drawn_pathway(root: Path, number: int) -> None:
    """Write a pathway with its node table and its drawing, most of which is lines and points."""
    make_pathway(root, number)
    wpid, genes = f"WP{number + 1}", _some_genes(Random(number), 40)
    at = '<Graphics CenterX="162.0" CenterY="146.33333333333334" Width="60.0" Height="20.0" />'
    nodes = "".join(
        f'<DataNode TextLabel="{symbol}" GraphId="n{entrez}" Type="GeneProduct">\r\n{at}\r\n'
        f'<Xref Database="Ensembl" ID="ENSG{entrez:011}" />\r\n</DataNode>\r\n'
        for symbol, entrez in genes
    )
    line = (
        '<Interaction GraphId="i"><Graphics ZOrder="12288" LineThickness="1.0">\r\n'
        '<Point X="100.5" Y="333.3333333333333" GraphRef="a" RelX="0.0" RelY="1.0" />\r\n'
        '<Point X="100.5" Y="400.0" GraphRef="b" RelX="0.0" RelY="-1.0" ArrowHead="Arrow" />\r\n'
        '</Graphics><Xref Database="" ID="" /></Interaction>\r\n'
    )
    top = '<?xml version="1.0" encoding="UTF-8"?>\r\n'
    top += '<Pathway xmlns="http://pathvisio.org/GPML/2013a" Organism="Homo sapiens">\r\n'
    _write(root, f"pathways/{wpid}/{wpid}.gpml", f"{top}{nodes}{line * 160}</Pathway>\r\n")


MAKERS: Mapping[str, tuple[Callable[[Path, int], None], str]] = {
    "pfocr-embedded": (make_embedded, "_figures/*.md"),
    "pfocr": (make_figure, "_figures/*.md"),
    "wikipathways": (make_pathway, "pathways/*/*.md"),
    "wikipathways, drawn": (make_drawn_pathway, "pathways/*/*.md"),
}
"""What makes one record of each kind, and the glob that finds them all."""


def _figure(random: Random, number: int, genes: list[Gene]) -> dict[str, object]:
    name, pmcid = f"PMC{1_000_000 + 7 * number}__g{number:05}", f"PMC{1_000_000 + 7 * number}"
    caption = _prose(random, 80)
    return {
        "figid": name,
        "pmcid": pmcid,
        "filename": f"g{number:05}.jpg",
        "figlink": f"/pmc/articles/{pmcid}/figure/F1/",
        "caption": caption,
        "papertitle": _prose(random, 14),
        "reftext": "A. Author, et al. J Made Up. 2015 Dec;21(24):8385-8397.",
        "figtitle": _prose(random, 8),
        "year": "2015",
        "figid_alias": f"{pmcid}__F1",
        "figtype": "Figure",
        "redirect_from": f"/figures/{pmcid}__F1",
        "ndex": _uuid(number),
        "seo": "CreativeWork",
        "schema-jsonld": _linked_data(name, caption, genes),
    }


def _linked_data(name: str, description: str, genes: list[Gene]) -> dict[str, object]:
    return {
        "@context": "https://schema.org/",
        "@id": f"https://pfocr.wikipathways.org/figures/{name}.html",
        "@type": "Dataset",
        "description": description,
        "license": "CC0",
        "name": "CreativeWork",
        "creator": {"@type": "Organization", "name": "WikiPathways"},
        "keywords": [symbol for symbol, _ in genes],
    }


def _some_genes(random: Random, usual: int) -> list[Gene]:
    numbers = {
        int(_GENES * random.random() ** _SKEW) + 1 for _ in range(random.randint(4, 2 * usual - 4))
    }
    return [(f"GENE{number}", number) for number in sorted(numbers)]


def _words_for(random: Random, genes: list[Gene]) -> list[str]:
    return [random.choice(_SPELLINGS).format(symbol) for symbol, _ in genes]


def _prose(random: Random, words: int) -> str:
    return " ".join(random.choices(_WORDS.split(), k=words)).capitalize() + "."


def _uuid(number: int) -> str:
    return f"{number:08x}-0000-11ea-99da-0ac135e8bacf"


def _front_matter(keys: Mapping[str, object]) -> str:
    text = yaml.dump(
        dict(keys), Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True, width=80
    )
    return f"---\n{text}---"


def _table(lines: list[list[str]]) -> str:
    return "".join("\t".join(line) + "\n" for line in lines)


def _write(root: Path, path: str, text: str) -> None:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text.encode())
