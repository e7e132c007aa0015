"""When the fixes of TRP401 and TRP402 are offered, and when the script leaves them in doubt."""

from __future__ import annotations

import pytest

from fixtures import SETTINGS
from triptych_lint.engine import lint_source
from triptych_lint.project import Project
from triptych_lint.source import Source

HEAD = """import numpy as np
import pandas as pd
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier
from sklearn.manifold import TSNE
from sklearn.model_selection import KFold, cross_val_score, train_test_split
from sklearn.preprocessing import StandardScaler

"""
TABLE = """visits = pd.read_csv("visits.csv")
print(visits["patient_id"].nunique(), "patients")
"""
MODEL = """model = RandomForestClassifier(random_state=0).fit(X_train, y_train)
print(model.score(X_test, y_test))
"""
SPLIT = "X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)\n"


def _fixed(text: str, code: str) -> str | None:
    """What the fix of the one question makes of a script; None where none is offered."""
    source = Source.from_bytes(text.encode(), "script.py")
    found = [d for d in lint_source(source, SETTINGS, Project()).diagnostics if d.code == code]
    assert len(found) == 1, text
    return source.apply(found[0].fix.edits).decode() if found[0].fix is not None else None


def _grouped(body: str) -> str | None:
    return _fixed(HEAD + TABLE + body, "TRP401")


XY = """X = visits[["age", "bmi"]]
y = visits["relapse"]
"""
BY_ID = [
    (
        "old = visits[visits['age'] > 40]\nX = old[['age', 'bmi']]\ny = old['relapse']\n" + SPLIT,
        "split(X, y, groups=old['patient_id'])",
    ),
    (
        "rows = visits.dropna(subset=['bmi'])\nX = rows[['age', 'bmi']]\ny = rows['relapse']\n"
        + SPLIT,
        "split(X, y, groups=rows['patient_id'])",
    ),
    (XY + SPLIT, 'split(X, y, groups=visits["patient_id"])'),
    (XY + SPLIT, "X_train, X_test = X.iloc[train_idx], X.iloc[test_idx]"),
    (XY + SPLIT, "n_splits=1, test_size=0.25, random_state=0"),
    (
        'X, y = visits[["age"]].values, visits.relapse.to_numpy()\n' + SPLIT,
        "y[train_idx], y[test_idx]",
    ),
    (
        "y = visits.pop('relapse')\nX = visits.drop('patient_id', axis=1)\n" + SPLIT,
        'visits["patient_id"]',
    ),
    (
        "who = visits['patient_id']\nvisits = visits.drop(columns=['patient_id'])\n" + XY + SPLIT,
        "groups=who",
    ),
    (
        XY + SPLIT.replace("y, random", "y, stratify=y, test_size=0.2, random"),
        "(n_splits=1, test_size=0.2, ",
    ),
    (
        XY + SPLIT.replace("random_state=0", "train_size=0.6"),
        "GroupShuffleSplit(n_splits=1, train_size=0.6)",
    ),
    (
        XY + "X['age'] = X['age'].fillna(0)\nvisits['bmi'] = 1\n" + SPLIT,
        'groups=visits["patient_id"]',
    ),
    (
        "visits = visits.dropna()\nprint(visits['patient_id'])\n" + XY + SPLIT,
        'groups=visits["patient_id"]',
    ),
    (
        "train, test = train_test_split(visits, test_size=0.2)\n"
        'X_train, y_train = train[["age"]], train["relapse"]\n'
        'X_test, y_test = test[["age"]], test["relapse"]\n',
        "train, test = visits.iloc[train_idx], visits.iloc[test_idx]",
    ),
]


@pytest.mark.parametrize(("body", "wanted"), BY_ID, ids=range(len(BY_ID)))
def test_the_split_goes_by_the_id_where_its_rows_are_at_hand(body: str, wanted: str) -> None:
    fixed = _grouped(body + MODEL)
    assert fixed is not None
    assert wanted in fixed
    compile(fixed, "script.py", "exec")


