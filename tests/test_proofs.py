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
    and fixture.path.parent.name in ("TRP201", "TRP202", "TRP203", "TRP204", "TRP205", "TRP212")
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
    if "ModuleNotFoundError" in run.stderr:
        pytest.skip(run.stderr.splitlines()[-1])
    assert run.returncode == 0, run.stderr
    lines = [line for line in run.stdout.splitlines() if line.startswith("digest:")]
    assert lines, run.stdout
    return lines[-1]


def test_there_are_enough_proofs() -> None:
    assert len(PROVEN) >= 8


@pytest.mark.parametrize(
    "fixture",
    # Four processes for each: every other one is left to the slow part of the suite.
    [
        pytest.param(fixture, marks=pytest.mark.slow if number % 2 else ())
        for number, fixture in enumerate(PROVEN)
    ],
    ids=lambda f: f.name,
)
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


LOOP = """
import hashlib
import torch
from torch import nn

torch.manual_seed(0)
x, y = torch.randn(64, 4), torch.randn(64, 1)
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
for step in range(20):
    optimizer.zero_grad()
    loss = LOSS
    loss.backward()
    CLIP
    optimizer.step()
weights = nn.utils.parameters_to_vector(model.parameters()).detach().numpy()
print("digest:", hashlib.sha256(weights.tobytes()).hexdigest())
"""
HEALTHY = "nn.functional.mse_loss(model(x), y)"
PLANTED = "(model(x) - model(x)).pow(2).sum().sqrt()"
CLIPS = {"no clip": "pass", "clip": "nn.utils.clip_grad_norm_(model.parameters(), 1.0)"}


def _observed(loss: str, clip: str, folder: Path) -> tuple[Path, Path]:
    plain = folder / "plain.py"
    plain.write_text(LOOP.replace("LOSS", loss).replace("CLIP", clip))
    source = Source.read(plain)
    result = fix_source(source, lambda s: lint_source(s, SETTINGS, Project()), unsafe=True)
    assert [d.code for d in result.fixed] == ["TRP301"]
    fixed = folder / "fixed.py"
    fixed.write_bytes(result.data)
    return plain, fixed


@pytest.mark.parametrize("clip", CLIPS.values(), ids=CLIPS.keys())
def test_observing_the_norm_leaves_a_healthy_run_as_it_was(clip: str, tmp_path: Path) -> None:
    plain, fixed = _observed(HEALTHY, clip, tmp_path)
    assert digest(plain, tmp_path) == digest(fixed, tmp_path)


@pytest.mark.parametrize("clip", CLIPS.values(), ids=CLIPS.keys())
def test_a_gradient_that_is_not_finite_stops_the_run_on_its_first_step(
    clip: str, tmp_path: Path
) -> None:
    plain, fixed = _observed(PLANTED, clip, tmp_path)
    digest(plain, tmp_path)  # trains to its end on nothing but NaN
    run = subprocess.run([sys.executable, str(fixed)], capture_output=True, text=True)
    assert run.returncode != 0
    assert "FloatingPointError: gradient norm nan" in run.stderr
