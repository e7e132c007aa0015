"""Imports: the project's own modules are run, others are libraries or cannot be read."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from triptych_lint import tree as t
from triptych_lint.timeline.events import Sure
from triptych_lint.timeline.values import Const, Lib, ModuleVal, Scope, Unknown, Value

if TYPE_CHECKING:
    from triptych_lint.module import Module
    from triptych_lint.timeline.interpreter import Interpreter

STANDARD = frozenset(sys.stdlib_module_names)


def run_import(it: Interpreter, node: t.Import) -> None:
    """``import a.b as c``."""
    for dotted, alias in node.names:
        value = _module(it, dotted, 0)
        scope = it.level.scope
        if alias:
            scope.bind(alias, value)
            continue
        top = dotted.partition(".")[0]
        scope.bind(top, value if top == dotted else _module(it, top, 0))


def run_import_from(it: Interpreter, node: t.ImportFrom) -> None:
    """``from .a import b as c``."""
    scope = it.level.scope
    source = _module(it, node.module, node.level)
    for name, alias in node.names:
        if name == "*":
            _import_star(it, source, scope)
            continue
        scope.bind(alias or name, _member(it, source, name))


def _member(it: Interpreter, source: Value, name: str) -> Value:
    if isinstance(source, Lib):
        return Lib(f"{source.name}.{name}")
    if isinstance(source, ModuleVal):
        found = source.scope.vars.get(name)
        return found or submodule(it, source, name) or Unknown("foreign", name)
    return Unknown("foreign", name)


def _import_star(it: Interpreter, source: Value, scope: Scope) -> None:
    if isinstance(source, ModuleVal):
        for name, value in source.scope.vars.items():
            if not name.startswith("_"):
                scope.bind(name, value)
        return
    if isinstance(source, Lib):
        for name in it.catalog.members(source.name):
            scope.bind(name, Lib(f"{source.name}.{name}"))
        return
    scope.bind("*", Unknown("foreign", "*"))


def _module(it: Interpreter, dotted: str, level: int) -> Value:
    importer = it.level.module
    top = dotted.partition(".")[0]
    library = level == 0 and (top in STANDARD or it.catalog.knows(top))
    # Beside its own examples a library is still the library that the catalogue knows.
    found = it.project.find(dotted, level, importer, beside=library)
    if found is not None:
        return _run(it, found)
    package = None if library else it.project.is_package(dotted, level, importer)
    if package is not None:
        scope = Scope()
        scope.vars["__path__"] = Const(package)
        return ModuleVal(scope)
    return Lib(dotted) if library else Unknown("foreign", dotted)


def _run(it: Interpreter, module: Module) -> Value:
    scope = it.modules.get(module.path)
    if scope is None:
        scope = Scope(module=module)
        scope.vars["__name__"] = Const(module.name)
        loops, it.loops = it.loops, []
        try:
            # An import inside of a branch still runs whole: its names are there or nothing is.
            with it.under(Sure.YES):
                it.run_module(module, scope)
        finally:
            it.loops = loops
    return ModuleVal(scope)


def submodule(it: Interpreter, value: ModuleVal, name: str) -> Value | None:
    """A module inside a package of the project, imported by attribute or by name."""
    path = value.scope.vars.get("__path__")
    module = value.scope.module
    found = it.project.inside(module.path if module else str(getattr(path, "value", "")), name)
    return _run(it, found) if found is not None else None
