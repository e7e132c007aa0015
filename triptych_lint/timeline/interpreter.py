"""Follows a run statement by statement, and notes what happens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from enum import Enum
from typing import TYPE_CHECKING, Any

from triptych_lint import tree as t
from triptych_lint.catalog import Catalog
from triptych_lint.rule import Place
from triptych_lint.timeline import calls, imports, norms, tables
from triptych_lint.timeline.evaluate import assign, elements, evaluate, truth
from triptych_lint.timeline.events import Event, Frame, Sure
from triptych_lint.timeline.options import Option
from triptych_lint.timeline.values import Cls, Const, Data, Func, Scope, Unknown, Value, join

if TYPE_CHECKING:
    from triptych_lint.module import Module
    from triptych_lint.project import Project

MAX_STEPS = 60_000
"""Statements and calls that one run may take; real entry points need a few thousand."""
MAX_DEPTH = 18
"""Calls of the project's own functions inside of each other."""
MAX_RUNS = 6
"""How often one function is followed; later calls give what the last one gave."""
MAX_RUNS_ELSEWHERE = 2
"""The same for functions of other files."""
MAX_STEPS_ELSEWHERE = 5_000
"""Steps that one call from the linted file into another may take; what is cut short is unknown."""


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


class TooLong(Exception):
    """The run takes more steps than the engine follows."""


class _CutShort(Exception):
    """A call into another file takes more steps than the engine follows."""


class _Level:
    """One function being followed."""

    __slots__ = ("call", "func", "function", "module", "path", "results", "scope", "yields")

    def __init__(self, module: Module, scope: Scope, func: Func | None = None) -> None:
        self.module = module
        self.scope = scope
        self.func = func
        self.function = func.node if func else None
        self.path: list[t.Stmt] = []
        self.call: t.Node | None = None
        self.results: list[Value] = []
        self.yields: list[Value] = []


