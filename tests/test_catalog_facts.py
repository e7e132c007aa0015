"""The rows of the catalogue are true of the libraries that are installed.

Every qualified name exists; what is said to draw from a stream depends on that stream and on no
other; a given seed of one's own takes the dependence away; seeders fix what they say they seed.
Libraries that are not installed are skipped, name by name.
"""

from __future__ import annotations

import hashlib
import importlib
import random
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import yaml
from catalog_estimators import outcome
from catalog_optional import RECIPES
from catalog_recipes import recipe_for
from threadpoolctl import threadpool_limits

FOLDER = Path(__file__).parent.parent / "triptych_lint" / "catalog"
OTHER_SHAPES = {"engine.yaml", "ids.yaml", "variables.yaml"}
Row = Mapping[str, Any]

OTHER_VERSIONS = {
    "aim.Run": "aim 3 and later",
    "aim.Run.track": "aim 3 and later",
    "google.colab.output.serve_kernel_port_as_iframe": "inside of Colab only",
    "google.colab.output.serve_kernel_port_as_window": "inside of Colab only",
    "random.binomialvariate": "Python 3.12 and later",
    "sentence_transformers.SentenceTransformer.fit": "up to 5",
    "trl.CPOTrainer": "trl.experimental since 0.26",
    "trl.ORPOTrainer": "trl.experimental since 0.26",
    "trl.OnlineDPOTrainer": "trl.experimental since 0.26",
}
"""Names that some supported version of their library lacks."""
BY_BACKEND = {"keras.utils.set_random_seed": {"torch"}}
"""Streams that a seeder reaches in some configurations only."""


def _libraries() -> dict[str, Row]:
    files = (path for path in sorted(FOLDER.glob("*.yaml")) if path.name not in OTHER_SHAPES)
    return {path.name: yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader) for path in files}


LIBRARIES = _libraries()
ROWS: dict[str, Row] = {
    name: row for library in LIBRARIES.values() for row in library["rows"] for name in row["api"]
}
RUN_HERE = ("numpy", "pandas", "random", "scipy", "sklearn", "torch")


# The shape of the rows


def test_no_name_has_two_rows() -> None:
    names = [n for library in LIBRARIES.values() for row in library["rows"] for n in row["api"]]
    assert sorted({name for name in names if names.count(name) > 1}) == []


def test_every_row_uses_only_documented_keys_and_says_where_it_comes_from() -> None:
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    cells = [line.split("|")[1] for line in readme.splitlines() if line.startswith("| `")]
    documented = {key for cell in cells for key in re.findall(r"`(\w+)`", cell)}
    for file, library in LIBRARIES.items():
        assert library["docs"].startswith("https://"), file
        for row in library["rows"]:
            assert set(row) <= documented, (file, row["api"][0], set(row) - documented)
            assert row["source"] == "run" or row["source"].startswith("https://"), row["api"][0]


def test_every_stream_is_known_to_the_engine() -> None:
    engine = yaml.load((FOLDER / "engine.yaml").read_bytes(), Loader=yaml.CSafeLoader)
    drawn = {row["draws"] for row in ROWS.values() if "draws" in row}
    assert drawn <= set(engine["streams"])


def test_every_type_that_a_row_refers_to_has_a_row() -> None:
    words = {"self", "argument", "arguments", "instance"}
    for name, row in ROWS.items():
        for key in ("base", "returns"):
            assert row.get(key, name) in {*ROWS, *words}, (name, key, row[key])


def test_conditions_name_their_defaults_or_must_be_given() -> None:
    for name, row in ROWS.items():
        assert set(row.get("defaults", {})) <= {*row.get("when", {}), *row.get("reshuffles", {})}, (
            name
        )


def test_ids_are_told_from_row_numbers_and_from_plain_features() -> None:
    groups = yaml.load((FOLDER / "ids.yaml").read_bytes(), Loader=yaml.CSafeLoader)["groups"]
    pattern = re.compile(groups["regex"])
    for name in ("patient_id", "PatientId", "subjects", "customerID", "StudyInstanceUID", "user"):
        assert pattern.search(name), name
    for name in ("id", "PassengerId", "index", "subject", "race", "author", "unit_price", "name"):
        assert not pattern.search(name), name


# Names


def _top_levels() -> list[str]:
    return sorted({name.partition(".")[0] for name in ROWS if not name.startswith("<")})


def _heirs(owner: str) -> Iterator[str]:
    """A type and the catalogued types that have it as a base, at any distance."""
    todo = [owner]
    for name in todo:
        yield name
        todo.extend(heir for heir, row in ROWS.items() if row.get("base") == name and heir != name)


def _exists(name: str) -> bool:
    """Whether a qualified name can be reached; yes where a missing dependency hides the answer."""
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        path = ".".join(parts[:end])
        try:
            found = importlib.import_module(path)
            for part in parts[end:]:
                found = getattr(found, part)
        except ModuleNotFoundError as error:
            if error.name is None or not f"{path}.".startswith(f"{error.name}."):
                return True
        except AttributeError:
            return False
        except Exception:
            return True
        else:
            return True
    return False


