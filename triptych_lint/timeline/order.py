"""The order of an update: what comes too late to matter, and what never comes."""

from __future__ import annotations

from collections.abc import Iterator

from triptych_lint import tree as t
from triptych_lint.edits import delete_lines, insert_after, insert_before
from triptych_lint.model import Fix, Safety
from triptych_lint.timeline.branches import conditions, exclusive
from triptych_lint.timeline.build import Timeline
from triptych_lint.timeline.events import Event, Run, Sure
from triptych_lint.timeline.looks import is_trained
from triptych_lint.timeline.updates import Update, updates
from triptych_lint.timeline.values import Obj


def late_clips(timeline: Timeline) -> Iterator[tuple[Event, Update]]:
    """Clips between a step and the next ``backward`` of the loop they share, with the update."""
    found = list(updates(timeline))
    for run in timeline.runs:
        of_run = [u for u in found if u.run is run]
        for clip in run.of("clip"):
            if clip.place.module is timeline.module:
                late = _late_for(run, clip, of_run)
                if late is not None:
                    yield clip, late


def _late_for(run: Run, clip: Event, found: list[Update]) -> Update | None:
    """The update that a clip comes too late for, if the run's order leaves no other way."""
    around = [
        event
        for event in run.of("backward", "update")
        if clip.loops and clip.loops == event.loops[: len(clip.loops)]
        if not exclusive(event, clip)
    ]
    before = [event for event in around if event.order < clip.order]
    after = [event for event in around if event.order > clip.order]
    # The loop comes round: before its first event stands its last, and the other way about.
    previous = (before or after)[-1:]
    following = (after or before)[:1]
    if not previous or not following or following[0].kind != "backward":
        return None
    late = next((u for u in found if u.step is previous[0]), None)
    if late is None or not late.backward.order < late.step.order:
        return None
    frame, own = late.step.stack[-1], clip.stack[-1]
    sometimes = frame.function is not own.function or any(
        test not in conditions(own) for test in conditions(frame)
    )
    return None if sometimes or late.clips else late


def move_before(timeline: Timeline, clip: Event, step: Event) -> Fix | None:
    """Move a clip that has its line to itself in front of a step."""
    module = timeline.module
    statement, target = clip.stack[-1].path[-1], step.stack[-1].path[-1]
    text = module.text(statement)
    if not isinstance(statement, t.ExprStmt) or "\n" in text or step.place.module is not module:
        return None
    edits = (delete_lines(module, statement), insert_before(module, target, [text]))
    kept = tuple(edit for edit in edits if edit is not None)
    if len(kept) != len(edits):
        return None
    return Fix(Safety.UNSAFE, "Clip before the step", kept)


def never_zeroed(timeline: Timeline) -> Iterator[Update]:
    """Updates whose gradients add up from step to step, because nothing ever zeroes them."""
    catalog = timeline.catalog
    zeroes = [e for run in timeline.runs for e in run.of("zero", at_least=Sure.NO)]
    if zeroes:
        return
    for update in updates(timeline):
        optimizer = update.optimizer
        if not isinstance(optimizer, Obj) or optimizer.made is None:
            continue
        loops = [loop for loop in update.step.loops if loop in update.backward.loops]
        adds_up = catalog.inherited(optimizer.type, "accumulates")
        anew = bool(loops) and loops[-1] in optimizer.made.loops
        if adds_up and loops and not anew and not _hidden(update):
            yield update


def _hidden(update: Update) -> bool:
    """Whether something that cannot be read gets hold of the gradients."""
    run, loop = update.run, set(update.step.loops)
    for event in run.of("opaque", at_least=Sure.NO):
        given = event.facts["values"]
        held = any(is_trained(run, value) for value in given)
        if update.optimizer in given or (held and loop & set(event.loops)):
            return True
    return False


def zero_after(timeline: Timeline, update: Update) -> Fix | None:
    """Zero the gradients behind the step, whatever condition that is under."""
    step = update.step
    statement, node = step.stack[-1].path[-1], step.node
    alone = isinstance(statement, t.ExprStmt) and statement.value is node
    if not alone or step.place.module is not timeline.module or not isinstance(node, t.Call):
        return None
    if not isinstance(node.func, t.Attr) or len(node.args) > 1:
        return None
    if (update.scaler is None) is bool(node.args):
        return None  # a closure computes the gradients inside of the step
    held = node.func.value if update.scaler is None else node.args[0].value
    edit = insert_after(timeline.module, statement, [f"{timeline.module.text(held)}.zero_grad()"])
    return Fix(Safety.UNSAFE, "Zero the gradients after the step", (edit,)) if edit else None
