"""What calls of a script say about settings: ``catalog/scripts.yaml``, by qualified name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import translate
from functools import cache

from triptych_lint import tree as t
from triptych_lint.catalog import read_yaml


@dataclass(frozen=True, slots=True)
class Settings:
    """A call whose arguments are settings of the run, such as the making of an optimizer."""

    kind: str
    params: tuple[str, ...] = ()
    named: bool = False
    """Whether the class that is called is a setting too."""


@dataclass(frozen=True, slots=True)
class Calls:
    """The catalogue; each pattern is of qualified names."""

    mappings: re.Pattern[str]
    defaults: re.Pattern[str]
    parsers: re.Pattern[str]
    options: re.Pattern[str]
    flags: re.Pattern[str]
    option_methods: frozenset[str]
    settings: tuple[tuple[re.Pattern[str], Settings], ...]
    methods: tuple[tuple[str, frozenset[str], Settings], ...]
    evaluation: frozenset[str]
    runs: frozenset[str]

    def of(self, name: str, call: t.Call) -> Settings | None:
        """What a call of ``name`` sets, if anything."""
        for pattern, settings in self.settings:
            if pattern.fullmatch(name):
                return settings
        keywords = {argument.keyword for argument in call.args}
        for method, telling, settings in self.methods:
            if isinstance(call.func, t.Attr) and call.func.attr == method and keywords & telling:
                return settings
        return None


@cache
def load() -> Calls:
    data = read_yaml("scripts.yaml")
    return Calls(
        mappings=_any(data["mappings"]),
        defaults=_any(data["defaults"]),
        parsers=_any(data["parsers"]),
        options=_any(data["options"]["functions"]),
        flags=_any(data["options"]["flags"]),
        option_methods=frozenset(data["options"]["methods"]),
        settings=tuple(
            (
                _any(row["api"]),
                Settings(row["kind"], tuple(row.get("params", ())), row.get("named", False)),
            )
            for row in data["calls"]
        ),
        methods=tuple(
            (row["name"], frozenset(row["keywords"]), Settings(row["kind"]))
            for row in data["methods"]
        ),
        evaluation=frozenset(data["evaluation"]),
        runs=frozenset(data["runs"]),
    )


def _any(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(translate(pattern) for pattern in patterns))


class Imports:
    """What the names that a file imports stand for, wherever in it they are imported."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def add(self, statement: t.Import | t.ImportFrom) -> None:
        """Learn the names of an import."""
        for name, alias in statement.names:
            if isinstance(statement, t.ImportFrom):
                self._names[alias or name] = f"{statement.module}.{name}"
            elif alias:
                self._names[alias] = name
            else:
                self._names[name.partition(".")[0]] = name.partition(".")[0]

    def qualified(self, node: t.Expr) -> str:
        """The dotted name of what ``node`` leads to; of what was not imported, as it is written."""
        if isinstance(node, t.Name):
            return self._names.get(node.id, node.id)
        if isinstance(node, t.Attr):
            above = self.qualified(node.value)
            return f"{above}.{node.attr}" if above else ""
        return ""
