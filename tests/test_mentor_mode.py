"""Exploration asks; formalization applies what is safe, and states what is left."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from support import SEEDED, UNSEEDED, Run

from triptych_lint.mentor.mode import mode_of, phase_of
from triptych_lint.rule import all_rules
from triptych_lint.settings import SettingsError

Lint = Callable[..., Run]

TRACKED = SEEDED.replace("import torch\n", "import torch\nimport wandb\n").replace(
    "    order = ", '    wandb.init(project="digits", config={"lr": 0.1})\n    order = '
)
"""A script with one finding, whose fix is safe (TRP104: the seed goes into the config)."""


@pytest.fixture
def session(tmp_path: Path) -> Callable[[str], None]:
    def write(phase: str) -> None:
        folder = tmp_path / "workspace" / "research"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "session.json").write_text(json.dumps({"phase": phase, "goal": "0.9"}))

    return write


def test_exploration_asks_and_changes_nothing(lint: Lint, tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(TRACKED)
    run = lint("train.py", "--strict")
    assert run.code == 1
    assert "Shall `wandb.init`" in run.out
    assert (tmp_path / "train.py").read_text() == TRACKED


def test_formalization_applies_what_is_safe_in_silence(lint: Lint, tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(TRACKED)
    run = lint("train.py", "--mode", "formalization", "--strict")
    assert (run.code, run.out, run.err) == (0, "", "")
    assert 'config={"lr": 0.1, "seed": 0}' in (tmp_path / "train.py").read_text()


def test_what_changes_the_result_waits_for_leave_and_is_stated(lint: Lint, tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(UNSEEDED)
    run = lint("train.py", "--mode", "formalization")
    assert run.code == 1
    assert run.out.splitlines() == [
        "train.py:10:13: TRP201 `np.random.permutation` on line 10 draws a permutation; "
        "torch is seeded, numpy is not."
    ]
    assert (tmp_path / "train.py").read_text() == UNSEEDED


def test_what_changed_the_result_gets_one_line(lint: Lint, tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(UNSEEDED)
    (tmp_path / "more.py").write_text(TRACKED)
    run = lint("--mode", "formalization", "--unsafe-fixes")
    assert run.code == 0
    assert run.out.splitlines() == [
        "train.py:10: seed numpy before the first draw: the numbers of the run change (TRP201)"
    ]
    assert "np.random.seed(0)" in (tmp_path / "train.py").read_text()


def test_no_fix_keeps_its_hands_off(lint: Lint, tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(TRACKED)
    run = lint("train.py", "--mode", "formalization", "--no-fix", "--strict")
    assert run.code == 1
    assert "?" not in run.out
    assert (tmp_path / "train.py").read_text() == TRACKED


def test_standard_input_is_stated_and_not_rewritten(lint: Lint) -> None:
    run = lint("-", "--mode", "formalization", stdin=UNSEEDED)
    assert run.code == 1
    assert run.out.startswith("-:10:13: TRP201 `np.random.permutation` on line 10 draws")


def test_the_full_report_states_as_well_where_it_is_asked_for(lint: Lint, tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(UNSEEDED)
    run = lint("train.py", "--mode", "formalization", "--output-format", "full")
    assert "numpy is not.\n" in run.out
    assert "did we mean" not in run.out


def test_json_holds_question_and_statement_in_both(lint: Lint, tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(UNSEEDED)
    asked, stated = (
        json.loads(lint("train.py", "--mode", mode, "--output-format", "json").out)
        for mode in ("exploration", "formalization")
    )
    assert asked == stated
    assert asked[0]["question"].endswith("unseeded.")


@pytest.mark.parametrize("where", ["option", "variable", "setting", "session"])
def test_the_mode_may_stand_anywhere(
    lint: Lint, tmp_path: Path, session: Callable[[str], None], where: str
) -> None:
    (tmp_path / "train.py").write_text(UNSEEDED)
    env = {"TRIPTYCH_MODE": "formalization"} if where == "variable" else {}
    if where == "setting":
        (tmp_path / "triptych.toml").write_text('mode = "formalization"\n')
    if where == "session":
        session("formalization")
    args = ["--mode", "formalization"] if where == "option" else []
    assert "numpy is not." in lint("train.py", *args, env=env).out


def test_the_nearer_word_wins(lint: Lint, tmp_path: Path, session: Callable[[str], None]) -> None:
    (tmp_path / "train.py").write_text(UNSEEDED)
    session("formalization")
    (tmp_path / "triptych.toml").write_text('mode = "exploration"\n')
    assert "did we mean" in lint("train.py").out
    formal = {"TRIPTYCH_MODE": "formalization"}
    assert "numpy is not." in lint("train.py", env=formal).out
    assert "did we mean" in lint("train.py", "--mode", "exploration", env=formal).out


def test_isolated_knows_no_session(
    lint: Lint, tmp_path: Path, session: Callable[[str], None]
) -> None:
    (tmp_path / "train.py").write_text(UNSEEDED)
    session("formalization")
    assert "did we mean" in lint("train.py", "--isolated").out


@pytest.mark.parametrize("text", ["", "[]", '{"phase": "lunch"}', '{"phase": 3}', "\xff"])
def test_a_session_that_says_nothing_is_passed_over(tmp_path: Path, text: str) -> None:
    folder = tmp_path / "workspace" / "research"
    folder.mkdir(parents=True)
    (folder / "session.json").write_text(text, "latin-1")
    (tmp_path / ".git").mkdir()
    assert phase_of(tmp_path / "src") is None


def test_an_unknown_mode_is_one_line(lint: Lint, tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(UNSEEDED)
    run = lint("train.py", env={"TRIPTYCH_MODE": "strict"})
    assert (run.code, run.out) == (2, "")
    assert run.err == (
        'TRIPTYCH_MODE: expected one of exploration, formalization, found "strict"\n'
    )
    (tmp_path / "triptych.toml").write_text('mode = "strict"\n')
    assert lint("train.py").code == 2


def test_the_environment_may_be_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIPTYCH_MODE", "")
    assert mode_of(None, None, None) == "exploration"
    monkeypatch.setenv("TRIPTYCH_MODE", "x")
    with pytest.raises(SettingsError):
        mode_of(None, None, None)


ACCUSING = re.compile(r"(?i)\byou forgot\b|\bshould have\b|\bmust\b")


@pytest.mark.parametrize("code", all_rules())
def test_questions_ask_and_statements_state(code: str) -> None:
    for wording in all_rules()[code].wording.values():
        assert "?" in wording.question
        assert "?" not in wording.statement
        assert not ACCUSING.search(wording.question)
