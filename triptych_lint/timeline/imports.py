"""Imports: the project's own modules are run, others are libraries or cannot be read."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from triptych_lint import tree as t
from triptych_lint.timeline.events import Sure
from triptych_lint.timeline.values import Const, Lazy, Lib, ModuleVal, Scope, Unknown, Value

if TYPE_CHECKING:
    from triptych_lint.module import Module
    from triptych_lint.timeline.interpreter import Interpreter

STANDARD = frozenset(sys.stdlib_module_names)


def run_import(it: Interpreter, node: t.Import) -> None:
    """``import a.b as c``."""
    for dotted, alias in node.names:
        scope = it.level.scope
        top = dotted.partition(".")[0]
        if alias is None and top != dotted:
            _imported(it, dotted, 0, None)
        scope.bind(alias or top, _imported(it, dotted if alias else top, 0, None))


def run_import_from(it: Interpreter, node: t.ImportFrom) -> None:
    """``from .a import b as c``."""
    scope = it.level.scope
    for name, alias in node.names:
        if name == "*":
            source = _module(it, node.module, node.level, it.level.module)
            _import_star(it, source, scope)
        else:
            scope.bind(alias or name, _imported(it, node.module, node.level, name))


def _imported(it: Interpreter, dotted: str, level: int, name: str | None) -> Value:
    """What an import binds.

    The linted file's own imports run where they stand, since importing may seed. What those files
    import in turn is read when it is used, which most of it never is.
    """
    if level == 0 and _is_library(it, dotted) and not it.project.shadows(dotted, it.level.module):
        return Lib(f"{dotted}.{name}" if name else dotted)
    lazy = Lazy(it.level.module, dotted, level, name)
    return resolve(it, lazy) if len(it.levels) == 1 else lazy


def resolve(it: Interpreter, value: Value) -> Value:
    """The value behind a lazy import; any other value is itself."""
    for _ in range(12):
        if not isinstance(value, Lazy):
            return value
        if value.value is None:
            value.value = Unknown("foreign", value.name or value.module)  # while it is being read
            source = _module(it, value.module, value.level, value.importer)
            value.value = source if value.name is None else _member(it, source, value.name)
        value = value.value
    return Unknown("foreign")


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


def _is_library(it: Interpreter, dotted: str) -> bool:
    top = dotted.partition(".")[0]
    return top in STANDARD or it.catalog.knows(top)


def _module(it: Interpreter, dotted: str, level: int, importer: Module) -> Value:
    library = level == 0 and _is_library(it, dotted)
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
