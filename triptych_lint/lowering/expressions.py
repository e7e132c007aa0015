"""Expressions of Python's tree, lowered."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any

from triptych_lint import tree as t
from triptych_lint.lowering.spans import spans_of


class Walk:
    """One walk over the tree of one ``text``."""

    __slots__ = ("called", "span", "text", "yields")

    def __init__(self, text: str) -> None:
        self.text = text
        self.span = spans_of(text)
        self.called: set[str] = set()
        """Names of the functions and methods that are called."""
        self.yields = False
        """Whether the function that is being lowered was seen to yield."""

    def maybe(self, node: ast.expr | None) -> t.Expr | None:
        return None if node is None else _EXPRESSIONS[type(node)](self, node)

    def all(self, nodes: Sequence[ast.expr]) -> tuple[t.Expr, ...]:
        return tuple([_EXPRESSIONS[type(node)](self, node) for node in nodes])


def expr(s: Walk, node: ast.expr) -> t.Expr:
    return _EXPRESSIONS[type(node)](s, node)


def _unknown(s: Walk, node: ast.expr) -> t.Expr:
    return t.Const(*s.span(node), ...)


def _constant(s: Walk, node: ast.Constant) -> t.Expr:
    return t.Const(*s.span(node), node.value)


def _name(s: Walk, node: ast.Name) -> t.Expr:
    return t.Name(*s.span(node), node.id)


def _attribute(s: Walk, node: ast.Attribute) -> t.Expr:
    value = node.value  # lowered without the detour of `expr`: chains may be long
    return t.Attr(*s.span(node), _EXPRESSIONS[type(value)](s, value), node.attr)


def args(s: Walk, values: Sequence[ast.expr], keywords: Sequence[ast.keyword]) -> tuple[t.Arg, ...]:
    out = []
    for value in values:
        if isinstance(value, ast.Starred):
            out.append(t.Arg(*s.span(value), expr(s, value.value), None, "*"))
        else:
            lowered = expr(s, value)
            out.append(t.Arg(lowered.start, lowered.end, lowered))
    for keyword in keywords:
        star = "" if keyword.arg else "**"
        out.append(t.Arg(*s.span(keyword), expr(s, keyword.value), keyword.arg, star))
    if values and keywords and out[len(values) - 1].start > out[len(values)].start:
        out.sort(key=lambda arg: arg.start)  # `f(a=1, *rest)`
    return tuple(out)


def _call(s: Walk, node: ast.Call) -> t.Expr:
    func = _EXPRESSIONS[type(node.func)](s, node.func)
    if isinstance(func, t.Attr):
        s.called.add(func.attr)
    elif isinstance(func, t.Name):
        s.called.add(func.id)
    return t.Call(*s.span(node), func, args(s, node.args, node.keywords))


def _subscript(s: Walk, node: ast.Subscript) -> t.Expr:
    return t.Sub(*s.span(node), expr(s, node.value), expr(s, node.slice))


def _slice(s: Walk, node: ast.Slice) -> t.Expr:
    return t.Slice(*s.span(node), s.maybe(node.lower), s.maybe(node.upper), s.maybe(node.step))


def _tuple(s: Walk, node: ast.Tuple) -> t.Expr:
    return t.Seq(*s.span(node), "tuple", s.all(node.elts))


def _list(s: Walk, node: ast.List) -> t.Expr:
    return t.Seq(*s.span(node), "list", s.all(node.elts))


def _set(s: Walk, node: ast.Set) -> t.Expr:
    return t.Seq(*s.span(node), "set", s.all(node.elts))


def _dict(s: Walk, node: ast.Dict) -> t.Expr:
    keys = [s.maybe(key) for key in node.keys]
    return t.Dict(*s.span(node), tuple(zip(keys, s.all(node.values), strict=True)))


def _compare(s: Walk, node: ast.Compare) -> t.Expr:
    left = expr(s, node.left)
    names = [type(op).__name__ for op in node.ops]
    return t.Compare(*s.span(node), left, tuple(zip(names, s.all(node.comparators), strict=True)))


def _bool(s: Walk, node: ast.BoolOp) -> t.Expr:
    """``a and b and c`` as ``(a and b) and c``."""
    start, end = s.span(node)
    op = type(node.op).__name__
    left, *rest = s.all(node.values)
    for right in rest:
        left = t.Bool(start, right.end, op, left, right)
    left.end = end
    return left


def _binary(s: Walk, node: ast.BinOp) -> t.Expr:
    op = type(node.op).__name__
    return t.Bin(*s.span(node), op, expr(s, node.left), expr(s, node.right))


def _unary(s: Walk, node: ast.UnaryOp) -> t.Expr:
    return t.Unary(*s.span(node), type(node.op).__name__, expr(s, node.operand))


def _conditional(s: Walk, node: ast.IfExp) -> t.Expr:
    parts = (expr(s, node.test), expr(s, node.body), expr(s, node.orelse))
    return t.Cond(*s.span(node), *parts)


def _lambda(s: Walk, node: ast.Lambda) -> t.Expr:
    span = s.span(node)
    body = expr(s, node.body)
    result = t.Return(body.start, body.end, body)
    return t.Lambda(*span, t.Def(*span, "<lambda>", params(s, node.args), (result,)))


def _comprehension(kind: str) -> Callable[[Walk, Any], t.Expr]:
    def lower(s: Walk, node: Any) -> t.Expr:
        clauses = [
            (expr(s, clause.target), expr(s, clause.iter), s.all(clause.ifs))
            for clause in node.generators
        ]
        elts = (node.key, node.value) if kind == "dict" else (node.elt,)
        return t.Comp(*s.span(node), kind, s.all(elts), tuple(clauses))

    return lower


def _formatted(s: Walk, node: Any) -> t.Expr:
    values = [part.value for part in node.values]
    parts = [value if isinstance(value, str) else expr(s, value) for value in values]
    return t.FString(*s.span(node), tuple(parts))


def _star(s: Walk, node: ast.Starred) -> t.Expr:
    return t.Star(*s.span(node), expr(s, node.value))


def _walrus(s: Walk, node: ast.NamedExpr) -> t.Expr:
    target = t.Name(*s.span(node.target), node.target.id)
    return t.Walrus(*s.span(node), target, expr(s, node.value))


def _await(s: Walk, node: ast.Await) -> t.Expr:
    return t.Wait(*s.span(node), "await", expr(s, node.value))


def _yield(s: Walk, node: ast.Yield | ast.YieldFrom) -> t.Expr:
    s.yields = True
    kind = "yield" if isinstance(node, ast.Yield) else "from"
    return t.Wait(*s.span(node), kind, s.maybe(node.value))


def params(s: Walk, node: ast.arguments) -> tuple[t.Param, ...]:
    plain = [*node.posonlyargs, *node.args]
    defaults = [None] * (len(plain) - len(node.defaults)) + node.defaults
    out = [_param(s, arg, "", default) for arg, default in zip(plain, defaults, strict=True)]
    if node.vararg:
        out.append(_param(s, node.vararg, "*"))
    for arg, default in zip(node.kwonlyargs, node.kw_defaults, strict=True):
        out.append(_param(s, arg, "kw", default))
    if node.kwarg:
        out.append(_param(s, node.kwarg, "**"))
    return tuple(out)


def _param(s: Walk, arg: ast.arg, kind: str, default: ast.expr | None = None) -> t.Param:
    return t.Param(arg.arg, kind, s.maybe(default), s.maybe(arg.annotation))


_EXPRESSIONS: dict[type, Callable[[Walk, Any], t.Expr]] = {
    **dict.fromkeys(ast.expr.__subclasses__(), _unknown),
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Call: _call,
    ast.Subscript: _subscript,
    ast.Slice: _slice,
    ast.Tuple: _tuple,
    ast.List: _list,
    ast.Set: _set,
    ast.Dict: _dict,
    ast.Compare: _compare,
    ast.BoolOp: _bool,
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.IfExp: _conditional,
    ast.Lambda: _lambda,
    ast.ListComp: _comprehension("list"),
    ast.SetComp: _comprehension("set"),
    ast.GeneratorExp: _comprehension("generator"),
    ast.DictComp: _comprehension("dict"),
    ast.JoinedStr: _formatted,
    getattr(ast, "TemplateStr", ast.JoinedStr): _formatted,
    ast.Starred: _star,
    ast.NamedExpr: _walrus,
    ast.Await: _await,
    ast.Yield: _yield,
    ast.YieldFrom: _yield,
}
