"""Rows that come out more than once: repeated, drawn with replacement, or put below themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from triptych_lint import tree as t
from triptych_lint.catalog import Row
from triptych_lint.timeline import contents, pieces, streams, tables
from triptych_lint.timeline.events import Event, Sure
from triptych_lint.timeline.values import Const, Data, Items, Value, rows_in

if TYPE_CHECKING:
    from triptych_lint.timeline.calls import Args
    from triptych_lint.timeline.interpreter import Interpreter


def marked(
    it: Interpreter,
    name: str,
    row: Row,
    args: Args,
    node: t.Node,
    receiver: Value | None,
    result: Value,
) -> Value:
    """What a call gives, with an event of kind ``copy`` among its fits if it copies rows."""
    if row.get("rows") in ("unique", "aggregated") and isinstance(result, Data):
        result.fits = tuple(fit for fit in result.fits if fit.kind != "copy")
    given = [receiver, *args.values] if receiver is not None else args.values
    repeated = _repeated(row, args, rows_in(given))
    source = repeated or _stacked(row, args, given)
    if source is None or not rows_in([result]):
        return result
    event = it.emit("copy", name, node, data=[source], stacked=repeated is None)
    if isinstance(result, Items):
        return Items(result.kind, [_with(item, event) for item in result.items], result.open)
    return _with(result, event)


def repeated(items: Items, times: Value) -> Items:
    """``[rows] * n``: twice is as good as many times."""
    known = isinstance(times, Const) and isinstance(times.value, int)
    twice = known and isinstance(times, Const) and times.value > 1
    return Items(items.kind, items.items * (2 if twice else 1), open=True)


def _with(value: Value, event: Event) -> Value:
    if not isinstance(value, Data):
        return value
    return tables.derive(
        [value],
        rows="resampled",
        fits=(*value.fits, event),
        column=value.column,
        columns=value.columns,
        side=value.side,
    )


def _repeated(row: Row, args: Args, found: list[Data]) -> Data | None:
    """The table of which the call repeats rows, or draws them with replacement."""
    if "copies" not in row or not found:
        return None
    asked = {**row, "when": row["copies"], "unless": (), "unless_value": {}}
    return found[0] if streams.happens(asked, args) is Sure.YES else None


def _stacked(row: Row, args: Args, given: list[Value]) -> Data | None:
    """The table below which a call puts some of its own rows once more."""
    if "stacks" not in row:
        return None
    asked = {**row, "when": row["stacks"], "unless": (), "unless_value": {}}
    if streams.happens(asked, args) is not Sure.YES:
        return None
    found = rows_in(given)
    for number, one in enumerate(found):
        for other in found[number + 1 :]:
            if one.statistic or other.statistic or not contents.alike(one, other):
                continue
            if one is other or _holds(one, other):
                return one
            if _holds(other, one):
                return other
    return None


def _holds(whole: Data, part: Data) -> bool:
    """Whether the rows of ``part`` were taken out of those of ``whole``, for certain."""
    return whole.piece is not None and whole.piece in pieces.lineage(part.piece)
