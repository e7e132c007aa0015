"""Methods of Python's own containers and strings."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from triptych_lint import tree as t
from triptych_lint.timeline import anchors, listing, norms, options
from triptych_lint.timeline.events import Sure
from triptych_lint.timeline.values import Const, Items, Obj, Table, Unknown, Value, tags_of

if TYPE_CHECKING:
    from triptych_lint.timeline.calls import Args
    from triptych_lint.timeline.interpreter import Interpreter


def call(it: Interpreter, owner: Obj, name: str, args: Args, node: t.Node) -> Value | None:
    """A method of a list, dict, string or argument parser; None for other objects."""
    if owner.type in options.PARSERS:
        return options.parser_method(it, owner, name, args, node)
    if not owner.type.startswith("builtins.") or not owner.parts:
        return None
    held = owner.parts[0]
    handler = _METHODS.get((owner.type[9:], name))
    if handler is not None:
        return handler(it, held, args, node)
    if name in it.catalog.protocols:
        return None  # a progress bar around a list is the list, and more
    norms.consume(it, args.values, node)
    tags = tags_of([held, *args.values])
    if isinstance(held, Const):
        return anchors.text_method(held, name, args, tags)
    return Unknown(tags=norms.without(tags))


def _append(it: Interpreter, held: Value, args: Args, node: t.Node) -> Value:
    # A list that norms go into is where they are kept: its reader looks at them.
    norms.consume(it, args.values, node, how="kept")
    if isinstance(held, Items) and it.sure > Sure.NO:
        known = not it.loops and not held.open and it.sure is Sure.YES
        if known or len(held.items) < 8:
            held.items.extend(args.values)
        held.open = held.open or not known
        held.tags |= listing.gathered(it)
    return Const(None)


def _extend(it: Interpreter, held: Value, args: Args, node: t.Node) -> Value:
    norms.consume(it, args.values, node, how="kept")
    if isinstance(held, Items) and it.sure > Sure.NO:
        for value in args.values:
            if isinstance(value, Items):
                held.items.extend(value.items[: 8 - len(held.items)] or value.items[:1])
            else:
                held.items.append(value)
            held.tags |= listing.marks(value.tags)
        held.open = True
        held.tags |= listing.gathered(it)
    return Const(None)


def _sort(it: Interpreter, held: Value, args: Args, node: t.Node) -> Value:
    held.tags = listing.settled(held.tags)
    return Const(None)


def _get(it: Interpreter, held: Value, args: Args, node: t.Node) -> Value:
    key = args.at(0)
    if isinstance(held, Table) and isinstance(key, Const):
        found = held.entries.get(key.value)
        if found is not None:
            return found
        if not held.open:
            return args.positional[1] if len(args.positional) > 1 else Const(None)
    return Unknown()


def _update(it: Interpreter, held: Value, args: Args, node: t.Node) -> Value:
    if isinstance(held, Table) and it.sure > Sure.NO:
        for value in args.positional:
            if isinstance(value, Table):
                held.entries.update(value.entries)
                held.open |= value.open
            else:
                held.open = True
        held.entries.update(args.keywords)
    return Const(None)


def _items(it: Interpreter, held: Value, args: Args, node: t.Node) -> Value:
    if not isinstance(held, Table):
        return Unknown()
    pairs: list[Value] = [
        Items("tuple", [Const(key), value]) for key, value in held.entries.items()
    ]
    return Items("list", pairs, held.open)


def _values(it: Interpreter, held: Value, args: Args, node: t.Node) -> Value:
    if not isinstance(held, Table):
        return Unknown()
    return Items("list", list(held.entries.values()), held.open)


def _keys(it: Interpreter, held: Value, args: Args, node: t.Node) -> Value:
    if not isinstance(held, Table):
        return Unknown()
    return Items("list", [Const(key) for key in held.entries], held.open)


def _copy(it: Interpreter, held: Value, args: Args, node: t.Node) -> Value:
    if isinstance(held, Table):
        return Table(dict(held.entries), held.open)
    return Items(held.kind, list(held.items), held.open) if isinstance(held, Items) else held


_METHODS: dict[tuple[str, str], Callable[[Interpreter, Value, Args, t.Node], Value]] = {
    ("list", "append"): _append,
    ("list", "add"): _append,
    ("list", "insert"): _append,
    ("list", "extend"): _extend,
    ("list", "sort"): _sort,
    ("list", "copy"): _copy,
    ("dict", "get"): _get,
    ("dict", "update"): _update,
    ("dict", "items"): _items,
    ("dict", "values"): _values,
    ("dict", "keys"): _keys,
    ("dict", "copy"): _copy,
}
