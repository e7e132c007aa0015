"""Questions about optimisation loops: which step applies a gradient, and who looks at it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from triptych_lint.timeline.events import Event, Run, Sure
from triptych_lint.timeline.values import Func, Inst, Items, Obj, Table, Unknown, Value

if TYPE_CHECKING:
    from triptych_lint.timeline.build import Timeline

_OPTIMIZER = {"zero_grad", "param_groups", "add_param_group"}
_MODEL = {"parameters", "named_parameters", "state_dict", "zero_grad", "train", "eval", "modules"}


def step_of(run: Run, backward: Event) -> Event | None:
    """The optimizer step that applies the gradients of a ``backward``, in the same loop."""
    if not backward.loops and not _is_looped(backward):
        return None
    steps = [
        step
        for step in run.of("update")
        if _same_loop(step, backward) and _is_optimizer(run, step, backward)
    ]
    later = [step for step in steps if step.order > backward.order]
    return next(iter(later or steps), None)


def _is_looped(backward: Event) -> bool:
    """Whether a framework calls the function of this ``backward`` in a loop of its own."""
    return backward.facts.get("how") == "looped"


def _same_loop(step: Event, backward: Event) -> bool:
    shorter = min(len(step.loops), len(backward.loops))
    return (shorter > 0 or _is_looped(backward)) and (
        step.loops[:shorter] == backward.loops[:shorter]
    )


def trains(run: Run) -> bool:
    """Whether a run trains a model: by a fit, or by steps on the gradients of a loss."""
    losses = list(run.of("backward"))
    return run.has("train") or any(
        _is_optimizer(run, step, backward) for backward in losses[:1] for step in run.of("update")
    )


def _is_optimizer(run: Run, step: Event, backward: Event) -> bool:
    """Whether an optimizer of a model is stepped, by its type or by what is called on it."""
    receiver = step.receiver
    if isinstance(receiver, Obj):
        kind = run.catalog.kind(receiver.type)
        if kind == "optimizer":
            return not _optimises_input(receiver)
        if kind in ("scaler", "scheduler"):
            return kind == "scaler"
    if not isinstance(receiver, (Obj, Unknown, Inst)):
        return False
    methods = receiver.called | set(receiver.attrs)
    return bool(methods & _OPTIMIZER) or receiver is backward.receiver


def _optimises_input(optimizer: Obj) -> bool:
    """Whether an optimizer was given tensors one by one, as in attacks and style transfer."""
    first = optimizer.parts[0] if optimizer.parts else None
    if not isinstance(first, Items) or first.open or not first.items:
        return False
    return not any(
        isinstance(item, (Table, Func, Inst)) or _parameters(item) for item in first.items
    )


def _parameters(value: Value) -> bool:
    if isinstance(value, Obj):
        return "Parameter" in value.type
    return isinstance(value, Unknown) and value.owner is not None


def watched(timeline: Timeline, run: Run, backward: Event, step: Event) -> bool:
    """Whether somebody looks at the gradients, or may do so out of sight."""
    related = [run]
    if run.owner is not None:
        related += [other for other in timeline.fragments if other.owner is run.owner]
    for other in related:
        if other.has("logs_norm", at_least=Sure.NO):
            return True
        for event in other.of("observe", at_least=Sure.NO):
            if other is not run or _speaks_of(event, run, backward, step):
                return True
    # Hooks, watchers and anomaly detection look at all gradients, wherever they are set up.
    for other in timeline.runs:
        if any(not e.facts["moments"] for e in other.of("observe", at_least=Sure.NO)):
            return True
    return any(_may_look(event, backward, run) for event in run.of("opaque"))


def _speaks_of(event: Event, run: Run, backward: Event, step: Event) -> bool:
    """Whether an observed norm is the one of this ``backward``, where a run has several."""
    moments: list[int] = event.facts["moments"]
    if not moments:
        return True
    inside = [e.order for e in run.events if e.loops[: len(backward.loops)] == backward.loops]
    first, last = min(inside, default=0), None
    for other in run.of("backward"):
        found = step_of(run, other)
        if found is None or (found.receiver is step.receiver and other.loops == backward.loops):
            continue
        if other.order > backward.order:
            last = other.order if last is None else min(last, other.order)
        elif other.order >= first:
            first = backward.order
    return any(first <= m and (last is None or m <= last) for m in moments)


def _may_look(event: Event, backward: Event, run: Run) -> bool:
    if event.facts["may_observe"] and set(event.loops) & set(backward.loops):
        return True
    inside = event.loops[: len(backward.loops)] == backward.loops
    later = event.order > backward.order and inside
    return later and any(_is_trained(run, value) for value in event.facts["values"])


def _is_trained(run: Run, value: Value) -> bool:
    """Whether a value is a model or an optimizer, through which gradients can be reached."""
    if isinstance(value, Inst):
        return any(run.catalog.kind(base) == "module" for base in value.cls.library_bases())
    if isinstance(value, Obj):
        return run.catalog.kind(value.type) in ("module", "optimizer")
    if isinstance(value, (Items, Table)):
        members = value.items if isinstance(value, Items) else value.entries.values()
        return any(_is_trained(run, member) for member in members)
    if isinstance(value, Unknown):
        return bool((value.called | set(value.attrs)) & _MODEL)
    return False
