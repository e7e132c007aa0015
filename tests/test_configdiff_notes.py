"""What ``state.md`` and ``attempts.jsonl`` announce is no surprise."""

from __future__ import annotations

import json
import os
import shutil
import time
from pathlib import Path

import pytest
from configdiff_repository import Repo
from configdiff_support import write

from triptych_lint.configdiff.notes import bullets

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")

OLD = "optimizer: {name: sgd, lr: 1e-3}\nbatch_size: 32\nepochs: 10\n"
THREE = "optimizer: {name: adam, lr: 3e-4}\nbatch_size: 16\nepochs: 10\n"
STATE = "# Study\n\n## Goal\n\nLower the loss.\n\n## {title}\n\n{body}\n\n## Next Step\n\n- lr\n"
ALL = "- lr 1e-3 -> 3e-4, batch size 16\n- adam instead of sgd"


def changed(repo: Repo, new: str = THREE, old: str = OLD) -> None:
    repo.commit({"run.yaml": old})
    repo.stage({"run.yaml": new})


def state(repo: Repo, body: str, title: str = "Tests", place: str = "state.md") -> Path:
    return write(repo.folder / place, STATE.format(title=title, body=body))


@pytest.mark.parametrize("place", ["state.md", "workspace/research/state.md", "research/state.md"])
@pytest.mark.parametrize("title", ["Tests", "Attempts", "tests"])
def test_a_change_that_the_notes_name_is_not_asked_about(
    repo: Repo, place: str, title: str
) -> None:
    changed(repo)
    state(repo, ALL, title, place)
    assert repo.found() == (0, [])
    assert repo.found("--staged") == (0, [])


@pytest.mark.parametrize(
    "body",
    [
        "- learning rate, optimizer and batch",
        "- Learning-rate 0.0003\n- `optimizer.name`: adam\n- batch_size=16",
        "* LR, bs and Adam together\n  as in the paper",
        "- **lr 1e-3 -> 3e-4, optimizer, batch 32 -> 16** - outcome: kept. val_loss (0.31 -> 0.28)",
    ],
)
def test_variables_go_by_the_names_that_people_use(repo: Repo, body: str) -> None:
    changed(repo)
    state(repo, body)
    assert repo.found() == (0, [])


def test_what_the_notes_leave_out_is_listed(repo: Repo) -> None:
    changed(repo)
    state(repo, "- lr 1e-3 -> 3e-4")
    code, (asked,) = repo.found()
    assert code == 1
    assert asked["question"].endswith(
        "state.md names lr; is the rest (optimizer and batch) meant to move as well?"
    )
    assert "state.md names only lr" in asked["message"]


@pytest.mark.parametrize(
    "body", ["- lr 1e-2, batch 64, optimizer lion", "nothing but words about lr and batch", ""]
)
def test_other_values_or_plain_text_announce_nothing_loud(repo: Repo, body: str) -> None:
    changed(repo)
    state(repo, body)
    assert repo.found()[0] == 1


def test_other_sections_announce_nothing(repo: Repo) -> None:
    changed(repo)
    state(repo, ALL, title="Open Threads")
    assert repo.found()[0] == 1


def test_notes_from_before_the_last_commit_are_old(repo: Repo) -> None:
    changed(repo)
    path = state(repo, ALL)
    past = time.time() - 86_400
    os.utime(path, (past, past))
    assert repo.found()[0] == 1


def test_of_notes_that_git_follows_only_new_bullets_count(repo: Repo) -> None:
    repo.commit({"run.yaml": OLD, "state.md": STATE.format(title="Tests", body=ALL)})
    repo.stage({"run.yaml": THREE})
    state(repo, ALL + "\n- something else")
    assert repo.found()[0] == 1
    state(repo, ALL + "\n- again: lr, optimizer, batch")
    assert repo.found() == (0, [])


@pytest.mark.parametrize("stamp", ["number", "iso", "utc"])
def test_an_attempt_counts_when_it_is_newer(repo: Repo, stamp: str) -> None:
    changed(repo)
    state(repo, "")
    now = time.time() + 5
    forms = {
        "number": now,
        "iso": time.strftime("%Y-%m-%dT%H:%M:%S", time.localtime(now)),
        "utc": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now)),
    }
    line = {"ts": forms[stamp], "description": "lr 3e-4, adam, batch 16", "outcome": "kept"}
    write(repo.folder / "attempts.jsonl", "not json\n" + json.dumps(line) + "\n[1]\n")
    assert repo.found() == (0, [])
    line["ts"] = "2001-01-01T00:00:00"
    write(repo.folder / "attempts.jsonl", json.dumps(line) + "\n")
    assert repo.found()[0] == 1


def test_attempts_count_without_any_notes(repo: Repo) -> None:
    changed(repo)
    line = {"ts": time.time() + 5, "description": "lr 3e-4 and adam"}
    write(repo.folder / "workspace/research/attempts.jsonl", json.dumps(line) + "\n")
    _, (asked,) = repo.found()
    assert "workspace/research/attempts.jsonl names lr and optimizer; is the" in asked["question"]


def test_in_formalization_every_joint_change_is_a_warning(repo: Repo) -> None:
    changed(repo, OLD.replace("1e-3", "3e-4").replace("10", "20"))
    place = "workspace/research/"
    state(repo, "", place=place + "state.md")
    write(repo.folder / place / "session.json", '{"phase": "exploration"}')
    assert repo.found()[0] == 0
    write(repo.folder / place / "session.json", '{"phase": "formalization"}')
    assert repo.found()[0] == 1
    write(repo.folder / place / "session.json", "{")
    assert repo.found()[0] == 0


def test_bullets_run_on_over_lines_and_end_with_the_section() -> None:
    text = "## Tests\n- one\n  more\n- two\n\n## Goal\n- three\n## Attempts\n* four\n"
    assert bullets(text) == ["one\n  more", "two", "four"]
