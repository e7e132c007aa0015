"""What a fitted scikit-learn estimator says of points that it has not seen.

Whether a fit depends on its seed shows only in data on which it can: ties for a tree, more columns
than components for a random projection. Each group of estimators gets such data here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from sklearn import datasets
from sklearn.experimental import (
    enable_halving_search_cv,  # noqa: F401
    enable_iterative_imputer,  # noqa: F401
)
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.tree import DecisionTreeClassifier

_X, _Y = datasets.make_classification(
    150, 6, n_informative=3, n_classes=3, flip_y=0.3, random_state=0
)
_UNSEEN = np.abs(np.random.RandomState(1).normal(size=(40, 6)))
_WIDE = np.abs(np.random.RandomState(2).normal(size=(100, 40)))
_WIDE_UNSEEN = np.abs(np.random.RandomState(3).normal(size=(20, 40)))
_HOLED = np.where(np.random.RandomState(4).rand(150, 6) < 0.1, np.nan, _X)
_REGULAR = np.arange(20.0)[:, None]
"""Points at equal distances: nothing but ties."""

_INNER: dict[str, Any] = {"estimator": LogisticRegression()}
_INNERS: dict[str, Any] = {"estimators": [("inner", LogisticRegression())]}
_REGRESSORS: dict[str, Any] = {"estimators": [("inner", LinearRegression())]}
_PARAMETERS: dict[str, dict[str, Any]] = {
    "BernoulliRBM": {"n_iter": 1},
    "ClassifierChain": _INNER,
    "DictionaryLearning": {"n_components": 4, "max_iter": 3},
    "ElasticNet": {"alpha": 0.01},
    "FixedThresholdClassifier": _INNER,
    "FastICA": {"n_components": 2, "whiten": "unit-variance"},
    "GaussianRandomProjection": {"n_components": 2},
    "GradientBoostingClassifier": {"n_estimators": 20},
    "GradientBoostingRegressor": {"n_estimators": 20},
    "HistGradientBoostingClassifier": {"max_iter": 10},
    "HistGradientBoostingRegressor": {"max_iter": 10},
    "IsolationForest": {"n_estimators": 5},
    "IterativeImputer": {"max_iter": 2},
    "KernelPCA": {"n_components": 2, "kernel": "rbf"},
    "Lasso": {"alpha": 0.01},
    "LatentDirichletAllocation": {"n_components": 2, "max_iter": 1},
    "MDS": {"n_init": 1, "max_iter": 3},
    "MLPClassifier": {"max_iter": 3},
    "MLPRegressor": {"max_iter": 3},
    "MiniBatchDictionaryLearning": {"n_components": 2, "max_iter": 2},
    "MiniBatchNMF": {"n_components": 2, "max_iter": 2},
    "MiniBatchSparsePCA": {"n_components": 2, "max_iter": 2},
    "MultiTaskElasticNet": {"alpha": 0.01},
    "MultiTaskLasso": {"alpha": 0.01},
    "MultiOutputClassifier": _INNER,
    "MultiOutputRegressor": _INNER,
    "NMF": {"n_components": 2, "max_iter": 5},
    "Nystroem": {"n_components": 5},
    "OneVsOneClassifier": _INNER,
    "OneVsRestClassifier": _INNER,
    "OrdinalEncoder": {"handle_unknown": "use_encoded_value", "unknown_value": -1},
    "OneHotEncoder": {"handle_unknown": "ignore"},
    "PCA": {"n_components": 2},
    "QuadraticDiscriminantAnalysis": {"reg_param": 0.1},
    "RFE": _INNER,
    "RFECV": _INNER,
    "RadiusNeighborsClassifier": {"radius": 99.0},
    "RandomForestClassifier": {"n_estimators": 5},
    "RandomForestRegressor": {"n_estimators": 5},
    "RegressorChain": _INNER,
    "SelectFromModel": _INNER,
    "SelfTrainingClassifier": _INNER,
    "SequentialFeatureSelector": {**_INNER, "n_features_to_select": 2},
    "SparsePCA": {"n_components": 2, "max_iter": 3},
    "SparseRandomProjection": {"n_components": 2, "density": 0.5},
    "SpectralBiclustering": {"n_clusters": 3},
    "StackingClassifier": _INNERS,
    "StackingRegressor": _REGRESSORS,
    "TSNE": {"max_iter": 250, "perplexity": 5},
    "TruncatedSVD": {"n_components": 2, "n_iter": 1},
    "TunedThresholdClassifierCV": _INNER,
    "VotingClassifier": _INNERS,
    "VotingRegressor": _REGRESSORS,
}
"""What keeps a fit small, or gives randomness room to show."""

_ON_WIDE = (
    "sklearn.decomposition",
    "sklearn.kernel_approximation",
    "sklearn.neural_network._rbm",
    "sklearn.random_projection",
)


def outcome(cls: Any, given: Mapping[str, Any]) -> Any:
    """Fit a new ``cls(**given)``; give its predictions or its transform of held-out points.

    An estimator that cannot be applied to new points gives its embedding or its labels. Raises what
    the estimator raises where it needs other data or arguments.
    """
    rows, unseen = _data(cls)
    fitted = _made(cls, given).fit(rows, _targets(cls)[: len(rows)])
    for method in ("predict_proba", "decision_function", "predict", "transform"):
        if hasattr(fitted, method):
            shown = getattr(fitted, method)(unseen)
            dense = shown.toarray() if hasattr(shown, "toarray") else shown
            importances = getattr(fitted, "feature_importances_", None)
            # Round-off is no randomness.
            return np.round(np.asarray(dense, dtype=float), 9), importances
    for attribute in ("embedding_", "labels_", "rows_"):
        if hasattr(fitted, attribute):
            return getattr(fitted, attribute)
    raise TypeError(f"{cls.__name__} shows nothing")


def _made(cls: Any, given: Mapping[str, Any]) -> Any:
    if cls.__name__ in ("RandomizedSearchCV", "HalvingRandomSearchCV"):
        grid = {"max_depth": list(range(1, 30)), "splitter": ["best"]}
        return cls(DecisionTreeClassifier(random_state=0), grid, cv=2, **given)
    return cls(**_PARAMETERS.get(cls.__name__, {}), **given)


def _data(cls: Any) -> tuple[Any, Any]:
    if cls.__name__ == "AffinityPropagation":
        return _REGULAR, _REGULAR + 0.3
    if cls.__name__ == "IterativeImputer":
        return _HOLED, _HOLED[:40]
    if cls.__module__.startswith(_ON_WIDE):
        return _WIDE, _WIDE_UNSEEN
    if cls.__module__ == "sklearn.naive_bayes":
        return np.abs(_X).round(), _UNSEEN.round()
    return _X, _UNSEEN


def _targets(cls: Any) -> Any:
    if cls.__name__.startswith("MultiTask"):
        return np.column_stack([_Y, _X[:, 0]])
    if cls.__name__.endswith("Chain") or cls.__name__.startswith("MultiOutput"):
        return np.column_stack([_Y % 2, _Y == 1]).astype(int)
    if "Threshold" in cls.__name__:
        return _Y % 2
    if cls.__name__ in ("GammaRegressor", "PoissonRegressor"):
        return _Y + 1.0
    continuous = "Regressor" in cls.__name__ or cls.__name__.endswith("SVR")
    return _X[:, 0] + _Y if continuous else _Y
