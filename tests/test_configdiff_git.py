"""Old versions come from git: real repositories, real commits."""

from __future__ import annotations

import shutil

import pytest
from configdiff_repository import Repo
from configdiff_support import write

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")

OLD = "optimizer: sgd\nlr: 1e-3\nbatch_size: 32\nepochs: 10\nloss: bce\nseed: 1\n"
TWO = OLD.replace("sgd", "adam").replace("1e-3", "3e-4")
ONE = OLD.replace("sgd", "adam")


def test_the_first_commit_has_nothing_to_compare_with(repo: Repo) -> None:
    repo.stage({"run.yaml": OLD})
    done = repo.diff("--staged", "run.yaml")
    assert done.code == 0
    assert done.err == "run.yaml: is not in HEAD yet: nothing to compare it with\n"


def test_a_new_file_has_nothing_to_compare_with(repo: Repo) -> None:
    repo.commit({"other.txt": "x"})
    repo.stage({"run.yaml": OLD})
    assert repo.diff("--staged").code == 0


def test_what_is_staged_is_compared_and_not_what_lies_in_the_folder(repo: Repo) -> None:
    repo.commit({"run.yaml": OLD})
    repo.stage({"run.yaml": ONE})
    write(repo.folder / "run.yaml", TWO)
    assert repo.found("--staged") == (0, [])
    code, (asked,) = repo.found()
    assert code == 1
    assert asked["filename"] == "run.yaml"
    repo.git("add", "run.yaml")
    assert repo.found("--staged")[0] == 1


def test_a_clean_tree_has_no_changes(repo: Repo) -> None:
    repo.commit({"run.yaml": OLD})
    for args in ((), ("--staged",), ("run.yaml",)):
        assert repo.diff(*args).code == 0


def test_a_rename_with_edits_is_compared_with_what_it_came_from(repo: Repo) -> None:
    repo.commit({"run.yaml": OLD})
    repo.git("mv", "run.yaml", "adam.yaml")
    repo.stage({"adam.yaml": TWO})
    done = repo.diff("--staged", "adam.yaml")
    assert done.code == 1
    assert "adam.yaml, compared with HEAD:run.yaml" in done.out


def test_only_the_named_files_and_folders_are_looked_at(repo: Repo) -> None:
    repo.commit({"a/x.yaml": OLD, "b/x.yaml": OLD, "c.yaml": OLD})
    repo.stage({"a/x.yaml": TWO, "b/x.yaml": ONE, "c.yaml": ONE})
    assert repo.found("--staged", "b/x.yaml")[0] == 0
    assert repo.found("b")[0] == 0
    assert repo.found("a")[0] == 1
    assert repo.found("--staged", "a/x.yaml", "c.yaml")[0] == 1


def test_paths_count_from_the_folder_where_one_stands(repo: Repo) -> None:
    repo.commit({"configs/run.yaml": OLD, "top.yaml": OLD})
    repo.stage({"configs/run.yaml": TWO})
    _, (asked,) = repo.found("--staged", "run.yaml", cwd="configs")
    assert asked["filename"] == "run.yaml"
    _, (asked,) = repo.found(cwd="configs")
    assert asked["filename"] == "run.yaml"
    _, (asked,) = repo.found(str(repo.folder / "configs" / "run.yaml"))
    assert asked["filename"] == "configs/run.yaml"
    repo.stage({"top.yaml": TWO})
    _, found = repo.found(cwd="configs")
    assert {asked["filename"] for asked in found} == {"run.yaml"}
    assert "../top.yaml" in str(found[0]["evidence"])


def test_versions_in_git_are_named_by_revision_and_path(repo: Repo) -> None:
    repo.commit({"configs/run.yaml": OLD})
    repo.commit({"configs/run.yaml": ONE})
    repo.commit({"configs/run.yaml": TWO})
    assert repo.found("HEAD~2:configs/run.yaml", "HEAD:configs/run.yaml")[0] == 1
    assert repo.found("HEAD~1:configs/run.yaml", "configs/run.yaml")[0] == 0
    assert repo.found("HEAD~2:./run.yaml", "run.yaml", cwd="configs")[0] == 1
    missing = repo.diff("HEAD~9:configs/run.yaml", "configs/run.yaml")
    assert missing.code == 2
    assert missing.err.startswith("HEAD~9:configs/run.yaml: cannot be read from git (")


def test_the_same_change_in_several_files_is_asked_about_once(repo: Repo) -> None:
    repo.commit({f"{name}.yaml": OLD for name in "abc"})
    repo.stage({f"{name}.yaml": TWO for name in "abc"})
    _, (asked,) = repo.found("--staged")
    assert asked["filename"] == "a.yaml"
    told = [evidence["message"] for evidence in asked["evidence"]]
    assert told[-2:] == ["the same change in b.yaml", "the same change in c.yaml"]


