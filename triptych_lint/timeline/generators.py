"""Questions about generators and other streams of their own that several rules ask of a run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from triptych_lint import tree as t
from triptych_lint.timeline.discarded import is_discarded
from triptych_lint.timeline.entropy import origins, sources
from triptych_lint.timeline.events import Event, Run, Sure
from triptych_lint.timeline.seeding import TRAINING, is_used
from triptych_lint.timeline.values import Const, Obj, Value


def fixes_a_seed(run: Run) -> Event | None:
    """The first seed that the run certainly gives itself: it wants to be repeatable."""
    for event in run.of("seed", "generator", "settle", "given", at_least=Sure.YES):
        value = event.facts.get("value") or event.facts.get("seed")
        given = isinstance(value, Const) and value.value is not None
        if given or (event.facts.get("fixed") and not sources(value)):
            return event
    return None


def is_told(run: Run, numbers: frozenset[int]) -> bool:
    """Whether the run shows or keeps one of these numbers, so that it can be repeated."""
    return any(numbers & event.facts["sources"] for event in run.of("told"))


def first_use(run: Run, made: Event) -> Event | None:
    """The first draw from a generator that certainly matters to the training."""
    training = list(run.of(*TRAINING))
    for use in run.of("use", at_least=Sure.YES):
        if made.order not in use.facts["streams"] or is_discarded(run, use) or _is_named(use):
            continue
        if any(is_used(use, event) for event in training):
            return use
    return None


def _is_named(use: Event) -> bool:
    """Whether what is drawn only becomes part of a text: the name of a run, a file, a port."""
    todo: list[object] = [use.stack[-1].path[-1]] if use.stack[-1].path else []
    while todo:
        item = todo.pop()
        if isinstance(item, t.FString) and item.start <= use.node.start < item.end:
            return True
        if isinstance(item, (tuple, list)):
            todo.extend(item)
        elif isinstance(item, (t.Node, t.Arg)):
            todo.extend(getattr(item, field.name) for field in fields(item))
    return False


def is_settled(run: Run, made: Event) -> bool:
    """Whether the run seeds a generator somewhere after it is made, or may do so out of sight."""
    if any(made.order in event.facts["streams"] for event in run.of("settle", at_least=Sure.NO)):
        return True
    return any(
        made.order in origins(value)
        for event in run.of("opaque")
        if event.facts["may_seed"]
        for value in event.facts["values"]
    )


def unseeded(run: Run) -> Iterator[tuple[Event, Event]]:
    """Generators that nothing seeds, with the first draw from each that matters."""
    for made in run.of("generator", at_least=Sure.YES):
        seed: Value | None = made.facts["seed"]
        optional = isinstance(seed, Const) and seed.option
        if made.facts["fresh"] is not Sure.YES or optional or is_settled(run, made):
            continue
        use = first_use(run, made)
        if use is not None:
            yield made, use


def clocked(run: Run) -> Iterator[tuple[Event, Event]]:
    """Generators that are seeded from what is new in each run and shown nowhere, with that."""
    for made in run.of("generator", at_least=Sure.YES):
        numbers = sources(made.facts["seed"])
        fresh = [run.events[n] for n in sorted(numbers) if run.events[n].kind == "entropy"]
        if fresh and first_use(run, made) and not is_told(run, numbers):
            yield made, fresh[0]


def unreached(run: Run) -> Iterator[Event]:
    """Calls that draw from a stream of their own, which only an argument seeds."""
    training = list(run.of(*TRAINING))
    seen: set[tuple[str, int]] = set()
    for event in run.of("entropy"):
        receiver = event.receiver
        owner = _root(run, receiver) if isinstance(receiver, Obj) else None
        if "what" not in event.facts["row"] or (event.name, id(owner)) in seen:
            continue
        # An agent explores on some steps of its loop, whatever its conditions say before.
        explores = isinstance(receiver, Obj) and run.catalog.kind(receiver.type) == "space"
        if event.sure < Sure.YES and not (explores and event.loops):
            continue
        if run.catalog.kind(event.name) in ("study", "sampler"):
            used = _is_searched(run, event)
        elif owner is not None and run.catalog.kind(owner.type) == "env":
            used = not _is_reset(run, event, owner)
        else:
            used = not is_discarded(run, event)
        if used and any(is_used(event, other) for other in training):
            seen.add((event.name, id(owner)))
            yield event


def _root(run: Run, value: Obj) -> Obj:
    """The environment that wrappers and spaces belong to."""
    while value.parts:
        inner = value.parts[0]
        if not isinstance(inner, Obj) or run.catalog.kind(inner.type) != "env":
            return value
        value = inner
    return value


def _is_reset(run: Run, event: Event, owner: Obj) -> bool:
    """Whether the stream of an environment, or of its action space, is seeded somewhere."""
    kind = run.catalog.kind(event.receiver.type) if isinstance(event.receiver, Obj) else None
    for settle in run.of("settle", at_least=Sure.NO):
        other = settle.receiver
        if not isinstance(other, Obj) or _root(run, other) is not owner:
            continue
        if settle.facts["value"] is None or run.catalog.kind(other.type) == kind:
            return True
    return False


def _is_searched(run: Run, event: Event) -> bool:
    """Whether a study is optimised with the sampler that the call makes, one trial at a time."""
    for search in run.of("search", at_least=Sure.YES):
        args = search.facts["args"]
        jobs = args.get("n_jobs")
        alone = jobs is None or (isinstance(jobs, Const) and jobs.value == 1)
        if event.order in sources(search.receiver) and alone:
            return True
    return False
