"""One walk over LibCST's tree: lowers it to the nodes of ``tree.py``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import libcst as cst

from triptych_lint import tree as t
from triptych_lint.model import Span

_Spans = dict[cst.CSTNode, tuple[int, int]]


class Lowering:
    """Lowers one module; ``spans`` are the offsets of its nodes."""

    def __init__(self, spans: _Spans) -> None:
        self.spans = spans
        self.called: set[str] = set()
        """Names of the functions and methods that the module calls."""
        self._yields = [False]

    def block(self, body: cst.BaseSuite | Sequence[Any]) -> t.Block:
        statements = body.body if isinstance(body, cst.BaseSuite) else body
        out: list[t.Stmt] = []
        for statement in statements:
            if isinstance(statement, cst.SimpleStatementLine):
                for small in statement.body:
                    out.extend(self._small(small))
            elif isinstance(statement, cst.BaseSmallStatement):
                out.extend(self._small(statement))
            else:
                out.append(_COMPOUND[type(statement)](self, statement))
        return tuple(out)

    def expr(self, node: cst.BaseExpression) -> t.Expr:
        lower = _EXPR.get(type(node))
        return lower(self, node) if lower else t.Const(*self.spans[node], ...)

    def _maybe(self, node: cst.BaseExpression | None) -> t.Expr | None:
        return None if node is None else self.expr(node)

    # Expressions

    def _name(self, node: cst.Name) -> t.Expr:
        constant = _NAMED.get(node.value, _NAMED)
        if constant is not _NAMED:
            return t.Const(*self.spans[node], constant)
        return t.Name(*self.spans[node], node.value)

    def _literal(self, node: Any) -> t.Expr:
        try:
            value = node.evaluated_value
        except Exception:  # a literal that this Python cannot read is still no reason to stop
            value = ...
        return t.Const(*self.spans[node], value)

    def _concatenated(self, node: cst.ConcatenatedString) -> t.Expr:
        left, right = self.expr(node.left), self.expr(node.right)
        values = [part.value for part in (left, right) if isinstance(part, t.Const)]
        if len(values) == 2 and type(values[0]) is type(values[1]) and values[0] is not ...:
            return t.Const(*self.spans[node], values[0] + values[1])
        parts: list[str | t.Expr] = []
        for part in (left, right):
            if isinstance(part, t.FString):
                parts.extend(part.parts)
            elif isinstance(part, t.Const) and isinstance(part.value, str):
                parts.append(part.value)
        return t.FString(*self.spans[node], tuple(parts))

    def _formatted(self, node: Any) -> t.Expr:
        parts: list[str | t.Expr] = []
        for part in node.parts:
            value = getattr(part, "value", None)
            if isinstance(value, str):
                parts.append(value)
            else:
                parts.append(self.expr(part.expression))
        return t.FString(*self.spans[node], tuple(parts))

    def _attribute(self, node: cst.Attribute) -> t.Expr:
        return t.Attr(*self.spans[node], self.expr(node.value), node.attr.value)

    def _args(self, args: Sequence[cst.Arg]) -> tuple[t.Arg, ...]:
        return tuple(
            t.Arg(
                *self.spans[arg],
                self.expr(arg.value),
                arg.keyword.value if arg.keyword else None,
                arg.star,
            )
            for arg in args
        )

    def _call(self, node: cst.Call) -> t.Expr:
        func = self.expr(node.func)
        if isinstance(func, (t.Name, t.Attr)):
            self.called.add(func.id if isinstance(func, t.Name) else func.attr)
        return t.Call(*self.spans[node], func, self._args(node.args))

    def _subscript(self, node: cst.Subscript) -> t.Expr:
        items = [self._index(element.slice) for element in node.slice]
        index = items[0]
        if len(items) > 1 or isinstance(node.slice[0].comma, cst.Comma):
            index = t.Seq(items[0].start, items[-1].end, "tuple", tuple(items))
        return t.Sub(*self.spans[node], self.expr(node.value), index)

    def _index(self, node: cst.BaseSlice) -> t.Expr:
        if isinstance(node, cst.Slice):
            parts = [self._maybe(part) for part in (node.lower, node.upper, node.step)]
            start, end = self.spans.get(node, (0, 0))
            return t.Slice(start, end, *parts)
        assert isinstance(node, cst.Index)
        return self.expr(node.value)

    def _elements(self, node: Any) -> t.Expr:
        items: list[t.Expr] = []
        for element in node.elements:
            value = self.expr(element.value)
            if isinstance(element, cst.StarredElement):
                value = t.Star(value.start, value.end, value)
            items.append(value)
        return t.Seq(*self.spans[node], _SEQ[type(node)], tuple(items))

    def _dict(self, node: cst.Dict) -> t.Expr:
        items: list[tuple[t.Expr | None, t.Expr]] = []
        for element in node.elements:
            key = self.expr(element.key) if isinstance(element, cst.DictElement) else None
            items.append((key, self.expr(element.value)))
        return t.Dict(*self.spans[node], tuple(items))

    def _comparison(self, node: cst.Comparison) -> t.Expr:
        rest = tuple(
            (type(target.operator).__name__, self.expr(target.comparator))
            for target in node.comparisons
        )
        return t.Compare(*self.spans[node], self.expr(node.left), rest)

    def _boolean(self, node: cst.BooleanOperation) -> t.Expr:
        op = type(node.operator).__name__
        return t.Bool(*self.spans[node], op, self.expr(node.left), self.expr(node.right))

    def _binary(self, node: cst.BinaryOperation) -> t.Expr:
        op = type(node.operator).__name__
        return t.Bin(*self.spans[node], op, self.expr(node.left), self.expr(node.right))

    def _unary(self, node: cst.UnaryOperation) -> t.Expr:
        op = type(node.operator).__name__
        return t.Unary(*self.spans[node], op, self.expr(node.expression))

    def _conditional(self, node: cst.IfExp) -> t.Expr:
        parts = (self.expr(node.test), self.expr(node.body), self.expr(node.orelse))
        return t.Cond(*self.spans[node], *parts)

    def _lambda(self, node: cst.Lambda) -> t.Expr:
        body = self.expr(node.body)
        span = self.spans[node]
        function = t.Def(
            *span, "<lambda>", self._params(node.params), (t.Return(body.start, body.end, body),)
        )
        return t.Lambda(*span, function)

    def _comprehension(self, node: Any) -> t.Expr:
        elts = (node.key, node.value) if isinstance(node, cst.DictComp) else (node.elt,)
        clauses = []
        clause = node.for_in
        while clause is not None:
            tests = tuple(self.expr(test.test) for test in clause.ifs)
            clauses.append((self.expr(clause.target), self.expr(clause.iter), tests))
            clause = clause.inner_for_in
        lowered = tuple(self.expr(elt) for elt in elts)
        return t.Comp(*self.spans[node], _COMP[type(node)], lowered, tuple(clauses))

    def _walrus(self, node: cst.NamedExpr) -> t.Expr:
        target = self.expr(node.target)
        assert isinstance(target, t.Name)
        return t.Walrus(*self.spans[node], target, self.expr(node.value))

    def _await(self, node: cst.Await) -> t.Expr:
        return t.Wait(*self.spans[node], "await", self.expr(node.expression))

    def _yield(self, node: cst.Yield) -> t.Expr:
        self._yields[-1] = True
        value = node.value.item if isinstance(node.value, cst.From) else node.value
        kind = "from" if isinstance(node.value, cst.From) else "yield"
        return t.Wait(*self.spans[node], kind, self._maybe(value))

    # Statements

    def _small(self, node: cst.BaseSmallStatement) -> list[t.Stmt]:
        lower = _SMALL.get(type(node))
        return [lower(self, node)] if lower else []

    def _assign(self, node: cst.Assign) -> t.Stmt:
        targets = tuple(self.expr(target.target) for target in node.targets)
        return t.Assign(*self.spans[node], targets, self.expr(node.value))

    def _annotated(self, node: cst.AnnAssign) -> t.Stmt:
        annotation = self.expr(node.annotation.annotation)
        return t.Assign(
            *self.spans[node], (self.expr(node.target),), self._maybe(node.value), annotation
        )

    def _augmented(self, node: cst.AugAssign) -> t.Stmt:
        op = type(node.operator).__name__
        return t.AugAssign(*self.spans[node], self.expr(node.target), op, self.expr(node.value))

    def _jump(self, node: Any) -> t.Stmt:
        return t.Jump(*self.spans[node], type(node).__name__.lower())

    def _import(self, node: cst.Import) -> t.Stmt:
        return t.Import(*self.spans[node], tuple(map(self._alias, node.names)))

    def _import_from(self, node: cst.ImportFrom) -> t.Stmt:
        module = _dotted(node.module) if node.module else ""
        names: tuple[tuple[str, str | None], ...] = (("*", None),)
        if not isinstance(node.names, cst.ImportStar):
            names = tuple(map(self._alias, node.names))
        return t.ImportFrom(*self.spans[node], module, len(node.relative), names)

    def _alias(self, alias: cst.ImportAlias) -> tuple[str, str | None]:
        as_name = alias.asname.name if alias.asname else None
        return _dotted(alias.name), as_name.value if isinstance(as_name, cst.Name) else None

    def _scope(self, node: Any) -> t.Stmt:
        names = tuple(item.name.value for item in node.names)
        return t.Scope(*self.spans[node], type(node).__name__.lower(), names)

    def _if(self, node: cst.If) -> t.Stmt:
        return t.If(
            *self.spans[node], self.expr(node.test), self.block(node.body), self._else(node.orelse)
        )

    def _else(self, node: cst.If | cst.Else | cst.Finally | None) -> t.Block:
        if node is None:
            return ()
        return (self._if(node),) if isinstance(node, cst.If) else self.block(node.body)

    def _for(self, node: cst.For) -> t.Stmt:
        target, iterable = self.expr(node.target), self.expr(node.iter)
        body, orelse = self.block(node.body), self._else(node.orelse)
        return t.For(*self.spans[node], target, iterable, body, orelse)

    def _while(self, node: cst.While) -> t.Stmt:
        body, orelse = self.block(node.body), self._else(node.orelse)
        return t.While(*self.spans[node], self.expr(node.test), body, orelse)

    def _with(self, node: cst.With) -> t.Stmt:
        items = tuple(
            (self.expr(item.item), self.expr(item.asname.name) if item.asname else None)
            for item in node.items
        )
        return t.With(*self.spans[node], items, self.block(node.body))

    def _try(self, node: Any) -> t.Stmt:
        handlers = []
        for handler in node.handlers:
            name = handler.name.name if handler.name else None
            bound = name.value if isinstance(name, cst.Name) else None
            handlers.append((bound, self.block(handler.body)))
        return t.Try(
            *self.spans[node],
            self.block(node.body),
            tuple(handlers),
            self._else(node.orelse),
            self._else(node.finalbody),
        )

    def _match(self, node: cst.Match) -> t.Stmt:
        cases = tuple(self.block(case.body) for case in node.cases)
        return t.Match(*self.spans[node], self.expr(node.subject), cases)

    def _params(self, params: cst.Parameters) -> tuple[t.Param, ...]:
        out = [self._param(p) for p in (*params.posonly_params, *params.params)]
        if isinstance(params.star_arg, cst.Param):
            out.append(self._param(params.star_arg, "*"))
        out.extend(self._param(p, "kw") for p in params.kwonly_params)
        if params.star_kwarg:
            out.append(self._param(params.star_kwarg, "**"))
        return tuple(out)

    def _param(self, param: cst.Param, kind: str = "") -> t.Param:
        annotation = param.annotation.annotation if param.annotation else None
        default = self._maybe(param.default)
        return t.Param(param.name.value, kind, default, self._maybe(annotation))

    def _def(self, node: cst.FunctionDef) -> t.Stmt:
        self._yields.append(False)
        body = self.block(node.body)
        is_generator = self._yields.pop()
        return t.Def(
            *self.spans[node],
            node.name.value,
            self._params(node.params),
            body,
            tuple(self.expr(d.decorator) for d in node.decorators),
            Span(*self.spans[node.name]),
            is_generator,
        )

    def _class(self, node: cst.ClassDef) -> t.Stmt:
        return t.Class(
            *self.spans[node],
            node.name.value,
            self._args((*node.bases, *node.keywords)),
            self.block(node.body),
            tuple(self.expr(d.decorator) for d in node.decorators),
            Span(*self.spans[node.name]),
        )


def _dotted(node: cst.BaseExpression) -> str:
    if isinstance(node, cst.Attribute):
        return f"{_dotted(node.value)}.{node.attr.value}"
    assert isinstance(node, cst.Name)
    return node.value


_L = Lowering
_Lower = Callable[[Lowering, Any], Any]
_NAMED: dict[str, Any] = {"None": None, "True": True, "False": False}
_SEQ: dict[Any, str] = {cst.Tuple: "tuple", cst.List: "list", cst.Set: "set"}
_COMP: dict[Any, str] = {
    cst.ListComp: "list",
    cst.SetComp: "set",
    cst.GeneratorExp: "generator",
    cst.DictComp: "dict",
}
_EXPR: dict[type, _Lower] = {
    cst.Name: _L._name,
    cst.Integer: _L._literal,
    cst.Float: _L._literal,
    cst.Imaginary: _L._literal,
    cst.SimpleString: _L._literal,
    cst.ConcatenatedString: _L._concatenated,
    cst.FormattedString: _L._formatted,
    cst.Attribute: _L._attribute,
    cst.Call: _L._call,
    cst.Subscript: _L._subscript,
    cst.Tuple: _L._elements,
    cst.List: _L._elements,
    cst.Set: _L._elements,
    cst.Dict: _L._dict,
    cst.Comparison: _L._comparison,
    cst.BooleanOperation: _L._boolean,
    cst.BinaryOperation: _L._binary,
    cst.UnaryOperation: _L._unary,
    cst.IfExp: _L._conditional,
    cst.Lambda: _L._lambda,
    cst.ListComp: _L._comprehension,
    cst.SetComp: _L._comprehension,
    cst.GeneratorExp: _L._comprehension,
    cst.DictComp: _L._comprehension,
    cst.NamedExpr: _L._walrus,
    cst.Await: _L._await,
    cst.Yield: _L._yield,
}
_SMALL: dict[type, _Lower] = {
    cst.Expr: lambda s, n: t.ExprStmt(*s.spans[n], s.expr(n.value)),
    cst.Assign: _L._assign,
    cst.AnnAssign: _L._annotated,
    cst.AugAssign: _L._augmented,
    cst.Return: lambda s, n: t.Return(*s.spans[n], s._maybe(n.value)),
    cst.Raise: lambda s, n: t.Raise(*s.spans[n], s._maybe(n.exc)),
    cst.Assert: lambda s, n: t.Assert(*s.spans[n], s.expr(n.test)),
    cst.Del: lambda s, n: t.Delete(*s.spans[n], s.expr(n.target)),
    cst.Break: _L._jump,
    cst.Continue: _L._jump,
    cst.Pass: _L._jump,
    cst.Global: _L._scope,
    cst.Nonlocal: _L._scope,
    cst.Import: _L._import,
    cst.ImportFrom: _L._import_from,
}
_COMPOUND: dict[type, _Lower] = {
    cst.If: _L._if,
    cst.For: _L._for,
    cst.While: _L._while,
    cst.With: _L._with,
    cst.Try: _L._try,
    cst.TryStar: _L._try,
    cst.Match: _L._match,
    cst.FunctionDef: _L._def,
    cst.ClassDef: _L._class,
}
