"""Columns: where they are read, written, dropped, and what rows are called."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from triptych_lint import tree as t
from triptych_lint.catalog import Row
from triptych_lint.timeline import anchors, contents
from triptych_lint.timeline.events import Sure
from triptych_lint.timeline.values import (
    Const,
    Data,
    Items,
    Scope,
    Unknown,
    Value,
    rows_in,
)

if TYPE_CHECKING:
    from triptych_lint.timeline.calls import Args
    from triptych_lint.timeline.interpreter import Interpreter


def arguments(it: Interpreter, row: Row, args: Args, data: Data) -> list[str]:
    """Note the columns that a call names, with what it does with them."""
    out: list[str] = []
    for param, use in row.get("column_arg", {}).items():
        value = args.get(param, row.get("params"))
        if param == "self" and data.column:
            note_column(it, data, data.column, use, args.node)
        if param == "columns" and use == "drop" and args.get("axis") is not None:
            value = value or args.at(0)
        names = column_names(value)
        for name in names[:1] if use == "sort" and len(names) > 1 else ():
            note_column(it, data, name, "repeated", args.node)  # ordered within each of them
        back = use == "merge" and _merged_back(args, data)
        for name in names:
            note_column(it, data, name, "repeated" if back else use, args.node, args)
        if use in ("groupby", "unique"):
            out.extend(names)
    return out


def _merged_back(args: Args, data: Data) -> bool:
    """Whether a merge gives each row what was computed of all rows that share its key."""
    others = [rows for rows in rows_in(args.values) if rows is not data]
    return any(rows.roots & data.roots and rows.keys for rows in others)


def dropped_by(row: Row, args: Args) -> set[str]:
    """The columns that a call drops."""
    out: set[str] = set()
    for param, use in row.get("column_arg", {}).items():
        if use == "drop":
            value = args.get(param, row.get("params"))
            along = args.get("axis", row.get("params"))
            out.update(column_names(value or (args.at(0) if along is not None else None)))
    return out


def column_names(value: Value | None) -> list[str]:
    """The string literals that a column argument holds."""
    if isinstance(value, Const) and isinstance(value.value, str):
        return [value.value]
    if isinstance(value, Items):
        return [name for item in value.items for name in column_names(item)]
    return []


def note_column(
    it: Interpreter,
    data: Data,
    column: str,
    use: str,
    node: t.Node | None,
    args: Args | None = None,
) -> None:
    """Note that a column of ``data`` is read, grouped by, dropped, ... in a call with ``args``."""
    if node is not None:
        it.emit("column", column, node, data=data, roots=data.roots, use=use, args=args)


def named(it: Interpreter, value: Value, target: t.Name) -> Value:
    """``target = value``: rows remember their names, and a URL what it was called."""
    if isinstance(value, Data) and it.sure > Sure.NO:
        value.names |= {target.id}
        it.emit("named", target.id, target, data=value, roots=value.roots)
    elif isinstance(value, Unknown) and value.owner is None and not value.name:
        value.name = target.id
    return anchors.named(it, value, target.id)


def assigned(it: Interpreter, owner: Data, index: Value, value: Value, node: t.Node) -> Data:
    """``owner[index] = value``: the table carries what the new column does."""
    found = rows_in([value])
    fits, added = list(owner.fits), list(owner.added)
    names = column_names(index)
    for data in found:
        for fit in data.fits:
            if names:
                added.extend((name, fit) for name in names)
            elif fit not in fits:
                fits.append(fit)
    for name in names:
        it.emit("column", name, node, data=owner, roots=owner.roots, use="write", value=value)
    if found:
        it.emit("written", "", node, data=owner, roots=owner.roots, values=found)
    roots = owner.roots.union(*(data.roots for data in found)) if found else owner.roots
    width = contents.written(owner.width, names)
    return replace(owner, fits=tuple(fits), added=tuple(added), roots=roots, width=width)


def dropped(it: Interpreter, target: t.Sub, scope: Scope) -> None:
    """``del df["column"]``."""
    from triptych_lint.timeline.evaluate import evaluate

    owner = evaluate(it, target.value, scope)
    if isinstance(owner, Data):
        names = column_names(evaluate(it, target.index, scope))
        contents.deleted(owner, names)
        for name in names:
            note_column(it, owner, name, "drop", target)


def asserted(it: Interpreter, since: int, node: t.Node) -> None:
    """Columns that an assertion speaks about: somebody has made sure of them."""
    for event in it.events[since:]:
        if event.kind == "column" and event.facts["use"] != "asserted":
            note_column(it, event.facts["data"], event.name, "asserted", node)
