"""Gradients and their norm: how they flow, and who looks at them.

A value tagged ``grad`` is a gradient; one tagged ``norm`` was computed from gradients (a total
norm, a finite test, a histogram's input). The norm is *observed* once it is printed, logged,
compared, returned to the caller, stored, or handed to anybody who does more than compute with it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from triptych_lint import tree as t
from triptych_lint.timeline.values import (
    Const,
    Lib,
    ModuleVal,
    Tags,
    Unknown,
    Value,
    tags_of,
)

if TYPE_CHECKING:
    from triptych_lint.timeline.interpreter import Interpreter

GRAD, NORM = "grad", "norm"


def gradient_of(it: Interpreter, value: Value, name: str, node: t.Node) -> Value | None:
    """``p.grad``, where ``value`` may be a tensor."""
    if name != "grad" or isinstance(value, (Lib, ModuleVal, Const)):
        return None
    return Unknown(name="grad", owner=value, tags=frozenset({GRAD}))


def after_method(name: str, tags: Tags) -> Tags:
    """The tags of what a method of a tagged value gives."""
    if GRAD in tags and not name.endswith("_") and name not in _SAME:
        return tags - {GRAD} | {NORM}
    return tags


_SAME = {"data", "detach", "clone", "float", "cpu", "to", "contiguous", "coalesce", "is_sparse"}


def computed(tags: Tags) -> Tags:
    """The tags of what a numeric function makes of tagged arguments."""
    return tags - {GRAD} | {NORM} if GRAD in tags else tags


def consume(it: Interpreter, values: Iterable[Value], node: t.Node) -> None:
    """Somebody looks at ``values``: if a norm is among them, it is observed here."""
    if NORM in tags_of(values):
        it.emit("observe", "", node)


def stored(it: Interpreter, owner: Value, name: str, value: Value, node: t.Node) -> None:
    """``owner.name = value``: a stored norm can be looked at; ``p.grad = None`` zeroes."""
    if name == "grad":
        if isinstance(value, Const) and value.value is None:
            it.emit("zero", "grad", node, receiver=owner)
        return
    consume(it, [value], node)
