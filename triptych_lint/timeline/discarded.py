"""Draws whose result goes nowhere: rows that are shown, noise that only a plot or an assert sees.

A draw that is only looked at changes no result. What is drawn is followed by names, forwards
through the statements of its function and of those that call it; only what certainly reaches no
training, no unreadable call and nothing that outlives the function counts as discarded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields
from typing import get_args

from triptych_lint import tree as t
from triptych_lint.edits import imports, names_in
from triptych_lint.module import Module
from triptych_lint.timeline.events import Event, Frame, Run

_USES = ("train", "update", "search", "backward", "split", "evaluate", "claim", "track")
"""What makes use of drawn values."""
_SHOWS = {"print", "display"}
_DECIDES = (t.If, t.While, t.Match, t.Raise, t.Def, t.Class)
"""Statements in which a name decides more than can be followed."""
_STATEMENTS = get_args(t.Stmt)


def is_discarded(run: Run, draw: Event) -> bool:
    """Whether what was drawn certainly reaches no training."""
    if any(event.node is draw.node for event in run.of("train", "update", "search")):
        return False
    firm = _statements_of(run, draw, *_USES)
    used = firm | _statements_of(run, draw, "opaque")
    gives_rows = "rows" in (run.catalog.row(draw.name) or {})
    for frame in reversed(draw.stack):
        statement = frame.path[-1] if frame.path else None
        if statement is None or id(statement) in used or isinstance(statement, _DECIDES):
            return False
        if gives_rows and isinstance(statement, t.ExprStmt) and _shows(statement.value, draw.node):
            return True
        escapes = _escapes(frame, statement, firm, used, run)
        if escapes is not None:
            return not escapes
    return True


def _statements_of(run: Run, draw: Event, *kinds: str) -> set[int]:
    """The statements in which other events of these kinds happen, in every function around them."""
    return {
        id(frame.path[-1])
        for event in run.of(*kinds)
        if event is not draw
        for frame in event.stack
        if frame.path
    }


def _escapes(frame: Frame, drawn: t.Stmt, firm: set[int], used: set[int], run: Run) -> bool | None:
    """Whether the drawn values are used or outlive the function; None if its caller gets them."""
    function, module = frame.function, frame.module
    body = function.body if function else module.body
    quiet = _quiet(module, body, run)
    carriers = set() if _root_of(drawn) in quiet else _carriers(drawn)
    handed_back = isinstance(drawn, t.Return)
    statements = [
        s
        for s in _statements(body)
        if s.end > frame.path[0].start and s is not drawn
        if id(s) in firm or _root_of(s) not in quiet
    ]
    size = -1
    while size < len(carriers):
        size = len(carriers)
        for statement in statements:
            if not carriers & _reads(statement):
                continue
            shown = isinstance(statement, t.If) and _only_shows(statement, quiet)
            if id(statement) in used or (isinstance(statement, _DECIDES) and not shown):
                return True
            handed_back |= isinstance(statement, t.Return)
            carriers |= _carriers(statement)
    outer = {"self", "cls"}.union(p.name for p in function.params) if function else set()
    if carriers & outer or any(isinstance(s, t.Scope) for s in statements):
        return True
    return None if handed_back or (function and function.is_generator) else False


def _shows(shown: t.Expr, node: t.Node) -> bool:
    """Whether an expression that nobody keeps does no more than show what ``node`` gives."""
    while shown is not node:
        if isinstance(shown, t.Call) and isinstance(shown.func, t.Attr):
            if shown.func.attr.startswith("to_"):
                return False
            shown = shown.func.value
        elif isinstance(shown, t.Call) and _root(shown) in _SHOWS and len(shown.args) == 1:
            shown = shown.args[0].value
        elif isinstance(shown, (t.Attr, t.Sub)):
            shown = shown.value
        else:
            return False
    return True


def _quiet(module: Module, body: Sequence[t.Stmt], run: Run) -> set[str]:
    """Names of what only shows: libraries for it, and what the statements get from them."""
    known = run.catalog.showing
    quiet = set(_SHOWS)
    quiet.update(bound for _, name, bound in imports(module) if name.partition(".")[0] in known)
    for statement in (*module.body, *_statements(body)):
        if isinstance(statement, t.Assign) and _root_of(statement) in quiet:
            quiet.update(_carriers(statement))
    return quiet


def _only_shows(choice: t.If, quiet: set[str]) -> bool:
    """Whether an ``if`` decides no more than what is shown."""
    inside = (*_statements(choice.body), *_statements(choice.orelse))
    return all(isinstance(s, (t.If, t.Jump)) or _root_of(s) in quiet for s in inside)


def _root_of(statement: t.Stmt) -> str:
    """The name from which a statement's call or value starts."""
    if isinstance(statement, (t.ExprStmt, t.Assign)) and statement.value is not None:
        return _root(statement.value)
    return ""


def _carriers(statement: t.Stmt) -> set[str]:
    """The names that carry on what a statement has read."""
    if isinstance(statement, t.Assign):
        return {name for target in statement.targets for name in _bases(target)}
    if isinstance(statement, (t.AugAssign, t.For)):
        return {*_bases(statement.target)}
    if isinstance(statement, t.With):
        return {name for _, target in statement.items if target for name in _bases(target)}
    return names_in(statement.value) if isinstance(statement, t.ExprStmt) else set()


def _root(node: t.Expr) -> str:
    """The name that a chain of calls, attributes and items starts from."""
    while isinstance(node, (t.Call, t.Attr, t.Sub)):
        node = node.func if isinstance(node, t.Call) else node.value
    return node.id if isinstance(node, t.Name) else ""


def _bases(target: t.Expr) -> Iterator[str]:
    if isinstance(target, t.Seq):
        for item in target.items:
            yield from _bases(item.value if isinstance(item, t.Star) else item)
    else:
        yield _root(target)


def _reads(statement: t.Stmt) -> set[str]:
    """The names in a statement, of compound ones in their heads only."""
    if isinstance(statement, t.For):
        return names_in(statement.iter)
    if isinstance(statement, (t.If, t.While)):
        return names_in(statement.test)
    if isinstance(statement, t.With):
        return names_in([item for item, _ in statement.items])
    if isinstance(statement, t.Try):
        return set()
    return names_in(statement)


def _statements(body: Sequence[t.Stmt]) -> Iterator[t.Stmt]:
    """The statements of one scope, those of nested blocks included."""
    for statement in body:
        yield statement
        if isinstance(statement, (t.Def, t.Class)):
            continue
        for field in fields(statement):
            block = getattr(statement, field.name)
            if isinstance(block, tuple):
                for part in block:
                    inner = part if isinstance(part, tuple) else (part,)
                    for item in inner:
                        nested = item if isinstance(item, tuple) else (item,)
                        yield from _statements([s for s in nested if isinstance(s, _STATEMENTS)])
