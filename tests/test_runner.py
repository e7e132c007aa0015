"""Linting many files: each gets its outcome, in order, whatever becomes of the others."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest
from support import UNSEEDED

from triptych_lint import runner, workers
from triptych_lint.discover import Target
from triptych_lint.runner import Mode, Outcome, lint_files, lint_target
from triptych_lint.settings import Settings
from triptych_lint.workers import lint_in_processes

forks = pytest.mark.skipif(sys.platform != "linux", reason="workers must be forks of this process")


@pytest.fixture
def targets(tmp_path: Path) -> list[Target]:
    paths = [tmp_path / f"{number:02}.py" for number in range(30)]
    for path in paths:
        path.write_text(UNSEEDED)
    return [Target(path, path.name, Settings(tmp_path)) for path in paths]


def told(outcomes: list[Outcome]) -> list[str]:
    """What was said about each file: the codes asked, or the problem."""
    said = []
    for outcome in outcomes:
        report = outcome.report
        said.append(" ".join([x.code for x in report.diagnostics] + [*map(str, report.problems)]))
    return said


def dying(target: Target, mode: Mode) -> Outcome:
    if target.display in ("04.py", "17.py"):
        os._exit(1)
    return lint_target(target, mode)


def unpicklable(target: Target, mode: Mode) -> Outcome:
    outcome = lint_target(target, mode)
    if target.display == "04.py":
        outcome.diff = lambda: None  # type: ignore[assignment]
    return outcome


@forks
def test_a_dying_process_takes_only_its_file_with_it(
    targets: list[Target], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "lint_target", dying)
    said = told(list(lint_in_processes(targets, Mode.LINT, 2)))
    lost = {4, 17}
    assert len(said) == 30
    for number, text in enumerate(said):
        died = f"{number:02}.py: internal error: the process that read it died"
        assert text == (died if number in lost else "TRP201")


@forks
def test_an_outcome_that_cannot_travel_is_an_internal_error(
    targets: list[Target], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "lint_target", unpicklable)
    said = told(list(lint_in_processes(targets[:8], Mode.LINT, 2)))
    assert said[4].startswith("04.py: internal error: ")
    assert said[:4] + said[5:] == ["TRP201"] * 7


def test_a_mistake_of_ours_is_told_in_one_line(
    targets: list[Target], monkeypatch: pytest.MonkeyPatch
) -> None:
    from triptych_lint import engine

    real = engine.lint_source

    def failing(source: Any, *rest: Any) -> Any:
        if source.path == "01.py":
            raise KeyError("two\nlines")
        return real(source, *rest)

    monkeypatch.setattr(engine, "lint_source", failing)
    first, second, third = lint_files(targets[:3], jobs=1)
    assert told([first, third]) == ["TRP201", "TRP201"]
    (problem,) = second.report.problems
    assert str(problem).startswith(
        "01.py: internal error: KeyError: 'two\\nlines' (test_runner.py:"
    )
    assert problem.fatal


def test_progress_is_told_once_per_file(
    targets: list[Target], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "PATIENCE", 0.0)
    seen: list[int] = []
    outcomes = list(lint_files(targets, jobs=2, progress=lambda: seen.append(1)))
    assert told(outcomes) == ["TRP201"] * 30
    assert [outcome.report.path for outcome in outcomes] == [x.display for x in targets]
    assert len(seen) == 30
