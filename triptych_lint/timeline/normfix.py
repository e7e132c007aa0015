"""The fix that computes the gradient norm before the step, and stops when it is not finite."""

from __future__ import annotations

from collections.abc import Sequence

from triptych_lint import tree as t
from triptych_lint.edits import add_import, insert_after, insert_before, names_in, spelled
from triptych_lint.model import Edit, Fix, Safety, Span
from triptych_lint.timeline.build import Timeline
from triptych_lint.timeline.events import Event, Run
from triptych_lint.timeline.values import Obj

_TORCH = "torch.optim."


def observe(
    timeline: Timeline, run: Run, backward: Event, step: Event, clips: Sequence[Event]
) -> Fix | None:
    """Observe the norm of a plain torch loop; None where its shape is not one that was proven.

    Under a gradient scaler the first steps may overflow in a healthy run, so that nothing is
    offered there.
    """
    module = timeline.module
    frame = step.stack[-1]
    optimizer = step.receiver
    if not isinstance(optimizer, Obj) or not optimizer.type.startswith(_TORCH):
        return None
    if frame.module is not module or not frame.path or run.has("unscale"):
        return None
    if step.facts["args"].values or step.order < backward.order:
        return None  # a closure computes the gradients inside of the step
    between = [clip for clip in run.of("clip") if backward.order < clip.order < step.order]
    if len(between) > 1 or (between and between[0] not in clips):
        return None  # read after a clip that may or may not have run, the norm is another one
    name = "grad_norm"
    if name in names_in(frame.function.body if frame.function else list(module.body)):
        return None
    torch = spelled(module, "torch", backward.place.span.start)
    edits: list[Edit | None] = []
    if torch is None:
        torch = "torch"
        edits.append(add_import(module, "import torch", backward.place.span.start))
    guard = [
        f"if not {torch}.isfinite({name}):",
        '    raise FloatingPointError(f"gradient norm {'
        + name
        + '}: loss, initialisation or precision?")',
    ]
    if clips:
        edits += _keep_clip(clips[0], step, name, guard)
    else:
        parameters = _parameters_text(timeline, optimizer, frame.function)
        statement = frame.path[-1]
        if parameters is None:
            return None
        norm = f"{name} = {torch}.nn.utils.get_total_norm("
        lines = [
            norm,
            f"    [p.grad for p in {parameters} if p.grad is not None]",
            ")",
            *guard,
        ]
        edits.append(insert_before(module, statement, lines))
    if any(edit is None for edit in edits):
        return None
    kept = tuple(edit for edit in edits if edit is not None)
    return Fix(Safety.UNSAFE, "Stop when the gradient norm is not finite", kept)


def _keep_clip(clip: Event, step: Event, name: str, guard: Sequence[str]) -> list[Edit | None]:
    frame = clip.stack[-1]
    statement = frame.path[-1]
    if len(clip.stack[-1].path) != len(step.stack[-1].path):
        return [None]  # under a condition of its own
    whole = isinstance(statement, t.ExprStmt) and statement.value is clip.node
    if not whole or not clip.name.startswith("torch."):
        return [None]
    at = statement.start
    return [
        Edit(Span(at, at), f"{name} = "),
        insert_after(clip.place.module, statement, guard),
    ]


def _parameters_text(timeline: Timeline, optimizer: Obj, function: t.Def | None) -> str | None:
    """How the loop's own function writes the parameters that the optimizer was given."""
    made = optimizer.made
    args = made.facts.get("args") if made is not None else None
    node = args.node if args is not None else None
    if made is None or node is None or not node.args or made.place.module is not timeline.module:
        return None
    first = node.args[0].value
    plain = isinstance(first, t.Call) and isinstance(first.func, t.Attr) and not first.args
    if not plain or first.func.attr != "parameters" or made.stack[-1].function is not function:
        return None
    return timeline.module.text(first)
