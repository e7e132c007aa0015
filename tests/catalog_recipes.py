"""How to call what the catalogue says draws random numbers: one small recipe for each name.

A recipe takes the keyword arguments that a condition of the row names (``random_state``,
``generator``, ``shuffle``, ...) and returns what the call gave, so that a test can compare it.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import torch
from scipy import cluster, optimize, sparse, stats
from sklearn import datasets, inspection, model_selection, utils
from sklearn.linear_model import LogisticRegression
from torch.utils import data

Recipe = Callable[..., Any]

FRAME = pd.DataFrame({"group": list("aabbccddee") * 2, "value": range(20)})
ROWS = list(range(40))
X, Y = datasets.make_classification(
    150, 6, n_informative=3, n_classes=3, flip_y=0.3, random_state=0
)


def _numpy_arguments() -> dict[str, tuple[Any, ...]]:
    one = (1.5,)
    two = (1.5, 2.5)
    return {
        **dict.fromkeys(
            [
                "chisquare",
                "exponential",
                "pareto",
                "poisson",
                "power",
                "rayleigh",
                "standard_gamma",
                "standard_t",
                "weibull",
            ],
            one,
        ),
        **dict.fromkeys(
            [
                "beta",
                "f",
                "gamma",
                "gumbel",
                "laplace",
                "logistic",
                "lognormal",
                "noncentral_chisquare",
                "normal",
                "uniform",
                "vonmises",
                "wald",
            ],
            two,
        ),
        "binomial": (50, 0.5),
        "dirichlet": ([1.0, 2.0],),
        "geometric": (0.01,),
        "hypergeometric": (50, 50, 20),
        "logseries": (0.99,),
        "multinomial": (50, [0.5, 0.5]),
        "multivariate_normal": ([0.0, 0.0], [[1.0, 0.0], [0.0, 1.0]]),
        "negative_binomial": (50, 0.5),
        "noncentral_f": (1.5, 2.5, 1.0),
        "rand": (9,),
        "randint": (10**6,),
        "randn": (9,),
        "random_integers": (10**6,),
        "triangular": (0, 1, 2),
        "zipf": (1.1,),
        "bytes": (9,),
        "choice": (ROWS, 9),
        "permutation": (ROWS,),
    }


def numpy_recipes() -> dict[str, Recipe]:
    """``numpy.random``: by its arguments, nothing where it takes none."""
    arguments = _numpy_arguments()

    def recipe(name: str) -> Recipe:
        return lambda: getattr(np.random, name)(*arguments.get(name, ()))

    names = [n for n in dir(np.random) if n.islower() and callable(getattr(np.random, n))]
    found = {f"numpy.random.{name}": recipe(name) for name in names}
    return {**found, "numpy.random.shuffle": lambda: _shuffled(np.random.shuffle)}


def _shuffled(shuffle: Callable[[Any], Any]) -> list[int]:
    rows = list(ROWS)
    shuffle(rows)
    return rows


PYTHON: dict[str, Recipe] = {
    "random.betavariate": lambda: random.betavariate(1, 2),
    "random.binomialvariate": lambda: getattr(random, "binomialvariate")(999, 0.5),  # noqa: B009
    "random.choice": lambda: random.choice(range(10**6)),
    "random.choices": lambda: random.choices(ROWS, k=9),
    "random.expovariate": lambda: random.expovariate(1.0),
    "random.gammavariate": lambda: random.gammavariate(1, 2),
    "random.gauss": lambda: random.gauss(0, 1),
    "random.getrandbits": lambda: random.getrandbits(64),
    "random.lognormvariate": lambda: random.lognormvariate(0, 1),
    "random.normalvariate": lambda: random.normalvariate(0, 1),
    "random.paretovariate": lambda: random.paretovariate(1),
    "random.randbytes": lambda: random.randbytes(9),
    "random.randint": lambda: random.randint(0, 10**6),
    "random.random": random.random,
    "random.randrange": lambda: random.randrange(10**6),
    "random.sample": lambda: random.sample(ROWS, 9),
    "random.shuffle": lambda: _shuffled(random.shuffle),
    "random.triangular": lambda: random.triangular(0, 1, 0.5),
    "random.uniform": lambda: random.uniform(0, 1),
    "random.vonmisesvariate": lambda: random.vonmisesvariate(0, 1),
    "random.weibullvariate": lambda: random.weibullvariate(1, 1),
}

_P = torch.full((9,), 0.5)
_BASE = torch.zeros(3, 4)
_NORMAL = torch.distributions.Normal(0.0, 1.0)
_TENSORS = data.TensorDataset(torch.ones(40))


def _filled(method: str, *arguments: float) -> Recipe:
    return lambda **k: getattr(torch.zeros(9), method)(*arguments, **k)


TORCH: dict[str, Recipe] = {
    "torch.bernoulli": lambda **k: torch.bernoulli(_P, **k),
    "torch.binomial": lambda **k: torch.binomial(torch.full((9,), 99.0), _P, **k),
    "torch.multinomial": lambda **k: torch.multinomial(_P, 5, **k),
    "torch.normal": lambda **k: torch.normal(0.0, 1.0, (9,), **k),
    "torch.poisson": lambda **k: torch.poisson(torch.full((9,), 9.0), **k),
    "torch.rand": lambda **k: torch.rand(9, **k),
    "torch.rand_like": lambda **k: torch.rand_like(_P, **k),
    "torch.randint": lambda **k: torch.randint(0, 10**6, (9,), **k),
    "torch.randint_like": lambda **k: torch.randint_like(_P, 10**6, **k),
    "torch.randn": lambda **k: torch.randn(9, **k),
    "torch.randn_like": lambda **k: torch.randn_like(_P, **k),
    "torch.randperm": lambda **k: torch.randperm(40, **k),
    "torch.pca_lowrank": lambda: torch.pca_lowrank(torch.tensor(X), q=2)[0],
    "torch.svd_lowrank": lambda: torch.svd_lowrank(torch.tensor(X), q=2)[0],
    "torch.Tensor.bernoulli": lambda **k: _P.bernoulli(**k),
    "torch.Tensor.multinomial": lambda **k: _P.multinomial(5, **k),
    "torch.Tensor.bernoulli_": _filled("bernoulli_", 0.5),
    "torch.Tensor.cauchy_": _filled("cauchy_"),
    "torch.Tensor.exponential_": _filled("exponential_"),
    "torch.Tensor.geometric_": _filled("geometric_", 0.01),
    "torch.Tensor.log_normal_": _filled("log_normal_"),
    "torch.Tensor.normal_": _filled("normal_"),
    "torch.Tensor.random_": _filled("random_"),
    "torch.Tensor.uniform_": _filled("uniform_"),
    "torch.nn.init.kaiming_normal_": lambda **k: torch.nn.init.kaiming_normal_(_BASE, **k),
    "torch.nn.init.kaiming_uniform_": lambda **k: torch.nn.init.kaiming_uniform_(_BASE, **k),
    "torch.nn.init.normal_": lambda **k: torch.nn.init.normal_(_BASE, **k),
    "torch.nn.init.orthogonal_": lambda **k: torch.nn.init.orthogonal_(_BASE, **k),
    "torch.nn.init.sparse_": lambda **k: torch.nn.init.sparse_(_BASE, 0.5, **k),
    "torch.nn.init.trunc_normal_": lambda **k: torch.nn.init.trunc_normal_(_BASE, **k),
    "torch.nn.init.uniform_": lambda **k: torch.nn.init.uniform_(_BASE, **k),
    "torch.nn.init.xavier_normal_": lambda **k: torch.nn.init.xavier_normal_(_BASE, **k),
    "torch.nn.init.xavier_uniform_": lambda **k: torch.nn.init.xavier_uniform_(_BASE, **k),
    "torch.nn.utils.parametrizations.spectral_norm": lambda: (
        torch.nn.utils.parametrizations.spectral_norm(torch.nn.Linear(4, 4)).state_dict()
    ),
    "torch.nn.functional.gumbel_softmax": lambda: torch.nn.functional.gumbel_softmax(_BASE),
    "torch.nn.functional.rrelu": lambda **k: torch.nn.functional.rrelu(-torch.ones(9), **k),
    "torch.distributions.Distribution.sample": lambda: _NORMAL.sample(),
    "torch.distributions.Distribution.rsample": lambda: _NORMAL.rsample(),
    "torch.utils.data.random_split": lambda **k: [
        part.indices for part in data.random_split(_TENSORS, [30, 10], **k)
    ],
    "torch.utils.data.DataLoader": lambda **k: [
        list(batch)
        for batch in data.DataLoader(ROWS, 4, **k)  # type: ignore[arg-type]
    ],
    "torch.utils.data.RandomSampler": lambda **k: list(data.RandomSampler(ROWS, **k)),
    "torch.utils.data.SubsetRandomSampler": lambda **k: list(data.SubsetRandomSampler(ROWS, **k)),
    "torch.utils.data.WeightedRandomSampler": lambda **k: list(
        data.WeightedRandomSampler([1.0] * 40, 9, **k)
    ),
}


def _dropout(name: str) -> Recipe:
    return lambda **k: getattr(torch.nn.functional, name)(torch.ones(9, 9, 9, 9, 9)[0], 0.5, **k)


for _name in ["alpha_dropout", "dropout", "dropout2d", "dropout3d", "feature_alpha_dropout"]:
    TORCH[f"torch.nn.functional.{_name}"] = _dropout(_name)
TORCH["torch.nn.functional.dropout1d"] = lambda **k: torch.nn.functional.dropout1d(
    torch.ones(9, 9), 0.5, **k
)

PANDAS: dict[str, Recipe] = {
    "pandas.DataFrame.sample": lambda **k: FRAME.sample(frac=1, **k).value.tolist(),
    "pandas.Series.sample": lambda **k: FRAME.value.sample(frac=1, **k).tolist(),
    "pandas.api.typing.DataFrameGroupBy.sample": lambda **k: (
        FRAME.groupby("group").sample(2, **k).value.tolist()
    ),
}


def _splits(name: str) -> Recipe:
    arguments = (5,) if "Fold" in name and "Repeated" not in name else ()
    groups = np.arange(150) // 5

    def recipe(**k: Any) -> list[Any]:
        splitter = getattr(model_selection, name)(*arguments, **k)
        return [test.tolist() for _, test in splitter.split(X, Y, groups)]

    return recipe


SELECTION: dict[str, Recipe] = {
    "sklearn.model_selection.train_test_split": lambda **k: model_selection.train_test_split(
        ROWS, **k
    ),
    "sklearn.model_selection.ParameterSampler": lambda **k: list(
        model_selection.ParameterSampler({"C": stats.uniform(0, 1)}, 3, **k)
    ),
    "sklearn.utils.shuffle": lambda **k: utils.shuffle(ROWS, **k),
    "sklearn.utils.resample": lambda **k: utils.resample(ROWS, **k),
    "sklearn.inspection.permutation_importance": lambda **k: (
        inspection.permutation_importance(
            LogisticRegression().fit(X, Y), X, Y, n_repeats=2, **k
        ).importances
    ),
    **{
        f"sklearn.model_selection.{name}": _splits(name)
        for name in [
            "GroupKFold",
            "GroupShuffleSplit",
            "KFold",
            "RepeatedKFold",
            "RepeatedStratifiedKFold",
            "ShuffleSplit",
            "StratifiedGroupKFold",
            "StratifiedKFold",
            "StratifiedShuffleSplit",
        ]
    },
}


def made_rows(name: str) -> Recipe:
    """A ``sklearn.datasets.make_*`` function, with the arguments that it cannot do without."""
    arguments: dict[str, tuple[Any, ...]] = {
        "make_biclusters": ((9, 9), 3),
        "make_checkerboard": ((9, 9), 3),
        "make_sparse_coded_signal": (9,),
    }
    keywords: dict[str, dict[str, Any]] = {
        "make_sparse_coded_signal": {"n_components": 5, "n_features": 4, "n_nonzero_coefs": 2},
        "make_spd_matrix": {"n_dim": 3},
    }
    function = getattr(datasets, name)
    # One of them gives an iterator.
    return lambda **k: list(function(*arguments.get(name, ()), **keywords.get(name, {}), **k))


def _rvs(name: str) -> Recipe:
    arguments: dict[str, tuple[Any, ...]] = {
        "bernoulli": (0.5,),
        "beta": (1, 2),
        "binom": (50, 0.5),
        "dirichlet": ([1.0, 2.0],),
        "gamma": (1.5,),
        "lognorm": (1.5,),
        "loguniform": (1, 10),
        "poisson": (9,),
        "randint": (0, 10**6),
        "t": (3,),
        "truncnorm": (-1, 1),
    }
    return lambda **k: getattr(stats, name).rvs(*arguments.get(name, ()), size=30, **k)


_SAMPLES = (np.arange(30.0), np.arange(30.0) ** 1.1)
_POINTS = np.random.RandomState(2).normal(size=(60, 2))


def _difference(a: Any, b: Any) -> Any:
    return np.mean(a) - np.mean(b)


SCIPY: dict[str, Recipe] = {
    "scipy.cluster.vq.kmeans": lambda **k: cluster.vq.kmeans(_POINTS, 9, iter=1, **k)[0],
    "scipy.cluster.vq.kmeans2": lambda **k: cluster.vq.kmeans2(_POINTS, 9, minit="++", **k)[0],
    "scipy.optimize.basinhopping": lambda **k: (
        optimize.basinhopping(lambda x: float(np.sin(9 * x[0]) + x[0] ** 2), [1.0], niter=2, **k).x
    ),
    "scipy.optimize.differential_evolution": lambda **k: (
        optimize.differential_evolution(
            lambda x: float(x[0] ** 2), [(-1, 1)], maxiter=1, polish=False, **k
        ).x
    ),
    "scipy.optimize.dual_annealing": lambda **k: (
        optimize.dual_annealing(
            lambda x: float(x[0] ** 2), [(-1, 1)], maxiter=2, no_local_search=True, **k
        ).x
    ),
    "scipy.stats.bootstrap": lambda **k: (
        stats.bootstrap((_SAMPLES[0],), np.mean, n_resamples=50, **k).standard_error
    ),
    "scipy.stats.permutation_test": lambda **k: (
        stats.permutation_test(_SAMPLES, _difference, n_resamples=99, **k).null_distribution
    ),
    "scipy.sparse.random": lambda **k: sparse.random(9, 9, 0.5, **k).toarray(),
    "scipy.sparse.random_array": lambda **k: sparse.random_array(
        (9, 9), density=0.5, **k
    ).toarray(),
}


def recipe_for(name: str) -> Recipe | None:
    """The recipe of a catalogued name that draws, if it is called here at all."""
    if name.startswith("scipy.stats.") and name.endswith(".rvs"):
        return _rvs(name.split(".")[2])
    if name.startswith("sklearn.datasets.make_"):
        return made_rows(name.rpartition(".")[2])
    return _ALL.get(name)


_ALL = {**PYTHON, **numpy_recipes(), **TORCH, **PANDAS, **SELECTION, **SCIPY}
