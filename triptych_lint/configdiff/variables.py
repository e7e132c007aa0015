"""Which variable of the experiment a config key stands for, by ``catalog/variables.yaml``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

from triptych_lint.catalog import read_yaml
from triptych_lint.configdiff.references import Path

LOUD, COUNTED, CONTEXT = "loud", "counted", "context"

_CAMEL = re.compile(r"(?<=[a-z\d])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_NO_WORD = re.compile(r"[^\w]+")


@dataclass(frozen=True, slots=True)
class Axis:
    """A variable of an experiment: a group of keys that are tuned as one."""

    name: str
    title: str
    level: str
    single: bool = False
    """Whether a run has one value of it, so that a list of values is a choice."""


@dataclass(frozen=True, slots=True)
class Key:
    """What a config key is to the experiment. ``axis`` is None for what is no variable.

    ``known`` tells keys that are no variable (a path, a logger's interval) from those that
    nobody has described. ``leaf`` is the name that was looked up.
    """

    leaf: str
    axis: Axis | None = None
    known: bool = False
    identity: bool = False
    debug: bool = False
    names_class: bool = False


@dataclass(frozen=True)
class Variables:
    """The catalogue, and what the settings add to it."""

    axes: Mapping[str, Axis]
    keys: Mapping[str, str]
    under: Mapping[str, Mapping[str, str]]
    """For each section name, what the keys in it stand for."""
    identity: frozenset[str]
    identity_under: Mapping[str, frozenset[str]]
    patterns: tuple[tuple[str, str | None], ...]
    """Shell patterns in order, with their variable; None for what is no variable."""
    excluded_sections: frozenset[str]
    excluded_section_patterns: tuple[str, ...]
    excluded_keys: frozenset[str]
    unset: frozenset[str]
    """Values, in lower case, that stand for one which is found elsewhere."""
    lists: frozenset[str]
    """Keys of single variables whose value is a list all the same."""
    wrappers: frozenset[str]
    names: frozenset[str]
    debug: frozenset[str]
    metrics: tuple[str, ...]
    follows: frozenset[str]
    floor: frozenset[str]
    roles: Mapping[str, str]
    """What a key of a batch is: ``total``, ``accumulation``, ``replicas`` or ``inverse``."""
    _memory: dict[Path, Key] = field(default_factory=dict, compare=False, repr=False)

    def key(self, path: Path) -> Key:
        """What the key at ``path`` stands for."""
        if path not in self._memory:
            self._memory[path] = self._look_up(path)
        return self._memory[path]

    def _look_up(self, path: Path) -> Key:
        steps = words(path)
        while len(steps) > 1 and steps[-1] in self.wrappers:
            steps.pop()
        if not steps:
            return Key("")
        *above, leaf = steps
        nothing = Key(leaf, known=True)
        if any(self._excludes(section) for section in above):
            return nothing
        key = Key(leaf, debug=leaf in self.debug, names_class=leaf in self.names)
        section = next((step for step in reversed(above) if step in self.under), "")
        here = self.under.get(section, {})
        if leaf in here:
            identity = leaf in self.identity_under.get(section, ())
            return replace(key, axis=self.axes[here[leaf]], known=True, identity=identity)
        if leaf in self.keys:
            axis = self.axes[self.keys[leaf]]
            return replace(key, axis=axis, known=True, identity=leaf in self.identity)
        if leaf in self.excluded_keys:
            return nothing
        for pattern, name in self.patterns:
            if fnmatchcase(leaf, pattern):
                return nothing if name is None else replace(key, axis=self.axes[name], known=True)
        return key

    def _excludes(self, section: str) -> bool:
        return section in self.excluded_sections or any(
            fnmatchcase(section, pattern) for pattern in self.excluded_section_patterns
        )

    def extended(self, keys: Mapping[str, Iterable[str]], ignored: Iterable[str]) -> Variables:
        """These variables with the keys of the user's settings.

        ``keys`` maps a variable to names or shell patterns of its keys; a variable of a new name
        is counted. ``ignored`` are names or patterns of keys that are no variable.
        """
        axes = dict(self.axes)
        own = dict(self.keys)
        patterns: list[tuple[str, str | None]] = []
        excluded = set(self.excluded_keys)
        for axis, names in keys.items():
            axes.setdefault(axis, Axis(axis, axis.replace("_", " "), COUNTED))
            for name in names:
                own[name] = axis
                excluded.discard(name)
                patterns.append((name, axis))
        for name in ignored:
            for known in [known for known in own if fnmatchcase(known, name)]:
                del own[known]
            patterns.insert(0, (name, None))
        under = {
            section: {key: axis for key, axis in table.items() if key not in set(ignored)}
            for section, table in self.under.items()
        }
        return replace(
            self,
            axes=axes,
            keys=own,
            under=under,
            patterns=(*patterns, *self.patterns),
            excluded_keys=frozenset(excluded),
            _memory={},
        )


def words(path: Path) -> list[str]:
    """The steps of a path in snake_case, without the items of lists."""
    steps = (part for step in path if not step.startswith("[") for part in step.split("."))
    return [word for step in steps if (word := snake_case(step))]


def snake_case(name: str) -> str:
    """``batchSize``, ``--batch-size`` and ``BATCH_SIZE`` are ``batch_size``."""
    lead = "_" if name.startswith("_") else ""
    tail = "_" if name.endswith("_") else ""
    body = _NO_WORD.sub("_", _CAMEL.sub("_", name)).strip("_").lower()
    return f"{lead}{body}{tail}" if body else ""


@cache
def load() -> Variables:
    """The catalogue as it is shipped."""
    data = read_yaml("variables.yaml")
    keys: dict[str, str] = {}
    under: dict[str, dict[str, str]] = {}
    identity_under: dict[str, frozenset[str]] = {}
    patterns: list[tuple[str, str | None]] = [(p, None) for p in data["excluded"]["patterns"]]
    for group in data["groups"]:
        name = group["axis"]
        identity = group.get("identity", {})
        section_keys = group.get("under", {"sections": (), "keys": ()})
        for key in (*group["keys"], *identity.get("keys", ())):
            keys[key] = name
        for section in section_keys["sections"]:
            for key in (*section_keys["keys"], *identity.get("under", ())):
                under.setdefault(section, {})[key] = name
            if identity:
                identity_under[section] = frozenset(identity["under"])
        patterns += [(pattern, name) for pattern in group.get("patterns", ())]
    return Variables(
        axes={
            g["axis"]: Axis(g["axis"], g["title"], g["level"], g.get("single", False))
            for g in data["groups"]
        },
        keys=keys,
        under=under,
        identity=frozenset(
            key for group in data["groups"] for key in group.get("identity", {}).get("keys", ())
        ),
        identity_under=identity_under,
        patterns=tuple(patterns),
        excluded_sections=frozenset(data["excluded"]["sections"]),
        excluded_section_patterns=tuple(data["excluded"]["section_patterns"]),
        excluded_keys=frozenset(data["excluded"]["keys"]),
        unset=frozenset(data["unset"]),
        lists=frozenset(data["lists"]),
        wrappers=frozenset(data["wrappers"]),
        names=frozenset(data["names"]),
        debug=frozenset(data["debug"]),
        metrics=tuple(data["metrics"]),
        follows=_all(data, "follows"),
        floor=_all(data, "floor"),
        roles={
            key: role
            for group in data["groups"]
            for role, names in group.get("roles", {}).items()
            for key in names
        },
    )


def _all(data: Any, property_name: str) -> frozenset[str]:
    return frozenset(key for group in data["groups"] for key in group.get(property_name, ()))
