"""What the catalogue says of a library call, turned into events and values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from triptych_lint import tree as t
from triptych_lint.catalog import Row
from triptych_lint.timeline import (
    anchors,
    attributes,
    calls,
    columns,
    copies,
    entropy,
    fits,
    keys,
    listing,
    methods,
    moments,
    norms,
    options,
    outside,
    scores,
    splits,
    streams,
    tables,
    workers,
)
from triptych_lint.timeline.events import Event, Sure
from triptych_lint.timeline.values import (
    Cls,
    Data,
    Func,
    Inst,
    Items,
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


def library_call(it: Interpreter, name: str, args: Args, node: t.Node) -> Value:
    """A call of a library's function or class."""
    row = it.catalog.row(name)
    if row is None:
        return outside.uncatalogued(it, name, args, node)
    return apply(it, it.catalog.resolve(name), row, args, node)


def method_call(it: Interpreter, owner: Obj, name: str, args: Args, node: t.Node) -> Value:
    """A call of a method of a library's object."""
    if it.sure > Sure.NO:
        owner.called.add(name)
    known = methods.call(it, owner, name, args, node)
    if known is not None:
        return known
    found = it.catalog.method(owner.type, name)
    if found is not None:
        return apply(it, it.catalog.resolve(found[0]), found[1], args, node, owner)
    if isinstance(owner, Data) and name not in it.catalog.protocols:
        return tables.uncatalogued_method(it, owner, name, args, node)
    return outside.protocol(it, owner, name, args, node)


def object_call(it: Interpreter, callee: Obj, args: Args, node: t.Node) -> Value:
    """``model(x)``, ``scheduler(step)``: an object of a library is called."""
    found = it.catalog.method(callee.type, "__call__")
    if found is not None:
        return apply(it, it.catalog.resolve(found[0]), found[1], args, node, callee)
    norms.consume(it, args.values, node)
    if it.catalog.kind(callee.type) == "commands":
        # Of several commands, which one is started is the user's choice.
        commands = [value for name, value in callee.attrs.items() if name.startswith("<command")]
        sure = Sure.YES if len(commands) == 1 else Sure.MAYBE
        calls.callbacks(it, calls.Args(commands), node, sure)
    calls.callbacks(it, args, node, Sure.MAYBE)
    return outside.result_of_unknown(args)


