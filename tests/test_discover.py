"""Which files are linted, and in which order."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from triptych_lint.configfile import SettingsFinder
from triptych_lint.discover import Found, discover


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Makes empty files (and folders, where a name ends in a slash) in the current folder."""
    monkeypatch.chdir(tmp_path)

    def make(*names: str, **texts: str) -> Path:
        for name in names:
            path = tmp_path / name
            (path if name.endswith("/") else path.parent).mkdir(parents=True, exist_ok=True)
            if not name.endswith("/"):
                path.touch()
        for name, text in texts.items():
            (tmp_path / name.replace("gitignore", ".gitignore")).write_text(text)
        return tmp_path

    return make


def search(*paths: str, **overrides: Any) -> Found:
    named = {key.replace("_", "-"): value for key, value in overrides.items()}
    return discover(paths or (".",), SettingsFinder(named))


def names(found: Found) -> list[str]:
    return [target.display.replace(os.sep, "/") for target in found.targets]


def test_folders_give_scripts_and_notebooks_in_order(tree: Callable[..., Path]) -> None:
    tree("b.py", "a.py", "a/z.py", "a/eda.ipynb", "a/stub.pyi", "a/notes.md", "Z.py")
    assert names(search()) == ["Z.py", "a.py", "b.py", "a/eda.ipynb", "a/z.py"]


def test_a_file_is_taken_once_under_the_name_that_came_first(tree: Callable[..., Path]) -> None:
    root = tree("pkg/train.py")
    assert names(search("pkg/train.py", ".", "./pkg", str(root / "pkg"))) == ["pkg/train.py"]


def test_usual_clutter_is_passed_over(tree: Callable[..., Path]) -> None:
    tree("venv/lib/a.py", "x/.ipynb_checkpoints/b.ipynb", "x/node_modules/c.py", "x/ok.py")
    assert names(search()) == ["x/ok.py"]


def test_a_project_inside_a_folder_called_build_is_linted(tree: Callable[..., Path]) -> None:
    root = tree(
        "build/project/pyproject.toml", "build/project/train.py", "build/project/build/x.py"
    )
    assert names(search(str(root / "build" / "project"))) == ["build/project/train.py"]


def test_an_excluded_folder_that_is_named_is_linted(tree: Callable[..., Path]) -> None:
    tree("build/train.py", "build/build/deep.py")
    assert names(search("build")) == ["build/train.py"]
    assert names(search("build", force_exclude=True)) == []


def test_an_excluded_file_that_is_named_is_linted_unless_exclusion_is_forced(
    tree: Callable[..., Path],
) -> None:
    tree("legacy/train.py")
    excluded = {"extend_exclude": ["legacy"]}
    assert names(search(".", **excluded)) == []
    assert names(search("legacy/train.py", **excluded)) == ["legacy/train.py"]
    assert names(search("legacy/train.py", force_exclude=True, **excluded)) == []


def test_exclude_replaces_the_usual_patterns_and_extend_exclude_adds(
    tree: Callable[..., Path],
) -> None:
    tree("dist/a.py", "old/b.py", "c.py")
    assert names(search(".", exclude=["old"])) == ["c.py", "dist/a.py"]
    assert names(search(".", extend_exclude=["old"])) == ["c.py"]


def test_a_named_file_needs_no_suffix(tree: Callable[..., Path]) -> None:
    tree("train", "pkg/launch")
    assert names(search("train", "pkg")) == ["train"]


def test_gitignore_is_read_as_git_reads_it(tree: Callable[..., Path]) -> None:
    root = tree(
        ".git/info/",
        "runs/a.py",
        "src/gen_1.py",
        "src/gen_keep.py",
        "src/sub/gen_2.py",
        "src/sub/local.py",
        "src/scratch/x.py",
        gitignore="# outputs\n/runs\ngen_*.py\n!gen_keep.py\n",
    )
    (root / "src" / "sub" / ".gitignore").write_text("local.py\n!gen_2.py\n")
    (root / ".git" / "info" / "exclude").write_text("scratch/\n")
    assert names(search()) == ["src/gen_keep.py", "src/sub/gen_2.py"]
    assert names(search("src/sub")) == ["src/sub/gen_2.py"]
    assert "runs/a.py" in names(search(".", respect_gitignore=False))


def test_an_ignored_folder_that_is_named_is_linted(tree: Callable[..., Path]) -> None:
    tree(".git/", "runs/a.py", gitignore="runs\n")
    assert names(search("runs")) == ["runs/a.py"]


def test_gitignore_means_nothing_outside_a_work_tree(tree: Callable[..., Path]) -> None:
    tree("a.py", gitignore="a.py\n")
    assert names(search()) == ["a.py"]


def test_a_submodule_follows_its_own_gitignore(tree: Callable[..., Path]) -> None:
    tree(".git/", "sub/.git/", "sub/a.py", "a.py", gitignore="a.py\n")
    assert names(search()) == ["sub/a.py"]


def test_a_missing_path_is_fatal_and_the_rest_is_found(tree: Callable[..., Path]) -> None:
    tree("a.py")
    found = search("gone.py", "a.py")
    assert names(found) == ["a.py"]
    (problem,) = found.problems
    assert str(problem) == "gone.py: no such file or folder"
    assert problem.fatal


def test_a_folder_without_python_is_no_offence(tree: Callable[..., Path]) -> None:
    tree("docs/index.md")
    (problem,) = search("docs").problems
    assert str(problem) == "docs: no Python files or notebooks in here"
    assert (problem.fatal, problem.gates) == (False, False)


def test_links_that_lead_back_are_told_and_not_followed(tree: Callable[..., Path]) -> None:
    root = tree("pkg/train.py")
    (root / "pkg" / "again").symlink_to(root, target_is_directory=True)
    (root / "loop.py").symlink_to("loop.py")
    found = search()
    assert names(found) == ["pkg/train.py"]
    told = sorted(str(problem) for problem in found.problems)
    assert told == [
        "loop.py: symbolic link that leads back to itself",
        "pkg/again: symbolic link to a folder that contains it: not followed",
    ]


def test_a_link_and_its_target_are_one_file(tree: Callable[..., Path]) -> None:
    root = tree("train.py")
    (root / "a_latest.py").symlink_to("train.py")
    assert len(names(search())) == 1


def test_a_locked_folder_gates_and_the_rest_is_found(tree: Callable[..., Path]) -> None:
    root = tree("a.py", "locked/b.py")
    (root / "locked").chmod(0)
    if os.access(root / "locked", os.R_OK):
        pytest.skip("this user may read everything")
    try:
        found = search()
    finally:
        (root / "locked").chmod(0o755)
    assert names(found) == ["a.py"]
    (problem,) = found.problems
    assert str(problem) == "locked: permission denied"
    assert problem.gates


@pytest.mark.skipif(sys.platform != "linux", reason="needs file names that are no UTF-8")
def test_a_name_that_is_no_utf8_is_shown_with_escapes(tree: Callable[..., Path]) -> None:
    root = tree()
    (root / os.fsdecode(b"caf\xe9.py")).touch()
    (root / "two\nlines.py").touch()
    assert names(search()) == ["caf\\xe9.py", "two\\nlines.py"]
