"""Statements: control flow as it is followed, three-valued."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from enum import Enum
from typing import TYPE_CHECKING, Any

from triptych_lint import tree as t
from triptych_lint.timeline import anchors, calls, columns, imports, listing, norms, streams
from triptych_lint.timeline.binding import assign, elements
from triptych_lint.timeline.evaluate import truth
from triptych_lint.timeline.events import Event, Sure
from triptych_lint.timeline.values import Cls, Const, Data, Func, Scope, Unknown, Value, join

if TYPE_CHECKING:
    from triptych_lint.timeline.interpreter import Interpreter


class Flow(Enum):
    """How a block ends."""

    NEXT = 0
    JUMP = 1
    """``break`` or ``continue``."""
    LEFT = 2
    """``return``, for certain."""
    DIED = 3
    """``raise``, or the process exits."""
    MAYBE_LEFT = 4
    """``return`` under a condition that cannot be decided."""


def _assign(it: Interpreter, node: t.Assign) -> None:
    if node.value is None:
        return
    value = it.value(node.value)
    for target in node.targets:
        assign(it, target, value, it.level.scope)


def _aug_assign(it: Interpreter, node: t.AugAssign) -> None:
    # Of several passes one is followed: a count is not computed, lest its first value decide.
    combined = t.Bin(node.start, node.end, "", node.target, node.value)
    assign(it, node.target, it.value(combined), it.level.scope)


def _expression(it: Interpreter, node: t.ExprStmt) -> Flow:
    value = it.value(node.value)
    return Flow.DIED if value is calls.EXIT else Flow.NEXT


def _return(it: Interpreter, node: t.Return) -> Flow:
    value = it.value(node.value) if node.value else Const(None)
    # What the first function of a run returns goes to somebody out of sight.
    norms.consume(it, [value], node, how="kept" if len(it.levels) > 1 else "given")
    it.level.results.append(value)
    return Flow.LEFT


def _raise(it: Interpreter, node: t.Raise) -> Flow:
    return Flow.DIED


def _assert(it: Interpreter, node: t.Assert) -> None:
    since = len(it.events)
    value = it.value(node.test)
    norms.consume(it, [value], node, how="tested")
    columns.asserted(it, since, node)


def _jump(it: Interpreter, node: t.Jump) -> Flow:
    return Flow.NEXT if node.kind == "pass" else Flow.JUMP


def _delete(it: Interpreter, node: t.Delete) -> None:
    if isinstance(node.target, t.Sub):
        columns.dropped(it, node.target, it.level.scope)


def _scope(it: Interpreter, node: t.Scope) -> None:
    it.level.scope.globals.update(node.names)


def _if(it: Interpreter, node: t.If) -> Flow:
    since = len(it.events)
    test = it.value(node.test)
    norms.consume(it, [test], node.test, how="tested")
    if node.body and isinstance(node.body[-1], t.Raise):
        columns.asserted(it, since, node)
    decided = truth(test)
    option = isinstance(test, Const) and test.option
    if decided is not None:
        taken, skipped = (node.body, node.orelse) if decided else (node.orelse, node.body)
        if option and skipped:
            _shadow(it, skipped)
        return it.block(taken)
    return _branches(it, [node.body, node.orelse])


def drawn_in_each(branches: Sequence[Sequence[Event]], sure: Sure, undecided: int) -> None:
    """What every branch draws from is drawn from, whichever runs: the first draw stands for all.

    ``sure`` and ``undecided`` are those of the place where the branches part.
    """
    certain = undecided + 1
    first = [
        {
            e.facts["stream"]: e
            for e in reversed(branch)
            if e.kind == "draw" and e.undecided == certain
        }
        for branch in branches
    ]
    for stream in set.intersection(*(set(found) for found in first)) if first else ():
        draw = first[0][stream]
        draw.sure, draw.undecided = sure, undecided


def _shadow(it: Interpreter, body: t.Block) -> None:
    """Follow a branch that the default run does not take, leaving no trace but its events."""
    scope, before = it.level.scope, dict(it.level.scope.vars)
    with it.under(Sure.NO):
        it.block(body)
    scope.vars = before


def _branches(it: Interpreter, bodies: Sequence[t.Block]) -> Flow:
    """Follow branches of which one runs, and join what they leave behind."""
    scope, start = it.level.scope, it.level.scope.vars
    flows: list[Flow] = []
    ends: list[dict[str, Value]] = []
    events: list[list[Event]] = []
    for body in bodies:
        scope.vars = dict(start)
        since = len(it.events)
        with it.under(Sure.MAYBE):
            flow = it.block(body)
        flows.append(flow)
        if flow is not Flow.DIED:
            events.append(it.events[since:])
        if flow in (Flow.NEXT, Flow.MAYBE_LEFT):
            ends.append(scope.vars)
    if len(events) == len(ends):
        drawn_in_each(events, it.sure, it.undecided)
    scope.vars = _join_all(ends) if ends else start
    if all(flow is Flow.DIED for flow in flows):
        return Flow.DIED
    if not ends:
        return Flow.LEFT if all(f in (Flow.LEFT, Flow.DIED) for f in flows) else Flow.JUMP
    gone = any(flow in (Flow.LEFT, Flow.MAYBE_LEFT) for flow in flows)
    return Flow.MAYBE_LEFT if gone else Flow.NEXT


def _for(it: Interpreter, node: t.For) -> Flow:
    iterable = it.value(node.iter)
    _forget(it, node.body)
    flow = Flow.NEXT
    loose = listing.entered(it, node, iterable)
    with it.looping(node):
        for element in elements(it, iterable, node.iter):
            element.tags -= loose
            assign(it, node.target, element, it.level.scope)
            flow = it.block(node.body)
            if flow in (Flow.LEFT, Flow.DIED):
                break
    if flow in (Flow.LEFT, Flow.DIED):
        return flow
    rest = it.block(node.orelse)
    return flow if rest is Flow.NEXT and flow is Flow.MAYBE_LEFT else rest


def _forget(it: Interpreter, body: t.Block) -> None:
    """Literals that a loop assigns anew are known before its first pass only."""
    scope = it.level.scope
    for name in _assigned(body):
        value = scope.vars.get(name)
        if isinstance(value, Const):
            scope.vars[name] = Unknown(tags=value.tags)


def _assigned(body: t.Block) -> Iterator[str]:
    for statement in body:
        if isinstance(statement, t.Assign):
            yield from (target.id for target in statement.targets if isinstance(target, t.Name))
        elif isinstance(statement, t.AugAssign) and isinstance(statement.target, t.Name):
            yield statement.target.id
        for block in ("body", "orelse", "final"):
            inner = getattr(statement, block, ())
            if not isinstance(statement, (t.Def, t.Class)):
                yield from _assigned(inner)


def _while(it: Interpreter, node: t.While) -> Flow:
    _forget(it, node.body)
    test = it.value(node.test)
    norms.consume(it, [test], node.test, how="tested")
    # What a condition says before the first pass may be read wrongly; `while False` may not.
    if truth(test) is False and isinstance(node.test, t.Const):
        return it.block(node.orelse)
    with it.looping(node):
        flow = it.block(node.body)
    return flow if flow in (Flow.LEFT, Flow.DIED, Flow.MAYBE_LEFT) else Flow.NEXT


def _with(it: Interpreter, node: t.With) -> Flow:
    before, isolated = set(it.paused), set(it.isolated)
    for context, target in node.items:
        given = it.value(context)
        it.paused |= streams.paused_by(it, given)
        it.isolated |= streams.isolated_by(it, given)
        value = calls.enter(it, given, context)
        if target is not None:
            assign(it, target, value, it.level.scope)
    try:
        return it.block(node.body)
    finally:
        it.paused, it.isolated = before, isolated


def _try(it: Interpreter, node: t.Try) -> Flow:
    flow = it.block(node.body)
    scope = it.level.scope
    for name, handler in node.handlers:
        after = scope.vars
        scope.vars = dict(after)
        if name:
            scope.vars[name] = Unknown()
        with it.under(Sure.MAYBE):
            it.block(handler)
        # What only the handler binds stands in for what the body could not bind.
        scope.vars = {**scope.vars, **after}
    if flow in (Flow.NEXT, Flow.MAYBE_LEFT):
        rest = it.block(node.orelse)
        flow = rest if flow is Flow.NEXT else flow
    final = it.block(node.final)
    return flow if final is Flow.NEXT else final


def _match(it: Interpreter, node: t.Match) -> Flow:
    it.value(node.subject)
    return _branches(it, [*node.cases, ()])


def _import(it: Interpreter, node: t.Import) -> None:
    imports.run_import(it, node)


def _import_from(it: Interpreter, node: t.ImportFrom) -> None:
    imports.run_import_from(it, node)


def _def(it: Interpreter, node: t.Def) -> None:
    scope = it.level.scope
    func = Func(node, it.level.module, scope)
    scope.bind(node.name, calls.decorated(it, func))


def _class(it: Interpreter, node: t.Class) -> None:
    scope = it.level.scope
    inner = Scope(parent=scope, module=scope.module, is_class=True)
    cls = Cls(node, it.level.module, inner)
    cls.bases = [it.value(base.value) for base in node.bases if base.keyword is None]
    cls.is_dataclass = calls.is_dataclass(it, node)
    it.level.scope = inner
    try:
        it.block(node.body)
    finally:
        it.level.scope = scope
    for value in inner.vars.values():
        if isinstance(value, Func) and value.owner is None:
            value.owner = cls
    anchors.embedded(it, cls)
    scope.bind(node.name, cls)


def _join_all(ends: Sequence[dict[str, Value]]) -> dict[str, Value]:
    """Join the names of several branches; a name that some branch lacks may be unbound."""
    out = dict(ends[0])
    for other in ends[1:]:
        for name in {**out, **other}:
            left, right = out.get(name), other.get(name)
            if left is not right:
                merged = join(left, right)
                if isinstance(merged, Data) and (left is None or right is None):
                    merged = replace(merged, fits=())
                out[name] = merged
    return out


STATEMENTS: dict[type, Any] = {
    t.Assign: _assign,
    t.AugAssign: _aug_assign,
    t.ExprStmt: _expression,
    t.Return: _return,
    t.Raise: _raise,
    t.Assert: _assert,
    t.Jump: _jump,
    t.Delete: _delete,
    t.Scope: _scope,
    t.If: _if,
    t.For: _for,
    t.While: _while,
    t.With: _with,
    t.Try: _try,
    t.Match: _match,
    t.Import: _import,
    t.ImportFrom: _import_from,
    t.Def: _def,
    t.Class: _class,
}
