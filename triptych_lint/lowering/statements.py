"""Statements of Python's tree, lowered."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Sequence
from typing import Any

from triptych_lint import tree as t
from triptych_lint.lowering.expressions import Walk, args, expr, params
from triptych_lint.model import Span


def block(s: Walk, body: Sequence[ast.stmt]) -> t.Block:
    """The statements of ``body``; those that run nothing, like type aliases, are left out."""
    out = []
    for statement in body:
        lower = _STATEMENTS.get(type(statement))
        if lower is not None:
            out.append(lower(s, statement))
    return tuple(out)


def _assign(s: Walk, node: ast.Assign) -> t.Stmt:
    return t.Assign(*s.span(node), s.all(node.targets), expr(s, node.value))


def _annotated(s: Walk, node: ast.AnnAssign) -> t.Stmt:
    annotation = expr(s, node.annotation)
    return t.Assign(*s.span(node), (expr(s, node.target),), s.maybe(node.value), annotation)


def _augmented(s: Walk, node: ast.AugAssign) -> t.Stmt:
    return t.AugAssign(*s.span(node), expr(s, node.target), expr(s, node.value))


def _delete(s: Walk, node: ast.Delete) -> t.Stmt:
    target, *more = s.all(node.targets)
    if more:
        target = t.Seq(target.start, more[-1].end, "tuple", (target, *more))
    return t.Delete(*s.span(node), target)


def _jump(s: Walk, node: ast.stmt) -> t.Stmt:
    return t.Jump(*s.span(node), type(node).__name__.lower())


def _scope(s: Walk, node: ast.Global | ast.Nonlocal) -> t.Stmt:
    return t.Scope(*s.span(node), type(node).__name__.lower(), tuple(node.names))


def _names(aliases: Sequence[ast.alias]) -> tuple[tuple[str, str | None], ...]:
    return tuple([(alias.name, alias.asname) for alias in aliases])


def _if(s: Walk, node: ast.If) -> t.Stmt:
    return t.If(*s.span(node), expr(s, node.test), block(s, node.body), block(s, node.orelse))


def _for(s: Walk, node: ast.For | ast.AsyncFor) -> t.Stmt:
    target, iterable = expr(s, node.target), expr(s, node.iter)
    return t.For(*s.span(node), target, iterable, block(s, node.body), block(s, node.orelse))


def _while(s: Walk, node: ast.While) -> t.Stmt:
    return t.While(*s.span(node), expr(s, node.test), block(s, node.body), block(s, node.orelse))


def _with(s: Walk, node: ast.With | ast.AsyncWith) -> t.Stmt:
    items = [(expr(s, item.context_expr), s.maybe(item.optional_vars)) for item in node.items]
    return t.With(*s.span(node), tuple(items), block(s, node.body))


def _try(s: Walk, node: Any) -> t.Stmt:
    body = block(s, node.body)
    handlers = [(handler.name, block(s, handler.body)) for handler in node.handlers]
    orelse, final = block(s, node.orelse), block(s, node.finalbody)
    return t.Try(*s.span(node), body, tuple(handlers), orelse, final)


def _match(s: Walk, node: ast.Match) -> t.Stmt:
    cases = [block(s, case.body) for case in node.cases]
    return t.Match(*s.span(node), expr(s, node.subject), tuple(cases))


_HEADER = re.compile(r"(?:async[\s\\]+)?(?:def|class)[\s\\]+")


def _name_span(s: Walk, start: int, name: str) -> Span:
    """Python's tree has no place for the name of a definition."""
    header = _HEADER.match(s.text, start)
    at = header.end() if header else start
    return Span(at, at + len(name))


def _def(s: Walk, node: ast.FunctionDef | ast.AsyncFunctionDef) -> t.Stmt:
    around, s.yields = s.yields, False
    body = block(s, node.body)
    is_generator, s.yields = s.yields, around
    start, end = s.span(node)
    decorators = s.all(node.decorator_list)
    name_span = _name_span(s, start, node.name)
    return t.Def(
        start, end, node.name, params(s, node.args), body, decorators, name_span, is_generator
    )


def _class(s: Walk, node: ast.ClassDef) -> t.Stmt:
    start, end = s.span(node)
    bases, decorators = args(s, node.bases, node.keywords), s.all(node.decorator_list)
    name_span = _name_span(s, start, node.name)
    return t.Class(start, end, node.name, bases, block(s, node.body), decorators, name_span)


_STATEMENTS: dict[type, Callable[[Walk, Any], t.Stmt]] = {
    ast.Expr: lambda s, n: t.ExprStmt(*s.span(n), expr(s, n.value)),
    ast.Assign: _assign,
    ast.AnnAssign: _annotated,
    ast.AugAssign: _augmented,
    ast.Return: lambda s, n: t.Return(*s.span(n), s.maybe(n.value)),
    ast.Raise: lambda s, n: t.Raise(*s.span(n), s.maybe(n.exc)),
    ast.Assert: lambda s, n: t.Assert(*s.span(n), expr(s, n.test)),
    ast.Delete: _delete,
    ast.Break: _jump,
    ast.Continue: _jump,
    ast.Pass: _jump,
    ast.Global: _scope,
    ast.Nonlocal: _scope,
    ast.Import: lambda s, n: t.Import(*s.span(n), _names(n.names)),
    ast.ImportFrom: lambda s, n: t.ImportFrom(*s.span(n), n.module or "", n.level, _names(n.names)),
    ast.If: _if,
    ast.For: _for,
    ast.AsyncFor: _for,
    ast.While: _while,
    ast.With: _with,
    ast.AsyncWith: _with,
    ast.Try: _try,
    getattr(ast, "TryStar", ast.Try): _try,
    ast.Match: _match,
    ast.FunctionDef: _def,
    ast.AsyncFunctionDef: _def,
    ast.ClassDef: _class,
}
