"""What of a run is still there when its process has ended."""

from __future__ import annotations

from triptych_lint import tree as t
from triptych_lint.timeline import attributes
from triptych_lint.timeline.build import Timeline
from triptych_lint.timeline.events import Event, Run, Sure
from triptych_lint.timeline.values import Const, Inst, Items, Obj, Table, Value

_FITTED = ("module", "estimator", "transformer", "pipeline", "search")
_APPENDS = frozenset("wax+")


def may_keep_results(timeline: Timeline) -> bool:
    """Whether the run writes results anywhere, or may do so out of sight.

    Its own functions are followed, and what a library hands out can write only where a call of that
    library was met: what remains are calls of which nobody can tell what they do.
    """
    run = timeline.main
    return (
        timeline.module.path.endswith(".ipynb")  # it keeps what it printed
        or any(each.has("track", "start", at_least=Sure.NO) for each in timeline.runs)
        or any(_keeps(each, e) for each in timeline.runs for e in each.of("kept", at_least=Sure.NO))
        or any(e.facts.get("hidden") for e in run.of("opaque", at_least=Sure.NO))
        or any(run.catalog.may_keep(name) for name in run.unread)
        or any(run.catalog.may_keep(e.name) for e in run.of("train", at_least=Sure.NO))
        or has_trainer(run)
    )


def has_trainer(run: Run) -> bool:
    """Whether a framework trains, which may keep logs of its own."""
    return any(
        isinstance(event.receiver, Obj) and run.catalog.kind(event.receiver.type) == "trainer"
        for event in run.of("train", at_least=Sure.NO)
    )


def _keeps(run: Run, event: Event) -> bool:
    """Whether what is written may hold results."""
    row, args = event.facts["row"], event.facts["args"]
    how = row.get("outlives", True)
    if isinstance(how, list):
        return args.open or any(name in args.keywords for name in how)
    if "mode" in row.get("params", ()):
        mode = args.get("mode", row["params"])
        reads = isinstance(mode, Const) and not _APPENDS & {*str(mode.value)}
        return not (mode is None or reads)
    given: Value | None = args.at(0)
    if isinstance(given, Obj) and run.catalog.kind(given.type) == "screen":
        return False
    if how != "models":
        return True
    node = event.node.args[0].value if isinstance(event.node, t.Call) and event.node.args else None
    return not (
        _is_model(run, event.receiver) if event.receiver else _holds_models(run, given, node)
    )


def _holds_models(run: Run, given: Value | None, node: t.Node | None) -> bool:
    """Whether only models, their states and plain numbers are written."""
    if isinstance(given, Table) and isinstance(node, t.Dict):
        return not given.open and all(
            isinstance(value, Const) or _holds_models(run, value, item)
            for value, (_, item) in zip(given.entries.values(), node.items, strict=False)
        )
    called = node.func if isinstance(node, t.Call) else None
    state = isinstance(called, t.Attr) and called.attr == "state_dict"
    return state or _is_model(run, given)


def _is_model(run: Run, value: Value | None) -> bool:
    if isinstance(value, Inst):
        return attributes.is_kind(run.catalog, value, "module")
    if isinstance(value, Items):
        return not value.open and all(_is_model(run, item) for item in value.items)
    return isinstance(value, Obj) and run.catalog.kind(value.type) in _FITTED
