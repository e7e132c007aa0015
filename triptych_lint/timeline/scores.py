"""What fitted objects are applied to, and the rows that scores are computed on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from triptych_lint import tree as t
from triptych_lint.catalog import Row
from triptych_lint.timeline import fits, tables
from triptych_lint.timeline.events import Event, Run
from triptych_lint.timeline.values import Data, Obj, Value, rows_in

if TYPE_CHECKING:
    from triptych_lint.timeline.calls import Args
    from triptych_lint.timeline.interpreter import Interpreter

_PREDICTED, _FITTED = "predicted@", "fitted@"
"""The tags of predictions and of what a fit gives, followed by the number of the event."""


def fitted(it: Interpreter, value: Value) -> Value:
    """``value``, which the fit gives that was noted last, marked as its output."""
    if not isinstance(value, Obj) or isinstance(value, Data):
        fit = next((event for event in reversed(it.events) if event.kind == "fit"), None)
        value.tags |= {f"{_FITTED}{fit.order}"} if fit is not None else frozenset()
    return value


def output_of(fit: Event, rows: Data) -> bool:
    """Whether rows hold what a fit gave, or what was transformed by what it learned."""
    return f"{_FITTED}{fit.order}" in rows.tags


def is_predicted(rows: Data) -> bool:
    """Whether rows hold what a model predicted."""
    return any(tag.startswith(_PREDICTED) for tag in rows.tags)


def trained_on(run: Run, applied: Event) -> list[Data]:
    """The rows that a model was fitted on last, before it was applied."""
    last = None
    for event in run.of("train"):
        if event.order < applied.order and event.receiver is applied.receiver:
            last = event
    return rows_in(last.facts["args"].values[:1]) if last is not None else []


def applied(it: Interpreter, name: str, row: Row, args: Args, node: t.Node, receiver: Obj) -> Value:
    """``model.predict(rows)`` or ``transformer.transform(rows)``."""
    given = args.at(0, row.get("params"))
    data = tables.as_rows(it, given) if given is not None else None
    predicts = row["applies"] == "predictions"
    event = it.emit(
        "apply",
        name,
        node,
        receiver=receiver,
        data=[data] if data is not None else [],
        fitted=receiver.fitted,
        predicts=predicts,
    )
    out = fits.transform(it, receiver, args)
    if predicts:
        out.tags |= {f"{_PREDICTED}{event.order}"}
    elif receiver.fitted is not None:
        out.tags |= {f"{_FITTED}{receiver.fitted.order}"}
    return out
