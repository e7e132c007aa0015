"""Python as a config: what a script or a notebook sets, without running any of it.

constants, dicts, `cfg.x = 1`, options of the command line,      one run
arguments of optimizers, loaders, trainers
each class with defaults (dataclasses, `class CFG`)              one run
each function whose parameters have defaults of variables        one run
functions of a script that build an optimizer each               one run each
"""

from __future__ import annotations

from triptych_lint import tree as t
from triptych_lint.configdiff.formats.pycatalog import Imports, load
from triptych_lint.configdiff.formats.pyrecord import LENGTH, Unit, axis_of
from triptych_lint.configdiff.formats.pysyntax import (
    blocks,
    bound_names,
    calls,
    chain,
    heads,
    is_plain,
    is_range,
)
from triptych_lint.configdiff.formats.pyuses import Uses
from triptych_lint.configdiff.formats.pyvalues import Scope, Values, computed
from triptych_lint.configdiff.meaning import is_number, meaning
from triptych_lint.configdiff.nodes import ConfigError, Node, Scalar, Table, Tree
from triptych_lint.module import Module, UnparsableModule
from triptych_lint.source import Source


def parse(source: Source) -> Tree:
    """The runs that a Python text describes, under their names; the script itself has none.

    Raises:
        ConfigError: where the text is no Python.
    """
    try:
        module = Module(source)
    except UnparsableModule as error:
        raise ConfigError(f"cannot be read: {error}") from None
    reader = _Reader(source.text)
    try:
        reader.module(module.body)
    except RecursionError:
        raise ConfigError("is too deeply nested to read") from None
    others = reader.others()
    named = {"": reader.script.table(), **{unit.name: unit.table() for unit in others}}
    return Tree(tuple(named.values()), names=tuple(named))


