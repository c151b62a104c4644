"""The exceptions of ndex-sync, in one tree.

    NdexSyncError
    ├── ConfigError            settings that cannot be used
    ├── RecordError            a local file that cannot be read as a record or map
    ├── NetworkError           content that is not CX / CX2
    │   └── UploadRefused      content that the server would not load
    ├── GuardTripped           a plan that changes more than is allowed
    ├── PlanMismatch           a plan that was made for something else, or was changed
    ├── StateLocked            another run uses the same state folder
    ├── StateDamaged           a file of the state folder that was damaged
    ├── StateForged            a cache with contents that ndex-sync never wrote
    ├── DiskFull               no room for a file
    ├── TemporaryStorageFull   no room for a run's temporary data
    └── ServerError            an NDEx call that did not succeed
        ├── Unreachable        no answer: refused, timed out, cut short
        ├── ServerBroken       an answer that is not an NDEx answer, or a fault of the server
        │   ├── TooLarge       an answer above our size limit
        │   └── Redirected     a redirect, which is not followed
        ├── Throttled          told to slow down (429, 503)
        ├── BadRequest         the server refuses the call itself
        ├── Unauthorized       401: not logged in, wrong password or no right to it
        ├── Forbidden          403
        │   └── QuotaExceeded  the account's disk quota is used up
        ├── NotFound           404
        ├── Duplicate          409
        ├── Locked             an update holds the network, or left a lock behind
        ├── ReadOnly           the network is read-only; waiting does not help
        └── NotValidated       the server has not validated the network

Each class carries its facts as attributes; ``str()`` is one sentence for a person. Credentials,
request headers, query strings and bodies are never part of an error.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar


class NdexSyncError(Exception):
    """The base class of every error that ndex-sync raises on purpose.

    ``exit_status`` is what a command exits with when the error ends it: 2 if somebody has to change
    the call or the set-up, 3 if the run could not be finished (design: Exit status).
    """

    exit_status: ClassVar[int] = 2


class ConfigError(NdexSyncError):
    """The configuration, an option or the environment cannot be used.

    ``problems`` lists every reason found. Each names its file, line and key if it has one.
    """

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class RecordError(NdexSyncError):
    """A local file cannot be read.

    ``path`` is relative to the collection's root, ``line`` counts from 1 (None: the whole file),
    ``reason`` says what is wrong and what to do.
    """

    def __init__(self, path: str, line: int | None, reason: str) -> None:
        where = path if line is None else f"{path}:{line}"
        super().__init__(f"{where}: {reason}")
        self.path = path
        self.line = line
        self.reason = reason


class NoDrawing(RecordError):
    """A pathway has no drawing beside its record."""


class NetworkError(NdexSyncError):
    """Network content is not CX or CX2, or contradicts itself (contract 5)."""


class UploadRefused(NetworkError):
    """The server's loader would not load this content (contract 5.1, 5.2).

    ``answer`` is the ``errorMessage`` that the server would give. It says less than our message.
    """

    def __init__(self, message: str, answer: str) -> None:
        super().__init__(message)
        self.answer = answer


class GuardTripped(NdexSyncError):
    """A plan changes more than the limits allow.

    Each of ``reasons`` names a guard, its value, its limit and the option that raises the limit.
    ``digest`` is the digest to give to ``--approve``.
    """

    def __init__(self, reasons: tuple[str, ...], digest: str) -> None:
        listed = "\n".join(f"  {reason}" for reason in reasons)
        super().__init__(
            f"the plan was not applied:\n{listed}\n"
            f"or allow this one plan once with: --approve {digest}"
        )
        self.reasons = reasons
        self.digest = digest


class PlanMismatch(NdexSyncError):
    """The plan was made for another server, account or collection, or was changed since."""


class StateLocked(NdexSyncError):
    """Another run uses the state folder; ``holder`` describes that run as far as it is known."""

    def __init__(self, path: str, holder: str) -> None:
        super().__init__(
            f"{path}: another run uses this state folder ({holder}); wait for it, or give this run "
            "a folder of its own with --state"
        )
        self.holder = holder


class StateDamaged(NdexSyncError):
    """A file with the history of changes, or with backups, was damaged.

    ``path`` names the file, ``found`` says what is wrong with it, ``lost`` what is no longer known,
    and ``advice`` what to do.
    """

    def __init__(self, path: str, found: str, lost: str, advice: str) -> None:
        super().__init__(f"{path} is damaged ({found}): {lost}. {advice}")
        self.path = path


class StateForged(NdexSyncError):
    """A cache holds a value that ndex-sync never wrote, although its checksum fits.

    ``path`` is the path of the record that the value is for.
    """

    def __init__(self, path: str) -> None:
        super().__init__(
            f"the cache has something for {path} that ndex-sync did not write: run with --refresh,"
            " or delete cache.db in the state folder (nothing is lost)"
        )
        self.path = path


class DiskFull(NdexSyncError):
    """The disk has no room for a file; ``where`` names the file as the user knows it."""

    exit_status = 3

    def __init__(self, where: str) -> None:
        super().__init__(f"{where}: the disk is full; free some space and run the command again")
        self.where = where

    def __reduce__(self) -> tuple[type[DiskFull], tuple[str]]:
        """Pickle the error by ``where``, so that it can come from a worker process.

        By default pickle would use the message.
        """
        return type(self), (self.where,)


def is_disk_full(error: OSError) -> bool:
    """Return whether the disk or the user's quota is used up."""
    return error.errno in {errno.ENOSPC, errno.EDQUOT}


