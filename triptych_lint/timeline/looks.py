"""Who looks at the gradients of an update, or may do so out of sight."""

from __future__ import annotations

from collections.abc import Iterator

from triptych_lint.timeline import attributes
from triptych_lint.timeline.branches import exclusive
from triptych_lint.timeline.build import Timeline
from triptych_lint.timeline.events import Event, Run, Sure
from triptych_lint.timeline.loops import step_of
from triptych_lint.timeline.updates import Update
from triptych_lint.timeline.values import Inst, Items, Obj, Table, Unknown, Value


def looks(timeline: Timeline, update: Update) -> Iterator[Event]:
    """Where somebody looks at the gradients of an update, or may do so out of sight."""
    run, backward, step = update.run, update.backward, update.step
    related = [run]
    if run.owner is not None:
        related += [other for other in timeline.fragments if other.owner is run.owner]
    # A trainer logs the norm of what its own methods train, and of nothing else.
    methods = {node for owner, node in timeline.module.functions() if owner is not None}
    for other in related:
        if any(frame.function in methods for frame in backward.stack):
            yield from other.of("logs_norm", at_least=Sure.NO)
        for event in other.of("observe", at_least=Sure.NO):
            # What an optimizer computes in its own step tells nobody.
            own = _within_a_step(event, run) and not _within_a_step(backward, run)
            if other is not run or (not own and _speaks_of(event, run, backward, step)):
                yield event
    # Hooks, watchers and anomaly detection look at all gradients, wherever they are set up.
    for other in timeline.runs:
        if other not in related:
            yield from (e for e in other.of("observe", at_least=Sure.NO) if not e.facts["moments"])
    yield from (event for event in run.of("opaque") if _may_look(event, backward, run))


def _within_a_step(event: Event, run: Run) -> bool:
    """Whether an event happens inside of a call that steps an optimizer."""
    steps = {step.node for step in run.of("update")}
    return any(frame.call in steps for frame in event.stack[:-1])


def _speaks_of(event: Event, run: Run, backward: Event, step: Event) -> bool:
    """Whether an observed norm is the one of this ``backward``, where a run has several."""
    moments: list[int] = event.facts["moments"]
    if not moments:
        return True
    moments = [m for m in moments if not _clipped_apart(run, m, backward)]
    if exclusive(event, backward):
        return False
    inside = [e.order for e in run.events if e.loops[: len(backward.loops)] == backward.loops]
    first, last = min(inside, default=0), None
    for other in run.of("backward"):
        found = None if exclusive(other, backward) else step_of(run, other)
        if found is None or (found.receiver is step.receiver and other.loops == backward.loops):
            continue
        if other.order > backward.order:
            last = other.order if last is None else min(last, other.order)
        elif other.order >= first:
            first = backward.order
    return any(first <= m and (last is None or m <= last) for m in moments)


def _clipped_apart(run: Run, moment: int, backward: Event) -> bool:
    """Whether a norm came from a clip in another branch than ``backward``."""
    clips = [e for e in run.events[max(moment - 2, 0) : moment] if e.kind == "clip"]
    return any(exclusive(clip, backward) for clip in clips)


def _may_look(event: Event, backward: Event, run: Run) -> bool:
    if _in_a_forward_pass(event, run) and not _in_a_forward_pass(backward, run):
        return False
    if event.facts["may_observe"] and set(event.loops) & set(backward.loops):
        return True
    inside = event.loops[: len(backward.loops)] == backward.loops
    later = event.order > backward.order and inside
    return later and any(is_trained(run, value) for value in event.facts["values"])


def _in_a_forward_pass(event: Event, run: Run) -> bool:
    """Whether an event is part of what a model computes: a layer called `final_norm`, say."""
    methods = run.catalog.forward_methods
    return any(f.function is not None and f.function.name in methods for f in event.stack)


def is_trained(run: Run, value: Value) -> bool:
    """Whether a value is a model or an optimizer, through which gradients can be reached."""
    if isinstance(value, Inst):
        return attributes.is_kind(run.catalog, value, "module")
    if isinstance(value, Obj):
        return run.catalog.kind(value.type) in ("module", "optimizer")
    if isinstance(value, (Items, Table)):
        members = value.items if isinstance(value, Items) else value.entries.values()
        return any(is_trained(run, member) for member in members)
    if isinstance(value, Unknown):
        return bool((value.called | set(value.attrs)) & run.catalog.model_methods)
    return False
