"""Changed records are found whatever git calls the change, and by their tables and map rows."""

from __future__ import annotations

from pathlib import Path

import pytest

from sync.errors import ConfigError
from sync.records.changed import find_changed
from sync.records.checkout import find_commit
from sync.records.discover import find_records
from tests.records.repository import Repository
from tests.records.writing import UUID, write

OTHER = "0626a9a9-df0c-11ea-99da-0ac135e8bacf"
MAP = "_data/ndex_map.tsv"
A, B, C = "_figures/PMC1__a.md", "_figures/PMC2__b.md", "pathways/WP1/WP1.md"
PATHS = [A, B, C]


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """Two figures, a pathway, their tables and a map, committed once."""
    made = Repository(tmp_path)
    for path in PATHS:
        write(tmp_path, path, "record")
    write(tmp_path, "_data/PMC1__a-genes.tsv", "genes")
    write(tmp_path, "pathways/WP1/WP1-datanodes.tsv", "nodes")
    write(tmp_path, MAP, f"PMC1__a\t{UUID}\nPMC2__b\t{UUID}\n")
    made.commit()
    return made


def changed(repository: Repository, ref: str = "HEAD", map_path: str | None = MAP) -> set[str]:
    return set(find_changed(repository.folder, ref, PATHS, map_path))


def test_the_commit_that_is_checked_out_is_known_where_there_is_one(
    repository: Repository, tmp_path_factory: pytest.TempPathFactory
) -> None:
    head = repository.git("rev-parse", "HEAD").strip()

    assert find_commit(repository.folder / "_figures") == head
    assert find_commit(tmp_path_factory.mktemp("no-repository")) is None


def test_without_git_no_commit_is_known(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(repository.folder))

    assert find_commit(repository.folder) is None


@pytest.mark.parametrize("kind", ["committed", "staged", "unstaged"])
def test_a_record_that_differs_from_the_commit_has_changed(
    repository: Repository, kind: str
) -> None:
    start = repository.git("rev-parse", "HEAD").strip()
    write(repository.folder, A, "edited")
    if kind != "unstaged":
        repository.git("add", A)
    if kind == "committed":
        repository.commit()

    assert changed(repository, start) == {A}


def test_an_untracked_record_has_changed_and_an_ignored_one_has_not(
    repository: Repository,
) -> None:
    new = [write(repository.folder, f"_figures/PMC{n}__n.md", "record") for n in (3, 4)]
    write(repository.folder, ".gitignore", "PMC4__n.md")

    assert find_changed(repository.folder, "HEAD", [*PATHS, *new], MAP) == {new[0]}


def test_a_renamed_record_has_changed_and_a_deleted_one_is_no_path(repository: Repository) -> None:
    repository.git("mv", A, "_figures/PMC3__n.md")
    repository.git("rm", "--quiet", B)
    paths = find_records(repository.folder, "**/*.md")

    assert find_changed(repository.folder, "HEAD", paths, None) == {"_figures/PMC3__n.md"}


def test_what_was_changed_and_changed_back_has_not(repository: Repository) -> None:
    write(repository.folder, A, "edited")
    repository.commit()
    write(repository.folder, A, "record")

    assert changed(repository, "HEAD~1") == set()
    assert changed(repository, "HEAD") == {A}


@pytest.mark.parametrize(
    ("table", "found"),
    [
        ("_data/PMC1__a-genes.tsv", {A}),
        ("_data/PMC2__b-chemicals.tsv", {B}),
        ("_data/PMC2__b-diseases.tsv", {B}),
        ("_figures/PMC2__b-genes.tsv", {B}),
        ("pathways/WP1/WP1-datanodes.tsv", {C}),
        ("pathways/WP1/WP1.gpml", {C}),
        ("pathways/_data/WP1-datanodes.tsv", {C}),
        ("_data/WP1.gpml", {C}),
        ("_data/PMC2__b-notes.tsv", set()),
        ("_data/PMC3__c-genes.tsv", set()),
        ("elsewhere/PMC1__a-genes.tsv", set()),
        ("README.md", set()),
    ],
)
def test_a_table_counts_for_its_record(repository: Repository, table: str, found: set[str]) -> None:
    write(repository.folder, table, "edited")

    assert changed(repository) == found


