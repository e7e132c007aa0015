"""The laws of fixes, over every fixture for which one is offered."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from fixtures import SETTINGS, Fixture, all_fixtures
from triptych_lint.engine import lint_source
from triptych_lint.fixer import FixResult, fix_source
from triptych_lint.model import FileReport
from triptych_lint.project import Project
from triptych_lint.source import Source

FIXABLE = [f for f in all_fixtures() if f.path.is_file() and f.expected()]


def _lint(source: Source) -> FileReport:
    return lint_source(source, SETTINGS, Project())


def _fixed(fixture: Fixture) -> FixResult:
    result = fix_source(Source.read(fixture.path), _lint, unsafe=True)
    if not result.fixed:
        pytest.skip("no fix is offered here")
    return result


@pytest.mark.parametrize("fixture", FIXABLE, ids=lambda f: f.name)
def test_a_fixed_finding_is_gone(fixture: Fixture) -> None:
    result = _fixed(fixture)
    again = _lint(Source.from_bytes(result.data, str(fixture.path)))
    left = [d for d in again.diagnostics if d.fix is not None]
    assert left == []
    assert result.problems == []


@pytest.mark.parametrize("fixture", FIXABLE, ids=lambda f: f.name)
def test_fixing_twice_changes_nothing_more(fixture: Fixture) -> None:
    result = _fixed(fixture)
    twice = fix_source(Source.from_bytes(result.data, str(fixture.path)), _lint, unsafe=True)
    assert twice.data == result.data


@pytest.mark.parametrize("fixture", FIXABLE, ids=lambda f: f.name)
def test_the_result_compiles(fixture: Fixture) -> None:
    result = _fixed(fixture)
    text = Source.from_bytes(result.data, str(fixture.path)).text
    compile(text, str(fixture.path), "exec")


@pytest.mark.parametrize("fixture", FIXABLE, ids=lambda f: f.name)
def test_every_line_that_no_edit_touches_survives_in_order(fixture: Fixture) -> None:
    before = Source.read(fixture.path)
    rounds = 0
    while (result := fix_source(before, _lint, unsafe=True, max_rounds=1)).fixed:
        edits = sorted(
            (edit.span for d in _lint(before).diagnostics if d.fix for edit in d.fix.edits),
        )
        kept = _outside(before.text, [(span.start, span.end) for span in edits])
        after = Source.from_bytes(result.data, str(fixture.path))
        position = 0
        for piece in kept:
            position = after.text.index(piece, position) + len(piece)
        before, rounds = after, rounds + 1
    if not rounds:
        pytest.skip("no fix is offered here")


def _outside(text: str, spans: list[tuple[int, int]]) -> list[str]:
    pieces, last = [], 0
    for start, end in spans:
        pieces.append(text[last:start])
        last = max(last, end)
    return [*pieces, text[last:]]


@pytest.mark.parametrize("fixture", FIXABLE, ids=lambda f: f.name)
def test_every_name_that_the_fix_uses_is_bound(fixture: Fixture, tmp_path: Path) -> None:
    result = _fixed(fixture)
    if fixture.path.suffix != ".py":
        pytest.skip("pyflakes reads scripts")
    fixed = tmp_path / "fixed.py"
    fixed.write_bytes(result.data)
    checked = subprocess.run(
        [sys.executable, "-m", "pyflakes", str(fixed)], capture_output=True, text=True
    )
    assert "undefined name" not in checked.stdout
    assert "referenced before assignment" not in checked.stdout


@pytest.mark.parametrize("fixture", FIXABLE, ids=lambda f: f.name)
def test_the_fix_is_the_one_that_was_reviewed(fixture: Fixture) -> None:
    result = _fixed(fixture)
    twin = fixture.path.with_suffix(f".fixed{fixture.path.suffix}")
    assert result.data == twin.read_bytes()
