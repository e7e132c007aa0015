"""Which names hold the same rows, in the same order, where a statement of a block stands.

The tables of a run know their source, which survives a filter. A fix that hands a column of one
table to the split of another has to know more: that no row was dropped, added or moved in between.
What is not known to keep its rows is taken not to.
"""

from __future__ import annotations

import builtins
from dataclasses import dataclass, field, replace

from triptych_lint import tree as t
from triptych_lint.catalog import Row
from triptych_lint.edits import imports, names_in, walk
from triptych_lint.timeline.build import Timeline
from triptych_lint.timeline.changes import (
    block_with,
    global_names,
    handed,
    only,
    pairs,
    root,
    written,
)
from triptych_lint.timeline.events import Event, Run
from triptych_lint.timeline.pieces import is_mask
from triptych_lint.timeline.values import Data

FRAME = "pandas.DataFrame"
_TELLING = {"groupby", "unique", "sort"}
"""Uses in a call that name a column of the frame itself."""
TYPES = {"frame": FRAME, "series": "pandas.Series"}


@dataclass(slots=True, eq=False)
class Rows:
    """What a name holds: all rows of ``table``, as a ``frame``, a ``series`` or an ``array``."""

    kind: str
    table: object
    column: str | None = None
    """The one column that this is."""
    holds: set[str] = field(default_factory=set)
    """Columns that are in the frame for certain."""


