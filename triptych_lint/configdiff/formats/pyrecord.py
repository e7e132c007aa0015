"""What one run of a script sets: the entries that a config of it would have."""

from __future__ import annotations

from functools import cache

from triptych_lint.configdiff.formats.pyvalues import own_entries
from triptych_lint.configdiff.nodes import Items, Node, Scalar, Table
from triptych_lint.configdiff.variables import CONTEXT, Axis, load
from triptych_lint.model import Span

LENGTH = "length"
"""The variable that a loop over a range sets."""
CALL = "()"
"""Ends the first step of a path into the arguments of a call."""


class Unit:
    """The settings of a run, by name.

    In a function only what stands for a variable is kept, and nothing that is counted up.
    """

    def __init__(self, name: str, end: int, *, is_local: bool = False) -> None:
        self.name = name
        self.entries: dict[str, Node] = {}
        self.kinds: set[str] = set()
        self._arguments: dict[str, list[tuple[str, Table]]] = {}
        self._counted: set[str] = set()
        self._span = Span(0, end)
        self._is_local = is_local

    def bind(self, name: str, value: Node, *, again: bool) -> None:
        """Keep a value under ``name``; ``again``: it had another one before."""
        if isinstance(value, Table):
            value = Table(own_entries(value.entries, value.span), value.span)
            if value.entries:
                self.put(name, value)
            return
        variable = axis_of(name) is not None
        if (again and self._is_local) or name in self._counted:
            self._counted.add(name)
            self.entries.pop(name, None)
        elif variable or not (self._is_local or _is_opaque(value)):
            self.entries[name] = value
        else:
            self.entries.pop(name, None)

    def put(self, name: str, table: Table) -> None:
        """Keep a table that may still grow."""
        self.entries[name] = table

    def call(self, kind: str, label: str, arguments: Table) -> None:
        """Keep the arguments of a call; ``label`` tells it from others of its kind."""
        self.kinds.add(kind)
        self._arguments.setdefault(kind, []).append((label, arguments))

    def absorb(self, other: Unit) -> None:
        """Take in what another unit set; names that both have keep apart."""
        for name, value in other.entries.items():
            if name in self.entries:
                self.entries[f"[{other.name}]"] = Table({name: value}, value.span)
            else:
                self.entries[name] = value
        self.kinds |= other.kinds
        for kind, found in other._arguments.items():
            self._arguments.setdefault(kind, []).extend(found)

    def has_variables(self, number: int = 1) -> bool:
        """Whether at least ``number`` variables that count are set by name."""
        axes = {axis_of(name) for name in self.entries}
        counted = {a.name for a in axes if a is not None and (number < 2 or a.level != CONTEXT)}
        return len(counted) >= number or any(isinstance(v, Table) for v in self.entries.values())

    def table(self) -> Table:
        """The unit as a config; arguments of calls come under the kind of the call."""
        entries = dict(self.entries)
        for kind, found in self._arguments.items():
            tables = dict(_labelled(found))
            table = tables.popitem()[1] if len(tables) == 1 else Table(dict(tables), self._span)
            entries[f"{kind}{CALL}"] = table
        return Table(entries, self._span)


def _labelled(found: list[tuple[str, Table]]) -> list[tuple[str, Table]]:
    """Each call under its label, and a number where labels repeat."""
    seen: dict[str, int] = {}
    named = []
    for label, table in found:
        seen[label] = seen.get(label, 0) + 1
        again = f" {seen[label]}" if seen[label] > 1 else ""
        named.append((f"[{label}{again}]", table))
    return named


@cache
def axis_of(name: str) -> Axis | None:
    """The variable that a name stands for where it stands by itself."""
    return load().key((name,)).axis


def _is_opaque(value: Node) -> bool:
    if isinstance(value, Items):
        return any(_is_opaque(item) for item in value.items)
    return isinstance(value, Scalar) and value.opaque
