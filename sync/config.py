"""Read and validate ``ndex-sync.toml``: which collections there are and what may change in them.

The file is validated as a whole: every unknown key, wrong type or impossible value is listed with
file and line. It holds no credentials; those come from the environment or netrc.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    StringConstraints,
    ValidationError,
    WithJsonSchema,
    field_validator,
    model_validator,
)
from pydantic_core import ErrorDetails

from sync.errors import ConfigError
from sync.match.compare import DesiredState
from sync.match.identifiers import normalise_network_id
from sync.match.whole import Compared
from sync.model import Layout, NetworkId, Visibility
from sync.ndex.address import PUBLIC_SERVER
from sync.ndex.redaction import redact_url
from sync.plan.guards import FEW, GuardLimits
from sync.records.confine import leads_out
from sync.records.organisms import Organisms
from sync.suggest import did_you_mean, say_must_be
from sync.toml_lines import locate_key

CONFIG_NAME = "ndex-sync.toml"
SANDBOX_SCHEME = "sandbox:"
MAX_CONFIG_BYTES = 1_000_000

_ADVICE = {
    "missing": "is missing",
    "list_type": "write [[collection]], with two brackets: there may be several",
}


def _network_id(text: str) -> NetworkId:
    found = normalise_network_id(text)
    if found is None:
        raise ValueError(f"{text!r} is not a UUID (expected 8-4-4-4-12 hexadecimal digits)")
    return found


def _relative_path(text: str) -> str:
    if text.startswith(("/", "\\")) or ".." in Path(text).parts or re.match(r"[A-Za-z]:", text):
        raise ValueError(f"{text!r} leaves the collection: give a path below the config file")
    return text


def _organism(text: str) -> str:
    if not text.strip():
        raise ValueError("is blank; name an organism or delete it")
    return text


def _server_url(text: str) -> str:
    if text.startswith((SANDBOX_SCHEME, "https://", "http://")):
        return text.rstrip("/")
    shown = redact_url(text)
    raise ValueError(f"{shown!r} is neither an http(s) URL nor sandbox: or sandbox:PATH")


def _member(kind: type[StrEnum], value: object, *others: str) -> StrEnum:
    """Return the enum member for a text; TOML has no enums, and strict models accept no text for
    one.
    """
    if isinstance(value, str) and value in list(kind):
        return kind(value)
    raise ValueError(f"must be one of {', '.join([*others, *kind])}")


Uuid = Annotated[
    NetworkId, AfterValidator(_network_id), WithJsonSchema({"type": "string", "format": "uuid"})
]
Organism = Annotated[str, AfterValidator(_organism)]
RelativePath = Annotated[str, StringConstraints(min_length=1), AfterValidator(_relative_path)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class ServerConfig(_Section):
    """``[server]``: the NDEx server."""

    url: Annotated[str, AfterValidator(_server_url)] = Field(
        PUBLIC_SERVER,
        description="The NDEx server: an https URL, or `sandbox:PATH` for the built-in one, whose"
        " path is taken from the configuration's folder.",
    )

    def url_below(self, folder: Path) -> str:
        """Return the URL, a sandbox's path taken as relative to the configuration's folder."""
        path = self.url.removeprefix(SANDBOX_SCHEME)
        is_file = self.url.startswith(SANDBOX_SCHEME) and path
        return f"{SANDBOX_SCHEME}{folder / path}" if is_file else self.url


class Limits(_Section):
    """``[collection.limits]``: how much one run may change before it must be approved."""

    max_update_fraction: float = Field(
        0.3,
        ge=0,
        le=1,
        description="The share of the records whose networks one run may change."
        f" {FEW} networks are always allowed, unless this is 0.",
    )
    max_deletes: int = Field(
        0,
        ge=0,
        description="How many networks one run may delete: with `--prune`, into the trash.",
    )
    min_records: int = Field(
        0,
        ge=0,
        description="The fewest readable records with which a run may change anything.",
    )
    min_kept_fraction: float = Field(
        0.8,
        ge=0,
        le=1,
        description="The share of the last apply's records that must still be there.",
    )
    max_gene_loss: float = Field(
        0.5,
        ge=0,
        le=1,
        description="The share of its genes that one network may lose in a run."
        f" Networks of fewer than {FEW} genes may lose all of them.",
    )
    max_interaction_loss: float = Field(
        0.5,
        ge=0,
        le=1,
        description="The share of its interactions that one network may lose in a run, if its"
        f" drawing is pushed. Networks of fewer than {FEW} may lose all of them.",
    )
    allow_edge_loss: bool = Field(
        default=False, description="Whether a gene may be removed together with its edges."
    )

    @property
    def guards(self) -> GuardLimits:
        """The limits for a plan as a whole."""
        return GuardLimits(
            self.max_update_fraction,
            self.max_deletes,
            self.min_records,
            self.min_kept_fraction,
            self.max_gene_loss,
            self.max_interaction_loss,
        )


class CollectionConfig(_Section):
    """``[[collection]]``: a set of records and the account, set or folder that mirrors it."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=100)] = Field(
        description="The collection's name in reports."
    )
    layout: Layout | Literal["auto"] = Field(
        "auto",
        description="Where records list their genes: in a table beside the record (`pfocr`,"
        " `wikipathways`) or in its front matter (`pfocr-embedded`); `auto` decides for each file.",
    )
    records: RelativePath = Field(
        description="A glob for the record files, below the configuration's folder."
    )
    map: RelativePath | None = Field(
        None,
        description="A file that maps records to UUIDs, for records that name no network: TSV"
        " without a header, or CSV with `wpid,ndexid`.",
    )
    network_set: Uuid | None = Field(
        None, description="The UUID of the network set that mirrors the collection."
    )
    folder: Uuid | None = Field(
        None, description="The UUID of the folder that mirrors the collection."
    )
    account: Annotated[str, StringConstraints(min_length=1)] | None = Field(
        None, description="The NDEx account that owns the networks."
    )
    organisms: tuple[Organism, ...] = Field(
        ("Homo sapiens",),
        description="The organisms whose records and rows count; `[]` for all. Names"
        " (`Homo sapiens`, `human`) or NCBI taxon ids (`9606`, `NCBITaxon:9606`). Others are"
        " counted as `not_compared`.",
    )
    visibility: Visibility | None = Field(
        None,
        description="The visibility that networks should have. If not given, it is left alone.",
    )
    read_only: bool | None = Field(
        None, description="Whether networks should be read-only. If not given, it is left alone."
    )
    compare: tuple[Literal["genes", "properties", "nodes", "interactions"], ...] | None = Field(
        None,
        description="What is compared. `nodes` are data nodes that are not genes, and groups; for"
        " figures, chemicals and diseases. If not given: `genes` and `properties`, and everything"
        " for networks that ndex-sync made from a drawing (their property `prov:wasGeneratedBy` is"
        " `ndex-sync`).",
    )
    push: tuple[Literal["create", "genes", "content", "properties", "membership", "state"], ...] = (
        Field(
            (),
            description="What apply may change; nothing if not given. `create` makes networks for"
            " records that have none, for pathways from the drawing. `content` replaces the"
            " content of a pathway's network that was compared as a whole and differs (see"
            " `compare`).",
        )
    )
    network_layout: Literal["keep", "drawing"] = Field(
        "keep",
        description="Where `content` takes positions and styles from. `keep` keeps those on NDEx"
        " and places new nodes beside them; `drawing` takes all of them from the drawing.",
    )
    limits: Limits = Limits()

    @field_validator("layout", mode="before")
    @classmethod
    def _read_layout(cls, value: object) -> object:
        return value if value == "auto" else _member(Layout, value, "auto")

    @field_validator("visibility", mode="before")
    @classmethod
    def _read_visibility(cls, value: object) -> object:
        return _member(Visibility, value)

    @field_validator("organisms", "compare", "push", mode="before")
    @classmethod
    def _read_list(cls, value: object) -> object:
        return tuple(value) if isinstance(value, list) else value

    @property
    def record_layout(self) -> Layout | None:
        """The layout of every record, None to detect it file by file."""
        return self.layout if isinstance(self.layout, Layout) else None

    @property
    def counted_organisms(self) -> Organisms:
        """The policy that decides which gene rows count."""
        return Organisms.of(self.organisms)

    @property
    def compared(self) -> frozenset[Compared] | None:
        """What to compare; None for the default of each network."""
        return None if self.compare is None else frozenset(map(Compared, self.compare))

    @property
    def desired_state(self) -> DesiredState:
        """The state that networks of this collection should be in."""
        return DesiredState(visibility=self.visibility, read_only=self.read_only)


