"""Searches whose trials nobody keeps."""

from __future__ import annotations

from collections.abc import Iterator

from triptych_lint import tree as t
from triptych_lint.catalog import Catalog
from triptych_lint.edits import walk
from triptych_lint.timeline.build import Timeline
from triptych_lint.timeline.events import Event, Sure
from triptych_lint.timeline.kept import may_keep_results
from triptych_lint.timeline.values import Const, Func, Items, Obj, Value


def untracked_searches(timeline: Timeline) -> Iterator[Event]:
    """Searches of a study whose trials certainly reach no tracker, storage or file."""
    run = timeline.main
    if may_keep_results(timeline):
        return
    seen: set[int] = set()
    for search in run.of("search", at_least=Sure.YES):
        start = search.place.span.start
        kept = not _is_in_memory(run.catalog, search) or _is_read_whole(timeline, search)
        if start not in seen and _is_told_nobody(search) and not kept:
            seen.add(start)
            yield search


def _is_told_nobody(search: Event) -> bool:
    """Whether no callback is told of the trials but functions that have been followed."""
    row, args = search.facts["row"], search.facts["args"]
    parameter = row.get("tells")
    if parameter is None or args.open or not isinstance(args.at(0), Func):
        return False
    given: Value | None = args.get(parameter)
    functions = given.items if isinstance(given, Items) and not given.open else [given]
    return all(_is_nothing(f) or isinstance(f, Func) for f in functions)


def _is_in_memory(catalog: Catalog, search: Event) -> bool:
    """Whether the study that is searched was made without a place for its trials."""
    study = search.receiver
    if not isinstance(study, Obj) or study.made is None:
        return False
    row, args = catalog.row(study.made.name) or {}, study.made.facts["args"]
    if "stores" not in row or args.open or args.positional:
        return False
    return _is_nothing(args.get(row["stores"]))


def _is_read_whole(timeline: Timeline, search: Event) -> bool:
    """Whether the script takes all trials from the study, and not only to count them."""
    study = search.receiver
    if not isinstance(study, Obj):
        return False
    names = {*(timeline.catalog.inherited(study.type, "told_by") or ())}
    if names & study.called:
        return True
    modules = {id(m): m for m in (timeline.module, *(e.place.module for e in timeline.main.events))}
    return any(_reads(module.body, names & {*study.attrs}) for module in modules.values())


def _reads(body: t.Block, names: set[str]) -> bool:
    """Whether one of these attributes is read anywhere but in `len(...)`."""
    nodes = list(walk(body))
    counted = {
        id(argument.value)
        for node in nodes
        if isinstance(node, t.Call) and isinstance(node.func, t.Name) and node.func.id == "len"
        for argument in node.args
    }
    return any(
        isinstance(node, t.Attr) and node.attr in names and id(node) not in counted
        for node in nodes
    )


def _is_nothing(value: Value | None) -> bool:
    return value is None or (isinstance(value, Const) and value.value is None)
