"""Fits: what a transformer learns from rows, and the rows that carry it on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from triptych_lint import tree as t
from triptych_lint.catalog import Row
from triptych_lint.timeline import judged, tables
from triptych_lint.timeline.events import Sure
from triptych_lint.timeline.values import (
    Const,
    Data,
    Items,
    Obj,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from triptych_lint.timeline.calls import Args
    from triptych_lint.timeline.interpreter import Interpreter


def statistic(
    it: Interpreter, name: str, args: Args, node: t.Node, receiver: Value | None
) -> Data | None:
    """A summary of all rows, such as their mean; along the columns it summarises nothing."""
    first = receiver if receiver is not None else args.at(0)
    axis = args.get("axis")
    along = isinstance(axis, Const) and axis.value in (1, -1, "columns")
    if not isinstance(first, Data) or first.statistic or along:
        return None
    short = name.rpartition(".")[2]
    event = it.emit(
        "fit", name, node, data=[first], learns="statistics", estimator=short, receiver=receiver
    )
    return tables.derive([first], statistic=True, made=event)


def learns(it: Interpreter, value: Value) -> str:
    """What fitting a transformer, or a pipeline of them, learns from the rows."""
    if not isinstance(value, Obj):
        return ""
    own = it.catalog.inherited(value.type, "learns")
    nothing = it.catalog.inherited(value.type, "learns_nothing_when")
    made = value.made.facts.get("args") if value.made is not None else None
    if nothing and made is not None:
        given = {name: made.get(name) for name in nothing}
        if all(isinstance(v, Const) and v.value == nothing[k] for k, v in given.items()):
            return "nothing"
    if own:
        return str(own)
    if it.catalog.kind(value.type) != "pipeline":
        return ""
    parts = {learns(it, inner) for inner in _inner(value)}
    return next((what for what in ("labels", "statistics") if what in parts), "nothing")


def _inner(value: Obj) -> Iterable[Value]:
    todo = list(value.parts)
    while todo:
        item = todo.pop()
        if isinstance(item, Items):
            todo.extend(item.items)
        elif isinstance(item, Obj):
            yield item


def fit(
    it: Interpreter, name: str, row: Row, args: Args, node: t.Node, receiver: Obj | None
) -> Value:
    """``estimator.fit(rows)`` and its relatives."""
    of = row["fits"].get("of", 0)
    data = _rows_at(it, args, of, row)
    axis = args.get("axis")
    what = row.get("learns", "") if receiver is None else learns(it, receiver)
    rowwise = receiver is None and isinstance(axis, Const) and axis.value in (1, -1)
    what = "nothing" if rowwise else what
    event = it.emit(
        "fit",
        name,
        node,
        receiver=receiver,
        data=[data] if data else [],
        learns=("nothing" if rowwise else row.get("learns", ""))
        if receiver is None
        else learns(it, receiver),
        estimator=name if receiver is None else receiver.type,
    )
    if it.sure > Sure.NO and receiver is not None:
        receiver.fitted = event
    gives = row["fits"].get("gives", "self")
    if gives == "self" or data is None:
        return receiver if gives == "self" and receiver is not None else Unknown()
    carried = () if event.facts["learns"] in ("nothing", "") else (event,)
    fitted = (*data.fits, *carried)
    out = tables.derive([data], rows=data.rows, fits=fitted, column=data.column)
    out.piece = data.piece if gives == "transformed" else None
    out.width = data.width if event.facts["learns"] == "statistics" else None
    if gives == "resampled":
        return Items("tuple", [out, replace(out)])
    return out


def transform(it: Interpreter, receiver: Obj, args: Args) -> Value:
    """``transformer.transform(rows)``."""
    data = _rows_at(it, args, 0, {})
    tags = judged.by(it, receiver)
    if data is None:
        return Unknown(tags=tags)
    fitted = receiver.fitted
    if fitted is None or fitted.facts["learns"] in ("nothing", ""):
        return tables.derive([data], rows=data.rows, piece=data.piece, tags=tags)
    fits = (*data.fits, fitted)
    return tables.derive([data], rows=data.rows, fits=fits, piece=data.piece, tags=tags)


def _rows_at(it: Interpreter, args: Args, where: int | str, row: Row) -> Data | None:
    value = args.at(where, row.get("params"))
    return None if value is None else tables.as_rows(it, value)
