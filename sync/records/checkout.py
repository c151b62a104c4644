"""Ask git about the folder of a collection: changed files, and files in earlier states."""

from __future__ import annotations

import os
import posixpath
import shutil
import subprocess
from codecs import BOM_UTF8
from dataclasses import dataclass
from pathlib import Path

from sync.errors import ConfigError

# A git hook sets these for its own folder; without them git looks for the repository of ``root``.
_SET_BY_HOOKS = frozenset({"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"})


@dataclass(frozen=True, slots=True)
class Checkout:
    """A folder of a git working tree, compared with one commit.

    ``prefix`` is the path of ``root`` in the repository, ``""`` for its top, else with a slash at
    its end. Paths are POSIX, relative to ``root``.
    """

    root: Path
    prefix: str
    commit: str

    def changed_files(self) -> frozenset[str]:
        """Return every file of the repository that differs from the commit.

        This includes files that were committed, staged, unstaged, untracked or deleted since, but
        not files that git ignores. Files above ``root`` start with ``../``.

        Raises:
            ConfigError: git fails.
        """
        differing = _ask(
            self.root,
            *("diff", "--name-only", "-z", "--no-renames", "--no-relative", self.commit, "--"),
        )
        new = _ask(
            self.root,
            *("ls-files", "--others", "--exclude-standard", "--full-name", "-z", "--", ":/"),
        )
        files = os.fsdecode(differing + new).split("\0")
        return frozenset(posixpath.relpath(file, self.prefix or ".") for file in files if file)

    def text_then(self, path: str) -> str:
        """Return the text that the file ``path`` had in the commit, ``""`` if there was none.

        What is not UTF-8 is shown as U+FFFD.

        Raises:
            ConfigError: git fails.
        """
        file = posixpath.normpath(posixpath.join(self.prefix, path))
        entry = _ask(self.root, "ls-tree", "-z", "--full-tree", self.commit, "--", file)
        if not entry:
            return ""
        kind, blob = entry.split()[1:3]
        data = _ask(self.root, "cat-file", kind.decode(), blob.decode())
        return data.removeprefix(BOM_UTF8).decode("utf-8", "replace")


def open_checkout(root: Path, ref: str) -> Checkout:
    """Find the repository of ``root``, and the commit at which it branched off from ``ref``.

    What has changed on the side of ``ref`` since then is not a change of this checkout.

    Raises:
        ConfigError: git is not installed, ``root`` is in no repository, or the commit is not here.
    """
    found = _run(root, "rev-parse", "--show-prefix")
    if found.returncode:
        raise ConfigError(
            f"--changed-since: git finds no repository at {root} ({_complaint(found)}); "
            "run in a checkout, or leave the option out"
        )
    prefix = os.fsdecode(found.stdout).removesuffix("\n")
    named = _run(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    if named.returncode:
        raise ConfigError(f"--changed-since {ref!r}: {_why_unknown(root)}")
    commit = named.stdout.decode().strip()
    # Without a common ancestor, as in a shallow clone, more counts as changed.
    shared = _run(root, "merge-base", commit, "HEAD")
    return Checkout(root, prefix, shared.stdout.decode().strip() or commit)


def find_commit(root: Path) -> str | None:
    """Return the commit that is checked out at ``root``, None if there is none or no git."""
    if shutil.which("git") is None:
        return None
    found = _run(root, "rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    return None if found.returncode else found.stdout.decode().strip()


def list_tracked(folder: Path) -> list[str]:
    """Return what git tracks in a folder; nothing if there is no repository, or no git."""
    if shutil.which("git") is None or not folder.is_dir():
        return []
    found = _run(folder, "ls-files", "-z", "--cached", "--", ".")
    return [] if found.returncode else list(filter(None, os.fsdecode(found.stdout).split("\0")))


def find_absent(root: Path, pattern: str) -> list[str]:
    """Return the files that match a glob and that git tracks, but that are not checked out.

    Nothing if ``root`` is in no repository.

    Raises:
        ConfigError: git fails.
    """
    top = root.resolve()
    if not any((folder / ".git").exists() for folder in (top, *top.parents)):
        return []
    found = _run(root, "ls-files", "-z", "--cached", "--", f":(glob){pattern}", what="--prune")
    if found.returncode:
        raise ConfigError(
            f"--prune: git fails at {root} ({_complaint(found)}), so it is not known whether all "
            "records are checked out; fix the repository, or leave the option out"
        )
    tracked = filter(None, os.fsdecode(found.stdout).split("\0"))
    return [path for path in tracked if not (root / path).exists()]


def _why_unknown(root: Path) -> str:
    if _ask(root, "rev-parse", "--is-shallow-repository").strip() == b"true":
        return (
            "no such commit in this shallow clone; fetch the history ('git fetch --unshallow', "
            "or 'fetch-depth: 0' for actions/checkout)"
        )
    return "git knows no such commit; correct the name, or fetch it first"


def _ask(root: Path, *arguments: str) -> bytes:
    answered = _run(root, *arguments)
    if answered.returncode:
        raise ConfigError(
            f"--changed-since: git fails at {root} ({_complaint(answered)}); "
            "fix the repository, or leave the option out"
        )
    return answered.stdout


def _run(
    root: Path, *arguments: str, what: str = "--changed-since"
) -> subprocess.CompletedProcess[bytes]:
    git = shutil.which("git")
    if git is None:
        raise ConfigError(
            f"{what} needs git, which is not installed: install it, or leave the option out"
        )
    environment = {name: value for name, value in os.environ.items() if name not in _SET_BY_HOOKS}
    try:
        return subprocess.run(  # noqa: S603 - no shell, and --end-of-options stands before the ref
            [git, "-C", str(root), *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            env=environment | {"LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"},
        )
    except (OSError, ValueError) as error:
        raise ConfigError(f"{what}: git cannot be asked: {error}") from error


def _complaint(answered: subprocess.CompletedProcess[bytes]) -> str:
    """Return the first line of git's complaint, and the command with which git would help."""
    lines = answered.stderr.decode("utf-8", "replace").splitlines()
    remedy = (f"; git's remedy: {line.strip()}" for line in lines if " safe.directory " in line)
    return (lines[0] if lines else f"exit status {answered.returncode}") + next(remedy, "")
