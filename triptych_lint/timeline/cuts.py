"""Rows that are taken out of rows: by name, by slice, by mask or by index."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from triptych_lint import tree as t
from triptych_lint.timeline import columns, contents, listing, norms, pieces
from triptych_lint.timeline.events import Sure
from triptych_lint.timeline.tables import as_rows, column, compared, derive
from triptych_lint.timeline.values import Const, Data, Items, Obj, Side, Unknown, Value

if TYPE_CHECKING:
    from triptych_lint.timeline.interpreter import Interpreter


def select(it: Interpreter, value: Value, index: Value, node: t.Sub) -> Value:
    """``value[index]`` where one of the two holds rows."""
    data = as_rows(it, value)
    if data is None:
        return Unknown(tags=value.tags)
    out = pieces.noted(it, data, index, node, _selected(it, data, index, node))
    return contents.noted(data, index, node, out)


def _selected(it: Interpreter, data: Data, index: Value, node: t.Sub) -> Value:
    if isinstance(index, Items) and index.kind == "tuple":
        rows: Value = data
        for axis, part in enumerate(index.items):
            whole = isinstance(part, Obj) and part.type == "slice" and not part.parts
            if not whole and (axis == 0 or columns.column_names(part)):
                rows = select(it, rows, part, node)
            elif not whole:
                rows = derive([data]) if not isinstance(rows, Data) else derive([rows])
        return rows
    names = columns.column_names(index)
    if names:
        return column(it, data, names, single=isinstance(index, Const), node=node)
    if isinstance(index, Data):
        return _take(it, data, index, node)
    if isinstance(index, Obj) and index.type == "slice":
        return _cut(it, data, node)
    if isinstance(index, Const):
        return derive([replace(data, tags=listing.settled(data.tags))], rows="subset")
    return derive([data], rows="subset")


def _take(it: Interpreter, data: Data, index: Data, node: t.Node) -> Data:
    if index.rows == "mask" and "drawn" in index.tags:
        return _drawn_mask(it, data, index)
    side = index.side
    if side is not None and side is not data.side:
        it.emit("cut", side.split.name, node, data=[data], split=side.split, part=side.part)
        return derive([data], rows="subset", side=side)
    return derive([data], rows="subset")


def _drawn_mask(it: Interpreter, data: Data, index: Data) -> Data:
    """``data[mask]`` and ``data[~mask]`` with a mask that was drawn: a split at random."""
    node = index.attrs["<drawn>"]
    assert isinstance(node, Obj)
    cuts = it.cuts.setdefault(node, {})
    split = cuts.get(("", ""))
    if split is None:
        split = it.emit("slice", "", node.waiting[0], data=[data], random=Sure.YES, by="mask")
        cuts["", ""] = split
        return derive([data], rows="subset", side=Side(split, "train"))
    split.kind = "split"
    return derive([data], rows="subset", side=Side(split, "test"))


def _cut(it: Interpreter, data: Data, node: t.Sub) -> Data:
    """``data[:n]`` and ``data[n:]``: together, and only together, they are a split."""
    bounds = node.index
    while isinstance(bounds, t.Seq):
        bounds = bounds.items[0]
    if not isinstance(bounds, t.Slice):
        return derive([data], rows="subset")
    module = it.level.module
    lower, upper = (module.text(p) if p else "" for p in (bounds.lower, bounds.upper))
    shuffle = data.made if data.rows == "shuffled" else None
    key = id(shuffle) if shuffle else tuple(sorted(data.roots))
    cuts = it.cuts.setdefault(key, {})
    first = next(
        (event for bounds, event in cuts.items() if _complement(bounds, (lower, upper))), None
    )
    if first is None:
        first = it.emit(
            "slice",
            shuffle.name if shuffle else "",
            node,
            data=[data],
            random=Sure.YES if shuffle else Sure.NO,
            group_aware=False,
            groups=None,
            stratify=None,
            by="slices",
            shuffle=shuffle,
        )
    elif first.kind == "slice":
        first.kind = "split"
    cuts[lower, upper] = first
    return derive([data], rows="subset", side=Side(first, "test" if lower else "train"))


def _complement(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Whether two slices share a bound: ``[:n]`` and ``[n:]``, or ``[n - overlap:]``."""
    for (low, up), (lower, _) in ((one, other), (other, one)):
        if up and up == lower:
            return True
        if not low and up.isidentifier() and re.search(rf"\b{up}\b", lower):
            return True
    return False


def mask(it: Interpreter, found: list[Data], values: Sequence[Value]) -> Value:
    """A comparison of a column: a mask over its rows."""
    statement = it.level.path[-1]
    norms.consume(it, values, it.level.call or statement)
    compared(it, found, statement)
    made_here = Obj(type="<drawn>", waiting=[statement])
    fits = tuple(fit for data in found if not data.statistic for fit in data.fits)
    out = derive(
        found, rows="mask", column=None, statistic=False, fits=fits, attrs={"<drawn>": made_here}
    )
    if any(data.column for data in found):
        out.tags -= {"drawn"}  # asks for values, in whatever order the rows are
    return out
