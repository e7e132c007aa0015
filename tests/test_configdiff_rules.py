"""Undeclared changes, new seeds, wide searches, and numbers that PyYAML reads as text."""

from __future__ import annotations

import shutil

import pytest
import yaml
from configdiff_repository import Repo
from configdiff_support import compare, write
from hypothesis import given
from hypothesis import strategies as st

from triptych_lint.configdiff.meaning import number
from triptych_lint.configdiff.yamlstrings import with_point

OLD = "lr: 0.001\nbatch_size: 32\nseed: 1\n"
READER = "import yaml\nconfig = yaml.safe_load(open('run.yaml'))\n"
git = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")


@git
def test_a_single_change_is_asked_about_where_notes_are_kept(repo: Repo) -> None:
    repo.commit({"run.yaml": OLD, "other.yaml": OLD})
    new = OLD.replace("0.001", "0.01")
    repo.stage({"run.yaml": new, "other.yaml": new})
    assert repo.found() == (0, [])
    write(repo.folder / "state.md", "# Study\n\n## Tests\n")
    code, (asked,) = repo.found()
    assert (code, asked["code"], asked["severity"]) == (0, "TRP503", "note")
    assert asked["question"] == (
        "One thing moves in other.yaml: lr 0.001 to 0.01. Shall state.md say what this run tests,"
        " before it starts?"
    )
    assert repo.diff("--record").code == 0
    assert repo.found() == (0, [])


@git
def test_what_is_committed_is_no_longer_to_be_announced(repo: Repo) -> None:
    repo.commit({"run.yaml": OLD})
    base = repo.git("rev-parse", "HEAD").strip()
    repo.commit({"run.yaml": OLD.replace("0.001", "0.01")})
    write(repo.folder / "state.md", "# Study\n")
    assert repo.found("--base", base) == (0, [])


def test_a_seed_beside_one_variable_is_asked_about_and_beside_two_it_is_not() -> None:
    one = OLD.replace("0.001", "0.01").replace("seed: 1", "seed: 2")
    (asked,) = compare(OLD, one).asked
    assert asked.code == "TRP504"
    assert asked.question == (
        "A new seed (1 to 2) and a new lr in run.yaml: lr 0.001 to 0.01. Keep the seed, or run both"
        " settings under both seeds?"
    )
    two = one.replace("32", "64")
    assert [found.code for found in compare(OLD, two).asked] == ["TRP501"]
    assert [found.code for found in compare(OLD, one, strict=True).asked] == ["TRP501"]


def test_a_wide_search_is_asked_about_only_on_demand() -> None:
    space = "search_space:\n  lr: [1, 2]\n  batch_size: [8, 16]\n  dropout: {}\n"
    old, new = space.format("[0.1]"), space.format("[0.1, 0.2]")
    assert compare(old, new).asked == []
    (asked,) = compare(old, new, select=("TRP505",)).asked
    assert "varies three variables at once: lr, batch and regularisation" in asked.question


@git
def test_an_exponent_without_a_dot_is_fixed_in_the_working_tree(repo: Repo) -> None:
    repo.commit({"run.yaml": OLD, "train.py": READER})
    text = "# why\r\nlr: 1e-3   # small\r\nbatch_size: 32\r\nseed: 2\r\nname: 1e-3\r\n"
    (repo.folder / "run.yaml").write_bytes(text.encode())
    _, (asked,) = repo.found()
    assert asked["code"] == "TRP506"
    assert asked["question"] == (
        "PyYAML reads `lr: 1e-3` in run.yaml as text. Would `1.0e-3` do, which it reads as a"
        " number?"
    )
    assert asked["fix"]["safety"] == "safe"
    done = repo.diff("--fix")
    assert done.err == "run.yaml: fixed TRP506\n"
    fixed = (repo.folder / "run.yaml").read_bytes().decode()
    assert fixed == text.replace("lr: 1e-3", "lr: 1.0e-3")
    assert repo.found() == (0, [])
    for wrong in (("--staged", "--fix"), ("--base", "HEAD", "--fix")):
        assert repo.diff(*wrong).code == 2


@git
def test_other_readers_settle_it(repo: Repo) -> None:
    repo.commit({"run.yaml": OLD, "train.py": READER})
    repo.stage({"run.yaml": OLD.replace("0.001", "1e-3")})
    assert len(repo.found()[1]) == 1
    for text in ("from omegaconf import OmegaConf\n", "x = float(config['lr'])\n"):
        write(repo.folder / "train.py", READER + text)
        assert repo.found() == (0, [])
    write(repo.folder / "train.py", "print(1)\n")
    assert repo.found() == (0, [])


@given(
    st.from_regex(
        r"[-+]?([0-9]{1,3}(\.[0-9]{0,3})?|\.[0-9]{1,3})[eE][-+]?[0-9]{1,2}", fullmatch=True
    )
)
def test_the_fix_is_the_number_that_everybody_else_reads(text: str) -> None:
    fixed = with_point(text)
    if fixed is None:
        assert isinstance(yaml.safe_load(text), float)
    else:
        assert isinstance(yaml.safe_load(text), str)
        assert yaml.safe_load(fixed) == number(text)


@pytest.mark.parametrize("text", ["1", "0.5", "abc", "1e", "0x1e3", "12e03", "1_0e3", "", "e3"])
def test_only_numbers_with_an_exponent_are_meant(text: str) -> None:
    fixed = with_point(text)
    assert fixed is None or yaml.safe_load(fixed) == number(text)