def test_a_parameter_holds_the_rows_that_its_function_was_called_with() -> None:
    body = """

def train(table):
    table = table.dropna()
    print(table["patient_id"].nunique())
    X, y = table[["age"]], table["relapse"]
    X_train, X_test, y_train, y_test = train_test_split(X, y)
    model = RandomForestClassifier(random_state=0).fit(X_train, y_train)
    print(model.score(X_test, y_test))


train(pd.read_csv("visits.csv"))
"""
    fixed = _fixed(HEAD + body, "TRP401")
    assert fixed is not None
    assert 'splitter.split(X, y, groups=table["patient_id"])' in fixed


IN_DOUBT = [
    "old = visits[visits['age'] > 40]\nX = old[['age', 'bmi']]\n"
    "y = visits['relapse'].loc[X.index]\n" + SPLIT,
    "rows = visits.dropna(axis=1)\nX = rows[['age', 'bmi']]\ny = rows['relapse']\n" + SPLIT,
    XY + "visits.dropna(inplace=True)\n" + SPLIT,
    "visits.drop(columns=['patient_id'], inplace=True)\n" + XY + SPLIT,
    "visits.pop('patient_id')\n" + XY + SPLIT,
    "del visits['patient_id']\n" + XY + SPLIT,
    XY + "visits = visits.sort_values('age')\n" + SPLIT,
    XY + "X = X.sample(frac=1)\n" + SPLIT,
    XY + "X = X.drop(index=[0])\ny = y.drop(index=[0])\n" + SPLIT,
    XY + "X = X.drop([0, 1])\n" + SPLIT,
    XY + "if len(X) > 1000:\n    visits = visits.head(1000)\n" + SPLIT,
    XY + "tidy(visits)\n" + SPLIT,
    XY + "X.drop_duplicates(inplace=True)\n" + SPLIT,
    XY + SPLIT.replace("random_state=0", "test_size=200"),
    XY + SPLIT.replace("random_state=0", "**options"),
    XY + "parts = train_test_split(X, y)\nX_train, X_test, y_train, y_test = parts\n",
    XY + "np.random.shuffle(X)\n" + SPLIT,
    "X = np.hstack([visits[['age']], visits[['bmi']]])\ny = visits['relapse']\n" + SPLIT,
    "visits = visits.groupby('patient_id').filter(len)\nX = visits[['age']]\n"
    "y = visits['relapse']\nvisits = None\n" + SPLIT,
]


@pytest.mark.parametrize("body", IN_DOUBT, ids=range(len(IN_DOUBT)))
def test_no_split_by_the_id_where_its_rows_may_be_others(body: str) -> None:
    source = Source.from_bytes((HEAD + TABLE + body + MODEL).encode(), "script.py")
    found = lint_source(source, SETTINGS, Project()).diagnostics
    assert [d.code for d in found if d.code == "TRP401" and d.fix is not None] == []


FOLDS = "folds = KFold(5, shuffle=True, random_state=1)\n"
BY_FOLD = [
    (
        FOLDS + "print(cross_val_score(RandomForestClassifier(), X, y, cv=folds))\n",
        'cv=folds, groups=visits["patient_id"]',
    ),
    (
        "for train, test in KFold(5, shuffle=True).split(X, y):\n"
        "    model = RandomForestClassifier().fit(X.iloc[train], y.iloc[train])\n"
        "    print(model.score(X.iloc[test], y.iloc[test]))\n",
        'GroupKFold(5, shuffle=True).split(X, y, groups=visits["patient_id"])',
    ),
]


@pytest.mark.parametrize(("body", "wanted"), BY_FOLD, ids=range(len(BY_FOLD)))
def test_folds_go_by_the_id(body: str, wanted: str) -> None:
    fixed = _grouped(XY + body)
    assert fixed is not None
    assert wanted in fixed


def test_folds_that_another_call_shares_are_left_alone() -> None:
    other = "print(cross_val_score(RandomForestClassifier(), X, y, cv=folds))\n"
    again = "for train, test in folds.split(np.arange(10)):\n    print(train, test)\n"
    assert _grouped(XY + FOLDS + other + again) is None


# Fits

