"""The value of an expression, as far as it can be read without running anything."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from itertools import count

from triptych_lint import tree as t
from triptych_lint.configdiff.formats.pycatalog import Calls, Imports
from triptych_lint.configdiff.formats.pysyntax import has_word
from triptych_lint.configdiff.meaning import Meaning, is_number, meaning, same
from triptych_lint.configdiff.nodes import ConfigError, Items, Node, Scalar, Table
from triptych_lint.model import Span

MOST_VALUES = 20_000
"""Values of one file; a script that writes down more holds data."""
MOST_COPIES = 50_000
"""Values that names may stand for in one file; beyond, they are not followed."""
CLASS_KEY = "_target_"

_MOST_DIGITS = 300
_DEEPEST = 40
_OPERATIONS: dict[str, Callable[[float, float], float]] = {
    "Add": operator.add,
    "Sub": operator.sub,
    "Mult": operator.mul,
    "Div": operator.truediv,
    "FloorDiv": operator.floordiv,
    "Mod": operator.mod,
}
_CONVERSIONS: dict[str, Callable[[float], float]] = {"int": int, "float": float, "round": round}


@dataclass(slots=True)
class Scope:
    """The names of a module, a class or a function; what they stand for, if that is known."""

    values: dict[str, Node] = field(default_factory=dict)
    outer: Scope | None = None
    number: int = field(default_factory=count().__next__)
    """Tells scopes apart, also those that are gone."""

    def find(self, name: str) -> Node | None:
        scope: Scope | None = self
        while scope is not None:
            if name in scope.values:
                return scope.values[name]
            scope = scope.outer
        return None


class Values:
    """Reads expressions of one text."""

    def __init__(self, text: str, imports: Imports, calls: Calls) -> None:
        self._text = text
        self._imports = imports
        self._calls = calls
        self._count = self._copied = 0

    def read(self, node: t.Expr, scope: Scope, depth: int = 0) -> Node:
        """The value of ``node``; what cannot be read is opaque."""
        self._count += 1
        if self._count > MOST_VALUES:
            raise ConfigError(f"holds more than {MOST_VALUES:,} values")
        if depth > _DEEPEST:
            return self.opaque(node)
        if isinstance(node, t.Const):
            return self._constant(node)
        if isinstance(node, t.Seq):
            if any(isinstance(item, t.Star) for item in node.items):
                return self.opaque(node)
            items = tuple(self.read(item, scope, depth + 1) for item in node.items)
            return Items(items, node.span)
        if isinstance(node, t.Dict):
            return self._dict(node, scope, depth)
        if isinstance(node, t.Name | t.Attr | t.Sub):
            return self._named(node, scope, depth)
        if isinstance(node, t.Bin | t.Unary):
            return self._folded(node, scope, depth)
        if isinstance(node, t.Call):
            return self._call(node, scope, depth)
        return self.opaque(node)

    def _seen_from(self, span: Span, node: Node) -> Node:
        """The value of a name where the name stands; each value remembers its literal.

        Tables are copied, so that what is set in the copy stays there: only so many of them.
        """
        self._copied += 1
        if self._copied > MOST_COPIES:
            return Scalar("...", span, opaque=True)
        if isinstance(node, Scalar):
            return replace(node, span=span, origin=_origin(node))
        if isinstance(node, Items):
            return Items(tuple(self._seen_from(span, item) for item in node.items), span)
        entries = {key: self._seen_from(span, value) for key, value in node.entries.items()}
        return Table(entries, span)

    def opaque(self, node: t.Expr) -> Scalar:
        """A value that is not known, under its own text."""
        text = " ".join(self._text[node.start : node.end].split())
        return Scalar(text, node.span, opaque=True)

    def table(self, call: t.Call, scope: Scope, depth: int = 0) -> Table:
        """The keywords of a call as a table; first what a dict in front of them holds."""
        entries: dict[str, Node] = {}
        for argument in call.args:
            if argument.keyword is not None:
                entries[argument.keyword] = self.read(argument.value, scope, depth + 1)
                continue
            value = self.read(argument.value, scope, depth + 1)
            if isinstance(value, Table) and argument.star != "*":
                entries |= value.entries
        return Table(entries, call.span)

    def _constant(self, node: t.Const) -> Node:
        if isinstance(node.value, str):
            return Scalar(node.value, node.span, quoted=True)
        if node.value is ... or isinstance(node.value, bytes | complex):
            return self.opaque(node)
        return Scalar(self._spelled(node, node.value), node.span)

    def _spelled(self, node: t.Expr, value: bool | int | float | None) -> str:
        """``value`` as it is written, where that can be read back, and else in digits."""
        written = self._text[node.start : node.end]
        return written if same(meaning(written), value) else repr(value)

    def _dict(self, node: t.Dict, scope: Scope, depth: int) -> Node:
        entries: dict[str, Node] = {}
        for key, value in node.items:
            found = self.read(value, scope, depth + 1)
            if key is None:
                if isinstance(found, Table):
                    entries |= found.entries
                continue
            name = self.read(key, scope, depth + 1)
            if not isinstance(name, Scalar):
                return self.opaque(node)
            entries[name.text] = found
        return Table(entries, node.span)

    def _named(self, node: t.Name | t.Attr | t.Sub, scope: Scope, depth: int) -> Node:
        found = self._target(node, scope, depth)
        return self.opaque(node) if found is None else self._seen_from(node.span, found)

    def _target(self, node: t.Expr, scope: Scope, depth: int) -> Node | None:
        if isinstance(node, t.Name):
            return scope.find(node.id)
        if isinstance(node, t.Attr):
            above = self._target(node.value, scope, depth + 1)
            return above.entries.get(node.attr) if isinstance(above, Table) else None
        if isinstance(node, t.Sub):
            above = self._target(node.value, scope, depth + 1)
            key = self.read(node.index, scope, depth + 1)
            if isinstance(above, Table) and isinstance(key, Scalar):
                return above.entries.get(key.text)
            return None
        if isinstance(node, t.Call):
            return self.read(node, scope, depth + 1)
        return None

    def _folded(self, node: t.Bin | t.Unary, scope: Scope, depth: int) -> Node:
        value = self.number(node, scope, depth)
        if value is None:
            return self.opaque(node)
        return Scalar(self._spelled(node, value), node.span)

    def number(self, node: t.Expr, scope: Scope, depth: int = 0) -> float | int | None:
        """The number that an expression comes to."""
        if isinstance(node, t.Unary) and node.op in ("USub", "UAdd"):
            operand = self.number(node.operand, scope, depth + 1)
            return operand if operand is None or node.op == "UAdd" else -operand
        if isinstance(node, t.Bin) and depth < _DEEPEST:
            left = self.number(node.left, scope, depth + 1)
            right = self.number(node.right, scope, depth + 1)
            return None if left is None or right is None else computed(node.op, left, right)
        found = self.read(node, scope, depth + 1)
        value = meaning(found.text, found.quoted) if isinstance(found, Scalar) else None
        known = isinstance(found, Scalar) and not found.opaque and not found.quoted
        return value if known and is_number(value) else None

    def _call(self, node: t.Call, scope: Scope, depth: int) -> Node:
        name = self._imports.qualified(node.func)
        if self._calls.mappings.fullmatch(name):
            return self.table(node, scope, depth)
        if self._calls.defaults.fullmatch(name):
            return self.default(node, scope, depth)
        if name in _CONVERSIONS and len(node.args) == 1:
            return self._converted(node, name, scope, depth)
        made = self._target(node.func, scope, depth) if not isinstance(node.func, t.Call) else None
        if isinstance(made, Table):  # a class of this file: its attributes are the defaults
            own = self.table(node, scope, depth)
            inherited = {k: self._seen_from(node.span, v) for k, v in made.entries.items()}
            return Table(inherited | own.entries, node.span)
        if isinstance(node.func, t.Call) and len(node.func.args) == 1:
            # `L(torch.optim.AdamW)(lr=...)`: a lazy call of its only argument
            found = self._arguments(node, scope, depth)
            made_of = node.func.args[0].value
            name = self._imports.qualified(made_of)
            if isinstance(found, Table) and name:
                label: dict[str, Node] = {CLASS_KEY: Scalar(name, made_of.span, quoted=True)}
                return Table(label | found.entries, node.span)
            return found
        return self._arguments(node, scope, depth)

    def _arguments(self, node: t.Call, scope: Scope, depth: int) -> Node:
        """An object that is made: its keywords, if it has any.

        Its class is none of them: in code, what makes a thing changes for many reasons. What
        evaluates has settings of its own.
        """
        name = self._imports.qualified(node.func).rpartition(".")[2]
        if has_word(name, self._calls.evaluation):
            return self.opaque(node)
        settings: dict[str, Node] = {
            argument.keyword: value
            for argument in node.args
            if argument.keyword is not None
            and not isinstance(value := self.read(argument.value, scope, depth + 1), Table)
        }
        return Table(settings, node.span) if settings else self.opaque(node)

    def default(self, node: t.Call, scope: Scope, depth: int = 0) -> Node:
        """What ``field(default=...)`` and its like stand for."""
        given = {argument.keyword: argument.value for argument in node.args}
        if "default" in given:
            return self.read(given["default"], scope, depth + 1)
        factory = given.get("default_factory")
        if isinstance(factory, t.Lambda) and factory.function.body:
            (result, *_) = factory.function.body
            if isinstance(result, t.Return) and result.value is not None:
                return self.read(result.value, scope, depth + 1)
        if None in given and factory is None:
            return self.read(given[None], scope, depth + 1)
        return self.opaque(node)

    def _converted(self, node: t.Call, name: str, scope: Scope, depth: int) -> Node:
        found = self.read(node.args[0].value, scope, depth + 1)
        value: Meaning = None
        if isinstance(found, Scalar) and not found.opaque:
            value = meaning(found.text, found.quoted)
        if not is_number(value):
            return self.opaque(node)
        try:
            number = _CONVERSIONS[name](value)
        except (ValueError, OverflowError):
            return self.opaque(node)
        return Scalar(self._spelled(node, number), node.span, origin=_origin(found))


def computed(op: str, left: float, right: float) -> float | int | None:
    """``left op right``, where that is a number of a size that people tune."""
    try:
        if op == "Pow":
            result = math.pow(left, right)
            exact = isinstance(left, int) and isinstance(right, int) and 0 <= right < _MOST_DIGITS
            return left**right if exact and abs(result) < 1e18 else result
        operation = _OPERATIONS.get(op)
        result = operation(left, right) if operation else math.nan
        return result if math.isfinite(result) else None
    except (ArithmeticError, ValueError):
        return None


def _origin(node: Node) -> Span:
    return (node.origin or node.span) if isinstance(node, Scalar) else node.span


def own_entries(entries: Mapping[str, Node], extent: Span) -> dict[str, Node]:
    """The entries that are written within ``extent``, without what a class of the file brings."""
    return {
        key: value
        for key, value in entries.items()
        if extent.start <= value.span.start and value.span != extent
    }
