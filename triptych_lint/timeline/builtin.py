"""Python's own functions, as far as they pass on what flows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from triptych_lint import tree as t
from triptych_lint.timeline import attributes, listing, norms, tables
from triptych_lint.timeline.events import Sure
from triptych_lint.timeline.values import (
    Cls,
    Const,
    Data,
    Inst,
    Items,
    Lib,
    ModuleVal,
    Obj,
    Table,
    Unknown,
    Value,
    rows_in,
    tags_of,
)

if TYPE_CHECKING:
    from triptych_lint.timeline.calls import Args
    from triptych_lint.timeline.interpreter import Interpreter

_EXITS = {"exit", "quit"}
_COPIES = {"list", "tuple", "set", "sorted", "reversed", "iter", "frozenset"}
_SETS = ("set", "frozenset")
_ORDERLESS = {"sum", "any", "all"}
"""What these give does not depend on the order of what they are given."""


def call(it: Interpreter, name: str, args: Args, node: t.Node) -> Value:
    """A call of the builtin ``name``."""
    from triptych_lint.timeline import calls, effects

    if name in _EXITS:
        return calls.EXIT
    row = it.catalog.row(f"builtins.{name}")
    if row is not None:
        return effects.apply(it, f"builtins.{name}", row, args, node)
    first = args.positional[0] if args.positional else None
    handler = _HANDLERS.get(name)
    if handler is not None and first is not None:
        return handler(it, args, node)
    if name in _COPIES and first is not None:
        return _copy(it, name, first, node)
    if name == "open" and _writes(args):
        it.emit("kept", "builtins.open", node, args=args, row={})
    tags = tags_of(args.values)
    if name in _ORDERLESS:
        tags = listing.settled(tags)
    if it.catalog.is_numeric(f"builtins.{name}"):
        tags = norms.computed(tags)
    else:
        norms.consume(it, args.values, node)
    calls.callbacks(it, args, node, Sure.MAYBE)
    found = rows_in(args.values)
    if found and name not in ("print", "len", "isinstance", "type", "hasattr", "id", "repr", "str"):
        out = tables.derive(found, tags=tags)
        out.tags = tags
        return out
    return Unknown(tags=tags)


def _writes(args: Args) -> bool:
    """Whether a file may be opened to be written to."""
    mode = args.get("mode", ["file", "mode"])
    return mode is not None and not (isinstance(mode, Const) and not {*"wax+"} & {*str(mode.value)})


def _copy(it: Interpreter, name: str, first: Value, node: t.Node) -> Value:
    tags = listing.settled(first.tags) if name in (*_SETS, "sorted") else first.tags
    if isinstance(first, Items):
        kind = "list" if name in ("sorted", "reversed", "iter") else name
        if name in ("list", "tuple") and first.kind in _SETS:
            tags |= listing.of_set(it, first, node)
        return Items(kind, list(first.items), first.open, tags=tags)
    if isinstance(first, Data):
        rows = "unique" if name in _SETS else first.rows
        if name in _SETS:
            tags |= listing.of_set(it, first, node)
        return replace(tables.derive([first], rows=rows, column=first.column), tags=tags)
    return first if isinstance(first, (Obj, Inst)) else Unknown(tags=first.tags)


def _len(it: Interpreter, args: Args, node: t.Node) -> Value:
    first = args.positional[0]
    if isinstance(first, Items) and not first.open:
        return Const(len(first.items))
    if isinstance(first, Data):
        return tables.derive([first], statistic=True, parts=())
    return Unknown()


def _range(it: Interpreter, args: Args, node: t.Node) -> Value:
    rows = rows_in(args.values)
    if rows:
        return tables.derive(rows, statistic=False, index=True)
    first = args.positional[0]
    if len(args.positional) == 1 and isinstance(first, Const) and first.value == 0:
        return Items("list", [])
    return Unknown()


def _enumerate(it: Interpreter, args: Args, node: t.Node) -> Value:
    from triptych_lint.timeline.binding import elements

    found = elements(it, args.positional[0], node)
    return Items("list", [Items("tuple", [Unknown(), element]) for element in found])


def _zip(it: Interpreter, args: Args, node: t.Node) -> Value:
    from triptych_lint.timeline.binding import elements

    found = [elements(it, value, node)[0] for value in args.positional]
    return Items("list", [Items("tuple", found)], open=True)


def _getattr(it: Interpreter, args: Args, node: t.Node) -> Value:
    name = args.at(1)
    if isinstance(name, Const) and isinstance(name.value, str):
        found = attributes.get(it, args.positional[0], name.value, node)
        if not isinstance(found, Unknown) or len(args.positional) < 3:
            return found
        return Unknown(found.origin, name.value, found.owner)
    owner = args.positional[0]
    may_seed = isinstance(owner, ModuleVal) or (
        isinstance(owner, Lib) and it.catalog.seeds_in(owner.name)
    )
    return Unknown("foreign" if may_seed else "")


def _setattr(it: Interpreter, args: Args, node: t.Node) -> Value:
    name = args.at(1)
    if isinstance(name, Const) and len(args.positional) == 3:
        attributes.put(it, args.positional[0], str(name.value), args.positional[2], node)
    return Const(None)


def _vars(it: Interpreter, args: Args, node: t.Node) -> Value:
    first = args.positional[0]
    return Table(dict(first.attrs), open=True) if isinstance(first, (Obj, Inst)) else Unknown()


def _hasattr(it: Interpreter, args: Args, node: t.Node) -> Value:
    return Unknown()


def _isinstance(it: Interpreter, args: Args, node: t.Node) -> Value:
    first, kind = args.positional[0], args.at(1)
    if isinstance(first, Inst) and isinstance(kind, Cls):
        return Const(kind in first.cls.lineage())
    known = {"str": str, "int": int, "list": list, "tuple": tuple, "dict": dict, "float": float}
    if isinstance(first, Const) and isinstance(kind, Lib):
        wanted = known.get(kind.name.rpartition(".")[2])
        if wanted is not None:
            return Const(isinstance(first.value, wanted), option=first.option)
    return Unknown()


def _number(it: Interpreter, args: Args, node: t.Node) -> Value:
    first = args.positional[0]
    if isinstance(first, Const) and isinstance(first.value, (int, float, bool)):
        return first
    found = rows_in([first])
    if found:
        return tables.derive(found, statistic=True)
    return Unknown(tags=norms.computed(first.tags))


_HANDLERS = {
    "len": _len,
    "range": _range,
    "enumerate": _enumerate,
    "zip": _zip,
    "getattr": _getattr,
    "setattr": _setattr,
    "vars": _vars,
    "hasattr": _hasattr,
    "isinstance": _isinstance,
    "int": _number,
    "float": _number,
}
