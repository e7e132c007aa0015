"""Calls: into the project's own functions and classes, and out into libraries."""

from __future__ import annotations

import builtins
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from triptych_lint import tree as t
from triptych_lint.timeline import (
    anchors,
    attributes,
    builtin,
    effects,
    entropy,
    evaluate,
    norms,
    options,
    outside,
    tables,
)
from triptych_lint.timeline.events import Sure
from triptych_lint.timeline.values import (
    Cls,
    Const,
    Func,
    Inst,
    Items,
    Lib,
    Member,
    Obj,
    Scope,
    Table,
    Unknown,
    Value,
    tags_of,
)

if TYPE_CHECKING:
    from triptych_lint.timeline.interpreter import Interpreter

BUILTINS = frozenset(dir(builtins))
EXIT = Const(None)
"""What a call gives that ends the process."""


@dataclass(slots=True)
class Args:
    """The evaluated arguments of a call."""

    positional: list[Value] = field(default_factory=list)
    keywords: dict[str, Value] = field(default_factory=dict)
    open: bool = False
    """``*args`` or ``**kwargs`` whose members are not known stand among them."""
    node: t.Call | None = None

    def get(self, name: str, params: list[str] | None = None) -> Value | None:
        """The argument for a parameter; None if it is not given, Unknown if it may be."""
        if name in self.keywords:
            return self.keywords[name]
        if params and name in params:
            place = params.index(name)
            if place < len(self.positional):
                return self.positional[place]
        return Unknown() if self.open else None

    def at(self, place: int | str, params: list[str] | None = None) -> Value | None:
        """The argument at a position, or of a name."""
        if isinstance(place, str):
            return self.get(place, params)
        if place < len(self.positional):
            return self.positional[place]
        if params and place < len(params):
            return self.get(params[place])
        return next(iter(self.keywords.values()), None) if not self.positional else None

    @property
    def values(self) -> list[Value]:
        return [*self.positional, *self.keywords.values()]


def call(it: Interpreter, node: t.Call, scope: Scope) -> Value:
    """Evaluate a call expression."""
    it.step()
    callee = evaluate.evaluate(it, node.func, scope)
    if isinstance(callee, Lib) and callee.name == "builtins.super":
        return attributes.super_of(it)
    args = arguments(it, node, scope)
    before, it.level.call = it.level.call, node
    level = it.level
    try:
        return invoke(it, callee, args, node)
    finally:
        level.call = before


def arguments(it: Interpreter, node: t.Call, scope: Scope) -> Args:
    """Evaluate the arguments of a call, in order."""
    args = Args(node=node)
    for arg in node.args:
        value = evaluate.evaluate(it, arg.value, scope)
        if arg.star == "*":
            if isinstance(value, Items) and not value.open:
                args.positional.extend(value.items)
            else:
                args.open = True
                args.positional.append(value)
        elif arg.star == "**":
            if isinstance(value, Table):
                args.keywords.update({str(k): v for k, v in value.entries.items()})
                args.open |= value.open
            else:
                args.open = True
        elif arg.keyword:
            args.keywords[arg.keyword] = value
        else:
            args.positional.append(value)
    return args


def invoke(it: Interpreter, callee: Value, args: Args, node: t.Node) -> Value:
    """Call a value."""
    entropy.met(it, callee, args, node)
    if isinstance(callee, Func):
        return call_function(it, callee, args, node)
    if isinstance(callee, Cls):
        return instantiate(it, callee, args, node)
    if isinstance(callee, Lib):
        if callee.name.startswith("builtins."):
            return builtin.call(it, callee.name[9:], args, node)
        if callee.name in ("sys.exit", "os._exit"):
            return EXIT
        if callee.name == "functools.partial" and args.positional:
            return _partial(it, args, node)
        return effects.library_call(it, callee.name, args, node)
    if isinstance(callee, Member):
        return effects.method_call(it, callee.owner, callee.name, args, node)
    if isinstance(callee, Inst):
        return _call_instance(it, callee, args, node)
    if isinstance(callee, Obj):
        return effects.object_call(it, callee, args, node)
    if isinstance(callee, Unknown):
        return outside.unknown_call(it, callee, args, node)
    norms.consume(it, args.values, node)
    return Unknown(tags=tags_of(args.values))