def apply(
    it: Interpreter,
    name: str,
    row: Row,
    args: Args,
    node: t.Node,
    receiver: Value | None = None,
) -> Value:
    """Note the events of a catalogued call, and give what it returns."""
    if "seeds" in row:
        streams.seed(it, name, row, args, node, receiver)
    event: Event | None = None
    if row.get("calls") == "part" and isinstance(receiver, Obj):
        for part in receiver.parts:
            if isinstance(part, Func):
                calls.call_function(it, part, args, node)
    if "seeds_itself" in row:
        own = tuple(row["seeds_itself"])
        it.emit("seed", name, node, streams=own, value=None, fixed=True, itself=True)
    if "step" in row:
        of = args.at(row["of"], row.get("params")) if "of" in row else receiver
        event = it.emit(row["step"], name, node, receiver=of, args=args, row=row)
    waiting = streams.draw(it, name, row, args, node, receiver)
    for key, kind in _PLAIN.items():
        if key in row:
            event = it.emit(kind, name, node, receiver=receiver, args=args, how=row[key], row=row)
    if _observes(row, args):
        how = "shown" if "tracks" in row else "tested"
        it.emit("observe", name, node, moments=[], how=how)
    if "slows" in row:
        it.emit("slow", name, node, sure=streams.happens(row, args))
    if "gives" in row.get("split", ()):
        streams.run_waiting(it, "iterate", [receiver, args.keywords.get("cv")], node)
        event = splits.note(it, name, row, args, node, receiver)
    if "fits" in row or "trains" in row:
        apart = streams.in_workers(it, row, args)
        streams.run_waiting(it, "fit", [receiver, *args.values], node, apart)
    if "trains" in row:
        streams.run_waiting(it, "iterate", args.values, node)
    if "fits" in row and (receiver is None or isinstance(receiver, Obj)):
        return scores.fitted(it, fits.fit(it, name, row, args, node, receiver))
    if "applies" in row and isinstance(receiver, Obj):
        return scores.applied(it, name, row, args, node, receiver)
    if "environment" in row:
        return options.from_environment(it, args)
    if "statistic" in row:
        summary = fits.statistic(it, name, args, node, receiver)
        if summary is not None:
            return summary
    anchors.frame(it, name, row, args, node)
    tags = tags_of(args.values)
    if "tracks" in row or not it.catalog.is_numeric(name):
        how = "shown" if "tracks" in row or "reports" in row else "given"
        if row.get("step") != "update":
            norms.consume(it, args.values, node, how=how, gradients="tracks" in row)
        tags = norms.without(tags)
    else:
        tags = norms.computed(tags)
    if "keeps" not in row:
        calls.callbacks(it, args, node, Sure.YES if "calls" in row else Sure.MAYBE)
    if "tells" in row and isinstance(told := args.get(row["tells"]), Items):
        calls.callbacks(it, calls.Args(told.items), node, Sure.MAYBE)
    if "configures" in row and isinstance(receiver, Obj):
        streams.configured(receiver, args)
    if "consumes" in row:
        keys.consumed(it, name, row, args, node)
    if "draws" in row:
        tags |= {"drawn"}
    if "unordered" in row:
        tags |= listing.note(it, name, node, row["unordered"])
    if "time" in row or "looks_ahead" in row:
        grouped = isinstance(receiver, Data) and tables.is_grouped(it, receiver)
        tags |= moments.note(it, name, row, args, node, grouped=grouped)
    if "sorts" in row:
        tags = listing.settled(tags)
    if "scales" in row:
        tags |= {norms.SCALED}
    made, tags = entropy.note(it, name, row, args, node, receiver, tags)
    if row.get("gradients") == "second":
        return Items("tuple", [Unknown(), Unknown(tags=norms.grad(it))])
    if "gradients" in row:
        tags |= norms.grad(it)
    if row.get("step") == "update":
        # What a step makes of the gradients are parameters; their norm is another matter.
        return Unknown(tags=norms.without(tags))
    if row.get("norm") == "result":
        tags |= norms.norm(it)
    if "anchor" in row:
        tags |= {anchors.tag(row["anchor"])}
    if "picks" in row:
        scores.judged(it, args.values, node)
    result = _result(it, name, row, args, node, receiver, event or made, waiting, tags)
    result = copies.marked(it, name, row, args, node, receiver, result)
    return scores.scored(event, result)


def own_method(it: Interpreter, func: Func, args: Args, node: t.Node) -> None:
    """A method of the project's own optimizer steps or zeroes, as the library's would."""
    own, row = func.bound, it.catalog.protocols.get(func.node.name, {})
    known = isinstance(own, Inst) and attributes.is_kind(it.catalog, own, "optimizer")
    if known and row.get("step") in ("update", "zero"):
        it.emit(row["step"], func.node.name, node, receiver=own, args=args, row=row)


_PLAIN = {
    "trains": "train",
    "evaluates": "evaluate",
    "tracks": "track",
    "ends": "end",
    "outlives": "kept",
    "searches": "search",
    "claims": "claim",
    "logs_norm": "logs_norm",
    "progress": "progress",
    "reports": "report",
    "exports": "export",
    "starts": "start",
    "accelerates": "device",
    "ranks": "ranks",
    "resumes": "resume",
    "deterministic": "deterministic",
    "benchmark": "benchmark",
}
"""Row keys that are events by themselves."""


def _observes(row: Row, args: Args) -> bool:
    """Whether the call looks at the gradient norm by itself."""
    if "norm_when" in row:
        asked = {**row, "when": row["norm_when"], "unless": ()}
        return streams.happens(asked, args) is not Sure.NO
    if row.get("norm") == "when":
        return streams.happens(row, args) is not Sure.NO
    return row.get("norm") == "call"


