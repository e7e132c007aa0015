"""Calls of what cannot be read, or what the catalogue does not hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from triptych_lint import tree as t
from triptych_lint.timeline import (
    calls,
    effects,
    entropy,
    listing,
    norms,
    tables,
)
from triptych_lint.timeline.events import Sure
from triptych_lint.timeline.values import (
    Inst,
    Obj,
    Tags,
    Unknown,
    Value,
    rows_in,
    tags_of,
)

if TYPE_CHECKING:
    from triptych_lint.timeline.calls import Args
    from triptych_lint.timeline.interpreter import Interpreter


def unknown_call(it: Interpreter, callee: Unknown, args: Args, node: t.Node) -> Value:
    """A call of something that cannot be read."""
    if isinstance(callee.owner, (Unknown, Inst)):
        if it.sure > Sure.NO:
            callee.owner.called.add(callee.name)
        return protocol(it, callee.owner, callee.name, args, node, callee)
    return _opaque(it, callee, args, node)


def protocol(
    it: Interpreter,
    owner: Value,
    name: str,
    args: Args,
    node: t.Node,
    callee: Unknown | None = None,
) -> Value:
    """A method of an object of unknown type: some names mean the same on all that have them."""
    row = it.catalog.protocols.get(name)
    if norms.any_in(owner.tags):
        if row is not None and row.get("step") == "zero":
            it.emit("zero", name, node, receiver=owner)
        return Unknown(tags=norms.after_method(name, owner.tags | tags_of(args.values)))
    if row is not None:
        return effects.apply(it, name, row, args, node, owner)
    if callee is not None and not _inherited(owner):
        return _opaque(it, callee, args, node)
    norms.consume(it, args.values, node)
    calls.callbacks(it, args, node, Sure.MAYBE)
    return result_of_unknown(args, owner.tags)


def _inherited(owner: Value) -> bool:
    """Whether what an instance has, beyond its own class, is a known library's."""
    cls = owner.cls if isinstance(owner, Inst) else None
    return cls is not None and not cls.opaque and any(True for _ in cls.library_bases())


def _opaque(it: Interpreter, callee: Unknown, args: Args, node: t.Node) -> Value:
    tags = tags_of(args.values)
    if norms.any_in(tags):
        it.emit("observe", callee.name, node, moments=[], how="given")
    known = it.catalog
    harmless = known.harmless_names.search(callee.name)
    may_seed = bool(known.seeding_names.search(callee.name) or (callee.foreign and not harmless))
    it.emit(
        "opaque",
        callee.name,
        node,
        receiver=callee.owner,
        values=args.values,
        may_seed=may_seed,
        may_observe=bool(known.gradient_names.search(callee.name)),
        hidden=callee.origin != "library"
        and (callee.foreign or not isinstance(callee.owner, Unknown)),
    )
    calls.callbacks(it, args, node, Sure.MAYBE)
    result = result_of_unknown(args)
    if isinstance(result, Unknown):
        result.origin = callee.origin if may_seed else ""
        result.name = callee.name
    return result


def result_of_unknown(args: Args, tags: Tags = frozenset()) -> Value:
    kept = norms.without(tags | tags_of(args.values))
    return Unknown(tags=entropy.without_streams(listing.settled(kept)))


def uncatalogued(it: Interpreter, name: str, args: Args, node: t.Node) -> Value:
    """A library call that the catalogue does not hold: what goes in comes out, and nothing more."""
    it.unread.add(name)
    tags = tags_of(args.values)
    if it.catalog.is_numeric(name):
        tags = norms.computed(tags)
    else:
        norms.consume(it, args.values, node)
    short = name.rpartition(".")[2]
    may_seed = bool(it.catalog.seeding_names.search(short))
    may_observe = bool(it.catalog.gradient_names.search(short)) and not it.catalog.is_numeric(name)
    if may_seed or may_observe:
        it.emit(
            "opaque",
            name,
            node,
            values=args.values,
            may_seed=may_seed,
            may_observe=may_observe,
        )
    calls.callbacks(it, args, node, Sure.MAYBE)
    found = rows_in(args.values)
    if found and it.catalog.is_numeric(name):
        return tables.derive(found, tags=tags)
    return Obj(type=name, parts=tuple(args.values), tags=listing.settled(tags))