@pytest.mark.parametrize("top", _top_levels())
def test_every_name_exists_in_the_installed_library(top: str) -> None:
    try:
        library = importlib.import_module(top)
    except Exception as error:
        pytest.skip(f"{top}: {error}")
    missing = []
    for name in ROWS:
        if name.partition(".")[0] != top or name in OTHER_VERSIONS:
            continue
        owner, _, method = name.rpartition(".")
        heirs = _heirs(owner) if owner in ROWS else iter(())
        if not _exists(name) and not any(_exists(f"{heir}.{method}") for heir in heirs):
            missing.append(name)
    assert missing == [], getattr(library, "__version__", "no version")


# Streams


@pytest.fixture(autouse=True, scope="module")
def _one_thread() -> Iterator[None]:
    """Small fits are slow, and round differently, when threads wait for each other."""
    with threadpool_limits(1):
        yield


SEEDERS = {"python": random.seed, "numpy": np.random.seed, "torch": torch.manual_seed}


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


def _own_seed(parameter: str) -> Any:
    if parameter == "generator":
        return torch.Generator().manual_seed(0)
    return 0


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
    if cls.__name__ == "AdaptiveLogSoftmaxWithLoss":
        return torch.nn.AdaptiveLogSoftmaxWithLoss(4, 9, [3])
    inner = torch.nn.TransformerEncoderLayer(4, 2)
    for arguments in ((), (4,), (4, 4), (4, 4, 4), (4, 2), (inner, 2)):
        try:
            module = cls(*arguments)
        except (TypeError, AssertionError, ValueError):
            continue
        assert isinstance(module, torch.nn.Module)
        return module
    raise AssertionError(f"no arguments found for {cls}")


@pytest.mark.parametrize("name", DRAWS)
def test_what_draws_depends_on_its_stream_and_on_that_alone(name: str) -> None:
    if name in OTHER_VERSIONS and not _exists(name):
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
            return recipe(**conditions, **{parameter: _own_seed(parameter)})

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
        if default == wanted:
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
    torch.manual_seed(0)
    before = torch.get_rng_state()
    cls = _found(name)
    if name in ("torch.nn.TransformerEncoder", "torch.nn.TransformerDecoder"):
        inner = torch.nn.TransformerEncoderLayer(4, 2)
        before = torch.get_rng_state()
        cls(inner, 2)
    else:
        with torch.random.fork_rng(devices=[]):
            _layer(cls)  # finds the arguments; what it tries on the way does not count
        arguments = _accepted(cls)
        cls(*arguments)
    assert torch.equal(torch.get_rng_state(), before)


def _accepted(cls: Any) -> tuple[Any, ...]:
    for arguments in ((), (4,), (4, 4), (4, 4, 4)):
        try:
            with torch.random.fork_rng(devices=[]):
                cls(*arguments)
        except (TypeError, AssertionError, ValueError):
            continue
        return arguments
    raise AssertionError(f"no arguments found for {cls}")


# Seeders


def _draw_all() -> dict[str, Any]:
    return {
        "python": random.random(),
        "numpy": np.random.rand(),
        "torch": torch.rand(1).item(),
    }


SEEDING = [
    name
    for name, row in ROWS.items()
    if set(row.get("seeds", ())) & SEEDERS.keys()
    and "seeds_itself" not in row
    and row.get("none") != "entropy"
    and "state" not in name
]


@pytest.mark.parametrize("name", SEEDING)
def test_a_seeder_fixes_its_streams_and_no_other(name: str) -> None:
    top = name.partition(".")[0]
    try:
        importlib.import_module(top)
    except Exception as error:
        pytest.skip(f"{top}: {error}")
    owner, _, function = name.rpartition(".")
    try:
        seeder = getattr(importlib.import_module(owner), function)
    except ImportError:
        seeder = getattr(_found(owner), function)
    named = set(ROWS[name]["seeds"])
    drawn = []
    for _ in range(2):
        random.seed()
        np.random.seed()
        torch.seed()
        seeder(7)
        drawn.append(_draw_all())
    fixed = {stream for stream in SEEDERS if drawn[0][stream] == drawn[1][stream]}
    may = BY_BACKEND.get(name, set())
    assert fixed | may == named & SEEDERS.keys() | may


def test_seeding_without_a_number_is_entropy_where_a_row_says_so() -> None:
    for name in ("random.seed", "numpy.random.seed", "torch.seed"):
        stream = ROWS[name]["seeds"][0]
        assert ROWS[name]["none"] == "entropy"
        drawn = []
        for _ in range(2):
            SEEDERS[stream](0)
            module, _, function = name.rpartition(".")
            getattr(importlib.import_module(module), function)()
            drawn.append(_draw_all()[stream])
        assert drawn[0] != drawn[1], name
