"""Recipes for libraries that the test environment need not have; a name's own import skips it."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import numpy as np

Recipe = Callable[..., Any]

_X = np.abs(np.random.RandomState(0).normal(size=(90, 4)))
_Y = np.array([0] * 60 + [1] * 30)
_ROWS = list(range(40))


def _found(name: str) -> Any:
    module, _, attribute = name.rpartition(".")
    return getattr(importlib.import_module(module), attribute)


def _resampled(name: str) -> Recipe:
    more: dict[str, dict[str, Any]] = {
        "SMOTENC": {"categorical_features": [0]},
        "KMeansSMOTE": {"cluster_balance_threshold": 0},
    }
    rows = _X.round() if name.endswith(("SMOTEN", "SMOTENC")) else _X
    keywords = more.get(name.rpartition(".")[2], {})
    return lambda **k: list(_found(name)(**keywords, **k).fit_resample(rows, _Y))


def _ensemble(name: str) -> Recipe:
    return lambda **k: _found(name)(n_estimators=3, **k).fit(_X, _Y).predict_proba(_X + 0.1)


def _keras_layer(name: str) -> Recipe:
    arguments: dict[str, tuple[Any, ...]] = {
        "Conv1D": (2, 2),
        "Conv1DTranspose": (2, 2),
        "Conv2D": (2, 2),
        "Conv2DTranspose": (2, 2),
        "Conv3D": (2, 2),
        "Dense": (3,),
        "DepthwiseConv2D": (2,),
        "EinsumDense": ("ab,bc->ac", 3),
        "Embedding": (9, 3),
        "GRU": (3,),
        "LSTM": (3,),
        "SeparableConv2D": (2, 2),
        "SimpleRNN": (3,),
    }
    kind = name.rpartition(".")[2]
    flat = kind in ("Dense", "EinsumDense", "Embedding")
    rank = 2 if flat else 5 if "3D" in kind else 4 if "2D" in kind else 3

    def recipe() -> Any:
        layer = _found(name)(*arguments[kind])
        layer.build((2,) * rank)
        return [np.asarray(weight) for weight in layer.get_weights()]

    return recipe


def _keras_noise(name: str) -> Recipe:
    return lambda **k: np.asarray(_found(name)(0.5, **k)(np.ones((9, 9, 9)), training=True))


def _dataset() -> Any:
    return _found("datasets.Dataset").from_dict({"a": _ROWS})


def _bert(**_: Any) -> Any:
    config = _found("transformers.BertConfig")(
        hidden_size=8,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=8,
        vocab_size=20,
    )
    return _found("transformers.BertModel")(config).state_dict()


def _convolution(name: str) -> Recipe:
    arguments = (4, 4, 3) if name.endswith("RGCNConv") else (4, 4)
    arguments = (4, 4, 2) if name.endswith("ChebConv") else arguments
    return lambda: _found(name)(*arguments).state_dict()


def _net(name: str, **keywords: Any) -> Recipe:
    return lambda: _found(name)(**keywords).state_dict()


RECIPES: dict[str, Recipe] = {
    "datasets.Dataset.shuffle": lambda **k: _dataset().shuffle(**k)["a"][:],
    "datasets.Dataset.train_test_split": lambda **k: _dataset().train_test_split(0.2, **k)["test"][
        "a"
    ][:],
    "transformers.BertModel": _bert,
    "tensorflow.random.normal": lambda: _found("tensorflow.random.normal")([9]).numpy(),
    "monai.networks.nets.UNet": _net(
        "monai.networks.nets.UNet",
        spatial_dims=2,
        in_channels=1,
        out_channels=1,
        channels=(2, 4),
        strides=(2,),
    ),
    **{
        f"keras.layers.{kind}": _keras_noise(f"keras.layers.{kind}")
        for kind in [
            "AlphaDropout",
            "Dropout",
            "GaussianDropout",
            "GaussianNoise",
            "SpatialDropout1D",
        ]
    },
    **{
        f"keras.layers.{kind}": _keras_layer(f"keras.layers.{kind}")
        for kind in [
            "Conv1D",
            "Conv1DTranspose",
            "Conv2D",
            "Conv2DTranspose",
            "Conv3D",
            "Dense",
            "DepthwiseConv2D",
            "Embedding",
            "GRU",
            "LSTM",
            "SeparableConv2D",
            "SimpleRNN",
        ]
    },
    **{
        f"imblearn.{path}": _resampled(f"imblearn.{path}")
        for path in [
            "combine.SMOTEENN",
            "combine.SMOTETomek",
            "over_sampling.ADASYN",
            "over_sampling.BorderlineSMOTE",
            "over_sampling.KMeansSMOTE",
            "over_sampling.SMOTE",
            "over_sampling.RandomOverSampler",
            "over_sampling.SMOTEN",
            "over_sampling.SMOTENC",
            "over_sampling.SVMSMOTE",
            "under_sampling.ClusterCentroids",
            "under_sampling.RandomUnderSampler",
        ]
    },
    **{
        f"imblearn.ensemble.{kind}": _ensemble(f"imblearn.ensemble.{kind}")
        for kind in [
            "BalancedBaggingClassifier",
            "BalancedRandomForestClassifier",
            "EasyEnsembleClassifier",
            "RUSBoostClassifier",
        ]
    },
    **{
        f"torch_geometric.nn.{kind}": _convolution(f"torch_geometric.nn.{kind}")
        for kind in [
            "ChebConv",
            "GATConv",
            "GATv2Conv",
            "GCNConv",
            "GraphConv",
            "Linear",
            "RGCNConv",
            "SAGEConv",
            "TransformerConv",
        ]
    },
}
