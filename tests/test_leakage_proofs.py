"""Fixes of leakage, proven by running: what the held-out side gets was learned on the other."""

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

TWO_SIDES = """
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import IMPORT

rng = np.random.default_rng(0)
X = np.sort(rng.normal(3.0, 2.0, (200, 3)), axis=0)
y = np.arange(200) % 2
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.5, shuffle=False)

raw_train, raw_test = X_train, X_test
step = SCALER
X_train = step.fit_transform(X_train)
X_test = step.fit_transform(X_test)

model = LogisticRegression().fit(X_train, y_train)
model.score(X_test, y_test)
by_train = SCALER.fit(raw_train).transform(raw_test)
print(np.allclose(X_test, by_train))
"""
SCALERS = ("StandardScaler()", "MinMaxScaler()", "RobustScaler()", "PowerTransformer()")


@pytest.mark.parametrize("scaler", SCALERS)
def test_the_held_out_side_is_scaled_by_the_training_side_after_the_fix(
    scaler: str, tmp_path: Path
) -> None:
    plain = tmp_path / "plain.py"
    plain.write_text(TWO_SIDES.replace("SCALER", scaler).replace("IMPORT", scaler[:-2]))
    assert _run(plain) == "False"

    result = fix_source(
        Source.read(plain), lambda s: lint_source(s, SETTINGS, Project()), unsafe=True
    )
    assert [d.code for d in result.fixed] == ["TRP403"]
    fixed = tmp_path / "fixed.py"
    fixed.write_bytes(result.data)
    assert _run(fixed) == "True"


def _run(script: Path) -> str:
    run = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=180)
    assert run.returncode == 0, run.stderr
    return run.stdout.strip()
