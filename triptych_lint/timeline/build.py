"""From a module to its timeline: the run of its top level, and what that does not reach."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from triptych_lint import console
from triptych_lint import tree as t
from triptych_lint.catalog import Catalog
from triptych_lint.edits import names_in
from triptych_lint.rule import Place
from triptych_lint.timeline import calls
from triptych_lint.timeline.events import Frame, Run
from triptych_lint.timeline.interpreter import MAX_STEPS, Interpreter, TooLong
from triptych_lint.timeline.loops import trains
from triptych_lint.timeline.options import Option
from triptych_lint.timeline.values import Cls, Const, Func, Inst, Scope, Unknown

if TYPE_CHECKING:
    from triptych_lint.module import Module
    from triptych_lint.project import Project


@dataclass(slots=True)
class Timeline:
    """The events of one module, in execution order.

    ``main`` is what running the module does; each of ``fragments`` starts in a function that
    running it does not reach, with arguments that nobody knows.
    """

    module: Module
    catalog: Catalog
    main: Run
    fragments: list[Run] = field(default_factory=list)
    options: list[Option] = field(default_factory=list)
    is_entry: bool = False
    """Whether the module is a training script: it trains when it is run."""

    @property
    def runs(self) -> Iterator[Run]:
        yield self.main
        yield from self.fragments

    def option_text(self, before: t.Stmt, frame: Frame) -> str | None:
        """How code at this place writes the run's seed option (``args.seed``), if there is one."""
        for option in self.options:
            if option.function is frame.function and option.end <= before.start:
                return option.text
        return None

    def has(self, kind: str) -> bool:
        """Whether any run meets an event of this kind."""
        return any(run.has(kind) for run in self.runs)


def build(module: Module, project: Project, catalog: Catalog) -> Timeline:
    """Follow a module's run, and then the functions that it does not reach."""
    it = Interpreter(project, catalog)
    scope = Scope(module=module)
    scope.vars["__name__"] = Const("__main__")
    complete = True
    try:
        it.run_module(module, scope)
        _start(it, module, scope)
    except (TooLong, RecursionError):
        complete = False
    main = Run(catalog, it.events, complete=complete, unread=frozenset(it.unread))
    timeline = Timeline(module, catalog, main, options=it.options)
    timeline.is_entry = trains(main) and not (
        _demonstrates(module) and project.is_in_package(module)
    )
    timeline.fragments = list(_fragments(it, module, scope))
    if timeline.is_entry:
        timeline.fragments += _uncalled_imports(it, module, scope)
    return timeline


def _start(it: Interpreter, module: Module, scope: Scope) -> None:
    """Run what the project's console scripts call of a module that does not start by itself."""
    for name in console.started(module):
        func = scope.vars.get(name)
        if isinstance(func, Func) and not it.runs.get(func.node) and func.module is module:
            it.run_entry(func, calls.free_arguments(it, func))


def _demonstrates(module: Module) -> bool:
    """Whether a main guard brings its own imports: a usage example at the end of library code."""
    guards = [s for s in module.body if isinstance(s, t.If) and "__name__" in names_in(s.test)]
    return any(isinstance(s, (t.Import, t.ImportFrom)) for guard in guards for s in guard.body)


def _fragments(it: Interpreter, module: Module, scope: Scope) -> Iterator[Run]:
    functions = [pair for pair in module.functions() if not it.runs.get(pair[1])]
    # Callers first: what they reach needs no fragment of its own.
    functions.sort(key=lambda pair: pair[1].name in module.called)
    telling = _telling(it.catalog, module)
    for owner, node in functions:
        if it.runs.get(node) or node not in telling:
            continue
        func = _function(scope, owner, node)
        if func is None:
            continue
        run = _fragment(it, func)
        run.owner = owner
        run.looped = func.owner is not None and any(
            node.name in (it.catalog.inherited(base, "looped") or ())
            for base in func.owner.library_bases()
        )
        run.at = None if owner else Place(module, node.name_span)
        yield run


def _fragment(it: Interpreter, func: Func) -> Run:
    """Follow one function, with arguments that nobody knows."""
    it.events, it.steps, it.limit = [], 0, MAX_STEPS
    it.levels, it.loops = [], []
    complete = True
    try:
        _enter(it, func)
    except (TooLong, RecursionError):
        complete = False
    return Run(it.catalog, it.events, root=func.node, complete=complete)


def _uncalled_imports(it: Interpreter, module: Module, scope: Scope) -> Iterator[Run]:
    """Functions that the module imports from its project, that seed, and that nobody calls."""
    for statement in module.body:
        if not isinstance(statement, t.ImportFrom):
            continue
        for name, alias in statement.names:
            func = scope.vars.get(alias or name)
            if not isinstance(func, Func) or it.runs.get(func.node) or func.module is module:
                continue
            if it.catalog.seeding_names.search(func.module.text(func.node)):
                run = _fragment(it, func)
                run.at = Place(module, statement.span)
                yield run


def _telling(catalog: Catalog, module: Module) -> set[t.Def]:
    """The functions that give rules something to ask, by themselves or by what they call."""
    texts = {node: module.text(node) for _, node in module.functions()}
    found = {node for node, text in texts.items() if catalog.telling_words.search(text)}
    while True:
        names = "|".join({re.escape(node.name) for node in found if node.name != "__init__"})
        calls_one = re.compile(rf"\b(?:{names})\(")
        more = {
            n for n, text in texts.items() if n not in found and names and calls_one.search(text)
        }
        if not more:
            return found
        found |= more


def _function(scope: Scope, owner: t.Class | None, node: t.Def) -> Func | None:
    if owner is None:
        found = scope.vars.get(node.name)
    else:
        cls = scope.vars.get(owner.name)
        found = cls.scope.vars.get(node.name) if isinstance(cls, Cls) else None
    return found if isinstance(found, Func) and found.node is node else None


def _enter(it: Interpreter, func: Func) -> None:
    if func.owner is not None and func.kind not in ("static", "class"):
        inst = Inst(func.owner)
        init = func.owner.scope.vars.get("__init__")
        func = replace(func, bound=inst)
        if isinstance(init, Func) and init.node is not func.node:
            setup = replace(init, bound=inst)
            it.run_entry(setup, calls.free_arguments(it, setup))
    elif func.kind == "class":
        func = replace(func, bound=func.owner or Unknown())
    it.run_entry(func, calls.free_arguments(it, func))
