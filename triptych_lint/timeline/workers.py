"""Loaders: their batches, and the worker processes that make them.

A worker is a copy of the process as it is when the loader is iterated. PyTorch gives the global
streams of each worker a seed of its own; a generator that was made before is copied with its state,
so that all workers draw the same numbers, and draw them again when the next epoch starts new ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from triptych_lint import tree as t
from triptych_lint.timeline import calls
from triptych_lint.timeline.entropy import sources
from triptych_lint.timeline.events import Event, Run, Sure
from triptych_lint.timeline.values import Const, Func, Inst, Obj, Unknown, Value

if TYPE_CHECKING:
    from triptych_lint.timeline.interpreter import Interpreter

_MOVES = re.compile(r"(?i)epoch|step|time|initial_seed|worker_info")
"""Words in a seed that say that it changes from one start of the workers to the next."""
_REACHES = re.compile(r"dataset|worker_info|\brng\b|generator")
"""Words in a worker's first function that say that it sees to the generators of the data set."""


def load(it: Interpreter, loader: Obj, node: t.Node) -> Value:
    """One batch: the dataset's items are made here, or by workers that torch seeds."""
    workers = _argument(loader, "num_workers")
    in_process = workers is None or (isinstance(workers, Const) and workers.value == 0)
    before = it.in_worker
    if not in_process and before is None:
        it.in_worker = loader
        _start(it, loader, node)
    try:
        for part in loader.parts:
            if isinstance(part, Inst):
                return calls.iterated_instance(it, part, node)
    finally:
        it.in_worker = before
    return Unknown(tags=loader.tags)


def _start(it: Interpreter, loader: Obj, node: t.Node) -> None:
    """Follow the function that prepares a worker: the first one, whose number is 0."""
    prepare = _argument(loader, "worker_init_fn")
    if isinstance(prepare, Func):
        it.starting_worker = True
        try:
            calls.call_function(it, prepare, calls.Args([Const(0)]), node)
        finally:
            it.starting_worker = False


def _argument(loader: Obj, name: str) -> Value | None:
    """What a loader was given; nothing for a literal None."""
    args = loader.made.facts.get("args") if loader.made is not None else None
    given: Value | None = args.get(name) if args is not None else Unknown()
    return None if isinstance(given, Const) and given.value is None else given


# What rules ask


def copied(run: Run) -> Iterator[tuple[Event, Event]]:
    """Generators made before the workers and drawn from in them, with the first such draw."""
    seen: set[int] = set()
    reseeded = {
        n for e in run.of("settle") if e.facts["worker"] is not None for n in e.facts["streams"]
    }
    for use in run.of("use", at_least=Sure.YES):
        loader: Obj | None = use.facts["worker"]
        if loader is None or not _in_item(use) or not _repeats(loader, use):
            continue
        for order in sorted(use.facts["streams"] - seen - reseeded):
            made = run.events[order]
            if made.facts["worker"] is None and not _sees_to_generators(loader):
                seen.add(order)
                yield made, use


def _in_item(use: Event) -> bool:
    """Whether a single item is made: the workers of a stream may well agree on one order."""
    return any(frame.function and frame.function.name == "__getitem__" for frame in use.stack)


def _repeats(loader: Obj, use: Event) -> bool:
    """Whether there are several workers, or one that starts anew for each epoch."""
    count = _count(loader)
    return count > 1 or (count == 1 and len(use.loops) > 1 and not _persists(loader))


def _count(loader: Obj) -> int:
    workers = _argument(loader, "num_workers")
    known = isinstance(workers, Const) and type(workers.value) is int
    return workers.value if isinstance(workers, Const) and known else 0


def _persists(loader: Obj) -> bool:
    kept = _argument(loader, "persistent_workers")
    return not (kept is None or (isinstance(kept, Const) and kept.value is False))


def _sees_to_generators(loader: Obj) -> bool:
    prepare = _argument(loader, "worker_init_fn")
    if prepare is None:
        return False
    return not isinstance(prepare, Func) or bool(_REACHES.search(prepare.module.text(prepare.node)))


def repeated(run: Run) -> Iterator[tuple[Event, Event]]:
    """Seeds that each epoch's workers start from again, with a draw that they repeat."""
    seen: set[t.Node] = set()
    for seed in run.of("worker_seed", at_least=Sure.YES):
        loader: Obj = seed.facts["worker"]
        value: Value | None = seed.facts["value"]
        if seed.node in seen or not isinstance(value, Const) or value.value is None:
            continue
        if _count(loader) == 0 or _persists(loader) or sources(value) or _moves(seed, loader):
            continue
        for draw in run.of("draw"):
            again = draw.facts.get("worker") is loader and len(draw.loops) > 1
            if again and draw.facts["own"] in seed.facts["streams"]:
                seen.add(seed.node)
                yield seed, draw
                break


def _moves(seed: Event, loader: Obj) -> bool:
    """Whether the functions that seed speak of something that changes between epochs."""
    prepare = _argument(loader, "worker_init_fn")
    texts = [frame.module.text(frame.function) for frame in seed.stack[-1:] if frame.function]
    if isinstance(prepare, Func):
        texts.append(prepare.module.text(prepare.node))
    return any(_MOVES.search(text) for text in texts)
