"""What never changes a verdict: reformatting, reordering and respelling."""

from __future__ import annotations

import json
import random
from typing import Any

import yaml
from configdiff_support import compare
from hypothesis import given, settings
from hypothesis import strategies as st

from triptych_lint.configdiff.compare import Comparison
from triptych_lint.configdiff.joint import is_joint
from triptych_lint.configdiff.ladder import ladder
from triptych_lint.configdiff.nodes import ConfigError
from triptych_lint.configdiff.variables import load

NAMES = [
    "lr", "learning_rate", "batch_size", "optimizer", "betas", "weight_decay", "epochs", "seed",
    "warmup_steps", "milestones", "dropout", "loss", "model", "name", "output_dir", "my_key",
    "grad_clip", "gradient_accumulation_steps", "train", "section",
]  # fmt: skip

numbers = st.one_of(
    st.integers(0, 10**6),
    st.floats(1e-8, 1e6, allow_nan=False).map(lambda x: float(f"{x:.6g}")),
)
words = st.sampled_from(["sgd", "adam", "cosine", "a b", "x:y", "#1", "", "${lr}", "yes", "1e-3"])
scalars = st.one_of(numbers, words, st.booleans(), st.none())
values = st.one_of(scalars, st.lists(scalars, max_size=3))
tables = st.dictionaries(st.sampled_from(NAMES), values, max_size=6)
configs = st.dictionaries(
    st.sampled_from(NAMES), st.one_of(values, tables, st.lists(tables, max_size=2)), max_size=7
)


def written(config: Any, shuffle: random.Random | None = None) -> str:
    """A config as YAML in one of many styles: block or flow, quoted or not, keys in any order."""
    if shuffle is None:
        return yaml.safe_dump(config, sort_keys=False)
    return yaml.dump(
        reordered(config, shuffle),
        Dumper=shuffle.choice([yaml.SafeDumper, SpelledOut]),
        sort_keys=False,
        default_flow_style=shuffle.choice([True, False, None]),
        default_style=shuffle.choice([None, '"']) if not holds_words(config) else None,
        indent=shuffle.choice([2, 4]),
        width=shuffle.choice([20, 80, 1000]),
        explicit_start=shuffle.choice([True, False]),
    )


class SpelledOut(yaml.SafeDumper):
    """Writes each float with its exponent, and whole numbers as floats."""


def spelled(dumper: yaml.SafeDumper, value: float) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:float", f"{value:.12E}")


SpelledOut.add_representer(float, spelled)
SpelledOut.add_representer(int, spelled)


def holds_words(config: Any) -> bool:
    """Quotes matter where a text may be a word of YAML (``yes``)."""
    if isinstance(config, dict):
        return any(holds_words(value) for value in config.values())
    if isinstance(config, list):
        return any(holds_words(item) for item in config)
    return isinstance(config, str | bool) or config is None


def reordered(config: Any, shuffle: random.Random) -> Any:
    """Keys in another order; the order of lists means something and stays."""
    if isinstance(config, dict):
        items = [(key, reordered(value, shuffle)) for key, value in config.items()]
        shuffle.shuffle(items)
        return dict(items)
    return [reordered(item, shuffle) for item in config] if isinstance(config, list) else config


@settings(max_examples=200, deadline=None)
@given(configs)
def test_a_config_never_differs_from_itself(config: Any) -> None:
    for text, name in ((written(config), "a.yaml"), (json.dumps(config), "a.json")):
        found = compare(text, text, name, strict=True)
        assert found.changed == {}
        assert found.asked == []


@settings(max_examples=200, deadline=None)
@given(configs, st.randoms(use_true_random=False))
def test_another_way_of_writing_a_config_is_no_change(config: Any, shuffle: random.Random) -> None:
    assert compare(written(config), written(config, shuffle), strict=True).changed == {}


@settings(max_examples=200, deadline=None)
@given(configs, configs, st.randoms(use_true_random=False))
def test_the_verdict_does_not_depend_on_how_the_versions_are_written(
    old: Any, new: Any, shuffle: random.Random
) -> None:
    first = compare(written(old), written(new))
    second = compare(written(old, shuffle), written(new, shuffle))
    assert second.word == first.word
    assert second.counted == first.counted
    assert second.changed == first.changed


@settings(max_examples=100, deadline=None)
@given(configs, configs)
def test_whatever_differs_the_places_lie_in_the_new_text(old: Any, new: Any) -> None:
    found = compare(written(old), written(new), strict=True)
    length = len(found.file.config.source.text)
    for run in found.file.runs:
        for change in run.changes:
            if change.new is not None:
                assert 0 <= change.new.span.start <= change.new.span.end <= length


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200), st.sampled_from(["a.yaml", "a.json"]))
def test_no_text_at_all_raises_anything_but_the_clear_line(text: str, name: str) -> None:
    try:
        found = compare(text, text, name)
    except ConfigError:
        return
    assert found.changed == {}


# The ladder

settings_of_a_run = st.fixed_dictionaries(
    {},
    optional={
        "lr": numbers,
        "batch_size": st.integers(1, 512),
        "optimizer": st.sampled_from(["sgd", "adam", "lion"]),
        "epochs": st.integers(1, 300),
        "dropout": st.floats(0.01, 0.9).map(lambda x: round(x, 3)),
        "betas": st.lists(numbers, min_size=2, max_size=2),
        "name": words,
        "seed": st.integers(0, 9),
    },
)


def in_python(config: dict[str, Any]) -> str:
    return "".join(f"{name} = {value!r}  # {name}\n" for name, value in config.items())


def in_toml(config: dict[str, Any]) -> str:
    return "".join(f"{name} = {json.dumps(value)}\n" for name, value in config.items())


FORMS: dict[str, Any] = {
    "run.yaml": written,
    "run.json": lambda config: json.dumps(config, indent=2),
    "run.py": in_python,
    "run.toml": in_toml,
}


@settings(max_examples=200, deadline=None)
@given(settings_of_a_run, settings_of_a_run, st.sampled_from(sorted(FORMS)))
def test_a_ladder_applied_in_full_gives_the_new_config(old: Any, new: Any, name: str) -> None:
    before, after = FORMS[name](old), FORMS[name](new)
    found = compare(before, after, name)
    for run in found.file.runs:
        if not is_joint(run):
            continue
        *steps, whole = ladder(found.file, run, Comparison(load()))
        assert [step.name for step in steps] == found.counted
        for step in steps:
            assert compare(before, step.data.decode(), name).counted == [step.name]
        assert compare(whole.data.decode(), after, name, strict=True).changed == {}


@settings(max_examples=200, deadline=None)
@given(settings_of_a_run, settings_of_a_run, st.randoms(use_true_random=False))
def test_the_verdict_does_not_depend_on_the_format(
    old: Any, new: Any, shuffle: random.Random
) -> None:
    verdicts = set()
    for name, form in FORMS.items():
        found = compare(form(old), form(reordered(new, shuffle)), name)
        verdicts.add((found.word, tuple(found.counted), tuple(sorted(found.ties.items()))))
    assert len(verdicts) == 1
