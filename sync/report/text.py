"""Make texts from records and servers safe and fit to show; nothing here trusts its input."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from urllib.parse import quote, urlsplit

from sync.match.identifiers import normalise_network_id

_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\xa0\xad\u061c\u070f\u115f\u1160\u17b4\u17b5\u180e\u2000-\u200f\u2028-\u202f"
    "\u205f-\u206f\u3164\ud800-\udfff\ufeff\uffa0\ufff9-\ufffb\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
# The runners of GitHub and Azure obey this anywhere in a line, and at the start of one.
_COMMAND = re.compile(r"##(?=(?:vso)?\[)")
_COMMAND_LINE = re.compile(r"(^|[\r\n])(\s*):(?=:)")
_BACKTICKS = re.compile("`+")
_NAMESPACES = ("ncbigene", "ensembl", "hgnc.symbol", "hgnc")
CYTOSCAPE_WEB = "https://web.cytoscape.org/0/networks/"
"""The beginning of a network's address in Cytoscape Web."""

_PUBLIC_HOSTS = frozenset({"www.ndexbio.org", "ndexbio.org", "public.ndexbio.org"})
_ESCAPES = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}


def visible(text: str) -> str:
    r"""Write invisible characters as escapes: ``\n``, ``\x1b``, ``\u202e``.

    This disarms terminal escapes, line breaks and direction overrides, and shows a no-break space,
    which may be the whole difference. ``##[`` becomes ``#\x23[``: CI runners read commands after
    it.
    """
    text = _UNSEEN.sub(lambda found: _escape(found[0]), text)
    return _COMMAND.sub(r"#\\x23", text) if "##" in text else text


def disarm(lines: str) -> str:
    r"""Write ``::`` at the start of lines as ``\x3a:``: CI runners read commands after it."""
    return _COMMAND_LINE.sub(r"\1\2\\x3a", lines)


def disarm_bytes(lines: bytes) -> bytes:
    """Disarm what a CI runner would obey in lines of a file that are printed unchanged."""
    text = lines.decode("utf-8", "surrogateescape")
    return _COMMAND.sub(r"#\\x23", disarm(text)).encode("utf-8", "surrogateescape")


def disarm_json(document: str) -> str:
    r"""Write ``##[`` in a JSON document as ``#\u0023[``, which means the same."""
    return _COMMAND.sub(r"#\\u0023", document) if "##" in document else document


def _escape(letter: str) -> str:
    code = ord(letter)
    if letter in _ESCAPES:
        return _ESCAPES[letter]
    return (
        f"\\x{code:02x}"
        if code < 0x100
        else f"\\u{code:04x}"
        if code < 0x10000
        else f"\\U{code:08x}"
    )


def shorten(text: str, limit: int) -> str:
    """Cut a text to ``limit`` characters; the last one is an ellipsis if it was cut."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def code_span(text: str) -> str:
    """Return a visible text as a Markdown code span that shows it as it is."""
    fence = "`" * (1 + max((len(run) for run in _BACKTICKS.findall(text)), default=0))
    pad = " " if text.strip(" ") and (text[0] in "` " or text[-1] in "` ") else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def shorten_pair(one: str, other: str, limit: int) -> tuple[str, str]:
    """Cut two texts to ``limit`` characters, around the first place where they differ."""
    if max(len(one), len(other)) <= limit:
        return one, other
    same = next(
        (i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )
    start = max(0, same - limit // 4)
    if start == 0:
        return shorten(one, limit), shorten(other, limit)
    return (
        shorten("…" + one[start:], limit),
        shorten("…" + other[start:], limit),
    )


def said(side: Mapping[str, str] | None) -> str:
    """Return the value of one side of a difference, as one text that is never empty."""
    if side is None:
        return "(none)"
    return "; ".join(side.values()) or "(empty)"


def telling_ids(ids: Sequence[str]) -> str:
    """Return the identifiers by which people know a gene, the most common namespace first.

    Protein accessions, of which a gene can have dozens, are only shown if there are no others.
    """
    ranked = sorted(ids, key=lambda curie: (_rank(curie), curie))
    telling = [curie for curie in ranked if not curie.startswith("uniprot:")]
    return " ".join(telling or ranked)


def _rank(curie: str) -> int:
    namespace = curie.partition(":")[0]
    return _NAMESPACES.index(namespace) if namespace in _NAMESPACES else len(_NAMESPACES)


def place(path: str, line: int | None) -> str:
    """Return ``path:line``, which terminals and editors open."""
    return path if line is None else f"{path}:{line}"


def viewer_url(server: str, network: str) -> str | None:
    """Return the address of a network's page; None for a server without pages, or no UUID."""
    if not server.startswith(("https://", "http://")) or normalise_network_id(network) is None:
        return None
    return f"{quote(server.rstrip('/'), safe=':/[]')}/viewer/networks/{network.strip()}"


def cytoscape_url(server: str, network: str) -> str | None:
    """Return the address of a network in Cytoscape Web; None if it is not on public NDEx."""
    if urlsplit(server).hostname not in _PUBLIC_HOSTS or normalise_network_id(network) is None:
        return None
    return f"{CYTOSCAPE_WEB}{network.strip()}"


def record_url(source: str | None, path: str, line: int | None) -> str | None:
    """Return the address of a record's line below ``source``, the address of its folder."""
    if source is None or not path or not source.startswith(("https://", "http://")):
        return None
    return f"{quote(f'{source}/{path}', safe=':/')}{'' if line is None else f'#L{line}'}"