def _result(
    it: Interpreter,
    name: str,
    row: Row,
    args: Args,
    node: t.Node,
    receiver: Value | None,
    event: Event | None,
    waiting: list[streams.Waiting],
    tags: Tags,
) -> Value:
    gives = row.get("returns")
    if gives == "self" and receiver is not None:
        return _whole(receiver)
    if gives == "argument" and args.positional:
        return args.positional[0]
    if gives == "arguments":
        given = args.positional
        return given[0] if len(given) == 1 else Items("tuple", list(given), args.open)
    if gives == "instance" and args.values:
        cls = next((v for v in args.values if isinstance(v, Cls)), None)
        return calls.instantiate(it, cls, calls.Args(), node) if cls else Unknown()
    if "gives" in row.get("split", ()) and event is not None:
        return splits.result(it, row, args, event)
    type_name = gives or (name if "kind" in row or waiting or "base" in row else None)
    kind = it.catalog.kind(type_name) if type_name else None
    inputs: list[Value] = [*([receiver] if receiver is not None else []), *args.values]
    found = rows_in(inputs)
    if kind in ("table", "column"):
        assert type_name is not None
        rows = tables.made(it, type_name, found, row, tags, args)
        rows.waiting = [*waiting, *(later for data in found for later in data.waiting)]
        return rows
    if type_name is None:
        if "column_arg" in row and found:
            columns.arguments(it, row, args, found[0])
        if not found or not it.catalog.is_numeric(name):
            return Unknown(tags=tags)
        out = tables.derive(found, tags=tags)
        out.tags = listing.settled(out.tags) if "sorts" in row else out.tags
        return out
    return Obj(
        type=it.catalog.resolve(type_name),
        made=event or it.emit("make", name, node, args=args),
        parts=tuple(inputs[1:] + inputs[:1]) if receiver is not None else tuple(inputs),
        waiting=waiting,
        tags=tags,
    )


def _whole(receiver: Value) -> Value:
    """The instance of a project class, where a method of its library half was called."""
    parts = receiver.parts if isinstance(receiver, Obj) else ()
    return parts[0] if len(parts) == 1 and isinstance(parts[0], Inst) else receiver


def iterate(it: Interpreter, value: Obj, node: t.Node) -> Value:
    """What a loop over a library object gives; its waiting draws happen now."""
    streams.run_waiting(it, "iterate", [value], node)
    if isinstance(value, Data):
        return tables.element(it, value, node)
    folds = splits.fold(it, value)
    if folds is not None:
        return folds
    if it.catalog.kind(value.type) == "loader":
        return workers.load(it, value, node)
    return Unknown(tags=value.tags)


def attribute(it: Interpreter, owner: Obj, name: str) -> Value | None:
    """``obj.name`` where it is an object of a type that is known."""
    found = it.catalog.method(owner.type, name)
    if found is None or "attribute" not in found[1]:
        return None
    kept = Obj(type=it.catalog.resolve(found[1]["returns"]), made=owner.made, parts=(owner,))
    return owner.attrs.setdefault(name, kept)


def attribute_set(it: Interpreter, owner: Obj, name: str, value: Value, node: t.Node) -> None:
    """``obj.name = value``, where that means something."""
    found = it.catalog.method(owner.type, name)
    if found is not None:
        apply(it, found[0], found[1], calls.Args([value]), node, owner)


def library_set(it: Interpreter, name: str, value: Value, node: t.Node) -> None:
    """``module.name = value``, where that means something."""
    row = it.catalog.row(name)
    if row is not None:
        apply(it, name, row, calls.Args([value]), node)


def item_set(it: Interpreter, name: str, index: Value, value: Value, node: t.Node) -> None:
    """``library.mapping[index] = value``, where that means something."""
    row = it.catalog.row(f"{name}.__setitem__")
    if row is not None:
        apply(it, name, row, calls.Args([index, value]), node)


def subscript(it: Interpreter, owner: Obj, index: Value, node: t.Node) -> Value:
    """``obj[index]`` of a library object that is no table."""
    return keys.subscript(it, owner, index) or Unknown(tags=owner.tags)
