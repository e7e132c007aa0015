"""Options and their defaults: argument parsers and dataclasses.

The default run is the one that is judged, so an option stands for its default. Values that come
from one are marked, and what a default keeps from happening is followed as *not in the default
run*.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from triptych_lint import tree as t
from triptych_lint.timeline import anchors
from triptych_lint.timeline.events import Sure
from triptych_lint.timeline.values import Const, Inst, Items, Obj, Table, Unknown, Value

if TYPE_CHECKING:
    from triptych_lint.timeline.calls import Args
    from triptych_lint.timeline.interpreter import Interpreter

PARSERS = {"argparse.ArgumentParser", "configargparse.ArgumentParser", "configargparse.ArgParser"}
NAMESPACE = "argparse.Namespace"


def parser_method(
    it: Interpreter, parser: Obj, name: str, args: Args, node: t.Node
) -> Value | None:
    """A method of an argument parser."""
    if name == "add_argument":
        _add(it, parser, args)
        return Const(None)
    if name == "set_defaults":
        parser.attrs.update({k: _option(v) for k, v in args.keywords.items()})
        return Const(None)
    if name in ("add_argument_group", "add_mutually_exclusive_group", "add_parser"):
        return parser
    if name == "add_subparsers":
        return parser
    if name in ("parse_args", "parse_known_args", "parse_intermixed_args"):
        given = Obj(type=NAMESPACE, made=parser.made, attrs=dict(parser.attrs))
        return given if name != "parse_known_args" else Items("tuple", [given, Unknown()])
    return None


@dataclass(frozen=True, slots=True)
class Option:
    """An integer option that holds the seed, and how code in ``function`` writes it."""

    function: t.Def | None
    text: str
    end: int
    """Where the statement ends that binds it."""


def bound(it: Interpreter, name: str, value: Value, function: t.Def | None = None) -> None:
    """Remember the seed option of a namespace or configuration that is bound to ``name``.

    ``function`` is the one of which it is a parameter.
    """
    if not isinstance(value, (Obj, Inst)) or it.sure is not Sure.YES:
        return
    if isinstance(value, Obj) and value.type != NAMESPACE:
        return
    for attr, default in value.attrs.items():
        number = isinstance(default, Const) and type(default.value) is int and default.option
        if number and it.catalog.seed_constants.search(attr):
            path = it.level.path
            end = path[-1].end if path and function is None else 0
            owner = function or it.level.function
            it.options.append(Option(owner, f"{name}.{attr}", end))


def _add(it: Interpreter, parser: Obj, args: Args) -> None:
    names = [v.value for v in args.positional if isinstance(v, Const) and isinstance(v.value, str)]
    if not names or it.sure is Sure.NO:
        return
    long = next((name for name in names if name.startswith("--")), names[0])
    given = args.get("dest")
    dest = given.value if isinstance(given, Const) else long.lstrip("-").replace("-", "_")
    action = args.get("action")
    kind = action.value if isinstance(action, Const) else None
    default = args.keywords.get("default")
    if default is not None:
        default = anchors.named(it, default, str(dest))
    if kind == "store_true":
        parser.attrs[dest] = _option(default or Const(False))
    elif kind == "store_false":
        parser.attrs[dest] = _option(default or Const(True))
    elif default is not None:
        parser.attrs[dest] = _option(default)
    elif args.open or not names[0].startswith("-") or "required" in args.keywords:
        parser.attrs[dest] = Unknown(name=dest)
    else:
        parser.attrs[dest] = Const(None, option=True)


def _option(value: Value) -> Value:
    if isinstance(value, Const):
        return Const(value.value, option=True, tags=value.tags)
    return value


def from_environment(it: Interpreter, args: Args) -> Value:
    """An environment variable: its default is what the default run sees."""
    default = args.at(1) if len(args.positional) > 1 else args.keywords.get("default")
    key = args.at(0)
    name = key.value if isinstance(key, Const) and isinstance(key.value, str) else ""
    if default is None:
        return Const(None, option=True)
    return anchors.named(it, _option(default), name)


def attribute(it: Interpreter, owner: Obj, name: str) -> Value | None:
    """An option that the parser does not show, such as one that a helper adds."""
    if owner.type != NAMESPACE:
        return None
    if name == "__dict__":
        return Table(dict(owner.attrs), open=True)
    owner.attrs[name] = Unknown(name=name)
    return owner.attrs[name]


def fill_fields(it: Interpreter, inst: Inst, args: Args) -> None:
    """Bind the fields of a dataclass to arguments or defaults."""
    positional = list(args.positional)
    keywords = dict(args.keywords)
    for cls in reversed(list(inst.cls.lineage())):
        for statement in cls.node.body:
            if not isinstance(statement, t.Assign) or statement.annotation is None:
                continue
            target = statement.targets[0]
            if not isinstance(target, t.Name):
                continue
            name = target.id
            if name in keywords:
                inst.attrs[name] = keywords.pop(name)
            elif positional:
                inst.attrs[name] = positional.pop(0)
            elif args.open or name not in cls.scope.vars:
                inst.attrs[name] = Unknown(name=name)
            else:
                inst.attrs[name] = _field(it, cls.scope.vars[name])


def _field(it: Interpreter, value: Value) -> Value:
    if isinstance(value, Obj) and value.type.rpartition(".")[2] == "field":
        made = value.made
        default = made.facts["args"].keywords.get("default") if made else None
        return _option(default) if default is not None else Unknown()
    return _option(value)
