"""Numbers that are new in each run, and generators that have a stream of their own.

A value tagged ``entropy`` was made from a clock, the operating system or a draw; one tagged
``stream`` is a generator, or was made from one. Both tags hold the order of the event that they
started from, so that a rule finds where a seed comes from, and what a generator is used for.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from triptych_lint import tree as t
from triptych_lint.catalog import Row
from triptych_lint.timeline import streams
from triptych_lint.timeline.events import Event, Sure
from triptych_lint.timeline.values import (
    Cls,
    Const,
    Inst,
    Items,
    Lib,
    Member,
    Obj,
    Table,
    Tags,
    Unknown,
    Value,
    tags_of,
)

if TYPE_CHECKING:
    from triptych_lint.timeline.calls import Args
    from triptych_lint.timeline.interpreter import Interpreter

_ENTROPY, _STREAM = "entropy@", "stream@"
_CONVERSIONS = {"int", "str", "float", "hash", "round", "repr", "bytes", "abs", "bool", "id"}
"""Builtins whose result stands for what they are given."""


def sources(value: Value | None) -> frozenset[int]:
    """The events from which ``value`` has a number that is new in each run."""
    return _moments(value.tags, _ENTROPY) if value is not None else frozenset()


def origins(value: Value | None) -> frozenset[int]:
    """The events that made the generators of which ``value`` is one, or is made."""
    return _moments(value.tags, _STREAM) if value is not None else frozenset()


def _moments(tags: Iterable[str], kind: str) -> frozenset[int]:
    return frozenset(int(tag.partition("@")[2]) for tag in tags if tag.startswith(kind))


def without_streams(tags: Tags) -> Tags:
    """The tags of what is drawn from generators, which is none itself."""
    return frozenset(tag for tag in tags if not tag.startswith(_STREAM))


def note(
    it: Interpreter,
    name: str,
    row: Row,
    args: Args,
    node: t.Node,
    receiver: Value | None,
    tags: Tags,
) -> tuple[Event | None, Tags]:
    """What a catalogued call makes of ``tags``, and the event of a generator that it makes."""
    if row.get("kind") == "generator":
        return _generator(it, name, row, args, node, tags)
    tags = without_streams(tags)
    last = it.events[-1] if it.events and it.events[-1].node is node else None
    if last is not None and _may_become_a_seed(last, row):
        it.random = True
        return None, tags | {f"{_ENTROPY}{last.order}"}
    if row.get("settles"):
        _settled(it, name, args, node, receiver)
    if "entropy" not in row:
        return None, tags
    sure = _is_new(row, args)
    if sure is Sure.NO:
        if receiver is not None:
            _settled(it, name, args, node, receiver)
        return None, tags
    event = it.emit("entropy", name, node, receiver=receiver, sure=sure, args=args, row=row)
    it.random = True
    tag = f"{_ENTROPY}{event.order}"
    if row["entropy"] == "receiver" and isinstance(receiver, Obj):
        receiver.tags |= {tag}
    followed = "what" not in row or row.get("kind") in ("study", "sampler")
    return None, tags | {tag} if followed else tags


def _may_become_a_seed(event: Event, row: Row) -> bool:
    """Whether what a draw or an unfixed seeder gives is a number to seed with."""
    if event.kind == "draw":
        return "number" in row
    return event.kind == "seed" and not event.facts["fixed"]


def _is_new(row: Row, args: Args) -> Sure:
    """Whether a call gives something else in each run."""
    how = row["entropy"]
    if how == "text" and not _is_text(args):
        return Sure.NO
    rule = {"unless": row.get("unless", ()), **(how if isinstance(how, dict) else {})}
    params = row.get("params")
    sure = streams.happens({"unless": rule["unless"], "params": params}, args)
    for name in rule.get("given", ()):
        given = args.get(name, params)
        if given is None or (isinstance(given, Const) and given.value is None):
            return Sure.NO
        sure = min(sure, Sure.MAYBE if args.open else Sure.YES)
    return sure


def _is_text(args: Args) -> bool:
    first = args.at(0)
    literal = isinstance(first, Const) and isinstance(first.value, str)
    node = args.node.args[0].value if args.node is not None and args.node.args else None
    return literal or isinstance(node, t.FString)


def _generator(
    it: Interpreter, name: str, row: Row, args: Args, node: t.Node, tags: Tags
) -> tuple[Event | None, Tags]:
    """A generator: a new stream, or one that is made from the streams that it is given.

    Facts: ``fresh`` (whether it has entropy of its own), ``seed`` (what it is seeded with, if
    anything), ``constant`` (whether it is the same in every run although nothing seeds it).
    """
    if "current" in row and not re.search(row["current"], it.level.module.source.text):
        return None, tags
    if "still" in row and _is_still(args, row["still"]):
        return None, tags
    it.random = True
    if _moments(tags, _STREAM):
        return None, tags
    params = row.get("params") or []
    event = it.emit(
        "generator",
        name,
        node,
        args=args,
        fresh=_is_new(row, args) if "entropy" in row else Sure.NO,
        seed=args.get(params[0], params) if params else None,
        constant=row.get("entropy") == "constant",
        worker=it.in_worker,
    )
    # The seed has done its work: what is drawn with it shows nothing of it.
    tags = frozenset(tag for tag in tags if not tag.startswith(_ENTROPY))
    return event, tags | {f"{_STREAM}{event.order}"}


def _is_still(args: Args, names: Collection[str]) -> bool:
    """Whether a pipeline is made of steps that draw nothing."""
    steps = args.at(0)
    if not isinstance(steps, Items) or steps.open:
        return False
    return all(isinstance(step, Obj) and step.type in names for step in steps.items)


def _settled(it: Interpreter, name: str, args: Args, node: t.Node, receiver: Value | None) -> None:
    _settle(it, name, node, receiver, args.at(0))


def _settle(
    it: Interpreter, name: str, node: t.Node, receiver: Value | None, value: Value | None
) -> None:
    """What has a stream of its own is given a seed or a state, or may be; None: out of sight."""
    it.emit(
        "settle",
        name,
        node,
        receiver=receiver,
        streams=origins(receiver),
        value=value,
        worker=it.in_worker,
    )


def met(it: Interpreter, callee: Value, args: Args, node: t.Node) -> None:
    """A call meets generators, and numbers that are new in each run: it uses or shows them."""
    if not isinstance(callee, (Lib, Member, Obj, Unknown)):
        return
    name = callee.type if isinstance(callee, Obj) else callee.name
    row = _row(it, callee)
    for value in args.values:
        kind = it.catalog.kind(value.type) if isinstance(value, Obj) else ""
        if kind in ("env", "space") and row.get("kind") != "env":
            # Whoever is given an environment may seed it.
            _settle(it, name, node, value, None)
    if not it.random:
        return
    owner = callee.owner if isinstance(callee, (Member, Unknown)) else callee
    given = tags_of(args.values)
    drawn = _moments(given, _STREAM)
    if isinstance(callee, (Member, Obj)) and "settles" not in row and "quiet" not in row:
        drawn |= origins(owner)
    if drawn and row.get("kind") != "generator":
        waits = row.get("phase", "call") != "call"
        # What cannot be read may seed the generator as well as draw from it.
        sure = Sure.MAYBE if isinstance(callee, Unknown) else Sure.YES
        it.emit("use", name, node, sure=sure, streams=drawn, worker=it.in_worker, waits=waits)
    if _passes_on(it, callee, row):
        return
    shown = _moments(given, _ENTROPY).union(*(_inside(value) for value in args.values))
    if shown:
        it.emit("told", name, node, sources=shown)


def _row(it: Interpreter, callee: Value) -> Row:
    if isinstance(callee, Lib):
        return it.catalog.row(callee.name) or {}
    if isinstance(callee, Member):
        found = it.catalog.method(callee.owner.type, callee.name)
        return found[1] if found is not None else {}
    return {}


def _passes_on(it: Interpreter, callee: Value, row: Row) -> bool:
    """Whether a call computes or seeds with what it is given, rather than show it."""
    if {"seeds", "settles", "converts", "entropy"} & set(row) or row.get("kind") == "generator":
        return True
    if isinstance(callee, Member):
        return callee.owner.type == "builtins.str"
    if not isinstance(callee, Lib):
        return False
    head, _, name = callee.name.partition(".")
    builtin = head == "builtins" and name.partition(".")[0] in _CONVERSIONS
    return builtin or it.catalog.is_numeric(callee.name)


def _inside(value: Value) -> frozenset[int]:
    """Numbers that are new in each run, among what a configuration or an instance holds."""
    if isinstance(value, Items):
        return frozenset().union(*(_inside(item) for item in value.items))
    if isinstance(value, Table):
        return frozenset().union(*(_inside(item) for item in value.entries.values()))
    held: dict[str, Value] = {}
    if isinstance(value, (Inst, Obj)):
        held = value.attrs
    elif isinstance(value, Cls):
        held = value.scope.vars
    return frozenset().union(*(_moments(item.tags, _ENTROPY) for item in held.values()))


def attribute_set(it: Interpreter, owner: Value, name: str, node: t.Node, new: Value) -> None:
    """``rng.bit_generator.state = saved``: the generator goes on from a state that was kept."""
    if origins(owner):
        _settle(it, name, node, owner, new)