class Ledger:
    """The names of one function, or of the module, followed up to where an event happens."""

    def __init__(self, timeline: Timeline, run: Run, at: Event) -> None:
        """Follow the statements before ``at`` in its block and in those around it."""
        self.module, self.catalog = timeline.module, timeline.catalog
        self.names: dict[str, Rows] = {}
        frame = at.stack[-1]
        self._function = frame.function
        self._shared = global_names(self.module.body)
        self._gone: set[str] = set()
        self._bound: dict[t.Node, list[Data]] = {}
        self._read: dict[t.Node, list[Event]] = {}
        for event in run.of("named", "column"):
            if event.kind == "named":
                self._bound.setdefault(event.node, []).append(event.facts["data"])
            else:
                self._read.setdefault(event.node, []).append(event)
        self._imported = {bound: name for _, name, bound in imports(self.module)}
        self._follow(frame.function.body if frame.function else self.module.body, frame.path)

    def _follow(self, block: t.Block, path: tuple[t.Stmt, ...]) -> None:
        for depth, statement in enumerate(path):
            for earlier in block:
                if earlier is statement:
                    break
                self._step(earlier)
            if depth + 1 == len(path):
                break
            if isinstance(statement, (t.For, t.While)):
                self._forget(self.changed(statement))
            block = block_with(statement, path[depth + 1])

    def _step(self, statement: t.Stmt) -> None:
        self._note_columns(statement)
        if not isinstance(statement, t.Assign):
            self._forget(self.changed(statement))
            return
        values: list[tuple[t.Expr, Rows | None]] = []
        for target in statement.targets:
            values.extend((one, self.rows(value)) for one, value in pairs(target, statement.value))
        self._forget(self.changed(statement))
        for target, rows in values:
            if isinstance(target, t.Name) and target.id not in self._shared:
                found = rows or self._table(target)
                if found is not None:
                    self.names[target.id] = found
            elif isinstance(target, t.Sub) and isinstance(target.value, t.Name):
                owner, index = self.names.get(target.value.id), target.index
                if owner and isinstance(index, t.Const) and isinstance(index.value, str):
                    owner.holds.add(index.value)

    def _note_columns(self, statement: t.Stmt) -> None:
        """What is read of a frame, or grouped by, is a column of it."""
        if isinstance(statement, (t.Def, t.Class)):
            return
        for item in walk(statement):
            if not isinstance(item, t.Node):
                continue
            for event in self._read.get(item, ()):
                uses = _TELLING if isinstance(item, t.Call) else {"read"}
                owner = self.names.get(_base(item))
                if owner is not None and owner.kind == "frame" and event.facts["use"] in uses:
                    owner.holds.add(event.name)

    def _table(self, target: t.Name) -> Rows | None:
        """A table of its own, where the run knows that the name holds one."""
        found = self._bound.get(target, [])
        whole = found and all(data.type == FRAME and not data.statistic for data in found)
        return Rows("frame", object()) if whole else None

    def _parameter(self, name: str) -> Rows | None:
        """A parameter of which a column was read, as the run knows, from a frame."""
        params = self._function.params if self._function is not None else ()
        if name in self._gone | self._shared or not any(
            param.name == name and not param.kind for param in params
        ):
            return None
        found = [e for node, es in self._read.items() if _base(node) == name for e in es]
        inside = [e for e in found if e.stack[-1].function is self._function]
        if not inside or any(e.facts["data"].type != FRAME for e in inside):
            return None
        self.names[name] = Rows("frame", object())
        return self.names[name]

    # Expressions

    def rows(self, node: t.Expr | None) -> Rows | None:
        """What an expression holds, where all rows of some table are certain."""
        if isinstance(node, t.Name):
            return self.names.get(node.id) or self._parameter(node.id)
        if isinstance(node, t.Sub):
            return self._columns(node)
        if isinstance(node, t.Attr):
            owner = self.rows(node.value)
            if owner is None or owner.kind == "array":
                return None
            if node.attr == "values":
                return replace(owner, kind="array", holds=set())
            read = owner.kind == "frame" and any(e.name == node.attr for e in self._reads(node))
            return self._column(owner, node.attr) if read else None
        if isinstance(node, t.Call) and isinstance(node.func, t.Attr):
            owner = self.rows(node.func.value)
            return self._called(owner, node.func.attr, node) if owner is not None else None
        if isinstance(node, t.Compare) and len(node.rest) == 1:
            left = self.rows(node.left)
            return None if left is None or left.kind == "frame" else replace(left, column=None)
        return None

    def _reads(self, node: t.Node) -> list[Event]:
        return [e for e in self._read.get(node, ()) if e.facts["use"] == "read"]

    def _column(self, owner: Rows, name: str) -> Rows:
        owner.holds.add(name)  # else it could not have been read
        return Rows("series", owner.table, name)

    def _columns(self, node: t.Sub) -> Rows | None:
        owner = self.rows(node.value)
        if owner is None or owner.kind != "frame":
            return None
        if is_mask(node.index):
            return Rows("frame", object(), holds=set(owner.holds))  # some of the rows
        if isinstance(node.index, t.Const) and isinstance(node.index.value, str):
            return self._column(owner, node.index.value)
        names = {e.name for e in self._reads(node)}
        owner.holds |= names
        return Rows("frame", owner.table, holds=set(names)) if names else None

    def _called(self, owner: Rows, name: str, node: t.Call) -> Rows | None:
        found = self.catalog.method(TYPES.get(owner.kind), name)
        given = {arg.keyword: arg.value for arg in node.args}
        if found is None or "inplace" in given or any(arg.star for arg in node.args):
            return None
        row = found[1]
        if "removes" in row:
            removed = _strings(node.args[0].value) if node.args else set()
            return Rows("series", owner.table, min(removed)) if len(removed) == 1 else None
        if "drop" in row.get("column_arg", {}).values():
            return _without(owner, row, node)
        if not _keeps_rows(row):
            others = row.get("columns") == "kept" and row.get("returns") == FRAME
            whole = others and owner.kind == "frame" and "axis" not in given
            return Rows("frame", object(), holds=set(owner.holds)) if whole else None
        if row.get("returns") not in TYPES.values():
            return replace(owner, kind="array", holds=set())
        return replace(owner, holds=set(owner.holds) if row.get("columns") == "kept" else set())

    # What a statement may change

    def _forget(self, names: set[str]) -> None:
        self._gone |= names
        for name in names:
            gone = self.names.pop(name, None)
            others = [other for other, rows in self.names.items() if rows is gone]
            for other in others if gone is not None else ():
                del self.names[other]

    def changed(self, statement: t.Stmt) -> set[str]:
        """Names that a statement may bind to something else, or whose rows it may change."""
        if isinstance(statement, (t.Def, t.Class)):
            return {statement.name}
        out = names_in(statement) if isinstance(statement, (t.Import, t.ImportFrom)) else set()
        for item in walk(statement):
            if isinstance(item, t.Assign):
                out |= set().union(*(written(target) for target in item.targets))
            elif isinstance(item, (t.AugAssign, t.For, t.Walrus)):
                out |= written(item.target)
            elif isinstance(item, t.With):
                out |= set().union(*(written(target) for _, target in item.items if target))
            elif isinstance(item, t.Delete):
                out |= written(item.target) or root(item.target)
            elif isinstance(item, (t.Def, t.Class)):
                out.add(item.name)
            elif isinstance(item, t.Call):
                out |= self._changed_by(item)
        return out

    def _changed_by(self, call: t.Call) -> set[str]:
        out: set[str] = set()
        if isinstance(call.func, t.Attr):
            owner = self.names.get(only(call.func.value))
            if any(arg.keyword == "inplace" for arg in call.args):
                out |= root(call.func.value)
            elif owner is not None and owner.kind == "array":
                out |= set() if self._reads_only(call.func.attr) else root(call.func.value)
            elif owner is not None and call.args:
                found = self.catalog.method(TYPES[owner.kind], call.func.attr)
                if found is not None and "removes" in found[1]:
                    owner.holds -= _strings(call.args[0].value) or owner.holds
        if not self._is_harmless(call.func):
            out |= set().union(*(handed(arg.value) for arg in call.args), set())
        return out

    def _reads_only(self, name: str) -> bool:
        """Whether a method of an array is known, and sorts or shuffles nothing."""
        found = self.catalog.method("numpy.ndarray", name)
        return found is not None and "sorts" not in found[1] and "split" not in found[1]

    def _is_harmless(self, func: t.Expr) -> bool:
        """Whether what is called is a library's and leaves its arguments as they are."""
        first, _, rest = self.module.text(func).partition(".")
        if first in self._imported:
            name = ".".join(filter(None, (self._imported[first], rest)))
            row = self.catalog.row(self.catalog.resolve(name))
            return row is not None and row.get("split", {}).get("gives") != "inplace"
        return not rest and hasattr(builtins, first)


