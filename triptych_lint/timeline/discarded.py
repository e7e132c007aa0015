"""Draws whose result goes nowhere: rows that are shown, numbers that stay in a plotting function.

A draw that is only looked at changes no result. Only what is certain counts: a statement that
throws its value away, or a function that hands nothing back, stores nothing and trains nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields
from functools import lru_cache
from typing import Any

from triptych_lint import tree as t
from triptych_lint.timeline.events import Event, Run

_LOOKS = {"print", "display"}
_WRITES = ("to_", "fit", "save", "dump", "put", "write", "set")


def is_discarded(run: Run, draw: Event, training: Iterable[Event]) -> bool:
    """Whether what was drawn certainly reaches no training."""
    frame = draw.stack[-1]
    statement = frame.path[-1] if frame.path else None
    row = run.catalog.row(draw.name) or {}
    if "rows" in row and isinstance(statement, t.ExprStmt) and _shows(statement.value, draw.node):
        return True
    training_functions = {frame.function for event in training for frame in event.stack}
    for frame in reversed(draw.stack):
        function = frame.function
        if function is None or function in training_functions or _stores(function):
            return False
        if not _returns(function):
            return True
    return False


def _shows(shown: t.Expr, node: t.Node) -> bool:
    """Whether an expression that nobody keeps does no more than show what ``node`` gives."""
    while shown is not node:
        if isinstance(shown, t.Call) and isinstance(shown.func, t.Attr):
            if shown.func.attr.startswith(_WRITES):
                return False
            shown = shown.func.value
        elif isinstance(shown, t.Call) and isinstance(shown.func, t.Name) and len(shown.args) == 1:
            if shown.func.id not in _LOOKS:
                return False
            shown = shown.args[0].value
        elif isinstance(shown, (t.Attr, t.Sub)):
            shown = shown.value
        else:
            return False
    return True


@lru_cache(maxsize=1_000)
def _returns(function: t.Def) -> bool:
    """Whether a function hands anything back."""
    return function.is_generator or any(
        isinstance(node, t.Return) and not _is_none(node.value) for node in _inside(function.body)
    )


@lru_cache(maxsize=1_000)
def _stores(function: t.Def) -> bool:
    """Whether a function may change anything that outlives it."""
    for node in _inside(function.body):
        if isinstance(node, (t.Assign, t.AugAssign)):
            targets = node.targets if isinstance(node, t.Assign) else (node.target,)
            if any(isinstance(part, (t.Attr, t.Sub)) for part in _inside(targets)):
                return True
        if isinstance(node, t.Scope) or (isinstance(node, t.Call) and _may_store(node)):
            return True
    return False


def _may_store(call: t.Call) -> bool:
    """Whether a call may change what it is given: ``rows.append(x)``, ``shuffle(rows)``."""
    name = call.func.attr if isinstance(call.func, t.Attr) else getattr(call.func, "id", "")
    stores = {"append", "extend", "update", "add", "insert", "setattr", "shuffle", "apply"}
    return name in stores or name.endswith("_") or name.startswith(_WRITES)


def _is_none(value: t.Expr | None) -> bool:
    return value is None or (isinstance(value, t.Const) and value.value is None)


def _inside(nodes: Iterable[Any]) -> Iterator[t.Node]:
    """All nodes below these, themselves included."""
    todo = list(nodes)
    while todo:
        node = todo.pop()
        if isinstance(node, t.Node):
            yield node
            todo.extend(getattr(node, field.name) for field in fields(node))
        elif isinstance(node, tuple):
            todo.extend(node)
