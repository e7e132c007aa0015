"""Searches whose trials nobody keeps."""

from __future__ import annotations

from collections.abc import Iterator

from triptych_lint.catalog import Catalog
from triptych_lint.timeline.build import Timeline
from triptych_lint.timeline.events import Event, Run, Sure
from triptych_lint.timeline.seeding import may_be_seeded_elsewhere
from triptych_lint.timeline.values import Const, Func, Items, Obj, Value


def untracked_searches(timeline: Timeline) -> Iterator[Event]:
    """Searches of a study whose trials certainly reach no tracker, storage or file."""
    run = timeline.main
    if _may_be_kept(timeline):
        return
    seen: set[int] = set()
    for search in run.of("search", at_least=Sure.YES):
        start = search.place.span.start
        if start not in seen and _is_told_nobody(search) and _is_in_memory(run.catalog, search):
            seen.add(start)
            yield search


def _may_be_kept(timeline: Timeline) -> bool:
    """Whether something in the run keeps results, or may do so out of sight."""
    run, words = timeline.main, timeline.catalog.tracking_words
    modules = {id(m): m for m in (timeline.module, *(e.place.module for e in run.events))}
    return (
        # What might seed out of sight is what nobody can read: it might track as well.
        may_be_seeded_elsewhere(run)
        or any(each.has("track", at_least=Sure.NO) for each in timeline.runs)
        or any(words.search(module.source.text) for module in modules.values())
        or has_trainer(run)
    )


def has_trainer(run: Run) -> bool:
    """Whether a framework's trainer runs, which keeps logs unless it is told not to."""
    return any(
        isinstance(event.receiver, Obj) and run.catalog.kind(event.receiver.type) == "trainer"
        for event in run.of("train", at_least=Sure.NO)
    )


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


def _is_nothing(value: Value | None) -> bool:
    return value is None or (isinstance(value, Const) and value.value is None)
