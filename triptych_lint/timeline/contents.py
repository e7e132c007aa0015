"""Which columns rows hold: all of their table's but some, or one, as far as that is certain."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from triptych_lint import tree as t
from triptych_lint.catalog import Catalog, Row
from triptych_lint.timeline import pieces
from triptych_lint.timeline.values import Const, Data, Items, Obj, Value

if TYPE_CHECKING:
    from triptych_lint.timeline.calls import Args
    from triptych_lint.timeline.interpreter import Interpreter


@dataclass(frozen=True, slots=True)
class Width:
    """The columns of a table: all but some, or one."""

    table: object
    """What stands for the table whose columns these are."""
    lacks: frozenset[str] | None = frozenset()
    """Columns that were dropped; None where others may have been."""
    column: str | None = None
    """The one column that was taken."""
    written: frozenset[str] = frozenset()
    """Columns that the run has written itself: what was made before has them not."""

    def without(self, names: frozenset[str]) -> Width:
        return replace(self, lacks=None if self.lacks is None else self.lacks | names)

    def holds(self, label: Width) -> bool:
        """Whether the column ``label`` of the same table is among these for certain."""
        name, mine = label.column, self.table is label.table and self.column is None
        if not mine or name is None or self.lacks is None or name in self.lacks:
            return False
        return name not in label.written or name in self.written


def width_of(data: Data) -> Width:
    """The columns of ``data``; a table that nothing is known of has all of its own."""
    if data.width is None:
        data.width = Width(table=object())
    return data.width


def reached(data: Data, accessor: str) -> Width | None:
    """The columns behind ``data.loc`` or ``data.values``; turned around they are rows."""
    return width_of(data) if accessor != "T" else None


def noted(data: Data, index: Value, node: t.Sub, out: Value) -> Value:
    """``out``, which is ``data[index]``, with the columns that it holds."""
    if not isinstance(out, Data):
        return out
    named = out.column if isinstance(index, Const) and isinstance(index.value, str) else None
    if named is not None:
        out.width = replace(width_of(data), column=named)
    elif _is_rows(index, node):
        out.width = data.width
    elif isinstance(index, Items) and index.kind == "tuple" and out.width is None:
        out.width = replace(width_of(data), lacks=None)  # some of the columns
    return out


def alike(one: Data, other: Data) -> bool:
    """Whether two pieces of one table hold the same columns, as far as is known."""
    if one is other:
        return True
    widths = [data.width for data in (one, other) if data.width is not None]
    picked = any(width.lacks is None for width in widths)
    return not picked and (one.column, one.columns) == (other.column, other.columns)


def _is_rows(index: Value, node: t.Sub) -> bool:
    """Whether an index picks rows for certain, and leaves the columns as they are."""
    located = isinstance(node.value, t.Attr) and node.value.attr in ("iloc", "loc")
    if isinstance(index, Items) and index.kind == "tuple":
        others = index.items[1:]
        return all(isinstance(o, Obj) and o.type == "slice" and not o.parts for o in others)
    if isinstance(index, Items) and columns_named(index):
        return False
    if isinstance(index, Data):
        return located or index.rows == "mask" or index.index
    sliced = isinstance(index, Obj) and index.type == "slice"
    return sliced or located or pieces.is_mask(node.index)


def columns_named(index: Items) -> bool:
    """Whether a list names columns."""
    return any(isinstance(item, Const) and isinstance(item.value, str) for item in index.items)


def reads_all(catalog: Catalog, estimator: Value | None) -> bool:
    """Whether an estimator is known to read all columns that it is given."""
    if not isinstance(estimator, Obj) or catalog.inherited(estimator.type, "columns") == "picked":
        return False
    kind = catalog.kind(estimator.type)
    if kind == "transformer":
        return catalog.inherited(estimator.type, "learns") in ("statistics", "labels")
    if kind not in ("pipeline", "search"):
        return kind is not None
    steps = list(_steps(estimator.parts[:1] if kind == "search" else estimator.parts))
    return bool(steps) and all(reads_all(catalog, step) for step in steps)


def _steps(parts: Iterable[Value]) -> Iterator[Value]:
    for part in parts:
        if isinstance(part, Items):
            yield from _steps(part.items)
        elif not isinstance(part, Const):
            yield part


def made(it: Interpreter, row: Row, args: Args, source: Data) -> Width | None:
    """The columns of what a call gives, made from ``source``, whose own may be changed."""
    if "predicts" in row and args.node is not None:
        it.emit("labelled", row["predicts"][1], args.node, args=args, row=row)
    width, names = source.width, _dropped(row, args)
    changed = args.get("inplace") is not None or "removes" in row
    if row.get("columns") == "kept" and args.get("axis") is None:
        return width_of(source)
    given = None
    if names is not None:
        given = width_of(source).without(names)
    elif "removes" in row:
        names = _strings(args.at(row["removes"], row.get("params")))
        if names is not None and width is not None:
            given = width.without(names)
    if changed and width is not None:
        source.width = given or replace(width, lacks=None)
    return None if "removes" in row else given


def deleted(data: Data, names: list[str]) -> None:
    """``del data[name]``."""
    if data.width is not None:
        data.width = data.width.without(frozenset(names))


def written(width: Width | None, names: list[str]) -> Width | None:
    """The columns after ``data[names] = ...``."""
    if width is None or not names:
        return width
    new = frozenset(names)
    lacks = None if width.lacks is None else width.lacks - new
    return replace(width, lacks=lacks, written=width.written | new)


def renamed(data: Data, attribute: str) -> None:
    """``data.columns = ...``: which columns there are is not known any more."""
    if attribute == "columns" and data.width is not None:
        data.width = replace(data.width, lacks=None)


def _dropped(row: Row, args: Args) -> frozenset[str] | None:
    """The columns that a call drops, if all of them are known; none where it drops rows."""
    if "drop" not in row.get("column_arg", {}).values():
        return None
    value = args.get("columns", row.get("params"))
    axis = args.get("axis", row.get("params"))
    if value is None and axis is None:
        return frozenset() if "index" in args.keywords or args.positional else None
    return _strings(value if value is not None else args.get("labels", row.get("params")))


def _strings(value: Value | None) -> frozenset[str] | None:
    if isinstance(value, Const) and isinstance(value.value, str):
        return frozenset({value.value})
    if isinstance(value, Items) and not value.open:
        found = [_strings(item) for item in value.items]
        if all(names is not None for names in found):
            return frozenset().union(*(names for names in found if names is not None))
    return None
