"""``triptych-lint diff`` as people and programs call it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from configdiff_support import write
from support import Run

Lint = Callable[..., Run]

OLD = "name: base\noptimizer: sgd\nlr: 1e-3\nbatch_size: 32\nwarmup: 10\n"
LOUD = "name: next\noptimizer: adam\nlr: 3e-4\nbatch_size: 32\nwarmup: 10\n"
SOFT = OLD.replace("1e-3", "3e-4").replace("warmup: 10", "warmup: 90")
ONE = OLD.replace("1e-3", "3e-4")


@pytest.fixture
def diff(lint: Lint, tmp_path: Path) -> Lint:
    """Compares texts, written as ``old.yaml`` and ``new.yaml``."""

    def run(old: str, new: str, *options: str) -> Run:
        write(tmp_path / "old.yaml", old)
        write(tmp_path / "new.yaml", new)
        return lint("diff", "old.yaml", "new.yaml", *options)

    return run


def test_the_exit_code_is_that_of_the_loudest_question(diff: Lint) -> None:
    assert diff(OLD, LOUD).code == 1
    assert diff(OLD, SOFT).code == 0
    assert diff(OLD, SOFT, "--strict").code == 1
    assert diff(OLD, ONE, "--strict").code == 0
    assert diff(OLD, OLD).code == 0


def test_full_shows_a_table_then_the_question_then_the_lines(diff: Lint) -> None:
    out = diff(OLD, LOUD).out
    assert (
        out
        == """\
new.yaml, compared with old.yaml
  group       key         old    new
  lr          lr          1e-3   3e-4
  optimizer   optimizer   sgd    adam
  also changed, not counted: name

new.yaml:2:12  TRP501 multi-variable-change
Two things move at once in new.yaml: lr 1e-3 to 3e-4, optimizer sgd to adam. If val_loss changes,
which one did it?

    1 │ name: next
    2 │ optimizer: adam
      │            ^^^^ optimizer, was sgd
    3 │ lr: 3e-4
      │     ---- learning rate, was 1e-3

  why: triptych-lint rule TRP501

