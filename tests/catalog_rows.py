"""The rows of the catalogue as they stand in their files, for its tests."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent.parent / "triptych_lint" / "catalog"
Row = Mapping[str, Any]
_OTHER_SHAPES = {"engine.yaml", "ids.yaml", "scripts.yaml", "variables.yaml"}


def read(name: str) -> Any:
    """One file of the catalogue."""
    return yaml.load((FOLDER / name).read_bytes(), Loader=yaml.CSafeLoader)


LIBRARIES: dict[str, Row] = {
    path.name: read(path.name)
    for path in sorted(FOLDER.glob("*.yaml"))
    if path.name not in _OTHER_SHAPES
}
ROWS: dict[str, Row] = {
    name: row for library in LIBRARIES.values() for row in library["rows"] for name in row["api"]
}

OTHER_VERSIONS = {
    "aim.Run": "aim 3 and later",
    "aim.Run.track": "aim 3 and later",
    "google.colab.output.serve_kernel_port_as_iframe": "inside of Colab only",
    "google.colab.output.serve_kernel_port_as_window": "inside of Colab only",
    "gymnasium.Env.seed": "gym before 0.26",
    "gymnasium.Env.single_action_space": "vector environments",
    "haiku.jit": "removed by 0.0.17",
    "imblearn.base.BaseSampler.fit_sample": "up to 0.7",
    "jax.random.shuffle": "removed by 0.10",
    "keras.Model.fit_generator": "Keras 2",
    "pandas.DataFrame.append": "up to 1.5",
    "pandas.Series.append": "up to 1.5",
    "random.binomialvariate": "Python 3.12 and later",
    "sentence_transformers.SentenceTransformer.fit": "up to 5",
    "trl.CPOTrainer": "up to 0.25, then in trl.experimental",
    "trl.ORPOTrainer": "up to 0.25, then in trl.experimental",
    "trl.OnlineDPOTrainer": "up to 0.25, then in trl.experimental",
}
OTHER_VERSIONS |= {
    name: "TensorFlow 1" for row in LIBRARIES["tensorflow1.yaml"]["rows"] for name in row["api"]
}
"""Names that some supported version or place of their library lacks."""
