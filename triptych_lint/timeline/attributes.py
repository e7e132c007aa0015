"""Attributes: where a dotted name leads."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from triptych_lint import tree as t
from triptych_lint.timeline import (
    calls,
    columns,
    contents,
    effects,
    entropy,
    imports,
    norms,
    options,
    shared,
    tables,
)
from triptych_lint.timeline.events import Sure
from triptych_lint.timeline.values import (
    Cls,
    Const,
    Data,
    Func,
    Inst,
    Items,
    Lib,
    Member,
    ModuleVal,
    Obj,
    Super,
    Table,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from triptych_lint.catalog import Catalog
    from triptych_lint.timeline.interpreter import Interpreter


def get(it: Interpreter, value: Value, name: str, node: t.Node) -> Value:
    """The value of ``value.name``."""
    tagged = norms.gradient_of(it, value, name, node)
    if tagged is not None:
        return tagged
    if isinstance(value, Lib):
        full = f"{value.name}.{name}"
        return it.patched.get(full) or Lib(full)
    if isinstance(value, ModuleVal):
        return _module_attr(it, value, name)
    if isinstance(value, Inst):
        return _instance_attr(it, value, name, node)
    if isinstance(value, Cls):
        return _class_attr(value, name)
    if isinstance(value, Super):
        return _super_attr(it, value, name)
    if isinstance(value, Data):
        return tables.attribute(it, value, name, node)
    if isinstance(value, Obj):
        if name in value.attrs:
            return value.attrs[name]
        option = options.attribute(it, value, name) or effects.attribute(it, value, name)
        return option or Member(value, name, tags=value.tags)
    if isinstance(value, Unknown):
        if name not in value.attrs:
            value.attrs[name] = Unknown(value.origin, name, value, tags=value.tags)
        return value.attrs[name]
    if isinstance(value, (Items, Table, Const)):
        holder = Obj(type=f"builtins.{_builtin_type(value)}", parts=(value,), tags=value.tags)
        return Member(holder, name, tags=value.tags)
    return Unknown(tags=value.tags)


def _builtin_type(value: Value) -> str:
    if isinstance(value, Items):
        return "list"
    return "dict" if isinstance(value, Table) else "str"


def _module_attr(it: Interpreter, value: ModuleVal, name: str) -> Value:
    found = value.scope.vars.get(name)
    if found is not None:
        return imports.resolve(it, found)
    return imports.submodule(it, value, name) or Unknown(name=name)


def _class_attr(cls: Cls, name: str) -> Value:
    for owner in cls.lineage():
        found = owner.scope.vars.get(name)
        if isinstance(found, Func) and found.kind == "class":
            return replace(found, bound=cls)
        if found is not None:
            return found
    return Unknown("foreign" if cls.opaque else "", name)


def find_method(cls: Cls, name: str) -> Func | None:
    """The project's method of that name, along the class's lineage."""
    for owner in cls.lineage():
        found = owner.scope.vars.get(name)
        if isinstance(found, Func):
            return found
    return None


def _instance_attr(it: Interpreter, inst: Inst, name: str, node: t.Node) -> Value:
    if name in inst.attrs:
        return inst.attrs[name]
    for owner in inst.cls.lineage():
        found = owner.scope.vars.get(name)
        if isinstance(found, Func):
            if found.kind == "property":
                return calls.call_function(it, replace(found, bound=inst), calls.Args(), node)
            return replace(found, bound=inst.cls if found.kind == "class" else inst)
        if found is not None:
            return found
    for base in inst.cls.library_bases():
        if it.catalog.method(base, name) is not None:
            return Member(_as_object(inst, base), name)
    value = Unknown("foreign" if inst.cls.opaque else "", name, inst)
    inst.attrs[name] = value
    return value


def _as_object(inst: Inst, base: str) -> Obj:
    """The library half of an instance, on which library methods are looked up."""
    key = f"<{base}>"
    if key not in inst.attrs:
        inst.attrs[key] = Obj(type=base, parts=(inst,), called=inst.called)
    half = inst.attrs[key]
    assert isinstance(half, Obj)
    return half


def super_of(it: Interpreter) -> Value:
    """What ``super()`` gives in the function being followed."""
    func = it.level.func
    if func is None or func.owner is None or not func.node.params:
        return Unknown()
    inst = it.level.scope.vars.get(func.node.params[0].name)
    return Super(inst, func.owner) if isinstance(inst, Inst) else Unknown()


def _super_attr(it: Interpreter, value: Super, name: str) -> Value:
    above = iter(value.below.lineage())
    next(above)
    for cls in above:
        found = cls.scope.vars.get(name)
        if isinstance(found, Func):
            return replace(found, bound=value.inst)
    for base in value.below.library_bases():
        if it.catalog.method(base, name) is not None:
            return Member(_as_object(value.inst, base), name)
    return Unknown("foreign" if value.below.opaque else "library", name)


def is_kind(catalog: Catalog, inst: Inst, kind: str) -> bool:
    """Whether an instance of a project class inherits from a library's classes of this kind."""
    return any(catalog.kind(base) == kind for base in inst.cls.library_bases())


def is_module(it: Interpreter, value: Value) -> bool:
    """Whether a value is a neural network."""
    if isinstance(value, Inst):
        return is_kind(it.catalog, value, "module")
    return isinstance(value, Obj) and it.catalog.kind(value.type) == "module"


def put(it: Interpreter, value: Value, name: str, new: Value, node: t.Node) -> None:
    """Assign ``value.name = new``."""
    norms.stored(it, value, name, new, node)
    if it.sure is Sure.NO:
        return
    new = columns.named(it, new, t.Name(node.start, node.end, name))
    if isinstance(value, (Inst, Unknown)):
        value.attrs[name] = new
    elif isinstance(value, Data):
        shared.replaced(it, value, name, new, node)
        contents.renamed(value, name)
        effects.attribute_set(it, value, name, new, node)
    elif isinstance(value, Obj):
        value.attrs[name] = new
        effects.attribute_set(it, value, name, new, node)
    elif isinstance(value, (ModuleVal, Cls)):
        value.scope.vars[name] = new
    elif isinstance(value, Member):
        entropy.attribute_set(it, value, name, node, new)
        shared.attribute_set(it, value, name, node)
    elif isinstance(value, Lib):
        it.patched[f"{value.name}.{name}"] = new
        effects.library_set(it, f"{value.name}.{name}", new, node)


def item(it: Interpreter, value: Obj, index: Value, node: t.Node) -> Value:
    """``value[index]`` of an object that is no table."""
    key = f"[{index.value!r}]" if isinstance(index, Const) else "[]"
    found = value.attrs.get(key)
    if found is not None:
        return found
    return effects.subscript(it, value, index, node)