class Interpreter:
    """The state of one run: what is certain, where it is, and what has happened."""

    def __init__(self, project: Project, catalog: Catalog) -> None:
        self.project = project
        self.catalog = catalog
        self.events: list[Event] = []
        self.sure = Sure.YES
        self.loops: list[t.Node] = []
        self.levels: list[_Level] = []
        self.runs: dict[t.Def, int] = {}
        self.last: dict[t.Def, Value] = {}
        self.modules: dict[str, Scope] = {}
        self.cuts: dict[Any, dict[tuple[str, str], Event]] = {}
        self.options: list[Option] = []
        self.roots = 0
        self.in_worker = False
        """Whether a loader's worker process runs what is followed."""
        self.steps = 0
        self.limit = MAX_STEPS

    # What has happened

    @property
    def level(self) -> _Level:
        return self.levels[-1]

    def emit(
        self,
        kind: str,
        name: str,
        node: t.Node,
        *,
        receiver: Value | None = None,
        sure: Sure = Sure.YES,
        **facts: Any,
    ) -> Event:
        """Note an event at ``node``; it is no surer than the place where the run is."""
        event = Event(
            kind=kind,
            name=name,
            node=node,
            place=Place(self.level.module, node.span),
            sure=min(self.sure, sure),
            order=len(self.events),
            loops=tuple(self.loops),
            stack=tuple(
                Frame(level.module, level.function, tuple(level.path), level.call)
                for level in self.levels
            ),
            facts=facts,
            receiver=receiver,
        )
        self.events.append(event)
        return event

    def step(self) -> None:
        self.steps += 1
        if self.steps > self.limit:
            raise TooLong if self.limit == MAX_STEPS else _CutShort

    @contextmanager
    def under(self, sure: Sure) -> Iterator[None]:
        """What runs inside is no surer than ``sure``."""
        before, self.sure = self.sure, min(self.sure, sure)
        try:
            yield
        finally:
            self.sure = before

    @contextmanager
    def looping(self, loop: t.Node) -> Iterator[None]:
        self.loops.append(loop)
        try:
            yield
        finally:
            self.loops.pop()

    # Modules and functions

    def run_module(self, module: Module, scope: Scope) -> None:
        """Run the top level of a module in ``scope``."""
        self.modules[module.path] = scope
        level = _Level(module, scope)
        self.levels.append(level)
        before = self.sure
        try:
            self.block(module.body)
        finally:
            self.sure = before
            self.levels.pop()

    def run_entry(self, func: Func, args: calls.Args) -> None:
        """Run a function from outside, as the first of the stack."""
        inner = Scope(parent=func.scope, module=func.module)
        self.levels.append(_Level(func.module, func.scope))
        try:
            calls.bind_params(self, func, args, inner)
        finally:
            self.levels.pop()
        self.run_function(func, inner)

    def run_function(self, func: Func, scope: Scope) -> Value:
        """Run the body of a function whose parameters are bound in ``scope``."""
        home = self.levels[0].module if self.levels else func.module
        outwards = func.module is not home and self.level.module is home
        if not outwards or self.limit < MAX_STEPS:
            return self._run_body(
                func, scope, MAX_RUNS if func.module is home else MAX_RUNS_ELSEWHERE
            )
        self.limit = min(self.steps + MAX_STEPS_ELSEWHERE, MAX_STEPS - 1)
        try:
            return self._run_body(func, scope, MAX_RUNS_ELSEWHERE)
        except _CutShort:
            values = list(scope.vars.values())
            name = func.node.name
            node = self.level.call or func.node
            self.emit("opaque", name, node, values=values, may_seed=True, may_observe=False)
            return Unknown("foreign", name)
        finally:
            self.limit = MAX_STEPS

    def _run_body(self, func: Func, scope: Scope, most: int) -> Value:
        node = func.node
        runs = self.runs.get(node, 0)
        if runs >= most or len(self.levels) >= MAX_DEPTH or self._recursive(node):
            return self.last.get(node) or Unknown()
        if self.sure > Sure.NO:
            self.runs[node] = runs + 1
        self.levels.append(_Level(func.module, scope, func))
        before, loops = self.sure, self.loops
        try:
            self.block(node.body)
        finally:
            self.sure, self.loops = before, loops
            level = self.levels.pop()
        found = level.yields if node.is_generator else level.results
        result: Value = Const(None) if not found else found[0]
        for other in found[1:]:
            result = join(result, other)
        if node.is_generator:
            result = calls.generator(result)
        self.last[node] = result
        return result

    def _recursive(self, node: t.Def) -> bool:
        return any(level.function is node for level in self.levels)

    # Statements

    def block(self, body: Sequence[t.Stmt]) -> Flow:
        left = Flow.NEXT
        for statement in body:
            self.step()
            self.level.path.append(statement)
            try:
                flow = _STATEMENTS[type(statement)](self, statement)
            finally:
                self.level.path.pop()
            if flow is Flow.MAYBE_LEFT:
                self.sure = min(self.sure, Sure.MAYBE)
                left = flow
            elif flow is not None and flow is not Flow.NEXT:
                return flow
        return left

    def value(self, node: t.Expr) -> Value:
        return evaluate(self, node, self.level.scope)

    def _assign(self, node: t.Assign) -> None:
        if node.value is None:
            return
        value = self.value(node.value)
        for target in node.targets:
            assign(self, target, value, self.level.scope)

    def _aug_assign(self, node: t.AugAssign) -> None:
        combined = t.Bin(node.start, node.end, node.op, node.target, node.value)
        assign(self, node.target, self.value(combined), self.level.scope)

    def _expression(self, node: t.ExprStmt) -> Flow:
        value = self.value(node.value)
        return Flow.DIED if value is calls.EXIT else Flow.NEXT

    def _return(self, node: t.Return) -> Flow:
        value = self.value(node.value) if node.value else Const(None)
        if len(self.levels) == 1 or self.levels[0].function is self.level.function:
            norms.consume(self, [value], node)
        self.level.results.append(value)
        return Flow.LEFT

    def _raise(self, node: t.Raise) -> Flow:
        return Flow.DIED

    def _assert(self, node: t.Assert) -> None:
        since = len(self.events)
        value = self.value(node.test)
        norms.consume(self, [value], node)
        tables.asserted(self, since, node)

    def _jump(self, node: t.Jump) -> Flow:
        return Flow.NEXT if node.kind == "pass" else Flow.JUMP

    def _delete(self, node: t.Delete) -> None:
        if isinstance(node.target, t.Sub):
            tables.dropped(self, node.target, self.level.scope)

    def _scope(self, node: t.Scope) -> None:
        self.level.scope.globals.update(node.names)

    def _if(self, node: t.If) -> Flow:
        test = self.value(node.test)
        norms.consume(self, [test], node.test)
        decided = truth(test)
        option = isinstance(test, Const) and test.option
        if decided is not None:
            taken, skipped = (node.body, node.orelse) if decided else (node.orelse, node.body)
            if option and skipped:
                self._shadow(skipped)
            return self.block(taken)
        return self._branches([node.body, node.orelse])

    def _shadow(self, body: t.Block) -> None:
        """Follow a branch that the default run does not take, leaving no trace but its events."""
        scope, before = self.level.scope, dict(self.level.scope.vars)
        with self.under(Sure.NO):
            self.block(body)
        scope.vars = before

    def _branches(self, bodies: Sequence[t.Block]) -> Flow:
        """Follow branches of which one runs, and join what they leave behind."""
        scope, start = self.level.scope, self.level.scope.vars
        flows: list[Flow] = []
        ends: list[dict[str, Value]] = []
        for body in bodies:
            scope.vars = dict(start)
            with self.under(Sure.MAYBE):
                flow = self.block(body)
            flows.append(flow)
            if flow in (Flow.NEXT, Flow.MAYBE_LEFT):
                ends.append(scope.vars)
        scope.vars = _join_all(ends) if ends else start
        if all(flow is Flow.DIED for flow in flows):
            return Flow.DIED
        if not ends:
            return Flow.LEFT if all(f in (Flow.LEFT, Flow.DIED) for f in flows) else Flow.JUMP
        gone = any(flow in (Flow.LEFT, Flow.MAYBE_LEFT) for flow in flows)
        return Flow.MAYBE_LEFT if gone else Flow.NEXT

    def _for(self, node: t.For) -> Flow:
        iterable = self.value(node.iter)
        flow = Flow.NEXT
        with self.looping(node):
            for element in elements(self, iterable, node.iter):
                assign(self, node.target, element, self.level.scope)
                flow = self.block(node.body)
                if flow in (Flow.LEFT, Flow.DIED):
                    break
        if flow in (Flow.LEFT, Flow.DIED):
            return flow
        rest = self.block(node.orelse)
        return flow if rest is Flow.NEXT and flow is Flow.MAYBE_LEFT else rest

    def _while(self, node: t.While) -> Flow:
        test = self.value(node.test)
        norms.consume(self, [test], node.test)
        # What a condition says before the first pass may be read wrongly; `while False` may not.
        if truth(test) is False and isinstance(node.test, t.Const):
            return self.block(node.orelse)
        with self.looping(node):
            flow = self.block(node.body)
        return flow if flow in (Flow.LEFT, Flow.DIED, Flow.MAYBE_LEFT) else Flow.NEXT

    def _with(self, node: t.With) -> Flow:
        for context, target in node.items:
            value = calls.enter(self, self.value(context), context)
            if target is not None:
                assign(self, target, value, self.level.scope)
        return self.block(node.body)

    def _try(self, node: t.Try) -> Flow:
        flow = self.block(node.body)
        scope = self.level.scope
        for name, handler in node.handlers:
            after = scope.vars
            scope.vars = dict(after)
            if name:
                scope.vars[name] = Unknown()
            with self.under(Sure.MAYBE):
                self.block(handler)
            # What only the handler binds stands in for what the body could not bind.
            scope.vars = {**scope.vars, **after}
        if flow in (Flow.NEXT, Flow.MAYBE_LEFT):
            rest = self.block(node.orelse)
            flow = rest if flow is Flow.NEXT else flow
        final = self.block(node.final)
        return flow if final is Flow.NEXT else final

    def _match(self, node: t.Match) -> Flow:
        self.value(node.subject)
        return self._branches([*node.cases, ()])

    def _import(self, node: t.Import) -> None:
        imports.run_import(self, node)

    def _import_from(self, node: t.ImportFrom) -> None:
        imports.run_import_from(self, node)

    def _def(self, node: t.Def) -> None:
        scope = self.level.scope
        func = Func(node, self.level.module, scope)
        scope.bind(node.name, calls.decorated(self, func))

    def _class(self, node: t.Class) -> None:
        scope = self.level.scope
        inner = Scope(parent=scope, module=scope.module, is_class=True)
        cls = Cls(node, self.level.module, inner)
        cls.bases = [self.value(base.value) for base in node.bases if base.keyword is None]
        cls.is_dataclass = calls.is_dataclass(self, node)
        self.level.scope = inner
        try:
            self.block(node.body)
        finally:
            self.level.scope = scope
        for value in inner.vars.values():
            if isinstance(value, Func) and value.owner is None:
                value.owner = cls
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


_I = Interpreter
_STATEMENTS: dict[type, Any] = {
    t.Assign: _I._assign,
    t.AugAssign: _I._aug_assign,
    t.ExprStmt: _I._expression,
    t.Return: _I._return,
    t.Raise: _I._raise,
    t.Assert: _I._assert,
    t.Jump: _I._jump,
    t.Delete: _I._delete,
    t.Scope: _I._scope,
    t.If: _I._if,
    t.For: _I._for,
    t.While: _I._while,
    t.With: _I._with,
    t.Try: _I._try,
    t.Match: _I._match,
    t.Import: _I._import,
    t.ImportFrom: _I._import_from,
    t.Def: _I._def,
    t.Class: _I._class,
}