class Config(_Section):
    """The whole configuration file."""

    server: ServerConfig = ServerConfig()
    collection: Annotated[list[CollectionConfig], Field(min_length=1)]
    _path: Path = PrivateAttr(Path(CONFIG_NAME))
    _text: str = PrivateAttr("")

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        names = [collection.name for collection in self.collection]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"collection names must be unique; given twice: {', '.join(twice)}")
        return self

    def locate(self, *where: str | int) -> str:
        """Return file, line and key of a value, as the errors of this module name them.

        ``where`` is a location in pydantic's form: ``("collection", 0, "folder")``.
        """
        return locate_key(self._path, self._text, where)


_SECTIONS: Mapping[str, type[_Section]] = {
    "": Config,
    "server": ServerConfig,
    "collection": CollectionConfig,
    "limits": Limits,
}
"""The sections of the file, by the last word of their table's name."""


def find_config(path: Path) -> Path:
    """Return the configuration to read: the one given, or ``ndex-sync.toml`` in a folder above.

    Folders above are searched up to the top of the git repository. Outside a repository none is
    searched: a file there may be a stranger's.
    """
    if path != Path(CONFIG_NAME) or path.exists():
        return path
    here, above = Path.cwd(), Path("..")
    for folder in (here, *here.parents):
        if (folder / ".git").exists():
            break
        if (found := above / CONFIG_NAME).exists() and _is_in_repository(folder.parent):
            return found
        above /= ".."
    return path


