"""Read ``manifest.json``: what a folder says about its networks besides their content."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import orjson
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from sync.errors import ConfigError
from sync.model import Property, Visibility
from sync.suggest import say_must_be

FILE_NAME = "manifest.json"

_LONGEST_INTEGER = 2**31

Scalar = str | bool | int | float


def _canonical_uuid(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        raise ValueError(f"{text!r} is not a UUID") from None


Uuid = Annotated[str, AfterValidator(_canonical_uuid)]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class UserEntry(_Entry):
    """An account to make. Without a password nobody can log in to it."""

    name: str = Field(min_length=1)
    password: str | None = Field(default=None, repr=False)


class NetworkEntry(_Entry):
    """One network: a file inside the folder, and what the file itself cannot say.

    ``properties`` replace those of the content, name by name; ``name``, ``description`` and
    ``version`` are among them, and null removes a property.
    """

    file: str
    uuid: Uuid | None = None
    owner: str | None = None
    visibility: Visibility = Visibility.PUBLIC
    read_only: bool = False
    properties: dict[str, Scalar | list[Scalar] | None] = {}


class NetworkSetEntry(_Entry):
    """A network set from before NDEx 3.0 with its members."""

    name: str = "network set"
    uuid: Uuid | None = None
    owner: str | None = None
    networks: tuple[Uuid, ...] = ()


class Manifest(_Entry):
    """The whole file; everything in it may be left out."""

    users: tuple[UserEntry, ...] = ()
    networks: tuple[NetworkEntry, ...] = ()
    network_sets: tuple[NetworkSetEntry, ...] = ()


def read_manifest(folder: Path) -> Manifest:
    """Read the folder's manifest, an empty one if there is none.

    Raises ConfigError with every problem found, each naming file and key.
    """
    path = folder / FILE_NAME
    try:
        return Manifest.model_validate(orjson.loads(path.read_bytes()))
    except FileNotFoundError:
        return Manifest()
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
    except orjson.JSONDecodeError as error:
        raise ConfigError(f"{path}: line {error.lineno}: not valid JSON: {error.msg}") from error
    except ValidationError as error:
        raise ConfigError(*(f"{path}: {_problem(item)}" for item in error.errors())) from None


def resolve_file(folder: Path, name: str, key: str) -> Path:
    """Return the file that ``name`` means; raises ConfigError if it is outside the folder."""
    file = (folder / name).resolve()
    if not file.is_relative_to(folder.resolve()):
        raise ConfigError(f"{folder / FILE_NAME}: {key}: {name!r} is outside the folder")
    return file


def make_property(name: str, value: Scalar | list[Scalar]) -> Property:
    """Return a manifest's property as the server stores it, with the type of its value."""
    if isinstance(value, list):
        kind = _data_type(value[0]) if value else "string"
        return Property(name, orjson.dumps(value).decode(), f"list_of_{kind}")
    text = value if isinstance(value, str) else orjson.dumps(value).decode()
    return Property(name, text, _data_type(value))


def _data_type(value: Scalar) -> str:
    match value:
        case bool():
            return "boolean"
        case int():
            return "integer" if -_LONGEST_INTEGER <= value < _LONGEST_INTEGER else "long"
        case float():
            return "double"
        case str():
            return "string"


def _problem(item: Any) -> str:
    # The input is left out: it may be a password.
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in item["loc"])
    return f"{''.join(parts).removeprefix('.') or 'the file'}: {say_must_be(item)}"