class _Reader:
    """Walks the statements of one text, top down, and keeps what they set."""

    def __init__(self, text: str) -> None:
        self._known = load()
        self._imports = Imports()
        self._values = Values(text, self._imports, self._known)
        self.script = Unit("", len(text))
        self._functions: list[Unit] = []
        self._classes: list[Unit] = []
        self._uses = Uses(self._known, self._imports, self._values, text)
        self._later: list[tuple[t.Def, Scope, t.Class | None]] = []

    def others(self) -> list[Unit]:
        """The runs besides the script, which takes in the functions that are none."""
        running = [u for u in self._functions if u.kinds & self._known.runs]
        several = len(running) > 1
        for unit in self._functions:
            if not (several and unit in running):
                self.script.absorb(unit)
        return [
            *(running if several else ()),
            *(u for u in self._classes if u.has_variables()),
            *self._uses.parsers(self.script),
        ]

    def module(self, body: t.Block) -> None:
        scope = Scope()
        self._block(body, scope, self.script, settled=True)
        for function, outer, owner in self._later:
            self._function(function, outer, owner)

    def _block(self, body: t.Block, scope: Scope, unit: Unit, *, settled: bool) -> None:
        """``settled``: whether what is assigned here holds from here on."""
        for statement in body:
            if isinstance(statement, t.Import | t.ImportFrom):
                self._imports.add(statement)
            elif isinstance(statement, t.Class):
                self._class(statement, scope)
            elif isinstance(statement, t.Def):
                self._later.append((statement, scope, None))
            elif isinstance(statement, t.Assign):
                self._assign(statement, scope, unit, settled)
            elif isinstance(statement, t.AugAssign):
                self._calls(statement, scope, unit)
                self._augment(statement, scope, unit, settled)
            elif inner := blocks(statement):
                for head in heads(statement):
                    self._calls(head, scope, unit)
                if isinstance(statement, t.For):
                    self._loop(statement, scope, unit, settled)
                for block in inner:
                    once = settled and is_plain(statement)
                    self._block(block, scope, unit, settled=once)
            else:
                self._calls(statement, scope, unit)

    def _loop(self, statement: t.For, scope: Scope, unit: Unit, settled: bool) -> None:
        """`for epoch in range(90)` sets a length; what else a loop binds is not known."""
        over = statement.iter
        for name in bound_names(statement.target):
            axis = axis_of(name)
            if axis is not None and axis.name == LENGTH and is_range(over):
                found = self._values.read(over.args[:2][-1].value, scope)
                self._bind(name, found, scope, unit, settled)
                scope.values[name] = self._values.opaque(over)
            else:
                self._bind(name, self._values.opaque(over), scope, unit, False)

    def _calls(self, node: t.Node, scope: Scope, unit: Unit, target: str = "") -> dict[int, t.Call]:
        """Keep what the calls in ``node`` set; the result are those that did."""
        return {
            id(call): call for call in calls(node) if self._uses.keep(call, scope, unit, target)
        }

    def _assign(self, statement: t.Assign, scope: Scope, unit: Unit, settled: bool) -> None:
        if statement.value is None:
            return
        lead = statement.targets[0]
        target = chain(lead) or [""]
        kept = self._calls(statement.value, scope, unit, target[-1])
        if id(statement.value) in kept:
            value: Node = self._values.opaque(statement.value)
            if self._uses.is_namespace(statement.value):
                value = self._uses.namespace()
            for name in (name for target_ in statement.targets for name in bound_names(target_)):
                scope.values[name] = value
            return
        for target_ in statement.targets:
            self._set(target_, statement.value, scope, unit, settled)

    def _set(self, target: t.Expr, value: t.Expr, scope: Scope, unit: Unit, settled: bool) -> None:
        if isinstance(target, t.Seq):
            pairs = value.items if isinstance(value, t.Seq) else ()
            for index, item in enumerate(target.items):
                if len(pairs) == len(target.items):
                    self._set(item, pairs[index], scope, unit, settled)
                else:
                    for name in bound_names(item):
                        self._bind(name, self._values.opaque(value), scope, unit, settled)
            return
        steps = chain(target)
        if steps is None:
            return
        found = self._values.read(value, scope)
        if len(steps) == 1:
            self._bind(steps[0], found, scope, unit, settled)
            return
        base, *between, last = steps
        table = scope.values.get(base)
        if not isinstance(table, Table):
            table = scope.values[base] = Table({}, target.span)
        if base != "self":
            unit.put(base, table)
        for step in between:
            inner = table.entries.get(step)
            if not isinstance(inner, Table):
                inner = table.entries[step] = Table({}, target.span)
            table = inner
        table.entries[last] = found if settled else self._values.opaque(value)

    def _bind(self, name: str, found: Node, scope: Scope, unit: Unit, settled: bool) -> None:
        """Give a name its value; one that depends on the way that the run takes is unknown."""
        if not settled and isinstance(found, Scalar):
            found = Scalar(found.text, found.span, opaque=True)
        again = name in scope.values
        scope.values[name] = found
        unit.bind(name, found, again=again)

    def _augment(self, statement: t.AugAssign, scope: Scope, unit: Unit, settled: bool) -> None:
        if not isinstance(statement.target, t.Name):
            return
        name = statement.target.id
        before = scope.values.get(name)
        value = None
        if settled and isinstance(before, Scalar) and not before.opaque:
            left = meaning(before.text, before.quoted)
            right = self._values.number(statement.value, scope)
            # The tree keeps no operator of `x *= 8`: its text has it.
            operation = self._uses.operation(statement)
            if is_number(left) and right is not None and operation:
                value = computed(operation, left, right)
        span = before.span if isinstance(before, Scalar) else statement.span
        text = name if value is None else repr(value)
        self._bind(name, Scalar(text, span, opaque=value is None), scope, unit, True)

    def _class(self, statement: t.Class, outer: Scope) -> None:
        scope = Scope(outer=outer)
        unit = Unit(f"class {statement.name}", statement.end)
        bases = [self._values.read(base.value, outer) for base in statement.bases]
        self._block(statement.body, scope, unit, settled=True)
        inherited: dict[str, Node] = {}
        for base in bases:
            inherited |= base.entries if isinstance(base, Table) else {}
        outer.values[statement.name] = Table(inherited | unit.entries, statement.span)
        methods = [item for item in statement.body if isinstance(item, t.Def)]
        self._later = [later for later in self._later if later[0] not in methods]
        for method in methods:
            self._later.append((method, outer, statement))
            if method.name == "__init__":
                self._initial(method, unit, outer)
        self._classes.append(unit)

    def _initial(self, method: t.Def, unit: Unit, outer: Scope) -> None:
        """What ``__init__`` gives its own object, as far as it is a literal."""
        scope = Scope(
            {p.name: Scalar(p.name, method.span, opaque=True) for p in method.params}, outer
        )
        silent = Unit("", method.end)
        self._block(method.body, scope, silent, settled=True)
        made = scope.values.get("self")
        if isinstance(made, Table):
            for name, value in made.entries.items():
                unit.bind(name, value, again=False)

    def _function(self, function: t.Def, outer: Scope, owner: t.Class | None) -> None:
        name = f"{owner.name}.{function.name}()" if owner else f"{function.name}()"
        unit = Unit(name, function.end, is_local=True)
        parameters = Unit(name, function.end)
        scope = Scope(outer=outer)
        for parameter in function.params:
            if parameter.default is None:
                scope.values[parameter.name] = Scalar(parameter.name, function.span, opaque=True)
                continue
            found = self._values.read(parameter.default, outer)
            scope.values[parameter.name] = Scalar(parameter.name, function.span, opaque=True)
            parameters.bind(parameter.name, found, again=False)
        for decorator in function.decorators:
            self._calls(decorator, outer, unit)
        if parameters.has_variables(2):
            self._classes.append(parameters)
        before = len(self._later)
        self._block(function.body, scope, unit, settled=True)
        for inner, inner_scope, _ in self._later[before:]:
            self._function(inner, inner_scope, None)
        del self._later[before:]
        self._functions.append(unit)
