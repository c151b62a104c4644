"""What the models of every document share: no unknown key, and texts that JSON can hold."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, ConfigDict

STRICT = ConfigDict(extra="forbid")


def _encodable(text: object) -> object:
    r"""Write lone surrogates (of a file name that is no UTF-8) as ``\udcff``: JSON has none."""
    if isinstance(text, str) and not text.isascii():
        return text.encode("utf-8", "backslashreplace").decode("utf-8")
    return text


Text = Annotated[str, BeforeValidator(_encodable)]
"""A text from a record or a server."""
