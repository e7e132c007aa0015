"""Keys of random numbers: which key a call uses up, and where the run still holds it.

A key is a value like any other, and what is drawn with it is a function of it. The engine follows
the value, through names, calls, tuples and attributes, and notes each call that uses it up.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import TYPE_CHECKING

from triptych_lint import tree as t
from triptych_lint.catalog import Row
from triptych_lint.timeline.values import Const, Inst, Items, Obj, Scope, Table, Unknown, Value

if TYPE_CHECKING:
    from triptych_lint.timeline.calls import Args
    from triptych_lint.timeline.interpreter import Interpreter

KEY = "<key>"
"""The type of the members of an array of keys."""


def consumed(it: Interpreter, name: str, row: Row, args: Args, node: t.Node) -> None:
    """Note the keys that a call uses up.

    Facts: ``key`` (the value itself), ``how`` (see the catalogue's ``consumes``), ``held`` (for
    each function on the stack, the names and attributes by which it holds the key, with their
    place in its call), ``operand`` (whether the call shuffles what it is given).
    """
    parameter = row.get("key", "key")
    given = args.get(parameter, row.get("params"))
    if given is None:
        return
    inside = [*given.entries.values()] if isinstance(given, Table) else [given]
    for key in {id(value): value for value in inside if _is_one(value)}.values():
        held = [_holders(level.call, level.scope, key) for level in it.levels]
        for level, names in zip(it.levels, held, strict=True):
            # A function may read the name from the one around it.
            names.update((n, None) for n in {*held[-1]} - {*names} if level.scope.find(n) is key)
        it.emit(
            "key",
            name,
            node,
            key=key,
            how=row["consumes"],
            held=held,
            operand="split" in row,
        )


def _is_one(value: Value) -> bool:
    """Whether a value is one key, and the same one for as long as it stands for this value.

    An attribute of something unknown, or a member at a place that is not known, may be another
    one each time that it is read.
    """
    if isinstance(value, Unknown):
        return value.owner is None
    return isinstance(value, Obj) and value.made is not None


def _holders(call: t.Node | None, scope: Scope, key: Value) -> dict[str, t.Expr | None]:
    """The names, and the attributes of instances, in a call that stand for ``key``."""
    found: dict[str, t.Expr | None] = {}
    for node in _walk(call):
        if isinstance(node, t.Name) and scope.find(node.id) is key:
            found[node.id] = node
        elif isinstance(node, t.Attr) and isinstance(node.value, t.Name):
            owner = scope.find(node.value.id)
            if isinstance(owner, Inst) and owner.attrs.get(node.attr) is key:
                found[f"{node.value.id}.{node.attr}"] = node
    return found


def _walk(node: object) -> Iterator[t.Node]:
    """The nodes of an expression, from the outside in; functions inside of it are left out."""
    if isinstance(node, tuple):
        for part in node:
            yield from _walk(part)
    elif isinstance(node, t.Node) and not isinstance(node, t.Def):
        yield node
        for field in fields(node):
            yield from _walk(getattr(node, field.name))


def member(it: Interpreter, owner: Value, number: int) -> Value | None:
    """The key at a place of an array of keys; the same one each time that it is read."""
    if not isinstance(owner, Obj) or it.catalog.inherited(owner.type, "keys") != "many":
        return None
    name = f"[{number}]"
    if name not in owner.attrs:
        owner.attrs[name] = Obj(type=KEY, made=owner.made, tags=owner.tags)
    return owner.attrs[name]


def subscript(it: Interpreter, owner: Obj, index: Value) -> Value | None:
    """``keys[index]``, where both are known."""
    number = index.value if isinstance(index, Const) else None
    return member(it, owner, number) if type(number) is int else None


def forgotten(it: Interpreter, value: Value) -> Value:
    """What a function gave before, where it is not followed again: other keys than then."""
    if isinstance(value, Items):
        return Items(value.kind, [forgotten(it, item) for item in value.items], value.open)
    is_key = isinstance(value, Obj) and (
        value.type == KEY or it.catalog.inherited(value.type, "keys")
    )
    return Unknown(tags=value.tags) if is_key else value
