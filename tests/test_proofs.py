"""Behaviour, proven by running: what differs from run to run is bit-identical after the fix."""

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

PROVEN = [
    fixture
    for fixture in all_fixtures()
    if fixture.path.is_file()
    and fixture.path.parent.name in ("TRP201", "TRP202")
    and "# proof: run" in fixture.path.read_text(encoding="utf-8")
]


def digest(script: Path, folder: Path) -> str:
    """The line that a script prints about its results, from a fresh process."""
    run = subprocess.run(
        [sys.executable, str(script)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=180,
        env={**os.environ, "OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""},
    )
    assert run.returncode == 0, run.stderr
    lines = [line for line in run.stdout.splitlines() if line.startswith("digest:")]
    assert lines, run.stdout
    return lines[-1]


def test_there_are_enough_proofs() -> None:
    assert len(PROVEN) >= 8


@pytest.mark.parametrize("fixture", PROVEN, ids=lambda f: f.name)
def test_runs_differ_before_the_fix_and_agree_to_the_bit_after(
    fixture: Fixture, tmp_path: Path
) -> None:
    before = {digest(fixture.path, tmp_path) for _ in range(2)}
    assert len(before) == 2

    result = fix_source(
        Source.read(fixture.path), lambda s: lint_source(s, SETTINGS, Project()), unsafe=True
    )
    fixed = tmp_path / fixture.path.name
    fixed.write_bytes(result.data)
    after = {digest(fixed, tmp_path) for _ in range(2)}
    assert len(after) == 1
