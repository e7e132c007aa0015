"""``--split`` takes a joint change apart, ``--record`` notes it."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from configdiff_repository import Repo
from configdiff_support import compare, write
from support import Run

from triptych_lint.configdiff.compare import Comparison
from triptych_lint.configdiff.ladder import NoLadder, Step, ladder
from triptych_lint.configdiff.recording import with_bullets
from triptych_lint.configdiff.variables import load

OLD = """\
# the baseline
name: base   # keep
optimizer:
  name: sgd  # classic
  lr: 1e-3
batch_size: 32
milestones:
- 10
- 20
epochs: 30
note: 'x'
"""
NEW = """\
# better
name: next
optimizer: {name: adam, lr: 3.0e-4}
epochs: 30
batch_size: 16
milestones: [10, 20]
note: "y"
"""


def steps(old: str, new: str, name: str = "run.yaml") -> list[Step]:
    file = compare(old, new, name).file
    (run,) = file.runs
    return ladder(file, run, Comparison(load()))


def test_each_step_moves_one_variable_and_keeps_the_rest_to_the_byte() -> None:
    found = steps(OLD, NEW)
    assert [step.name for step in found] == ["lr", "optimizer", "batch", "all"]
    lr, optimizer, batch, whole = (step.data.decode() for step in found)
    assert lr == OLD.replace("1e-3", "3.0e-4")
    assert optimizer == OLD.replace("sgd", "adam")
    assert batch == OLD.replace("32", "16")
    assert whole.startswith("# the baseline\nname: next   # keep\n")
    assert compare(NEW, whole).changed == {}


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        (
            "run.toml",
            "lr = 0.1 # a\n[o]\nbatch_size = 8\n",
            "lr = 0.2\no = {batch_size = 16}\ndropout = 1\n",
        ),
        ("run.json", '{"lr": 0.1,\n  "bs": 8}', '{"bs": 4, "lr": 0.2}'),
        ("run.jsonc", '{"lr": 0.1, // why\n  "bs": 8,}', '{"bs": 4, "lr": 0.2}'),
        ("run.py", "lr = 0.1  # why\nbs = 2 * 4\n", "bs = 4\nlr = 2e-1\n"),
        (
            "run.sh",
            "LR=0.1\npython t.py --lr $LR \\\n --bs 8 # x\n",
            "python t.py --lr=0.2 --bs=4\n",
        ),
        ("run.yaml", "rate: &r 0.1\nlr: *r\nbs: 8\n", "rate: 0.1\nlr: 0.2\nbs: 4\n"),
        ("run.yaml", "rate: 0.1\nlr: ${rate}\nbs: 8\n", "rate: 0.5\nlr: ${rate}\nbs: 4\n"),
    ],
    ids=["toml", "json", "jsonc", "python", "shell", "anchor", "reference"],
)
def test_a_ladder_leads_from_the_old_to_the_new_version(name: str, old: str, new: str) -> None:
    try:
        *single, whole = steps(old, new, name)
    except NoLadder:
        assert "&r" in old, "only a shared anchor keeps a value from being changed alone"
        return
    wanted = compare(old, new, name).counted
    assert [step.name for step in single] == wanted
    for step in single:
        assert compare(old, step.data.decode(), name).counted == [step.name]
    assert compare(whole.data.decode(), new, name).changed == {}


def test_what_is_tied_moves_with_its_leader() -> None:
    old = "lr: 0.1\nbatch_size: 32\nepochs: 10\ndropout: 0.1\nwarmup_epochs: 2\n"
    new = "lr: 0.2\nbatch_size: 64\nepochs: 20\ndropout: 0.2\nwarmup_epochs: 4\n"
    names = [step.name for step in steps(old, new)]
    assert names == ["batch", "length", "regularisation", "all"]
    (batch, *_) = steps(old, new)
    assert batch.data.decode() == old.replace("lr: 0.1", "lr: 0.2").replace("32", "64")


def test_the_command_writes_new_files_only(lint: Callable[..., Run], tmp_path: Path) -> None:
    write(tmp_path / "old.yaml", OLD)
    write(tmp_path / "new.yaml", NEW)
    done = lint("diff", "old.yaml", "new.yaml", "--split", "ladder")
    assert done.code == 1
    names = ["new.1-lr.yaml", "new.2-optimizer.yaml", "new.3-batch.yaml", "new.4-all.yaml"]
    assert sorted(path.name for path in (tmp_path / "ladder").iterdir()) == names
    assert done.err == "".join(f"wrote ladder/{name}\n" for name in names)
    assert (tmp_path / "new.yaml").read_text() == NEW
    (tmp_path / "ladder" / "new.1-lr.yaml").write_text("mine")
    again = lint("diff", "old.yaml", "new.yaml", "--split", "ladder")
    assert again.code == 2
    assert again.err == "ladder/new.1-lr.yaml: cannot be written (file exists)\n"
    assert (tmp_path / "ladder" / "new.1-lr.yaml").read_text() == "mine"
    write(tmp_path / "one.yaml", OLD.replace("1e-3", "1e-4"))
    assert lint("diff", "old.yaml", "one.yaml", "--split", "none").code == 0
    assert not (tmp_path / "none").exists()


def test_each_run_of_a_file_has_its_own_ladder(lint: Callable[..., Run], tmp_path: Path) -> None:
    old = "ppo/x: {lr: 0.1, batch_size: 8, epochs: 1}\ndqn: {lr: 0.1, batch_size: 8, epochs: 1}\n"
    write(tmp_path / "old.yaml", old)
    write(tmp_path / "new.yaml", old.replace("lr: 0.1, batch_size: 8", "lr: 0.7, batch_size: 4", 1))
    assert lint("diff", "old.yaml", "new.yaml", "--split", ".").code == 1
    text = (tmp_path / "new-ppo-x.1-lr.yaml").read_text()
    assert text == old.replace("lr: 0.1", "lr: 0.7", 1)


# Notes

STATE = "# Study\n\n## Goal\n\nLower it.\n\n## Attempts\n\n- x\n\n## Next Step\n\ny\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "## Tests\n\n- b\n"),
        ("# S\n", "# S\n\n## Tests\n\n- b\n"),
        ("# S", "# S\n\n## Tests\n\n- b\n"),
        ("## Tests\n", "## Tests\n\n- b\n"),
        ("## Tests", "## Tests\n\n- b\n"),
        ("## Tests\n\n- a\n", "## Tests\n\n- a\n- b\n"),
        ("## Tests\n\n- a\n\n## Goal\n\nz\n", "## Tests\n\n- a\n- b\n\n## Goal\n\nz\n"),
        ("## tests\n## Goal\n", "## tests\n\n- b\n\n## Goal\n"),
        (STATE, STATE.replace("## Att", "## Tests\n\n- b\n\n## Att")),
        ("# S\r\n\r\n## Tests\r\n\r\n- a\r\n", "# S\r\n\r\n## Tests\r\n\r\n- a\r\n- b\r\n"),
    ],
)
def test_a_bullet_goes_to_the_end_of_its_section(before: str, after: str) -> None:
    assert with_bullets(before, ["- b"]) == after


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
@pytest.mark.parametrize("place", ["", "state.md", "workspace/research/state.md"])
def test_what_is_recorded_is_not_asked_about_any_more(repo: Repo, place: str) -> None:
    old = "optimizer: sgd\nlr: 1e-3\nbatch_size: 32\n"
    repo.commit({"configs/run.yaml": old})
    if place:
        write(repo.folder / place, STATE)
    repo.stage({"configs/run.yaml": "optimizer: adam\nlr: 3e-4\nbatch_size: 32\n"})
    assert repo.diff().code == 1
    before = time.time()
    done = repo.diff("--record")
    path = place or "state.md"
    bullet = "- learning rate 1e-3 -> 3e-4, optimizer sgd -> adam (configs/run.yaml)"
    assert done.err == f"noted in {path}: {bullet}\n"
    assert done.code == 0
    text = (repo.folder / path).read_text()
    assert f"## Tests\n\n{bullet}\n" in text
    assert repo.diff("--record").err == ""
    assert (repo.folder / path).read_text() == text
    assert repo.diff().code == 0
    assert time.time() >= before


def test_committed_changes_are_not_recorded(repo: Repo) -> None:
    repo.commit({"run.yaml": "lr: 1\n"})
    assert repo.diff("--base", "HEAD", "--record").code == 2
