"""Small questions about the syntax of a script."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from typing import Any, TypeGuard

from triptych_lint import tree as t

_WORD = re.compile(r"[a-z]+")


def calls(node: t.Node) -> Iterator[t.Call]:
    """The calls in an expression or a simple statement, inner ones first; not those of lambdas."""
    if isinstance(node, t.Lambda):
        return
    kind: Any = type(node)
    for name in _fields(kind):
        yield from _calls_in(getattr(node, name))
    if isinstance(node, t.Call):
        yield node


def _calls_in(value: Any) -> Iterator[t.Call]:
    if isinstance(value, t.Node):
        yield from calls(value)
    elif isinstance(value, tuple):
        for item in value:
            yield from _calls_in(item)


@cache
def _fields(kind: type) -> tuple[str, ...]:
    return tuple(f.name for f in fields(kind) if f.name not in ("start", "end"))


def blocks(statement: t.Stmt) -> list[t.Block]:
    """The blocks within a statement of control flow."""
    if isinstance(statement, t.If | t.For | t.While):
        return [statement.body, statement.orelse]
    if isinstance(statement, t.With):
        return [statement.body]
    if isinstance(statement, t.Try):
        handled = [body for _, body in statement.handlers]
        return [statement.body, *handled, statement.orelse, statement.final]
    return list(statement.cases) if isinstance(statement, t.Match) else []


def heads(statement: t.Stmt) -> list[t.Expr]:
    """The expressions of a statement of control flow that stand outside of its blocks."""
    if isinstance(statement, t.If | t.While):
        return [statement.test]
    if isinstance(statement, t.For):
        return [statement.iter]
    if isinstance(statement, t.With):
        return [value for value, _ in statement.items]
    return [statement.subject] if isinstance(statement, t.Match) else []


def is_plain(statement: t.Stmt) -> bool:
    """Whether the blocks of a statement run exactly once: ``with``, ``try``, the main guard."""
    if isinstance(statement, t.If):
        test = statement.test
        return (
            isinstance(test, t.Compare)
            and isinstance(test.left, t.Name)
            and test.left.id == "__name__"
        )
    return isinstance(statement, t.With)


def is_range(node: t.Expr) -> TypeGuard[t.Call]:
    """Whether ``node`` is a call of ``range`` with something to count to."""
    return (
        isinstance(node, t.Call)
        and isinstance(node.func, t.Name)
        and node.func.id == "range"
        and bool(node.args)
    )


def bound_names(target: t.Expr) -> Iterator[str]:
    """The plain names that an assignment to ``target`` binds."""
    if isinstance(target, t.Name):
        yield target.id
    elif isinstance(target, t.Star):
        yield from bound_names(target.value)
    elif isinstance(target, t.Seq):
        for item in target.items:
            yield from bound_names(item)


def chain(target: t.Expr) -> list[str] | None:
    """``cfg.optim["lr"]`` as its steps; None for anything but names and literal keys."""
    steps: list[str] = []
    while not isinstance(target, t.Name):
        if isinstance(target, t.Attr):
            steps.append(target.attr)
        elif isinstance(target, t.Sub) and isinstance(target.index, t.Const):
            if not isinstance(target.index.value, str):
                return None
            steps.append(target.index.value)
        else:
            return None
        target = target.value
    return [target.id, *reversed(steps)]


def has_word(text: str, words: frozenset[str]) -> bool:
    """Whether one of ``words`` is a word of ``text`` (``val_loader`` has ``val``)."""
    return not words.isdisjoint(_WORD.findall(text.lower()))
