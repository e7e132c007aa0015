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


ALL_ROWS = """
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.MODULE import CLASS

rng = np.random.default_rng(3)
raw = rng.lognormal(3.0, 1.0, (200, 6))
y = (raw[:, 0] > np.median(raw[:, 0])).astype(int)
rows = np.arange(200)

step = STEP
X = step.fit_transform(rawLABELS)
X_train, X_test, y_train, y_test, kept, held = train_test_split(X, y, rows, random_state=7)

model = LogisticRegression().fit(X_train, y_train)
model.score(X_test, y_test)
by_train = STEP.fit(raw[kept], y[kept])
same = np.allclose(X_train, by_train.transform(raw[kept]))
print(same and np.allclose(X_test, by_train.transform(raw[held])))
"""
STEPS = (
    ("preprocessing", "StandardScaler()", ""),
    ("preprocessing", "MinMaxScaler()", ""),
    ("preprocessing", "QuantileTransformer(n_quantiles=20)", ""),
    ("decomposition", "PCA(n_components=2, svd_solver='full')", ""),
    ("feature_selection", "SelectKBest(k=2)", ", y"),
    ("discriminant_analysis", "LinearDiscriminantAnalysis()", ", y"),
)


@pytest.mark.parametrize(("module", "step", "labels"), STEPS, ids=[step for _, step, _ in STEPS])
def test_what_is_fitted_has_seen_the_training_rows_alone_after_the_fix(
    module: str, step: str, labels: str, tmp_path: Path
) -> None:
    text = ALL_ROWS.replace("MODULE", module).replace("CLASS", step.partition("(")[0])
    plain = tmp_path / "plain.py"
    plain.write_text(text.replace("STEP", step).replace("LABELS", labels))
    if "SelectKBest" not in step:  # which may choose the same columns either way
        assert _run(plain) == "False"
    assert _run(_all_fixed(plain, "TRP402")) == "True"


IDS = """
import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split

rng = np.random.default_rng(1)
ids = np.repeat(np.arange(60), 8)
scans = pd.DataFrame(rng.normal(size=(60, 5))[ids], columns=list("abcde"))
scans["patient_id"], scans["ill"] = ids, rng.integers(0, 2, 60)[ids]
print(scans["patient_id"].nunique())

X = scans.drop(columns=["patient_id", "ill"])
y = scans["ill"]
Z = X.to_numpy()
X_train, X_test, y_train, y_test, Z_train, Z_test = train_test_split(X, y, Z, OPTIONS)

model = RandomForestClassifier(random_state=0).fit(X_train, y_train)
score = model.score(X_test, y_test)
for side in (X_train, X_test):
    assert isinstance(side, pd.DataFrame) and list(side.columns) == list("abcde")
for side in (y_train, y_test):
    assert isinstance(side, pd.Series) and side.name == "ill"
assert (Z_train == X_train.to_numpy()).all() and (Z_test == X_test.to_numpy()).all()
assert (y_train.index == X_train.index).all() and (y_test.index == X_test.index).all()
assert len(X_train) + len(X_test) == len(scans)
shared = set(scans.loc[X_train.index, "patient_id"]) & set(scans.loc[X_test.index, "patient_id"])
print(len(shared), len(X_test), score)
"""
OPTIONS = (
    "test_size=0.25, random_state=0",
    "random_state=0",
    "train_size=0.75, random_state=0",
    "test_size=0.25, stratify=y, random_state=0",
)


@pytest.mark.parametrize("options", OPTIONS)
def test_the_split_by_an_id_gives_the_same_outputs(options: str, tmp_path: Path) -> None:
    plain = tmp_path / "plain.py"
    plain.write_text(IDS.replace("OPTIONS", options))
    shared, held, score = _run(plain).splitlines()[-1].split()
    assert int(shared) > 0
    assert held == "120"
    assert float(score) > 0.9
    shared, held, score = _run(_all_fixed(plain, "TRP401")).splitlines()[-1].split()
    assert (shared, held) == ("0", "120")
    assert abs(float(score) - 0.5) < 0.2


def _all_fixed(plain: Path, code: str) -> Path:
    result = fix_source(
        Source.read(plain), lambda s: lint_source(s, SETTINGS, Project()), unsafe=True
    )
    assert [d.code for d in result.fixed] == [code]
    fixed = plain.with_name("fixed.py")
    fixed.write_bytes(result.data)
    return fixed


def _run(script: Path) -> str:
    run = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=180)
    assert run.returncode == 0, run.stderr
    return run.stdout.strip()