def test_a_table_that_is_deleted_or_renamed_counts_for_its_records(repository: Repository) -> None:
    table = "_data/PMC1__a-genes.tsv"
    repository.git("mv", table, "_data/PMC2__b-genes.tsv")
    assert changed(repository) == {A, B}

    repository.git("reset", "--hard", "--quiet")
    (repository.folder / table).unlink()
    assert changed(repository) == {A}


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        (f"PMC1__a\t{UUID}\nPMC2__b\t{OTHER}\n", {B}),
        (f"PMC1__a\t{UUID}\n", {B}),
        (f"PMC1__a\t{UUID}\nPMC2__b\t{UUID}\nWP1\t{UUID}\n", {C}),
        (f"PMC1__a\t{UUID}\nPMC2__b\t{UUID}\nPMC1__a\t{OTHER}\n", {A}),
        (f"PMC1__a\t{UUID}\nPMC2__b\tsoon\n", {B}),
        (f"PMC1__a\t{UUID}\nPMC2__b\t{UUID}\nPMC9__z\t{UUID}\n?\n", set()),
        (f'"figid","uuid"\r\n"PMC2__b","{UUID}"\r\n"PMC1__a","{UUID}"\r\n', set()),
        ("", {A, B}),
    ],
    ids=[
        *("row changed", "row removed", "row added", "second row", "row spoilt"),
        *("strange rows", "written otherwise", "emptied"),
    ],
)
@pytest.mark.parametrize("kind", ["committed", "unstaged"])
def test_a_changed_map_counts_for_the_records_whose_rows_did(
    repository: Repository, rows: str, found: set[str], kind: str
) -> None:
    start = repository.git("rev-parse", "HEAD").strip()
    write(repository.folder, MAP, rows)
    if kind == "committed":
        repository.commit()

    assert changed(repository, start) == found
    assert changed(repository, start, f"./{MAP}") == found
    assert changed(repository, start, None) == set()


def test_a_new_map_counts_for_all_its_records(repository: Repository) -> None:
    write(repository.folder, "new.csv", f'"wpid","ndexid"\n"WP1","{UUID}"\n')

    assert changed(repository, map_path="new.csv") == {C}


@pytest.mark.parametrize(
    ("begin", "second", "found"),
    [("\ufeff".encode(), b"PMC2", set()), (b"\xff\n", b"\xff", {B})],
    ids=["byte order mark", "no UTF-8"],
)
def test_an_older_map_is_read_without_its_mark_and_hides_no_row(
    repository: Repository, begin: bytes, second: bytes, found: set[str]
) -> None:
    text = (repository.folder / MAP).read_bytes()
    write(repository.folder, MAP, begin + text.replace(b"PMC2", second))
    repository.commit()
    write(repository.folder, MAP, text)

    assert changed(repository) == found


def test_a_map_that_cannot_be_read_is_a_config_error(repository: Repository) -> None:
    (repository.folder / MAP).unlink()

    with pytest.raises(ConfigError, match=r"map file _data/ndex_map\.tsv: no such file"):
        changed(repository)


def test_a_collection_may_lie_anywhere_in_the_repository(tmp_path: Path) -> None:
    repository = Repository(tmp_path)
    paths = [
        write(tmp_path, f"sub/dir/{name}", "record").removeprefix("sub/dir/")
        for name in ("PMC1__a.md", "PMC2__b.md", "PMC3__c.md", "PMC4__d.md")
    ]
    write(tmp_path, "sub/_data/map.tsv", f"PMC2__b\t{UUID}\nPMC4__d\t{UUID}\n")
    repository.commit()
    write(tmp_path, "sub/_data/PMC1__a-genes.tsv", "new")
    write(tmp_path, "_data/PMC2__b-genes.tsv", "too far up")
    write(tmp_path, "sub/dir/PMC3__c.md", "edited")
    write(tmp_path, "sub/_data/map.tsv", f"PMC2__b\t{UUID}\nPMC4__d\t{OTHER}\n")

    root = tmp_path / "sub/dir"
    assert find_changed(root, "HEAD", paths, None) == {"PMC1__a.md", "PMC3__c.md"}
    assert find_changed(root, "HEAD", paths, "../_data/map.tsv") == {
        *("PMC1__a.md", "PMC3__c.md", "PMC4__d.md")
    }


@pytest.mark.parametrize("name", ["a b", "δ", 'q"uote', "tab\t", "line\n", "-x", ":(top)", "*"])
def test_names_are_taken_literally(repository: Repository, name: str) -> None:
    path = write(repository.folder, f"{name}/PMC5__e.md", "record")
    map_path = write(repository.folder, f"{name}.tsv", f"PMC1__a\t{UUID}\n")
    repository.commit()
    write(repository.folder, path, "edited")
    write(repository.folder, map_path, f"PMC1__a\t{OTHER}\n")

    assert find_changed(repository.folder, "HEAD", [*PATHS, path], map_path) == {A, path}


