"""Binding targets to values, and what a loop binds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from triptych_lint import tree as t
from triptych_lint.timeline import (
    attributes,
    calls,
    columns,
    effects,
    evaluate,
    norms,
    options,
    scores,
    tables,
)
from triptych_lint.timeline.values import (
    Const,
    Data,
    Func,
    Inst,
    Items,
    Lib,
    Obj,
    Scope,
    Table,
    Unknown,
    Value,
    join,
)

if TYPE_CHECKING:
    from triptych_lint.timeline.interpreter import Interpreter


MAX_ELEMENTS = 4
"""A loop over known objects is followed once for each, up to so many."""


def joined(values: Sequence[Value]) -> Value:
    out = values[0]
    for value in values[1:]:
        out = join(out, value)
    return out


def assign(it: Interpreter, target: t.Expr, value: Value, scope: Scope) -> None:
    """Bind a target to a value."""
    if isinstance(target, t.Name):
        scope.bind(target.id, columns.named(it, value, target))
        options.bound(it, target.id, value)
    elif isinstance(target, t.Attr):
        attributes.put(it, evaluate.evaluate(it, target.value, scope), target.attr, value, target)
    elif isinstance(target, t.Sub):
        _assign_item(it, target, value, scope)
    elif isinstance(target, (t.Seq, t.Star)):
        _unpack(it, target, value, scope)


def _unpack(it: Interpreter, target: t.Seq | t.Star, value: Value, scope: Scope) -> None:
    if isinstance(target, t.Star):
        assign(it, target.value, Unknown(tags=value.tags), scope)
        return
    starred = any(isinstance(item, t.Star) for item in target.items)
    known = isinstance(value, Items) and not value.open and not starred
    if known and isinstance(value, Items) and len(value.items) == len(target.items):
        for item, part in zip(target.items, value.items, strict=True):
            assign(it, item, part, scope)
        return
    for number, item in enumerate(target.items):
        assign(it, item, tables.part(it, value, number), scope)


def _assign_item(it: Interpreter, target: t.Sub, value: Value, scope: Scope) -> None:
    owner = evaluate.evaluate(it, target.value, scope)
    index = evaluate.evaluate(it, target.index, scope)
    kept = "kept" if isinstance(owner, (Table, Items)) else "given"
    norms.consume(it, [value], target, how=kept)
    if isinstance(owner, Table):
        if isinstance(index, Const):
            owner.entries[index.value] = value
        else:
            owner.open = True
            owner.tags |= scores.tags(value)
    elif isinstance(owner, Data):
        updated = columns.assigned(it, owner, index, value, target)
        base = target.value
        while isinstance(base, t.Attr):
            base = base.value
        if isinstance(base, t.Name):
            scope.bind(base.id, updated)
        elif isinstance(target.value, t.Attr):
            attributes.put(
                it,
                evaluate.evaluate(it, target.value.value, scope),
                target.value.attr,
                updated,
                target,
            )
    elif isinstance(owner, Lib):
        effects.item_set(it, owner.name, index, value, target)
    elif isinstance(owner, (Obj, Inst, Unknown)) and isinstance(index, Const):
        attributes.put(it, owner, f"[{index.value!r}]", value, target)


def elements(it: Interpreter, value: Value, node: t.Node) -> list[Value]:
    """What a loop over ``value`` binds its target to; one entry for each pass that is followed."""
    if isinstance(value, Items):
        if value.open or not value.items:
            return [joined(value.items) if value.items else Unknown(tags=value.tags)]
        followed = (Obj, Inst, Func, Lib, Items)
        if len(value.items) <= MAX_ELEMENTS and all(isinstance(i, followed) for i in value.items):
            return list(value.items)
        return [joined(value.items)]
    if isinstance(value, Obj):
        return [calls.iterated(it, value, node)]
    if isinstance(value, Inst):
        return [calls.iterated_instance(it, value, node)]
    if isinstance(value, Unknown):
        if "<element>" not in value.attrs:
            value.attrs["<element>"] = Unknown(value.origin, "<element>", value, tags=value.tags)
        return [value.attrs["<element>"]]
    return [Unknown(tags=value.tags)]