def refuse_write(where: str, error: OSError) -> NdexSyncError:
    """Return the error to raise if a file cannot be written; a full disk gets its own."""
    if is_disk_full(error):
        return DiskFull(where)
    return ConfigError(f"{where}: {error.strerror or error}")


class TemporaryStorageFull(NdexSyncError):
    """A run's temporary data cannot be written or read; ``reason`` is SQLite's."""

    exit_status = 3

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"no room for temporary data ({reason}); free some space in the temporary folder, or "
            "name another one in the environment variable SQLITE_TMPDIR"
        )


@dataclass(frozen=True, slots=True)
class Call:
    """The request that an error is about: method and URL path, nothing more."""

    method: str
    path: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


class ServerError(NdexSyncError):
    """An NDEx call failed.

    ``status`` is the HTTP status (None: no answer). ``error_code`` is the server's ``errorCode``
    (contract 1.3). ``message`` is the server's text, or ours if it sent none. ``tries`` counts how
    often the call was sent; the code that repeats calls sets it.
    """

    exit_status = 3
    tries: int = 1

    def __init__(
        self,
        call: Call,
        message: str,
        *,
        status: int | None = None,
        error_code: str | None = None,
    ) -> None:
        facts = " ".join(str(fact) for fact in (status, error_code) if fact is not None)
        super().__init__(f"{call}: {message}" + (f" ({facts})" if facts else ""))
        self.call = call
        self.message = message
        self.status = status
        self.error_code = error_code

    def __str__(self) -> str:
        sentence = super().__str__()
        return sentence if self.tries == 1 else f"{sentence}, after {self.tries} tries"


class Unreachable(ServerError):
    """No complete answer: connection refused or reset, time-out, body cut short."""


class ServerBroken(ServerError):
    """The answer is not one that NDEx gives, or reports a fault of the server."""


class TooLarge(ServerBroken):
    """The answer is above our size limit; another try would give the same."""


class Redirected(ServerBroken):
    """The server redirects the call. We do not follow, as that would send on credentials and
    bodies.
    """


class Throttled(ServerError):
    """The server or a proxy asks to slow down.

    ``retry_after_s`` is the wait that it asks for, in seconds; None if it names none.
    """

    def __init__(
        self,
        call: Call,
        message: str,
        *,
        status: int | None = None,
        error_code: str | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(call, message, status=status, error_code=error_code)
        self.retry_after_s = retry_after_s


class BadRequest(ServerError):
    """The server refuses the request itself; sending it again cannot help."""


class Unauthorized(ServerError):
    """401: no or wrong credentials, or no right to read or write this network."""


class Forbidden(ServerError):
    """403: the server understood the request and refuses it."""


class QuotaExceeded(Forbidden):
    """The account's disk quota is used up (contract 1.1)."""


class NotFound(ServerError):
    """404: unknown, or deleted; for v3 content also "still loading" (contract 4)."""


class Duplicate(ServerError):
    """409: something of that name exists."""


class Locked(ServerError):
    """An update holds the network (contract 1.3).

    A lock that was left behind stays until an administrator of the server removes it (contract
    3.3).
    """


class ReadOnly(ServerError):
    """The network is read-only; it cannot change until that is switched off (contract 3.6)."""


class NotValidated(ServerError):
    """The server has not (yet) validated the network (contract 1.3)."""


def causes_of(error: BaseException) -> Iterator[BaseException]:
    """Yield the errors in a group, however deeply nested; any other error yields itself."""
    if isinstance(error, BaseExceptionGroup):
        for each in error.exceptions:
            yield from causes_of(each)
    else:
        yield error
