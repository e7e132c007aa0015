"""What the catalogue says of draws is true of the libraries that are installed.

What is said to draw from a stream depends on that stream and on no other; a seed of its own, or a
condition that is not met, takes the dependence away; and what has no draw gives the same result
whatever is seeded.
"""

from __future__ import annotations

import hashlib
import importlib
import random
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import pytest
import torch
from catalog_estimators import outcome
from catalog_optional import RECIPES
from catalog_recipes import recipe_for
from catalog_rows import OTHER_VERSIONS, ROWS, Row
from threadpoolctl import threadpool_limits


@pytest.fixture(autouse=True, scope="module")
def _one_thread() -> Iterator[None]:
    """Small fits are slow, and round differently, when threads wait for each other."""
    with threadpool_limits(1):
        yield


RUN_HERE = ("numpy", "pandas", "random", "scipy", "sklearn", "torch")
SEEDERS: dict[str, Callable[[int], Any]] = {
    "python": random.seed,
    "numpy": np.random.seed,
    "torch": torch.manual_seed,
}


def _perturb(but: str, seed: int) -> None:
    """Seed one stream, and give every other one a state that it never had."""
    random.seed()
    np.random.seed()
    torch.seed()
    SEEDERS[but](seed)


def _digest(value: Any) -> str:
    out = hashlib.sha256()
    _feed(out, value)
    return out.hexdigest()


def _feed(out: Any, value: Any) -> None:
    if isinstance(value, torch.Tensor):
        value = value.detach().numpy()
    if hasattr(value, "toarray"):
        value = value.toarray()
    if isinstance(value, np.ndarray) and value.dtype != object:
        out.update(np.ascontiguousarray(value).tobytes())
    elif isinstance(value, Mapping):
        for key in sorted(value):
            _feed(out, value[key])
    elif isinstance(value, (list, tuple, np.ndarray)):
        for item in value:
            _feed(out, item)
    else:
        out.update(repr(value).encode())


def _depends(stream: str, recipe: Any, given: Mapping[str, Any]) -> bool:
    """Whether what ``recipe`` gives follows ``stream`` and, with it fixed, nothing else.

    Raises AssertionError where it does not come out the same twice.
    """

    def result(seed: int) -> str:
        _perturb(stream, seed)
        return _digest(recipe(**given))

    first = result(0)
    assert result(0) == first, f"seeding {stream} does not fix it"
    return any(result(seed) != first for seed in range(1, 6))


def _met(row: Row) -> dict[str, Any]:
    """Arguments under which the draw of a row happens."""
    return {k: v[0] if isinstance(v, list) else v for k, v in row.get("when", {}).items()}


def _own_seed(name: str, parameter: str) -> Any:
    if parameter != "generator":
        return 0
    if name.startswith("datasets."):
        return np.random.default_rng(0)
    return torch.Generator().manual_seed(0)


DRAWS = [
    name
    for name, row in ROWS.items()
    if row.get("draws") in SEEDERS
    and (name.startswith(tuple(f"{top}." for top in RUN_HERE)) or name in RECIPES)
]
ESTIMATORS = [n for n in DRAWS if ROWS[n].get("phase") == "fit" and n.startswith("sklearn.")]
LAYERS = [n for n in DRAWS if re.fullmatch(r"torch\.nn\.[A-Z]\w+", n)]


def _recipe(name: str) -> Any:
    if name in ESTIMATORS:
        return lambda **given: outcome(_found(name), given)
    if name in LAYERS:
        return lambda **given: _layer(_found(name)).state_dict()
    if name in RECIPES:
        try:
            importlib.import_module(name.partition(".")[0])
        except Exception as error:
            pytest.skip(str(error))
        return RECIPES[name]
    return recipe_for(name)


def _found(name: str) -> Any:
    module, _, attribute = name.rpartition(".")
    try:
        return getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError):
        pytest.skip(f"{name}: {OTHER_VERSIONS.get(name, 'not in this version')}")


