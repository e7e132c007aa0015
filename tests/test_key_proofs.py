"""Keys of random numbers, proven by running: what repeats before the fix differs after it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from fixtures import SETTINGS
from triptych_lint.engine import lint_source
from triptych_lint.fixer import fix_source
from triptych_lint.project import Project
from triptych_lint.source import Source

pytestmark = pytest.mark.proof
pytest.importorskip("jax")

SCRIPTS = {
    "two draws": """
        w = random.normal(key, (1000,))
        b = random.uniform(key, (1000,))
    """,
    "two splits": """
        one, other = random.split(key)
        w = random.normal(one, (1000,))
        third, fourth = random.split(key)
        b = random.normal(third, (1000,))
    """,
    "a step": """
        draws = []
        for step in range(2):
            noise = random.normal(key, (1000,))
            draws.append(noise)
            gradient = jax.grad(jnp.sum)(noise)
        w, b = draws
    """,
}
FRAME = """\
import jax
import jax.numpy as jnp
from jax import random

key = random.PRNGKey(0)
{body}
slope = jax.grad(jnp.sum)(w)
print("correlation", abs(float(jnp.corrcoef(w, b)[0, 1])))
"""


def correlation(script: Path) -> float:
    """How alike the two draws of a script are."""
    run = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=180)
    assert run.returncode == 0, run.stderr
    return float(run.stdout.split()[-1])


@pytest.mark.parametrize("name", SCRIPTS)
def test_draws_are_alike_before_the_fix_and_not_after_it(name: str, tmp_path: Path) -> None:
    body = "\n".join(line[8:] for line in SCRIPTS[name].strip("\n").splitlines())
    before, after = tmp_path / "before.py", tmp_path / "after.py"
    before.write_text(FRAME.format(body=body))
    assert correlation(before) > 0.9

    source = Source.read(before)
    fixed = fix_source(source, lambda s: lint_source(s, SETTINGS, Project()), unsafe=True)
    after.write_bytes(fixed.data)
    assert correlation(after) < 0.2
