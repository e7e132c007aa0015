"""Windows that slide over rows by less than their width, so that neighbours share rows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from triptych_lint import tree as t
from triptych_lint.timeline.values import Const, Data

if TYPE_CHECKING:
    from triptych_lint.timeline.interpreter import Interpreter


def marked(it: Interpreter, out: Data, bounds: t.Slice, node: t.Node) -> Data:
    """``rows[i : i + width]``, with an event among its fits if the next one shares rows with it."""
    loop = next((each for each in reversed(it.loops) if isinstance(each, t.For)), None)
    width = _width(bounds, loop.target) if loop is not None else None
    if loop is None or width is None:
        return out
    wide, step = _number(it, width), _step(it, loop.iter)
    if wide is None or step is None or step >= wide:
        return out
    event = it.emit("copy", "windows", node, data=[out], windows=True)
    return replace(out, fits=(*out.fits, event))


def _width(bounds: t.Slice, target: t.Expr) -> t.Expr | None:
    """The width of ``[i : i + width]`` or ``[i - width : i]``, where ``i`` is the target."""
    if not isinstance(target, t.Name):
        return None
    lower, upper = bounds.lower, bounds.upper
    if _is(lower, target) and isinstance(upper, t.Bin) and upper.op == "Add":
        return upper.right if _is(upper.left, target) else None
    if _is(upper, target) and isinstance(lower, t.Bin) and lower.op == "Sub":
        return lower.right if _is(lower.left, target) else None
    return None


def _is(node: t.Expr | None, target: t.Name) -> bool:
    return isinstance(node, t.Name) and node.id == target.id


def _step(it: Interpreter, iterable: t.Expr) -> int | None:
    """By how much the start moves on: the third argument of ``range``."""
    if not isinstance(iterable, t.Call) or not isinstance(iterable.func, t.Name):
        return None
    if iterable.func.id != "range":
        return None
    return _number(it, iterable.args[2].value) if len(iterable.args) == 3 else 1


def _number(it: Interpreter, node: t.Expr) -> int | None:
    if not isinstance(node, (t.Const, t.Name, t.Attr)):
        return None
    value = it.value(node)
    return value.value if isinstance(value, Const) and type(value.value) is int else None