def _layer(cls: Any) -> torch.nn.Module:
    """A module, made with the first arguments that it accepts."""
    module = cls(*_accepted(cls))
    assert isinstance(module, torch.nn.Module)
    return module


def _accepted(cls: Any) -> tuple[Any, ...]:
    """Positional arguments for a module; finding them leaves the global stream alone."""
    with torch.random.fork_rng(devices=[]):
        inner = torch.nn.TransformerEncoderLayer(4, 2)
        for arguments in ((), (4,), (4, 4), (4, 4, 4), (4, 2), (4, 9, [3]), (inner, 2)):
            try:
                cls(*arguments)
            except (TypeError, AssertionError, AttributeError, ValueError):
                continue
            return arguments
    raise AssertionError(f"no arguments found for {cls}")


@pytest.mark.parametrize("name", DRAWS)
def test_what_draws_depends_on_its_stream_and_on_that_alone(name: str) -> None:
    if name == "random.binomialvariate" and not hasattr(random, "binomialvariate"):
        pytest.skip(OTHER_VERSIONS[name])
    row, recipe = ROWS[name], _recipe(name)
    assert recipe is not None, "no recipe"
    assert _depends(row["draws"], recipe, _met(row)), f"{name} follows no stream"


@pytest.mark.parametrize("name", [name for name in DRAWS if "unless" in ROWS[name]])
def test_a_seed_of_its_own_takes_the_draw_away(name: str) -> None:
    row, recipe = ROWS[name], _recipe(name)
    tried = 0
    for parameter in row["unless"]:

        def given(parameter: str = parameter, **conditions: Any) -> Any:
            return recipe(**conditions, **{parameter: _own_seed(name, parameter)})

        try:
            follows = _depends(row["draws"], given, _met(row))
        except TypeError:
            continue  # a parameter that only other members of the row, or other versions, have
        assert not follows, f"{name}({parameter}=...) still follows the stream"
        tried += 1
    assert tried, f"{name} takes none of {row['unless']}"


@pytest.mark.parametrize("name", [name for name in DRAWS if "when" in ROWS[name]])
def test_a_condition_that_is_not_met_leaves_no_draw(name: str) -> None:
    row, recipe = ROWS[name], _recipe(name)
    given = {}
    for parameter, wanted in row["when"].items():
        default = row.get("defaults", {}).get(parameter)
        if default == wanted or (isinstance(wanted, list) and default in wanted):
            if not isinstance(wanted, bool):
                pytest.skip(f"{name} meets {parameter}={wanted} by default")
            given[parameter] = not wanted
    if row["draws"] == "numpy" and name in ESTIMATORS and given:
        pytest.skip("a fit without shuffling still draws, and the result may show it")
    assert not _depends(row["draws"], recipe, given)


# scikit-learn without a draw

QUIET = [
    name
    for name, row in ROWS.items()
    if re.fullmatch(r"sklearn\.\w+\.[A-Z]\w+", name)
    and row.get("base") in ("sklearn.base.BaseEstimator", "sklearn.base.TransformerMixin")
    and "draws" not in row
    and row["source"] == "run"
]


@pytest.mark.parametrize("name", QUIET)
def test_an_estimator_without_a_draw_gives_the_same_result_unseeded(name: str) -> None:
    assert not _depends("numpy", lambda: outcome(_found(name), {}), {})


# torch: what constructs without weights draws nothing

WEIGHTLESS = [
    name
    for name, row in ROWS.items()
    if re.fullmatch(r"torch\.nn\.[A-Z]\w+", name)
    and row.get("base") == "torch.nn.Module"
    and "draws" not in row
]


@pytest.mark.parametrize("name", WEIGHTLESS)
def test_a_module_without_a_draw_leaves_the_stream_where_it_was(name: str) -> None:
    cls = _found(name)
    arguments = _accepted(cls)
    torch.manual_seed(0)
    before = torch.get_rng_state()
    cls(*arguments)
    assert torch.equal(torch.get_rng_state(), before)
