"""What an expression stands for, and what evaluating it does."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from triptych_lint import tree as t
from triptych_lint.timeline import (
    attributes,
    binding,
    calls,
    copies,
    cuts,
    imports,
    listing,
    norms,
    scores,
    tables,
)
from triptych_lint.timeline.values import (
    NO_TAGS,
    OPTIONAL,
    Const,
    Data,
    Func,
    Inst,
    Items,
    Lazy,
    Lib,
    Obj,
    Scope,
    Table,
    Unknown,
    Value,
    join,
    rows_in,
    tags_of,
)

if TYPE_CHECKING:
    from triptych_lint.timeline.interpreter import Interpreter


def evaluate(it: Interpreter, node: t.Expr, scope: Scope) -> Value:
    """The value of ``node``; events that it causes are noted on the way."""
    return _EXPRESSIONS[type(node)](it, node, scope)


def truth(value: Value) -> bool | None:
    """Whether a value is true, or None where that is unknown."""
    if isinstance(value, Const):
        return None if value.value is ... else bool(value.value)
    if isinstance(value, Items) and not value.open:
        return bool(value.items)
    if isinstance(value, (Func, Inst)) and not value.tags:
        return True
    return None


def _const(it: Interpreter, node: t.Const, scope: Scope) -> Value:
    return Unknown() if node.value is ... else Const(node.value)


def _name(it: Interpreter, node: t.Name, scope: Scope) -> Value:
    found = scope.find(node.id)
    if found is not None:
        return imports.resolve(it, found) if isinstance(found, Lazy) else found
    if node.id in calls.BUILTINS:
        return Lib(f"builtins.{node.id}")
    return Unknown(name=node.id)


def _attr(it: Interpreter, node: t.Attr, scope: Scope) -> Value:
    return attributes.get(it, evaluate(it, node.value, scope), node.attr, node)


def _sub(it: Interpreter, node: t.Sub, scope: Scope) -> Value:
    value = evaluate(it, node.value, scope)
    index = evaluate(it, node.index, scope)
    if isinstance(value, (Items, Table)) and isinstance(index, Const):
        found = _item(value, index.value)
        if found is not None:
            return found
    if isinstance(value, (Data, Items)) and (not isinstance(value, Items) or rows_in([value])):
        return cuts.select(it, value, index, node)
    if isinstance(value, Unknown):
        key = f"[{index.value!r}]" if isinstance(index, Const) else "[]"
        if isinstance(index, Data):
            return cuts.select(it, value, index, node)
        if key not in value.attrs:
            value.attrs[key] = Unknown(value.origin, key, value, tags=value.tags)
        return value.attrs[key]
    if isinstance(value, Obj) and isinstance(index, (Data, Const)):
        return attributes.item(it, value, index, node)
    return Unknown(tags=tags_of([value]))


def _item(value: Items | Table, key: Any) -> Value | None:
    if isinstance(value, Table):
        return value.entries.get(key)
    if isinstance(key, int) and not value.open and -len(value.items) <= key < len(value.items):
        return value.items[key]
    return None


def _slice(it: Interpreter, node: t.Slice, scope: Scope) -> Value:
    bounds = [evaluate(it, part, scope) for part in (node.lower, node.upper) if part]
    return Obj(type="slice", parts=tuple(bounds))


def _seq(it: Interpreter, node: t.Seq, scope: Scope) -> Value:
    items: list[Value] = []
    is_open = False
    for item in node.items:
        value = evaluate(it, item.value if isinstance(item, t.Star) else item, scope)
        if not isinstance(item, t.Star):
            items.append(value)
        elif isinstance(value, Items) and not value.open:
            items.extend(value.items)
        else:
            items.append(value)
            is_open = True
    return Items(node.kind, items, is_open)


def _dict(it: Interpreter, node: t.Dict, scope: Scope) -> Value:
    out = Table({})
    for key, item in node.items:
        value = evaluate(it, item, scope)
        if key is None:
            if isinstance(value, Table):
                out.entries.update(value.entries)
                out.open |= value.open
            else:
                out.open = True
                out.tags |= value.tags
            continue
        name = evaluate(it, key, scope)
        out.entries[name.value if isinstance(name, Const) else f"<{key.start}>"] = value
        out.open |= not isinstance(name, Const)
    return out


_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "Eq": operator.eq,
    "NotEq": operator.ne,
    "Lt": operator.lt,
    "LtE": operator.le,
    "Gt": operator.gt,
    "GtE": operator.ge,
    "Is": operator.is_,
    "IsNot": operator.is_not,
    "In": lambda a, b: a in b,
    "NotIn": lambda a, b: a not in b,
}


def _compare(it: Interpreter, node: t.Compare, scope: Scope) -> Value:
    left = evaluate(it, node.left, scope)
    rights = [evaluate(it, part, scope) for _, part in node.rest]
    values = [left, *rights]
    if len(rights) == 1:
        op = node.rest[0][0]
        answer = _compared(op, left, rights[0])
        if answer is not None:
            return answer
        if op in ("Is", "IsNot"):
            return Unknown()
    if not any(isinstance(value, Const) for value in values):
        scores.judged(it, values, node)
    tables_here = [value for value in values if isinstance(value, Data)]
    if tables_here:
        return cuts.mask(it, tables_here, values)
    norms.consume(it, values, node, how="tested")
    return Unknown()


def _compared(op: str, left: Value, right: Value) -> Const | None:
    if isinstance(right, Items) and not right.open:
        members = [m.value for m in right.items if isinstance(m, Const)]
        if len(members) == len(right.items):
            right = Const(members)
    if (
        isinstance(left, Const)
        and isinstance(right, Const)
        and ... not in (left.value, right.value)
    ):
        try:
            return Const(
                bool(_COMPARE[op](left.value, right.value)), option=left.option or right.option
            )
        except TypeError:
            return None
    known = (Func, Inst, Obj, Items, Table)
    none = op in ("Is", "IsNot") and isinstance(right, Const) and right.value is None
    if (
        none
        and isinstance(left, known)
        and not isinstance(left, Data)
        and OPTIONAL not in left.tags
    ):
        return Const(op == "IsNot")
    return None


def _bool(it: Interpreter, node: t.Bool, scope: Scope) -> Value:
    left = evaluate(it, node.left, scope)
    decided = truth(left)
    stops = node.op == "Or"
    option = isinstance(left, Const) and left.option
    if decided is stops:
        if option and isinstance(left, Const):
            return left
        return left
    from triptych_lint.timeline.events import Sure

    with it.under(Sure.MAYBE if decided is None else Sure.YES):
        right = evaluate(it, node.right, scope)
    if decided is not None:
        if option and isinstance(right, Const) and not right.option:
            return Const(right.value, option=True)
        return right
    if truth(right) is stops and isinstance(right, Const) and isinstance(right.value, bool):
        return right
    found = rows_in([left, right])
    if found:
        return join(left, right) if node.op == "Or" else Unknown(tags=tags_of([left, right]))
    return Unknown(tags=tags_of([left, right]))


_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "Add": operator.add,
    "Sub": operator.sub,
    "Mult": operator.mul,
    "Div": operator.truediv,
    "FloorDiv": operator.floordiv,
    "Mod": operator.mod,
}


def _computed(op: str, left: Const, right: Const) -> Value:
    try:
        value = _ARITHMETIC[op](left.value, right.value)
    except Exception:  # what Python itself could not compute stays unknown
        return Unknown()
    tags = left.tags | right.tags
    return Const(value, option=left.option or right.option, tags=tags)


def _bin(it: Interpreter, node: t.Bin, scope: Scope) -> Value:
    left, right = evaluate(it, node.left, scope), evaluate(it, node.right, scope)
    if isinstance(left, Const) and isinstance(right, Const) and node.op in _ARITHMETIC:
        plain = (int, float, str)
        if isinstance(left.value, plain) and isinstance(right.value, plain):
            return _computed(node.op, left, right)
    if isinstance(left, Items) and isinstance(right, Items) and node.op == "Add":
        return Items(left.kind, left.items + right.items, left.open or right.open)
    if isinstance(left, Obj) and it.catalog.kind(left.type) == "path":
        return left
    if node.op == "Mult" and isinstance(left, Items) and rows_in(left.items):
        return copies.repeated(left, right)
    found = rows_in([left, right])
    if found:
        return tables.combined(it, found, [left, right], node)
    return Unknown(tags=tags_of([left, right]))


def _unary(it: Interpreter, node: t.Unary, scope: Scope) -> Value:
    value = evaluate(it, node.operand, scope)
    if node.op == "Not":
        decided = truth(value)
        if decided is not None:
            return Const(not decided, option=isinstance(value, Const) and value.option)
        return value if value.tags else Unknown()
    if isinstance(value, Const) and isinstance(value.value, (int, float)) and node.op == "USub":
        return Const(-value.value, option=value.option)
    if isinstance(value, Data):
        return value
    return Unknown(tags=value.tags)


def _cond(it: Interpreter, node: t.Cond, scope: Scope) -> Value:
    test = evaluate(it, node.test, scope)
    norms.consume(it, [test], node.test, how="tested")
    decided = truth(test)
    if decided is not None:
        chosen = evaluate(it, node.body if decided else node.orelse, scope)
        return chosen
    from triptych_lint.timeline.events import Sure

    with it.under(Sure.MAYBE):
        return join(evaluate(it, node.body, scope), evaluate(it, node.orelse, scope))


def _lambda(it: Interpreter, node: t.Lambda, scope: Scope) -> Value:
    return Func(node.function, it.level.module, scope)


def _comp(it: Interpreter, node: t.Comp, scope: Scope) -> Value:
    inner = Scope(parent=scope, module=scope.module)
    source: Value = Unknown()
    known = True
    rows: list[Data] = []
    loose = NO_TAGS
    for target, iterable, tests in node.clauses:
        source = evaluate(it, iterable, inner)
        loose |= listing.marks(source.tags)
        found = binding.elements(it, source, iterable)
        for element in found:
            element.tags -= loose
        known = known and isinstance(source, Items) and not source.open and not tests
        binding.assign(it, target, found[0] if len(found) == 1 else binding.joined(found), inner)
        for test in tests:
            rows.extend(rows_in([evaluate(it, test, inner)]))
    values = [evaluate(it, elt, inner) for elt in node.elts]
    if known and len(node.clauses) == 1 and isinstance(source, Items) and len(values) == 1:
        # Each element is another one: what is known of the first is not known to be the same.
        one = replace(values[0], piece=None) if isinstance(values[0], Data) else values[0]
        return Items("list", [tables.again(one) for _ in source.items[:32]])
    made = rows_in(values)
    if node.kind == "set":
        loose = listing.of_set(it, values[0], node)
    if made and node.kind != "dict":
        return tables.collected(it, made, node.kind, loose)
    return Items(node.kind, values, open=True, tags=tags_of(values) | loose)


def _fstring(it: Interpreter, node: t.FString, scope: Scope) -> Value:
    parts: list[Value] = [
        Const(part) if isinstance(part, str) else evaluate(it, part, scope) for part in node.parts
    ]
    norms.consume(it, parts, node, how="shown")
    text = [part.value for part in parts if isinstance(part, Const)]
    tags = tags_of(parts)
    if len(text) == len(parts):
        return Const("".join(map(str, text)), tags=tags)
    # The literal parts are what can be known of the text; rules look for URLs and markup in them.
    return Unknown(name="".join(part for part in node.parts if isinstance(part, str)), tags=tags)


def _star(it: Interpreter, node: t.Star, scope: Scope) -> Value:
    return evaluate(it, node.value, scope)


def _walrus(it: Interpreter, node: t.Walrus, scope: Scope) -> Value:
    value = evaluate(it, node.value, scope)
    binding.assign(it, node.target, value, scope)
    return value


def _wait(it: Interpreter, node: t.Wait, scope: Scope) -> Value:
    value = evaluate(it, node.value, scope) if node.value else Const(None)
    if node.kind == "await":
        return value
    it.level.yields.append(value)
    return Unknown()


_EXPRESSIONS: dict[type, Callable[[Interpreter, Any, Scope], Value]] = {
    t.Const: _const,
    t.Name: _name,
    t.Attr: _attr,
    t.Call: lambda it, node, scope: calls.call(it, node, scope),
    t.Sub: _sub,
    t.Slice: _slice,
    t.Seq: _seq,
    t.Dict: _dict,
    t.Compare: _compare,
    t.Bool: _bool,
    t.Bin: _bin,
    t.Unary: _unary,
    t.Cond: _cond,
    t.Lambda: _lambda,
    t.Comp: _comp,
    t.FString: _fstring,
    t.Star: _star,
    t.Walrus: _walrus,
    t.Wait: _wait,
}
