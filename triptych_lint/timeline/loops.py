"""Questions about optimisation loops: which step applies a gradient, and who looks at it."""

from __future__ import annotations

from triptych_lint.timeline import attributes
from triptych_lint.timeline.branches import exclusive
from triptych_lint.timeline.events import Event, Run
from triptych_lint.timeline.values import Func, Inst, Items, Obj, Table, Unknown, Value


def step_of(run: Run, backward: Event) -> Event | None:
    """The optimizer step that applies the gradients of a ``backward``, in the same loop."""
    if not backward.loops and not _is_looped(run, backward):
        return None
    steps = [
        step
        for step in run.of("update")
        if _same_loop(run, step, backward)
        and not exclusive(step, backward)
        and _is_optimizer(run, step, backward)
    ]
    steps = steps or _only_stepper(run, backward)
    later = [step for step in steps if step.order > backward.order]
    return next(iter(later or steps), None)


def _only_stepper(run: Run, backward: Event) -> list[Event]:
    """Steps of one object of unknown type, where gradients are zeroed and nothing else steps."""
    steps = [
        step
        for step in run.of("update")
        if step.order > backward.order
        and _same_loop(run, step, backward)
        and isinstance(step.receiver, Unknown)
        and not step.facts["args"].values
    ]
    zeroed = any(set(zero.loops) & set(backward.loops) for zero in run.of("zero"))
    alone = len({id(step.receiver) for step in steps}) == 1
    return steps if zeroed and alone else []


def _is_looped(run: Run, backward: Event) -> bool:
    """Whether a framework calls the function of this ``backward`` in a loop of its own."""
    return run.looped or backward.facts["row"].get("loop") == "looped"


def _same_loop(run: Run, step: Event, backward: Event) -> bool:
    shorter = min(len(step.loops), len(backward.loops))
    return (shorter > 0 or _is_looped(run, backward)) and (
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
    if isinstance(receiver, Inst) and attributes.is_kind(run.catalog, receiver, "optimizer"):
        return True
    methods = receiver.called | set(receiver.attrs)
    return bool(methods & run.catalog.optimizer_methods) or receiver is backward.receiver


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