NUMBERS = """cohort = pd.read_csv("cohort.csv")
y = cohort["ill"]
X = cohort.drop(columns="ill")
"""
BELOW = [
    (
        "X = StandardScaler().fit_transform(X)\n" + SPLIT + "def show(X):\n    print(X[0])\n\n\n",
        SPLIT + "scaler = StandardScaler()\nX_train = scaler.fit_transform(X_train)\n",
    ),
    (
        "X = StandardScaler().fit_transform(X)\n" + SPLIT,
        SPLIT + "scaler = StandardScaler()\nX_train = scaler.fit_transform(X_train)\n"
        "X_test = scaler.transform(X_test)\n",
    ),
    (
        "scaler = StandardScaler()\n# Same scale for all.\nZ = scaler.fit_transform(X)\n\n"
        + SPLIT.replace("X,", "Z,"),
        "scaler = StandardScaler()\n\n" + SPLIT + "# Same scale for all.\n"
        "X_train = scaler.fit_transform(X_train)\nX_test = scaler.transform(X_test)\n",
    ),
    (
        "pca = PCA(2)\nZ = pca.fit_transform(cohort[['age', 'bmi']])  # two axes\n"
        "y = cohort['ill']\n" + SPLIT.replace("X,", "Z,"),
        "X_train = pca.fit_transform(X_train)  # two axes\n",
    ),
]


@pytest.mark.parametrize(("body", "wanted"), BELOW, ids=range(len(BELOW)))
def test_the_fit_goes_below_the_split(body: str, wanted: str) -> None:
    fixed = _fixed(HEAD + NUMBERS + body + MODEL, "TRP402")
    assert fixed is not None
    assert wanted in fixed
    compile(fixed, "script.py", "exec")


NOT_MOVED = [
    "X = StandardScaler().fit_transform(X)\n"
    "X, X_test, y, y_test = train_test_split(X, y, stratify=X[:, 0] > 0)\n"
    "X_train, y_train = X, y\n",
    "X = StandardScaler().fit_transform(X)\n"
    + SPLIT
    + "def plot(title):\n    print(title, X)\n\n\nplot('all')\n",
    "Z = StandardScaler().fit_transform(X)\n" + SPLIT.replace("X,", "Z,") + "print(Z.shape)\n",
    "X = StandardScaler().fit_transform(X)\nprint(X.std())\n" + SPLIT,
    "pca = PCA(2)\nX = pca.fit_transform(X)\nprint(pca.explained_variance_ratio_)\n" + SPLIT,
    "Z = TSNE().fit_transform(X)\n" + SPLIT.replace("X,", "Z,"),
    "Z = StandardScaler().fit_transform(X)\nX = X[['age']]\n" + SPLIT.replace("X,", "Z,"),
    "Z = StandardScaler().fit_transform(cohort[['age']])\ncohort = cohort.dropna()\n"
    + SPLIT.replace("X,", "Z,"),
    "Z = StandardScaler().fit_transform(cohort[['age']])\ny = cohort.pop('ill')\n"
    + SPLIT.replace("X,", "Z,"),
    "X = StandardScaler().fit_transform(X)\nX = PCA(2).fit_transform(X)\n" + SPLIT,
    "X = StandardScaler().fit_transform(X)\n"
    + SPLIT
    + "X_train, X_val, y_train, y_val = train_test_split(X_train, y_train)\n",
    "Z = StandardScaler().fit_transform(X)\nif len(Z):\n    " + SPLIT.replace("X,", "Z,"),
    "def scatter():\n    return X[:, 0]\n\n\nX = StandardScaler().fit_transform(X)\n"
    + SPLIT
    + "scatter()\n",
    "X = StandardScaler().fit_transform(X)\n" + SPLIT + "print(cross_val_score(PCA(), X, y))\n",
    "for seed in range(3):\n    Z = StandardScaler().fit_transform(X)\n    "
    + SPLIT.replace("X,", "Z,"),
]


@pytest.mark.parametrize("body", NOT_MOVED, ids=range(len(NOT_MOVED)))
def test_a_fit_that_something_else_reads_stays(body: str) -> None:
    source = Source.from_bytes((HEAD + NUMBERS + body + MODEL).encode(), "script.py")
    found = lint_source(source, SETTINGS, Project()).diagnostics
    assert [d.code for d in found if d.code == "TRP402" and d.fix is not None] == []