def test_variables_in_different_files_are_never_added_up(repo: Repo) -> None:
    repo.commit({"a.yaml": OLD, "b.yaml": OLD})
    repo.stage({"a.yaml": ONE, "b.yaml": OLD.replace("1e-3", "3e-4")})
    assert repo.found("--staged") == (0, [])


def test_more_than_eight_files_get_a_single_note(repo: Repo) -> None:
    names = [f"{index}.yaml" for index in range(9)]
    repo.commit(dict.fromkeys(names, OLD))
    repo.stage({name: OLD.replace("32", str(64 + i)) for i, name in enumerate(names)})
    assert repo.found("--staged") == (0, [])
    repo.stage({"0.yaml": TWO, "1.yaml": TWO.replace("32", "8")})
    code, (asked,) = repo.found("--staged")
    assert code == 0
    assert asked["severity"] == "note"
    assert asked["question"].startswith("9 configs change at once, and in 2 of them")


def test_files_that_are_no_configs_do_not_stop_a_commit(repo: Repo) -> None:
    chart = "{{ if .Values.x }}\nlr: 1\n{{ end }}\n"
    repo.commit({"chart.yaml": chart, "run.yaml": OLD, "train.py": "lr = 1\n"})
    repo.stage({"chart.yaml": chart + "# more\n", "run.yaml": ONE, "train.py": "lr = 2\n"})
    done = repo.diff("--staged", "chart.yaml", "run.yaml", "train.py")
    assert done.code == 0
    assert done.err.startswith("chart.yaml: its version in HEAD: line 2: is not valid YAML")
    assert len(done.err.splitlines()) == 1
    named = repo.diff("train.py")
    assert named.err == ""
    assert repo.diff("nowhere.yaml").code == 2


def test_an_unsettled_merge_is_said(repo: Repo) -> None:
    repo.commit({"run.yaml": OLD})
    repo.git("checkout", "--quiet", "-b", "side")
    repo.commit({"run.yaml": OLD.replace("1e-3", "2e-3")})
    repo.git("checkout", "--quiet", "-")
    repo.commit({"run.yaml": OLD.replace("1e-3", "3e-3")})
    repo.git("merge", "side", check=False)
    staged, lying_there = repo.diff("--staged"), repo.diff()
    assert staged.err == "run.yaml: has conflicts of a merge that is not settled: not compared\n"
    assert lying_there.err.startswith("run.yaml: line 2: holds conflict markers")
    assert (staged.code, lying_there.code) == (0, 0)


def test_an_untracked_file_has_nothing_to_compare_with_and_a_clean_one_no_changes(
    repo: Repo,
) -> None:
    repo.commit({"clean.yaml": OLD})
    write(repo.folder / "untracked.yaml", "lr: 1\n")
    assert repo.diff("untracked.yaml").err == (
        "untracked.yaml: is not in HEAD yet: nothing to compare it with\n"
    )
    clean = repo.diff("clean.yaml")
    assert (clean.code, clean.out, clean.err) == (0, "No config differs from HEAD.\n", "")


def test_deleted_linked_and_excluded_files_are_passed_over(repo: Repo) -> None:
    repo.commit({"gone.yaml": OLD, "vendored/run.yaml": OLD, "linked.yaml": OLD})
    write(repo.folder / "triptych.toml", 'extend-exclude = ["vendored"]\n')
    repo.stage({"vendored/run.yaml": TWO})
    repo.git("rm", "--quiet", "gone.yaml")
    (repo.folder / "linked.yaml").unlink()
    (repo.folder / "linked.yaml").symlink_to("vendored/run.yaml")
    repo.git("add", "linked.yaml")
    done = repo.diff("--staged")
    assert (done.code, done.err) == (0, "")


def test_names_with_blanks_and_accents_are_found(repo: Repo) -> None:
    name = "my runs/caf\u00e9 \u00e0 la.yaml"
    repo.commit({name: OLD})
    repo.stage({name: TWO})
    _, (asked,) = repo.found("--staged", name)
    assert asked["filename"] == name


def test_the_users_own_diff_settings_change_nothing(repo: Repo) -> None:
    repo.commit({"configs/run.yaml": OLD})
    for setting in ("diff.relative", "diff.noprefix", "diff.mnemonicPrefix"):
        repo.git("config", setting, "true")
    repo.git("config", "diff.external", "false")
    repo.git("config", "diff.renames", "false")
    repo.git("config", "color.ui", "always")
    repo.git("mv", "configs/run.yaml", "configs/adam.yaml")
    repo.stage({"configs/adam.yaml": TWO})
    assert repo.found("--staged", cwd="configs")[0] == 1
