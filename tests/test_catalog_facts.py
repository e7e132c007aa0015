"""The rows of the catalogue have one shape, name what exists, and seeders seed what they say.

Libraries that are not installed are skipped. That what is said to draw from a stream really follows
it is the matter of ``test_catalog_draws.py``.
"""

from __future__ import annotations

import importlib
import json
import random
import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import torch
import yaml
from catalog_rows import FOLDER, LIBRARIES, OTHER_VERSIONS, ROWS, read

from triptych_lint import catalog

SEEDERS: dict[str, Callable[[int], Any]] = {
    "python": random.seed,
    "numpy": np.random.seed,
    "torch": torch.manual_seed,
}
BY_BACKEND = {"keras.utils.set_random_seed": {"torch"}}
"""Streams that a seeder reaches in some configurations only."""


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


def test_the_first_process_reads_the_same_as_all_later_ones() -> None:
    """YAML knows keys that are no text (``true:``); the compiled form does not."""
    data = catalog._compile(sorted(FOLDER.glob("*.yaml")))
    assert json.loads(json.dumps(data)) == data


def test_a_word_that_yaml_reads_as_a_boolean_is_refused_at_any_depth() -> None:
    assert catalog._is_plain(yaml.safe_load('{reopens: {by: reinit, "true": finish_previous}}'))
    for wrong in ("{reopens: {true: finish_previous}}", "{column_arg: [{on: merge}]}"):
        assert not catalog._is_plain(yaml.safe_load(wrong))


def test_every_stream_is_known_to_the_engine() -> None:
    drawn = {row["draws"] for row in ROWS.values() if "draws" in row}
    assert drawn <= set(read("engine.yaml")["streams"])


def test_every_type_that_a_row_refers_to_has_a_row() -> None:
    words = {"self", "argument", "arguments", "instance"}
    for name, row in ROWS.items():
        for key in ("base", "returns"):
            assert row.get(key, name) in {*ROWS, *words}, (name, key, row[key])


CONDITIONS = ("when", "norm_when", "reshuffles", "copies", "stacks")


def test_conditions_name_their_defaults_or_must_be_given() -> None:
    for name, row in ROWS.items():
        conditions = {key for part in CONDITIONS for key in row.get(part, {})}
        assert set(row.get("defaults", {})) <= conditions, name


def test_ids_are_told_from_row_numbers_and_from_plain_features() -> None:
    pattern = re.compile(read("ids.yaml")["groups"]["regex"])
    keys = re.compile(read("ids.yaml")["groups"]["keys_regex"])
    for name in ("patient_id", "PatientId", "subjects", "StudyInstanceUID", "speaker"):
        assert pattern.search(name), name
        assert not keys.search(name), name
    for name in ("customerID", "user", "device_id"):
        assert keys.search(name), name
        assert not pattern.search(name), name
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
        except ModuleNotFoundError as error:
            if error.name is None or not f"{path}.".startswith(f"{error.name}."):
                return True
            continue
        except Exception:
            return True
        try:
            for part in parts[end:]:
                found = getattr(found, part)
        except AttributeError:
            return False
        except Exception:
            return True
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


# Seeders


def _class(name: str) -> Any:
    module, _, attribute = name.rpartition(".")
    try:
        return getattr(importlib.import_module(module), attribute)
    except (AttributeError, ImportError) as error:
        pytest.skip(str(error))


def _draw_all() -> dict[str, Any]:
    return {
        "python": random.random(),
        "numpy": np.random.rand(),
        "torch": torch.rand(1).item(),
    }


def _agent(kind: Callable[..., Any]) -> Callable[[int], Any]:
    """Make an agent of stable-baselines3, in an environment that it can act in."""
    discrete = kind.__name__ in ("A2C", "DQN", "PPO")
    env = "CartPole-v1" if discrete else "Pendulum-v1"
    return lambda seed: kind("MlpPolicy", env, seed=seed, device="cpu")


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
        seeder = getattr(_class(owner), function)
    if owner == "stable_baselines3":
        seeder = _agent(seeder)
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