Found 1 question in 1 file.
"""
    )


def test_the_table_says_what_is_tied_to_what(diff: Lint) -> None:
    out = diff("lr: 0.1\nbatch_size: 32\n", "lr: 0.2\nbatch_size: 64\nnew: 1\n").out
    assert "lr      lr           0.1   0.2   batch: scaled with the batch" in out
    assert "added: new = 1" in out
    assert "nothing to ask" in out


def test_colours_come_only_when_asked_for(diff: Lint) -> None:
    assert "\x1b" not in diff(OLD, LOUD).out
    assert "\x1b" in diff(OLD, LOUD, "--color").out


def test_concise_is_one_line_per_question(diff: Lint) -> None:
    first, last = diff(OLD, LOUD, "--output-format", "concise").out.splitlines()
    assert first.startswith("new.yaml:2:12: TRP501 Two things move at once in new.yaml: lr 1e-3")
    assert last == "Found 1 question in 1 file."


def test_json_holds_changes_base_and_diagnostics(diff: Lint) -> None:
    new = LOUD.replace("warmup: 10", "warmup: ${nowhere.x}") + "added: [.nan]\n"
    done = diff(OLD, new, "--output-format", "json")
    found = json.loads(done.out)
    assert sorted(found) == ["base", "changes", "diagnostics"]
    assert found["base"] == "old.yaml"
    changes = {change["key"]: change for change in found["changes"]}
    assert changes["lr"] == {
        "axis": "lr",
        "counted": True,
        "key": "lr",
        "old": 0.001,
        "new": 0.0003,
        "filename": "new.yaml",
        "location": {"row": 3, "column": 5},
        "tied_to": None,
        "unresolved": False,
    }
    assert changes["name"]["axis"] is None
    assert not changes["name"]["counted"]
    assert changes["warmup"]["unresolved"]
    assert not changes["warmup"]["counted"]
    assert changes["added"]["new"] == ["nan"]
    (asked,) = found["diagnostics"]
    assert asked["code"] == "TRP501"
    assert asked["severity"] == "warning"
    assert asked["location"] == {"row": 2, "column": 12}
    assert [e["message"] for e in asked["evidence"]] == [
        "learning rate, was 1e-3",
        "optimizer, was sgd",
    ]


def test_json_is_complete_when_nothing_changed(diff: Lint) -> None:
    found = json.loads(diff(OLD, OLD, "--output-format", "json").out)
    assert found == {"changes": [], "base": "old.yaml", "diagnostics": []}


def test_settings_add_keys_and_take_some_away(diff: Lint, tmp_path: Path) -> None:
    old, new = "eta_zero: 1\nlr: 1\nbs: 8\n", "eta_zero: 2\nlr: 1\nbs: 4\n"
    assert diff(old, new).code == 0
    table = "[rules.TRP501]\n"
    write(tmp_path / "triptych.toml", table + 'variables = {lr = ["eta_*"]}\n')
    assert diff(old, new).code == 1
    write(tmp_path / "triptych.toml", table + 'variables = {lr = ["eta_*"]}\nignore = ["bs"]\n')
    assert diff(old, new).code == 0
    write(tmp_path / "triptych.toml", table + 'variables = {"reward shape" = ["eta_zero"]}\n')
    assert "eta_zero 1 to 2" in diff(old, new).out


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("variables = 3", "rules.TRP501.variables: expected a table"),
        ('variables = {lr = "eta"}', "rules.TRP501.variables.lr: expected a list"),
        ("ignore = [1]", "rules.TRP501.ignore: expected a list"),
        ("groups = {}", "rules.TRP501.groups: unknown key"),
    ],
)
def test_settings_that_cannot_be_used_are_an_error(
    diff: Lint, tmp_path: Path, table: str, message: str
) -> None:
    write(tmp_path / "triptych.toml", f"[rules.TRP501]\n{table}\n")
    done = diff(OLD, LOUD)
    assert done.code == 2
    assert f"triptych.toml: {message}" in done.err


def test_a_rule_that_is_ignored_asks_nothing_and_the_table_stays(
    diff: Lint, tmp_path: Path
) -> None:
    write(tmp_path / "triptych.toml", 'ignore = ["TRP501"]\n')
    done = diff(OLD, LOUD)
    assert done.code == 0
    assert "optimizer   sgd" in done.out
    write(tmp_path / "triptych.toml", '[per-file-ignores]\n"new.yaml" = ["TRP5"]\n')
    assert diff(OLD, LOUD).code == 0


def bad_inputs() -> list[tuple[str, bytes, str]]:
    return [
        ("missing.yaml", b"", "missing.yaml: cannot be read (no such file or folder)"),
        ("folder", b"", "folder: is a folder; name two files"),
        ("a.yaml", b"lr: [", "a.yaml: line 1: is not valid YAML"),
        ("a.json", b"{", "a.json: line 1: is not valid JSON"),
        ("a.yaml", b"\0\1", "a.yaml: contains NUL bytes"),
        ("a.yaml", b"\xff\xfe", "a.yaml: cannot be decoded as utf-8"),
        (
            "a.yaml",
            b"x: 1\n" * 400_000,
            "a.yaml: is not compared: it is larger than 1,000,000 bytes",
        ),
        ("a.yaml", b"<<<<<<< a\nlr: 1\n=======\nlr: 2\n>>>>>>> b\n", "line 1: holds conflict"),
        ("HEAD:a.yaml", b"", "HEAD:a.yaml: cannot be read from git"),
    ]


@pytest.mark.parametrize(("name", "data", "message"), bad_inputs())
def test_a_file_that_cannot_be_compared_is_named_with_its_cause(
    lint: Lint, tmp_path: Path, name: str, data: bytes, message: str
) -> None:
    write(tmp_path / "old.yaml", OLD)
    (tmp_path / "folder").mkdir()
    if data:
        (tmp_path / name).write_bytes(data)
    for order in (("old.yaml", name), (name, "old.yaml")):
        done = lint("diff", *order, "--output-format", "json")
        assert done.code == 2
        assert message in done.err
        assert len(done.err.splitlines()) == 1
        assert json.loads(done.out)["changes"] == []


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_named(lint: Lint, tmp_path: Path) -> None:
    write(tmp_path / "old.yaml", OLD)
    write(tmp_path / "new.yaml", LOUD).chmod(0)
    done = lint("diff", "old.yaml", "new.yaml")
    assert done.code == 2
    assert "new.yaml: cannot be read (permission denied)" in done.err


def test_a_key_written_twice_is_told_and_compared_all_the_same(diff: Lint) -> None:
    done = diff(OLD, LOUD + "lr: 5e-4\n")
    assert done.code == 1
    assert 'new.yaml: line 6: "lr" is set a second time; the last value counts' in done.err
    assert "lr 1e-3 to 5e-4" in done.out


def test_outside_of_a_repository_two_files_are_asked_for(lint: Lint, tmp_path: Path) -> None:
    done = lint("diff", env={"GIT_CEILING_DIRECTORIES": str(tmp_path.parent)})
    assert done.code == 2
    assert "name two files to compare" in done.err


def test_markdown_is_a_table_for_a_pull_request(diff: Lint) -> None:
    new = LOUD.replace("warmup: 10", "warmup: ${x.y}").replace("name: next", "name: a|b_c")
    done = diff(OLD, new + "extra: 1\n", "--output-format", "markdown")
    assert done.code == 1
    assert (
        done.out
        == """\
### `new.yaml`

Compared with old.yaml.

| group | key | old | new | tied to |
| --- | --- | --- | --- | --- |
| **lr** | `lr` | `1e-3` | `3e-4` |  |
| **optimizer** | `optimizer` | `sgd` | `adam` |  |
| schedule | `warmup` | `10` | `${x.y}` | unresolved: not counted |

Also changed, not counted: name.

Added: extra = 1.

> **TRP501** Two things move at once in new.yaml: lr 1e-3 to 3e-4, optimizer sgd to adam. \
If val\\_loss changes, which one did it? (`new.yaml:2`)

"""
    )
    assert diff(OLD, OLD, "--output-format", "markdown").out == ""


def test_github_is_one_annotation_per_question(diff: Lint) -> None:
    done = diff(OLD, LOUD, "--output-format", "github")
    assert done.code == 1
    assert done.out == (
        "::warning file=new.yaml,line=2,endLine=2,title=TRP501 multi-variable-change,col=12,"
        "endColumn=16::Two things move at once in new.yaml: lr 1e-3 to 3e-4, optimizer sgd to adam."
        " If val_loss changes, which one did it?\n"
    )
    assert diff(OLD, SOFT, "--output-format", "github").out.startswith("::notice file=new.yaml")
