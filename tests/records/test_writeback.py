"""Files are written back whole, in place, inside the collection, or not at all."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.errors import RecordError
from sync.records.discover import find_records
from sync.records.writeback import Edit, diff_edit, plan_edit, remove_leftovers, write_edit
from tests.records.repository import Repository
from tests.records.writing import write


def refusal(root: Path, edit: Edit) -> RecordError:
    with pytest.raises(RecordError) as caught:
        write_edit(root, edit)
    assert caught.value.path == edit.path
    return caught.value


@contextmanager
def before_each_system_call(do: Callable[[str], object]) -> Iterator[None]:
    """Call ``do`` with the name of each function of the operating system that is to be called."""

    def note(frame: FrameType, event: str, function: object) -> None:
        del frame
        if event == "c_call" and getattr(function, "__module__", None) == os.name:
            do(getattr(function, "__name__", ""))

    sys.setprofile(note)
    try:
        yield
    finally:
        sys.setprofile(None)


def files(root: Path) -> set[str]:
    return {found.relative_to(root).as_posix() for found in root.rglob("*") if found.is_file()}


def test_a_plan_holds_what_was_read_and_what_it_becomes(tmp_path: Path) -> None:
    write(tmp_path, "_figures/r.md", "old\r\n")

    edit = plan_edit(tmp_path, "_figures/r.md", lambda data: data + b"new")

    assert edit == Edit("_figures/r.md", b"old\r\n", b"old\r\nnew")
    assert (tmp_path / "_figures/r.md").read_bytes() == b"old\r\n"


def test_no_change_is_no_edit(tmp_path: Path) -> None:
    write(tmp_path, "r.md", "old")

    assert plan_edit(tmp_path, "r.md", bytes) is None
    assert plan_edit(tmp_path, "absent.tsv", bytes) is None


def test_a_file_that_is_not_there_is_planned_from_nothing_and_made(tmp_path: Path) -> None:
    edit = plan_edit(tmp_path, "map.tsv", lambda data: data + b"new")

    assert edit == Edit("map.tsv", None, b"new")
    write_edit(tmp_path, edit)
    assert (tmp_path / "map.tsv").read_bytes() == b"new"
    write(tmp_path, "other.tsv", "")
    assert stat.S_IMODE((tmp_path / "map.tsv").stat().st_mode) == stat.S_IMODE(
        (tmp_path / "other.tsv").stat().st_mode
    )


@pytest.mark.parametrize("mode", [0o644, 0o600, 0o444, 0o755], ids=oct)
def test_a_file_is_replaced_with_its_mode_and_nothing_is_left_beside_it(
    tmp_path: Path, mode: int
) -> None:
    path = write(tmp_path, "_figures/r.md", "old")
    (tmp_path / path).chmod(mode)

    write_edit(tmp_path, Edit(path, b"old", b"new"))

    assert (tmp_path / path).read_bytes() == b"new"
    assert stat.S_IMODE((tmp_path / path).stat().st_mode) == mode
    assert files(tmp_path) == {path}


def test_the_file_is_on_disk_before_it_is_renamed_and_the_folder_after(tmp_path: Path) -> None:
    path = write(tmp_path, "_figures/r.md", "old")
    calls: list[str] = []

    with before_each_system_call(calls.append):
        write_edit(tmp_path, Edit(path, b"old", b"new"))

    assert [call for call in calls if call in {"fsync", "replace"}] == ["fsync", "replace", "fsync"]


def test_a_change_made_while_the_new_file_is_written_is_not_lost(tmp_path: Path) -> None:
    path = write(tmp_path, "r.md", "old")

    def interfere(call: str) -> None:
        if call == "fsync":
            write(tmp_path, "r.md", "edited")

    with before_each_system_call(interfere):
        caught = refusal(tmp_path, Edit(path, b"old", b"new"))

    assert caught.reason.startswith("changed on disk since it was read: ")
    assert (tmp_path / path).read_bytes() == b"edited"
    assert files(tmp_path) == {path}


def test_a_name_of_full_length_is_written(tmp_path: Path) -> None:
    path = write(tmp_path, f"{'a' * 252}.md", "old")

    write_edit(tmp_path, Edit(path, b"old", b"new"))

    assert (tmp_path / path).read_bytes() == b"new"


@pytest.mark.parametrize(
    ("old", "now"),
    [(b"old", b"edited"), (None, b"made"), (b"old", None), (b"", b"made"), (b"", None)],
)
def test_a_file_that_somebody_changed_meanwhile_is_left_alone(
    tmp_path: Path, old: bytes | None, now: bytes | None
) -> None:
    if now is not None:
        write(tmp_path, "r.md", now)

    caught = refusal(tmp_path, Edit("r.md", old, b"new"))

    assert str(caught) == (
        "r.md: changed on disk since it was read: nothing was written; run again"
    )
    assert files(tmp_path) == ({"r.md"} if now is not None else set())
    assert now is None or (tmp_path / "r.md").read_bytes() == now


def test_a_link_inside_the_collection_stays_a_link(tmp_path: Path) -> None:
    write(tmp_path, "real/r.md", "old")
    (tmp_path / "_figures").mkdir()
    (tmp_path / "_figures/r.md").symlink_to("../real/r.md")

    write_edit(tmp_path, Edit("_figures/r.md", b"old", b"new"))

    assert (tmp_path / "_figures/r.md").readlink() == Path("../real/r.md")
    assert (tmp_path / "real/r.md").read_bytes() == b"new"
    assert files(tmp_path) == {"_figures/r.md", "real/r.md"}


def test_a_collection_that_is_reached_by_a_link_is_written(tmp_path: Path) -> None:
    write(tmp_path, "real/r.md", "old")
    (tmp_path / "root").symlink_to("real")

    write_edit(tmp_path / "root", Edit("r.md", b"old", b"new"))

    assert (tmp_path / "real/r.md").read_bytes() == b"new"


@pytest.mark.parametrize("content", [b"old", None], ids=["there", "not there"])
@pytest.mark.parametrize(
    ("link", "to", "path"),
    [
        ("r.md", "../outside/r.md", "r.md"),
        ("_figures", "../outside", "_figures/r.md"),
        ("_figures", "..", "_figures/outside/r.md"),
        ("other", "..", "../outside/r.md"),
    ],
    ids=["file", "folder", "parent", "no link"],
)
def test_nothing_outside_the_collection_is_written(
    tmp_path: Path, content: bytes | None, link: str, to: str, path: str
) -> None:
    root = tmp_path / "root"
    for folder in (root, tmp_path / "outside"):
        folder.mkdir()
    (root / link).symlink_to(to)
    if content is not None:
        write(tmp_path, "outside/r.md", content)

    caught = refusal(root, Edit(path, content, b"new"))

    assert caught.reason.startswith("outside the collection: ")
    assert files(tmp_path) == ({"outside/r.md"} if content else set()) | (
        {"root/r.md"} if content and link == "r.md" else set()
    )
    with pytest.raises(RecordError, match="outside the collection"):
        plan_edit(root, path, bytes)
    assert content is None or (tmp_path / "outside/r.md").read_bytes() == content


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("folder", "not a regular file"),
        ("loop", "cannot be read: "),
        ("r\0.md", "cannot be read: "),
        ("r.md/below", "cannot be read: "),
    ],
)
def test_what_is_no_file_is_refused(tmp_path: Path, path: str, reason: str) -> None:
    write(tmp_path, "r.md", "old")
    (tmp_path / "folder").mkdir()
    (tmp_path / "loop").symlink_to("loop")

    assert refusal(tmp_path, Edit(path, b"old", b"new")).reason.startswith(reason)


def test_a_disk_that_refuses_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    caught = refusal(tmp_path, Edit("absent/map.tsv", None, b"new"))

    assert str(caught) == (
        "absent/map.tsv: cannot be written: No such file or directory; fix that and run again"
    )
    assert files(tmp_path) == set()


def test_leftovers_of_a_killed_run_are_no_records_and_are_removed(tmp_path: Path) -> None:
    paths = [write(tmp_path, "_figures/a.md", "a"), write(tmp_path, "pathways/b.md", "b")]
    left = write(tmp_path, "_figures/.ndex-sync-0123456789abcdef.tmp", "half")
    kept = [write(tmp_path, ".ndex-sync-1.tmp", ""), write(tmp_path, "_figures/.ndex-sync.db", "")]

    assert find_records(tmp_path, "**/*.md") == paths
    assert remove_leftovers(tmp_path, [*paths, "absent/c.md"]) == (left,)
    assert files(tmp_path) == {*paths, *kept}
    assert remove_leftovers(tmp_path, paths) == ()


def test_a_link_called_like_a_leftover_costs_only_the_link(tmp_path: Path) -> None:
    path = write(tmp_path, "a.md", "a")
    (tmp_path / ".ndex-sync-1.tmp").symlink_to("a.md")

    assert remove_leftovers(tmp_path, [path]) == (".ndex-sync-1.tmp",)
    assert files(tmp_path) == {path}


def test_a_leftover_that_cannot_be_removed_is_told(tmp_path: Path) -> None:
    (tmp_path / "_figures/.ndex-sync-1.tmp").mkdir(parents=True)

    with pytest.raises(RecordError) as caught:
        remove_leftovers(tmp_path, ["_figures/a.md"])

    assert str(caught.value).startswith(
        "_figures/.ndex-sync-1.tmp: left by a killed run, cannot be deleted: "
    )


def test_a_diff_shows_the_lines_around_the_change() -> None:
    edit = Edit("_figures/r.md", b"---\nfigid: a\nndex: ''\n---", b"---\nfigid: a\nndex: b\n---")

    assert diff_edit(edit) == (
        b"--- a/_figures/r.md\n"
        b"+++ b/_figures/r.md\n"
        b"@@ -1,4 +1,4 @@\n"
        b" ---\n"
        b" figid: a\n"
        b"-ndex: ''\n"
        b"+ndex: b\n"
        b" ---\n"
        b"\\ No newline at end of file\n"
    )


TEXTS = st.text(st.sampled_from("ab\n\r\u2028\x85\ufeffδ ")).map(str.encode)
NAMES = ["r.md", "a b.md", 'q"uote.md', "δ.md", "tab\t.md", "back\\slash.md", "bell\a\x01.md"]


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    return Repository(tmp_path_factory.mktemp("repository"))


@given(st.none() | TEXTS, TEXTS, st.sampled_from(NAMES))
def test_git_applies_the_diff_of_any_edit(
    repository: Repository, old: bytes | None, new: bytes, name: str
) -> None:
    path = f"_figures/{name}"
    file = repository.folder / path
    if old is None:
        file.unlink(missing_ok=True)
    else:
        write(repository.folder, path, old)
    edit = plan_edit(repository.folder, path, lambda _: new)
    if edit is None:
        return

    repository.git("apply", "--whitespace=nowarn", "-", stdin=diff_edit(edit))

    assert file.read_bytes() == new
