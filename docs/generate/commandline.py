"""The command line as the code declares it: every command with its arguments and options."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from types import NoneType
from typing import Annotated, Any

from typer.models import ArgumentInfo, OptionInfo

from sync.cli.app import COMMANDS, load_command

PROGRAM = "ndex-sync"


@dataclass(frozen=True, slots=True)
class Parameter:
    """An argument or an option. ``names`` are an option's, ``()`` for an argument.

    ``value`` is what stands for its value, ``""`` for a flag; ``default`` is ``""`` for none.
    """

    names: tuple[str, ...]
    value: str
    meaning: str
    default: str

    @property
    def is_option(self) -> bool:
        """Whether it is given by name."""
        return bool(self.names)


@dataclass(frozen=True, slots=True)
class Command:
    """One command by its words (``report diff``), and what its help says."""

    words: str
    help: str
    parameters: tuple[Parameter, ...]

    @property
    def options(self) -> tuple[Parameter, ...]:
        """What is given by name."""
        return tuple(each for each in self.parameters if each.is_option)

    @property
    def arguments(self) -> tuple[Parameter, ...]:
        """What is given by place."""
        return tuple(each for each in self.parameters if not each.is_option)


def list_commands() -> tuple[Command, ...]:
    """Return every command, in the order of the help."""
    return tuple(each for name in COMMANDS for each in _commands_of(name))


def _commands_of(name: str) -> Iterator[Command]:
    """Yield a command, or those of a group of commands."""
    app = load_command(name)
    for each in app.registered_commands:
        if each.callback is not None:
            own = each.name or each.callback.__name__
            yield _describe(name if own == name else f"{name} {own}", each.callback)


def _describe(words: str, function: Callable[..., Any]) -> Command:
    hints = typing.get_type_hints(function, include_extras=True)
    parameters = inspect.signature(function).parameters.values()
    described = (_parameter(hints[each.name], each.default) for each in parameters)
    return Command(words, inspect.getdoc(function) or "", tuple(described))


def _parameter(hint: object, default: object) -> Parameter:
    declared: object
    if typing.get_origin(hint) is not Annotated:
        raise TypeError(f"{hint} declares neither an argument nor an option")
    kind, declared = typing.get_args(hint)[:2]
    match declared:
        case OptionInfo():
            # typer takes the first name for a default, and puts that right only when it runs.
            names = (str(declared.default), *(declared.param_decls or ()))
            value = "" if kind is bool or declared.count else _value(kind, declared.metavar)
            shown = "" if value == "" else _default(default)
            return Parameter(names, value, _meaning(kind, declared), shown)
        case ArgumentInfo():
            return Parameter((), declared.metavar or "FILE", declared.help or "", "")
        case _:
            raise TypeError(f"{declared} is neither an argument nor an option")


def _value(kind: object, metavar: str | None) -> str:
    return metavar or ("NUMBER" if _plain(kind) in (int, float) else "WORD")


def _meaning(kind: object, declared: OptionInfo) -> str:
    plain = _plain(kind)
    said = declared.help or ""
    if isinstance(plain, type) and issubclass(plain, Enum):
        return f"{said} {' or '.join(f'`{member.value}`' for member in plain)}."
    bounds = (declared.min, declared.max)
    if plain in (int, float) and not declared.count and None not in bounds:
        return f"{said} {declared.min} to {declared.max}."
    return said


def _plain(kind: object) -> object:
    """Return the type without ``None``."""
    inner = [each for each in typing.get_args(kind) if each is not NoneType]
    return inner[0] if inner and typing.get_origin(kind) is not list else kind


def _default(value: object) -> str:
    match value:
        case Enum():
            return str(value.value)
        case str() | int() | float() | Path():
            return str(value)
        case _:
            return ""
