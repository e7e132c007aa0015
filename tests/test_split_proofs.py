"""Fixes of splits, proven by running: what stood on both sides no longer does."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from fixtures import SETTINGS, Fixture, all_fixtures
from triptych_lint.engine import lint_source
from triptych_lint.fixer import fix_source
from triptych_lint.project import Project
from triptych_lint.source import Source

pytestmark = pytest.mark.proof

CODES = ("TRP404", "TRP401", "TRP412", "TRP413", "TRP414")


def _proven(what: str) -> list[Fixture]:
    return [
        fixture
        for fixture in all_fixtures()
        if fixture.path.parent.name in CODES
        and fixture.path.is_file()
        and f"# proof: {what}" in fixture.path.read_text(encoding="utf-8")
    ]


def _number(script: Path, folder: Path, what: str) -> float:
    """The number that a script prints behind ``what:``."""
    run = subprocess.run(
        [sys.executable, str(script)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=180,
        env={**os.environ, "OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""},
    )
    assert run.returncode == 0, run.stderr
    lines = [line for line in run.stdout.splitlines() if line.startswith(f"{what}:")]
    return float(lines[-1].partition(":")[2])


def _fixed(fixture: Fixture, folder: Path) -> Path:
    source = Source.read(fixture.path)
    result = fix_source(source, lambda s: lint_source(s, SETTINGS, Project()), unsafe=True)
    fixed = folder / fixture.path.name
    fixed.write_bytes(result.data)
    return fixed


@pytest.mark.parametrize("fixture", _proven("shared"), ids=lambda f: f.name)
def test_no_group_stands_on_both_sides_after_the_fix(fixture: Fixture, tmp_path: Path) -> None:
    assert _number(fixture.path, tmp_path, "shared") > 0
    assert _number(_fixed(fixture, tmp_path), tmp_path, "shared") == 0


@pytest.mark.parametrize("fixture", _proven("score"), ids=lambda f: f.name)
def test_a_score_on_noise_falls_to_chance_after_the_fix(fixture: Fixture, tmp_path: Path) -> None:
    assert _number(fixture.path, tmp_path, "score") > 0.9
    assert abs(_number(_fixed(fixture, tmp_path), tmp_path, "score") - 0.5) < 0.15


@pytest.mark.parametrize("fixture", _proven("passes"), ids=lambda f: f.name)
def test_no_row_is_on_both_sides_in_any_pass_after_the_fix(
    fixture: Fixture, tmp_path: Path
) -> None:
    pytest.importorskip("tensorflow")
    assert _number(fixture.path, tmp_path, "shared") > 0
    assert _number(_fixed(fixture, tmp_path), tmp_path, "shared") == 0


@pytest.mark.parametrize("fixture", _proven("earlier"), ids=lambda f: f.name)
def test_no_row_is_held_out_from_before_the_last_that_was_trained_on(
    fixture: Fixture, tmp_path: Path
) -> None:
    assert _number(fixture.path, tmp_path, "earlier") > 0
    assert _number(_fixed(fixture, tmp_path), tmp_path, "earlier") == 0