def _keeps_rows(row: Row) -> bool:
    """Whether a method of a table gives the same rows in the same order."""
    kept = row.get("columns") == "kept" and "rows" not in row and "sorts" not in row
    return kept or row.get("rows") == "same"


def _without(owner: Rows, row: Row, node: t.Call) -> Rows | None:
    """``table.drop(columns=...)`` and its older spellings: rows are dropped by any other."""
    first = [arg.value for arg in node.args if not arg.keyword]
    given: dict[str, t.Expr] = dict(zip(row.get("params", ()), first, strict=False))
    given.update({arg.keyword: arg.value for arg in node.args if arg.keyword})
    axis = given.get("axis")
    along = isinstance(axis, t.Const) and axis.value in (1, "columns")
    if "index" in given or not (("columns" in given and "labels" not in given) or along):
        return None
    names = _strings(given.get("columns", given.get("labels")))
    return Rows("frame", owner.table, holds=owner.holds - names if names else set())


def _strings(node: t.Expr | None) -> set[str]:
    """The strings that an expression lists; none where it holds anything else."""
    items = node.items if isinstance(node, t.Seq) else (node,)
    found = {i.value for i in items if isinstance(i, t.Const) and isinstance(i.value, str)}
    return found if len(found) == len(items) else set()


def _base(node: t.Node) -> str:
    """The name of which ``name[...]``, ``name.column`` or ``name.method(...)`` is written."""
    inner = node.func if isinstance(node, t.Call) else node
    return only(inner.value) if isinstance(inner, (t.Sub, t.Attr)) else ""