def _partial(it: Interpreter, args: Args, node: t.Node) -> Value:
    """A function with some of its arguments given; a library's own keeps its name."""
    first, rest = args.positional[0], args.positional[1:]
    if isinstance(first, Func) and not args.open:
        given, named = first.partial or ((), {})
        return replace(first, partial=((*given, *rest), {**named, **args.keywords}))
    return first if isinstance(first, Lib) else Unknown(tags=tags_of(args.values))


def _call_instance(it: Interpreter, inst: Inst, args: Args, node: t.Node) -> Value:
    names = ["__call__"]
    if attributes.is_module(it, inst):
        names.append("forward")
    if any(it.catalog.is_a(base, "keras.Model") for base in inst.cls.library_bases()):
        names.append("call")
    for name in names:
        method = attributes.find_method(inst.cls, name)
        if method is not None:
            return call_function(it, replace(method, bound=inst), args, node)
    return Unknown(tags=tags_of(args.values))


# Functions


def call_function(it: Interpreter, func: Func, args: Args, node: t.Node) -> Value:
    """Follow a function of the project."""
    if func.partial:
        positional, keywords = func.partial
        args = Args([*positional, *args.positional], {**keywords, **args.keywords}, args.open)
    inner = Scope(parent=func.scope, module=func.module)
    bind_params(it, func, args, inner)
    effects.own_method(it, func, args, node)
    return it.run_function(func, inner)


def bind_params(it: Interpreter, func: Func, args: Args, inner: Scope) -> None:
    """Bind the parameters of ``func`` to arguments, or to their defaults."""
    positional = list(args.positional)
    if func.bound is not None and func.kind != "static":
        positional.insert(0, func.bound)
    keywords = dict(args.keywords)
    for param in func.node.params:
        if param.kind == "*":
            inner.vars[param.name] = Items("tuple", positional, args.open)
            positional = []
        elif param.kind == "**":
            inner.vars[param.name] = Table(dict(keywords), args.open)
        elif param.name in keywords:
            inner.vars[param.name] = keywords.pop(param.name)
        elif positional and param.kind == "":
            inner.vars[param.name] = positional.pop(0)
        elif param.default is not None and not args.open:
            inner.vars[param.name] = _default(it, func, param.default)
        else:
            inner.vars[param.name] = Unknown("param", param.name)
        given = inner.vars[param.name]
        if isinstance(given, (Unknown, Member)) and param.annotation:
            inner.vars[param.name] = _annotated(it, func, param, given)
        inner.vars[param.name] = anchors.named(it, inner.vars[param.name], param.name)
        options.bound(it, param.name, given, func.node)


def _annotated(it: Interpreter, func: Func, param: t.Param, given: Value) -> Value:
    """What is given for a parameter, as far as its annotation tells more about it."""
    if not isinstance(param.annotation, (t.Name, t.Attr)) or not it.levels:
        return given
    annotation = evaluate.evaluate(it, param.annotation, func.scope)
    kind = it.catalog.kind(annotation.name) if isinstance(annotation, Lib) else None
    if kind is None or not isinstance(annotation, Lib):
        return given
    name = it.catalog.resolve(annotation.name)
    if kind in ("table", "column"):
        return tables.typed(it, given, name)
    return Obj(type=name) if isinstance(given, Unknown) and given.origin == "param" else given


def _default(it: Interpreter, func: Func, default: t.Expr) -> Value:
    if not isinstance(default, (t.Const, t.Name)) and not it.levels:
        return Unknown()
    if isinstance(default, t.Call):
        return Unknown()  # was evaluated when the function was defined
    return evaluate.evaluate(it, default, func.scope)


def free_arguments(it: Interpreter, func: Func) -> Args:
    """Arguments that nobody knows, for a function that the engine enters by itself."""
    args = Args()
    for param in func.node.params[1 if func.bound is not None else 0 :]:
        if param.kind == "" and param.default is None:
            args.positional.append(Unknown("param", param.name))
    return args


