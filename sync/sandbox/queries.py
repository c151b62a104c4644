"""Turn search texts as the server reads them into expressions for SQLite's full text search.

The server reads them as Lucene does: words are joined by OR unless marked otherwise (contract 9).
Stars within a word and proximity (``~``) are not supported. What Lucene cannot read finds nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

FIELDS = (
    *("uuid", "name", "description", "labels", "owner", "networkType", "organism", "disease"),
    *("tissue", "author", "methods", "nodeName", "represents", "alias", "rights", "rightsHolder"),
    "version",
)
"""The fields of an entry that are searched, and that a search may name."""

_TOKEN = re.compile(
    r"""(?P<mark>[-+!])?(?:(?P<field>\w+):)?(?:"(?P<phrase>[^"]*)"?|(?P<open>\()|(?P<word>[^\s()",]+))
    |(?P<close>\))""",
    re.VERBOSE,
)
_OPERATORS = {"AND": "AND", "&&": "AND", "OR": "OR", "||": "OR", "NOT": "NOT"}
_LETTERS = re.compile(r"[^\W_]")


@dataclass(slots=True)
class _Clause:
    match: str
    occurs: str = "may"


def parse_query(text: str) -> str | None:
    """Return the FTS5 expression of a search text, None for one that finds everything.

    An expression that finds nothing is the empty text.
    """
    if text.strip() in ("", "*", "*:*"):
        return None
    return _parse(_TOKEN.finditer(text.replace("\x00", " ")))


def _parse(tokens: Iterator[re.Match[str]]) -> str:
    clauses: list[_Clause] = []
    pending = ""
    for token in tokens:
        if token["close"]:
            break
        word = token["word"]
        if word in _OPERATORS and not token["field"]:
            pending = _OPERATORS[word]
            if pending == "AND" and clauses and clauses[-1].occurs == "may":
                clauses[-1].occurs = "must"
            continue
        match = _parse(tokens) if token["open"] else _match(token)
        if match is None:
            continue
        occurs = {"+": "must", "-": "not", "!": "not"}.get(token["mark"] or "", "may")
        if occurs == "may":
            occurs = {"AND": "must", "NOT": "not"}.get(pending, "may")
        clauses.append(_Clause(match, occurs))
        pending = ""
    return _join(clauses)


def _join(clauses: Iterable[_Clause]) -> str:
    found: dict[str, list[str]] = {"must": [], "may": [], "not": []}
    for clause in clauses:
        found[clause.occurs].append(clause.match)
    # If a required clause cannot be found, the whole query finds nothing.
    if not all(found["must"]):
        return ""
    wanted = " AND ".join(found["must"]) or " OR ".join(filter(None, found["may"]))
    unwanted = " OR ".join(filter(None, found["not"]))
    if not wanted:
        return ""
    return f"(({wanted}) NOT ({unwanted}))" if unwanted else f"({wanted})"


def _match(token: re.Match[str]) -> str | None:
    """Return the expression of one word or phrase, None for one without letters."""
    phrase, word, field = token["phrase"], token["word"], token["field"]
    text = word if phrase is None else phrase
    if not _LETTERS.search(text):
        # ``name:[`` is an error; a colon alone is ignored.
        return "" if field else None
    if field is not None and field not in FIELDS:
        return ""
    parts = [text] if phrase is not None or field == "uuid" else re.split(r"/", text)
    quoted = [_quoted(part) for part in parts if _LETTERS.search(part)]
    match = f"({' OR '.join(quoted)})"
    return match if field is None else f"({field} : {match})"


def _quoted(text: str) -> str:
    bare = text.replace('"', "")
    return f'"{bare.rstrip("*")}"*' if bare.endswith("*") else f'"{bare}"'
