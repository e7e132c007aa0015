"""Follows a run statement by statement, and notes what happens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from triptych_lint import tree as t
from triptych_lint.catalog import Catalog
from triptych_lint.rule import Place
from triptych_lint.timeline import calls, keys, norms, tables
from triptych_lint.timeline.evaluate import evaluate
from triptych_lint.timeline.events import Event, Frame, Sure
from triptych_lint.timeline.options import Option
from triptych_lint.timeline.statements import STATEMENTS, Flow, drawn_in_each
from triptych_lint.timeline.values import Const, Data, Func, Obj, Scope, Tags, Unknown, Value, join

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
        self.undecided = 0
        """Conditions around the place where the run is, of which nobody knows how they end."""
        self.loops: list[t.Node] = []
        self.levels: list[_Level] = []
        self.runs: dict[t.Def, int] = {}
        self.last: dict[t.Def, Value] = {}
        self.modules: dict[str, Scope] = {}
        self.cuts: dict[Any, dict[tuple[str, str], Event]] = {}
        self.options: list[Option] = []
        self.patched: dict[str, Value] = {}
        """What the run has assigned to attributes of libraries."""
        self.unordered: dict[t.Node, Tags] = {}
        """Loops over rows in an order that nothing fixes, with the marks of these rows."""
        self.gathered: dict[int, tuple[Value, Data]] = {}
        """Lists of which all that is known is that they hold rows, with these rows."""
        self.paused: set[str] = set()
        """Streams from which nothing is drawn in the context that the run is in."""
        self.isolated: set[str] = set()
        """Streams whose state is put back when the context ends that the run is in."""
        self.unread: set[str] = set()
        """Functions and classes of libraries that were called, and of which no row tells."""
        self.roots = 0
        self.random = False
        """Whether anything has been met that is new in each run, or has a stream of its own."""
        self.in_worker: Obj | None = None
        """The loader in one of whose worker processes the run is."""
        self.starting_worker = False
        """Whether a worker process is being prepared by the function that the loader was given."""
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
            undecided=self.undecided + (sure < Sure.YES),
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
        self.undecided += sure < Sure.YES
        try:
            yield
        finally:
            self.sure = before
            self.undecided -= sure < Sure.YES

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
        before, undecided = self.sure, self.undecided
        try:
            self.block(module.body)
        finally:
            self.sure, self.undecided = before, undecided
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
            self.emit(
                "opaque", name, node, values=values, may_seed=True, may_observe=False, hidden=True
            )
            return Unknown("foreign", name)
        finally:
            self.limit = MAX_STEPS

    def _run_body(self, func: Func, scope: Scope, most: int) -> Value:
        node = func.node
        runs = self.runs.get(node, 0)
        if runs >= most or len(self.levels) >= MAX_DEPTH or self._recursive(node):
            # What it does with a norm that it is given is out of sight.
            if self.levels:
                given = scope.vars.values()
                norms.consume(self, given, self.level.call or node, gradients=True)
            return tables.again(keys.forgotten(self, self.last.get(node) or Unknown()))
        if self.sure > Sure.NO:
            self.runs[node] = runs + 1
        self.levels.append(_Level(func.module, scope, func))
        before, loops, undecided = self.sure, self.loops, self.undecided
        try:
            self.block(node.body)
        finally:
            self.sure, self.loops, self.undecided = before, loops, undecided
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
        partings: list[tuple[int, int, Sure, int]] = []
        for statement in body:
            self.step()
            self.level.path.append(statement)
            parting = len(self.events), self.sure, self.undecided
            try:
                flow = STATEMENTS[type(statement)](self, statement)
            finally:
                self.level.path.pop()
            if flow is Flow.MAYBE_LEFT:
                if isinstance(statement, t.If) and not statement.orelse:
                    partings.append((parting[0], len(self.events), *parting[1:]))
                self.sure = min(self.sure, Sure.MAYBE)
                self.undecided += 1
                left = flow
            elif flow is not None and flow is not Flow.NEXT:
                left = flow
                break
        for start, end, sure, undecided in reversed(partings):
            # What follows on a branch that returns is the other branch.
            rest = [] if left is Flow.DIED else [self.events[end:]]
            drawn_in_each([self.events[start:end], *rest], sure, undecided)
        return left

    def value(self, node: t.Expr) -> Value:
        return evaluate(self, node, self.level.scope)
