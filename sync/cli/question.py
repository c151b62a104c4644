"""Ask a question on the terminal; a signal can stop it while it waits."""

from __future__ import annotations

import asyncio
import sys

import typer

_ANSWERS = {"y": True, "yes": True, "n": False, "no": False, "": False}


async def confirm(question: str) -> bool:
    """Ask until the answer is yes or no; an empty line means no.

    Raises:
        typer.Abort: the input ended.
    """
    while True:
        answer = _ANSWERS.get((await ask(f"{question} [y/N]: ")).lower())
        if answer is not None:
            return answer
        typer.echo("Please answer y or n.")


async def ask(question: str) -> str:
    """Ask, and return the answer without surrounding blanks.

    Raises:
        typer.Abort: the input ended.
    """
    typer.echo(question, nl=False)
    line = await _read_line()
    if not line:
        raise typer.Abort
    return line.strip()


async def _read_line() -> str:
    """Return the next line of the terminal, empty at its end."""
    if sys.platform == "win32":
        return sys.stdin.readline()
    # The event loop waits for the line. A blocking read would miss a signal that comes just before
    # it and keep waiting.
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    loop.add_reader(sys.stdin, ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(sys.stdin)
    return sys.stdin.readline()
