"""Commits one by one, new files and what they build on, folders, and recorded runs."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from configdiff_repository import Repo
from configdiff_support import write
from support import Run

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")

OLD = "optimizer: sgd\nlr: 1e-3\nbatch_size: 32\nepochs: 10\nloss: bce\nseed: 1\n"
TWO = OLD.replace("sgd", "adam").replace("1e-3", "3e-4")


def commit(repo: Repo, files: dict[str, str], *messages: str) -> str:
    repo.stage(files)
    options = [option for message in messages for option in ("-m", message)]
    repo.git("commit", "--quiet", *(options or ["-m", "state"]))
    return repo.git("rev-parse", "HEAD").strip()


# Commits


def test_two_commits_of_one_variable_each_are_fine(repo: Repo) -> None:
    base = commit(repo, {"run.yaml": OLD})
    commit(repo, {"run.yaml": OLD.replace("sgd", "adam")})
    commit(repo, {"run.yaml": TWO})
    assert repo.found("--base", base) == (0, [])
    assert repo.found(f"{base}:run.yaml", "run.yaml")[0] == 1


def test_a_commit_that_moves_two_is_asked_about_under_its_name(repo: Repo) -> None:
    base = commit(repo, {"run.yaml": OLD})
    name = commit(repo, {"run.yaml": TWO}, "try adam")
    commit(repo, {"run.yaml": TWO.replace("32", "64")})
    done = repo.diff("--base", base)
    assert done.code == 1
    assert f"commit {name[:9]} try adam" in done.out
    assert f"run.yaml, compared with {base[:9]}" in done.out
    _, (asked,) = repo.found("--base", base)
    assert asked["commit"] == name


def test_the_trailer_of_a_commit_gives_the_reason(repo: Repo) -> None:
    base = commit(repo, {"run.yaml": OLD})
    commit(repo, {"run.yaml": TWO}, "tuned", "Experiment: joint values of the search of May")
    assert repo.found("--base", base) == (0, [])
    commit(repo, {"run.yaml": OLD}, "back", "Experiment: joint")
    assert repo.found("--base", base)[0] == 1


def test_in_ci_the_commits_of_pre_commit_are_compared(repo: Repo, lint: Callable[..., Run]) -> None:
    base = commit(repo, {"run.yaml": OLD})
    last = commit(repo, {"run.yaml": TWO})
    refs = {"PRE_COMMIT_FROM_REF": base, "PRE_COMMIT_TO_REF": last}
    assert lint("diff", "--staged", "run.yaml", cwd=repo.folder, env=refs).code == 1
    assert lint("diff", "--staged", "run.yaml", cwd=repo.folder).code == 0


def test_merges_are_passed_over_and_the_first_commit_has_no_base(repo: Repo) -> None:
    commit(repo, {"run.yaml": OLD, "note.txt": "x"})
    trunk = repo.git("rev-parse", "--abbrev-ref", "HEAD").strip()
    repo.git("checkout", "--quiet", "-b", "side")
    commit(repo, {"run.yaml": OLD.replace("sgd", "adam")})
    commit(repo, {"run.yaml": TWO})
    repo.git("checkout", "--quiet", trunk)
    before = commit(repo, {"note.txt": "y"})
    repo.git("merge", "--quiet", "--no-ff", "-m", "merge", "side")
    assert repo.found("--base", before) == (0, [])
    orphan = repo.diff("--base", "HEAD~9")
    assert orphan.code == 2
    assert orphan.err.startswith(".: HEAD~9..HEAD cannot be read from git (")


def test_a_merge_that_is_about_to_be_committed_gets_a_note_at_most(repo: Repo) -> None:
    commit(repo, {"run.yaml": OLD})
    trunk = repo.git("rev-parse", "--abbrev-ref", "HEAD").strip()
    repo.git("checkout", "--quiet", "-b", "side")
    commit(repo, {"run.yaml": TWO})
    repo.git("checkout", "--quiet", trunk)
    repo.git("merge", "--quiet", "--no-ff", "--no-commit", "side")
    code, (asked,) = repo.found("--staged")
    assert code == 0
    assert asked["severity"] == "note"


def test_an_amended_a_detached_and_a_linked_work_tree_are_read_alike(
    repo: Repo, lint: Callable[..., Run]
) -> None:
    commit(repo, {"run.yaml": OLD})
    repo.stage({"run.yaml": OLD.replace("32", "64")})
    repo.git("commit", "--quiet", "--amend", "--no-edit")
    assert repo.found() == (0, [])
    repo.git("checkout", "--quiet", "--detach")
    repo.stage({"run.yaml": TWO})
    assert repo.found("--staged")[0] == 1
    repo.git("worktree", "add", "--quiet", "../linked", "HEAD")
    linked = repo.folder.parent / "linked"
    write(linked / "run.yaml", TWO)
    assert lint("diff", cwd=linked).code == 1


def test_a_submodule_is_a_repository_of_its_own(repo: Repo, tmp_path: Path) -> None:
    commit(repo, {"run.yaml": OLD})
    inner = str(repo.folder)
    outer = tmp_path.parent / f"{tmp_path.name}-outer"
    outer.mkdir()
    other = Repo(outer, repo._lint)
    other.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", inner, "sub")
    other.git("commit", "--quiet", "-m", "sub")
    write(outer / "sub" / "run.yaml", TWO)
    assert other.found() == (0, [])
    assert other.found(cwd="sub")[0] == 1


# New files

RECIPE = OLD + "weight_decay: 0.1\nname: base\n"


def test_a_new_file_is_compared_with_its_nearest_sibling(repo: Repo) -> None:
    far = RECIPE.replace("sgd", "lamb").replace("10", "90").replace("1e-3", "5")
    commit(repo, {"exp/001.yaml": far, "exp/002.yaml": RECIPE, "exp/other.yaml": "a: 1\nb: 2\n"})
    repo.stage({"exp/003.yaml": RECIPE.replace("1e-3", "3e-4").replace("base", "lower")})
    assert repo.found("--staged") == (0, [])
    repo.stage({"exp/003.yaml": RECIPE.replace("1e-3", "3e-4").replace("32", "64")})
    done = repo.diff("--staged")
    assert done.code == 1
    assert "exp/003.yaml, compared with its nearest sibling exp/002.yaml" in done.out


def test_a_file_that_is_like_no_other_is_compared_with_nothing(repo: Repo) -> None:
    commit(repo, {"exp/001.yaml": RECIPE})
    repo.stage({"exp/new.yaml": "lr: 1\nmodel: big\nlayers: 4\nheads: 8\ndata: x\n"})
    assert repo.found("--staged") == (0, [])


@pytest.mark.parametrize(
    ("parent", "child"),
    [
        ("base.yaml", "# base: ../base.yaml\noptimizer: adam\nlr: 3e-4\n"),
        ("base.yaml", "_BASE_: ../base.yaml\noptimizer: adam\nlr: 3e-4\n"),
        ("exp/base.yaml", "defaults: [base, _self_]\noptimizer: adam\nlr: 3e-4\n"),
        ("exp/base.yaml", "defaults:\n- base\n- override /db: x\noptimizer: adam\nlr: 3e-4\n"),
    ],
)
def test_a_new_file_is_compared_with_the_parent_that_it_names(
    repo: Repo, parent: str, child: str
) -> None:
    commit(repo, {parent: OLD, "exp/like.yaml": child.replace("3e-4", "3e-4\nx: 1\ny: 2")})
    repo.stage({"exp/try.yaml": child})
    code, (asked,) = repo.found("--staged")
    assert code == 1
    assert "lr 1e-3 to 3e-4, optimizer sgd to adam" in asked["question"]
    assert f"its base {parent}" in repo.diff("--staged").out
    repo.stage({"exp/try.yaml": child.replace("optimizer: adam\n", "")})
    assert repo.found("--staged") == (0, [])


def test_a_config_in_python_is_compared_with_its_base(repo: Repo) -> None:
    base = "optimizer = dict(type='SGD', lr=0.1, momentum=0.9)\ndata = dict(batch_size=2)\n"
    commit(repo, {"configs/_base_/s.py": base})
    child = "_base_ = ['./_base_/s.py']\noptimizer = dict(lr=0.3)\n"
    repo.stage({"configs/big.py": child})
    assert repo.found("--staged") == (0, [])
    repo.stage({"configs/big.py": child + "data = dict(batch_size=8)\n"})
    assert repo.found("--staged")[0] == 1
    replaced = "_base_ = ['./_base_/s.py']\noptimizer = dict(_delete_=True, type='Lion', lr=1e-4)\n"
    repo.stage({"configs/big.py": replaced})
    assert repo.found("--staged")[0] == 1


def test_a_new_script_is_not_compared_with_those_beside_it(repo: Repo) -> None:
    script = "import torch\nlr = 0.1\nbatch_size = 2\nopt = torch.optim.SGD(p, lr=lr)\n"
    commit(repo, {"train.py": script})
    repo.stage({"other.py": script.replace("0.1", "0.2").replace("= 2", "= 4")})
    assert repo.found("--staged") == (0, [])


def test_code_that_does_not_train_is_left_alone(repo: Repo) -> None:
    server = "import flask\nBATCH_SIZE = 8\nTEMPERATURE = 0.5\nDROPOUT = 1\n"
    trainer = server.replace("flask", "torch")
    config = server.replace("import flask", "LR = 1")
    commit(repo, {"server.py": server, "trainer.py": trainer, "config.py": config})
    for name, text in (("server.py", server), ("trainer.py", trainer), ("config.py", config)):
        repo.stage({name: text.replace("8", "9").replace("0.5", "0.7")})
    _, (asked,) = repo.found()
    assert asked["filename"] == "config.py"
    told = [evidence["message"] for evidence in asked["evidence"]]
    assert told[-1] == "the same change in trainer.py"
    assert "server.py" not in str(asked)


# Folders


def test_two_folders_are_compared_file_by_file(lint: Callable[..., Run], tmp_path: Path) -> None:
    for name, text in (("a/x/run.yaml", OLD), ("b/x/run.yaml", TWO), ("a/only.yaml", OLD)):
        write(tmp_path / name, text)
    write(tmp_path / "a" / "bad.yaml", "lr: [")
    write(tmp_path / "b" / "bad.yaml", "lr: 1")
    done = lint("diff", "a", "b")
    assert done.code == 1
    assert "b/x/run.yaml, compared with a/x/run.yaml" in done.out
    assert done.err.startswith("a/bad.yaml: line 1: is not valid YAML")
    write(tmp_path / "c" / "other.yaml", OLD)
    assert lint("diff", "a", "c").err == "c: has no config in common with a\n"


@pytest.mark.parametrize(
    "place", [".hydra/config.yaml", "files/config.yaml", "wandb/latest-run/files/config.yaml"]
)
def test_recorded_runs_are_found_in_their_folders(
    lint: Callable[..., Run], tmp_path: Path, place: str
) -> None:
    wandb = (
        "_wandb: {{value: {{cli_version: {n}}}}}\nlr: {{value: {lr}}}\nbatch_size: {{value: {n}}}\n"
    )
    write(tmp_path / "one" / place, wandb.format(lr=0.1, n=1))
    write(tmp_path / "two" / place, wandb.format(lr=0.2, n=3))
    write(tmp_path / "one" / "code.py", "lr = 1\n")
    found = json.loads(lint("diff", "one", "two", "--output-format", "json").out)
    assert {c["key"] for c in found["changes"] if c["counted"]} == {"lr.value", "batch_size.value"}
    write(tmp_path / "plan.yaml", "lr: 0.1\nbatch_size: 3\n")
    assert lint("diff", "plan.yaml", "two").code == 0
    if place.startswith(".hydra"):
        assert lint("diff", os.path.join("one", ".hydra"), os.path.join("two", ".hydra")).code == 1