def _is_in_repository(folder: Path) -> bool:
    return any((each / ".git").exists() for each in (folder, *folder.parents))


def read_config(path: Path) -> Config:
    """Read and validate a configuration file.

    Raises ConfigError with every problem found, each with file, line and key.
    """
    return parse_config(path, _read_text(path))


def parse_config(path: Path, text: str) -> Config:
    """Validate the text of a configuration file; ``path`` is only named in errors.

    Raises ConfigError as ``read_config`` does.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: not valid TOML: {error}") from error
    try:
        config = Config.model_validate(data)
    except ValidationError as error:
        raise ConfigError(*(_explain(path, text, problem) for problem in error.errors())) from error
    config._path, config._text = path, text  # noqa: SLF001 - set here and nowhere else
    return config


def _read_text(path: Path) -> str:
    # With another name, the caller chose the file and may keep it anywhere.
    if path.name == CONFIG_NAME and leads_out(path):
        raise ConfigError(
            f"{path}: a link that leads out of its folder; name the file itself with --config"
        )
    try:
        if path.stat().st_size > MAX_CONFIG_BYTES:
            raise ConfigError(
                f"{path}: larger than {MAX_CONFIG_BYTES:,} bytes; is it the right file?"
            )
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise ConfigError(
            f"{path}: no such file; let ndex-sync init write one, or give --config"
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}") from error


def _explain(path: Path, text: str, problem: ErrorDetails) -> str:
    given = problem["input"]
    reason = _ADVICE.get(problem["type"]) or say_must_be(problem)
    if problem["type"] == "extra_forbidden":
        *tables, key = (str(part) for part in problem["loc"] if isinstance(part, str))
        known = _SECTIONS[tables[-1] if tables else ""].model_fields
        reason = f"unknown key {key!r}{did_you_mean(key, known)}"
    elif problem["type"] == "tuple_type":
        reason = "must be a list in brackets" + (f": [{given!r}]" if isinstance(given, str) else "")
    elif problem["type"] == "literal_error":
        reason += did_you_mean(str(given), re.findall("'([^']+)'", problem["ctx"]["expected"]))
    return f"{locate_key(path, text, problem['loc'])}: {reason}"