def callbacks(it: Interpreter, args: Args, node: t.Node, sure: Sure) -> None:
    """Follow functions that are handed to somebody who may call them."""
    for value in args.values:
        if isinstance(value, Func) and it.runs.get(value.node, 0) == 0:
            with it.under(sure):
                call_function(it, value, free_arguments(it, value), node)


def decorated(it: Interpreter, func: Func) -> Value:
    """What a ``def`` binds: the project's own decorators are followed, others are transparent."""
    value: Value = func
    for node in reversed(func.node.decorators):
        if isinstance(node, t.Name) and node.id in ("staticmethod", "classmethod", "property"):
            func.kind = {"staticmethod": "static", "classmethod": "class"}.get(node.id, node.id)
            continue
        if isinstance(node, t.Attr) and node.attr in ("setter", "getter", "deleter"):
            func.kind = "property"
            continue
        decorator = evaluate.evaluate(it, node, it.level.scope)
        if isinstance(decorator, Lib) and decorator.name == "functools.cached_property":
            func.kind = "property"
        if isinstance(decorator, Lib) and it.catalog.kind(decorator.name) == "gradient":
            value = effects.library_call(it, decorator.name, Args([value]), node)
        if isinstance(decorator, Obj) and it.catalog.kind(decorator.type) == "command":
            commands = decorator.parts[-1]
            if isinstance(commands, Obj):
                commands.attrs[f"<command {len(commands.attrs)}>"] = func
        if isinstance(decorator, (Func, Inst)):
            made = invoke(it, decorator, Args([value]), node)
            if isinstance(made, (Func, Inst)):
                value = made
        elif isinstance(decorator, Unknown) and decorator.foreign:
            outside.unknown_call(it, decorator, Args([]), node)
    return value


def generator(element: Value) -> Value:
    """What calling a generator function gives."""
    return Items("generator", [element], open=True, tags=element.tags)


# Classes


def is_dataclass(it: Interpreter, node: t.Class) -> bool:
    """Whether a class takes its fields as arguments."""
    for decorator in node.decorators:
        target = decorator.func if isinstance(decorator, t.Call) else decorator
        value = evaluate.evaluate(it, target, it.level.scope)
        if isinstance(value, Lib) and value.name.rpartition(".")[2] in ("dataclass", "define"):
            return True
    return False


def instantiate(it: Interpreter, cls: Cls, args: Args, node: t.Node) -> Value:
    """Make an instance of a project class: follow ``__init__`` and what comes with it."""
    inst = Inst(cls)
    init = attributes.find_method(cls, "__init__")
    fields = cls.is_dataclass or any(c.is_dataclass for c in cls.lineage())
    if fields and init is None:
        options.fill_fields(it, inst, args)
        post = attributes.find_method(cls, "__post_init__")
        if post is not None:
            call_function(it, replace(post, bound=inst), Args(), node)
    elif init is not None:
        call_function(it, replace(init, bound=inst), args, node)
    else:
        for base in cls.library_bases():
            effects.library_call(it, base, args, node)
            break
    if cls.opaque:
        outside.unknown_call(it, Unknown("foreign", cls.node.name), args, node)
    return inst


# Contexts and loops


def enter(it: Interpreter, value: Value, node: t.Expr) -> Value:
    """What ``with value as x`` binds x to."""
    if isinstance(value, Inst):
        method = attributes.find_method(value.cls, "__enter__")
        if method is not None:
            return call_function(it, replace(method, bound=value), Args(), node)
    if isinstance(value, Items) and value.kind == "generator" and value.items:
        return value.items[0]
    return value


def iterated(it: Interpreter, value: Obj, node: t.Node) -> Value:
    """What iterating over a library object gives."""
    return effects.iterate(it, value, node)


def iterated_instance(it: Interpreter, inst: Inst, node: t.Node) -> Value:
    """What iterating over an instance of a project class gives."""
    method = attributes.find_method(inst.cls, "__iter__")
    if method is not None:
        from triptych_lint.timeline.binding import elements

        made = call_function(it, replace(method, bound=inst), Args(), node)
        if not isinstance(made, Inst):
            return elements(it, made, node)[0]
    method = attributes.find_method(inst.cls, "__getitem__")
    if method is not None:
        return call_function(it, replace(method, bound=inst), Args([Unknown()]), node)
    return Unknown()