def test_settings_of_the_user_and_of_a_hook_make_no_difference(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in [
        ("diff.relative", "true"),
        ("diff.noprefix", "true"),
        ("diff.renames", "copies"),
        ("diff.external", "false"),
        ("color.ui", "always"),
        ("core.quotePath", "true"),
    ]:
        repository.git("config", name, value)
    monkeypatch.setenv("GIT_DIR", ".git")
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/no-index")
    write(repository.folder, A, "edited")

    found = find_changed(repository.folder / "_figures", "HEAD", ["PMC1__a.md"], None)

    assert found == {"PMC1__a.md"}


@pytest.mark.parametrize("ref", ["main", "HEAD", "@", "v1", "v1^{}", "HEAD^{/work}"])
def test_any_name_of_a_commit_will_do(repository: Repository, ref: str) -> None:
    repository.git("tag", "--annotate", "--message=one", "v1")
    write(repository.folder, A, "edited")

    assert changed(repository, ref) == {A}


@pytest.mark.parametrize(
    "ref",
    ["mian", "", "HEAD~9", "HEAD..main", "HEAD:_figures", "0" * 40, "two words", "--output=x"],
)
def test_a_name_of_no_commit_is_a_config_error(repository: Repository, ref: str) -> None:
    with pytest.raises(ConfigError) as caught:
        changed(repository, ref)

    assert str(caught.value) == (
        f"--changed-since {ref!r}: git knows no such commit; correct the name, or fetch it first"
    )
    assert not (repository.folder / "x").exists()


def test_what_changed_on_the_other_side_is_not_a_change_here(repository: Repository) -> None:
    repository.git("checkout", "--quiet", "-b", "work")
    write(repository.folder, A, "changed here")
    repository.commit()
    repository.git("checkout", "--quiet", "main")
    write(repository.folder, B, "changed on main")
    repository.commit()
    repository.git("checkout", "--quiet", "work")

    assert changed(repository, "main") == {A}


def test_where_git_distrusts_the_folder_its_own_remedy_is_shown(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")

    with pytest.raises(ConfigError, match=r"git config --global --add safe\.directory "):
        changed(repository)


@pytest.mark.parametrize("ref", ["a\0b", "x" * 300_000], ids=["NUL", "endless"])
def test_a_name_that_no_command_can_take_is_a_config_error(
    repository: Repository, ref: str
) -> None:
    with pytest.raises(ConfigError, match="--changed-since: git cannot be asked: "):
        changed(repository, ref)


def test_a_commit_that_a_shallow_clone_lacks_is_told_with_the_way_out(
    repository: Repository, tmp_path_factory: pytest.TempPathFactory
) -> None:
    repository.commit()
    folder = tmp_path_factory.mktemp("clone")
    repository.git("clone", "--quiet", "--depth=1", f"file://{repository.folder}", str(folder))

    assert find_changed(folder, "HEAD", PATHS, MAP) == frozenset()
    with pytest.raises(ConfigError) as caught:
        find_changed(folder, "HEAD~1", PATHS, MAP)
    assert str(caught.value) == (
        "--changed-since 'HEAD~1': no such commit in this shallow clone; fetch the history "
        "('git fetch --unshallow', or 'fetch-depth: 0' for actions/checkout)"
    )


def test_a_folder_outside_of_any_repository_is_a_config_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))

    with pytest.raises(ConfigError) as caught:
        find_changed(tmp_path, "HEAD", PATHS, MAP)

    assert str(caught.value).startswith(
        f"--changed-since: git finds no repository at {tmp_path} (fatal: not a git repository"
    )
    assert str(caught.value).endswith("); run in a checkout, or leave the option out")


def test_a_machine_without_git_is_a_config_error(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")

    with pytest.raises(ConfigError) as caught:
        changed(repository)

    assert str(caught.value) == (
        "--changed-since needs git, which is not installed: install it, or leave the option out"
    )


def test_a_broken_repository_is_a_config_error(repository: Repository) -> None:
    tree = repository.git("rev-parse", "HEAD^{tree}").strip()
    (repository.folder / ".git/objects" / tree[:2] / tree[2:]).unlink()

    with pytest.raises(ConfigError) as caught:
        changed(repository)

    assert str(caught.value).startswith(f"--changed-since: git fails at {repository.folder} (")
    assert str(caught.value).endswith("); fix the repository, or leave the option out")


def test_git_that_says_nothing_is_quoted_by_its_status(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git = tmp_path / "bin/git"
    write(tmp_path, "bin/git", "#!/bin/sh\nexit 3\n")
    git.chmod(0o755)
    monkeypatch.setenv("PATH", str(git.parent))

    with pytest.raises(ConfigError, match=r"git finds no repository at .* \(exit status 3\)"):
        changed(repository)
