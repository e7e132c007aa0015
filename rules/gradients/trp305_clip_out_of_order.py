"""Gradients are clipped where no step is left to feel it.

A clip changes `p.grad`. After the step, before the next `backward`, the gradients it changes were
applied already and are zeroed next: the weights come out bit for bit as without it (established by
running). The same holds for a clip that stands behind the loop over the batches, once per epoch.

    loss.backward()
    optimizer.step()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)

    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()

Asked at the clip, if the last thing before it is a step and the next is a `backward`, in the order
of the run. Where the step is under a condition (gradient accumulation) it is not asked, and neither
where a loop begins with the step of the gradients of its last pass. Clipping weights (WGAN) is
another matter. Ignore it where the clip only serves to read the norm of the gradients that were
applied.

The fix moves the line in front of the step. It is unsafe: the clip begins to work.
"""

from collections.abc import Iterator

from triptych_lint.rule import Ask, Safety, rule
from triptych_lint.timeline import Event, Timeline
from triptych_lint.timeline.order import late_clips, move_before
from triptych_lint.timeline.updates import Update


@rule(
    "TRP305",
    "clip-out-of-order",
    question={
        "": "Should `{clip}` come before `{step}` on line {step_line}? Here the gradients were"
        " applied already.",
        "early": "Should `{clip}` come after `backward` on line {backward_line}? The gradients that"
        " `{step}` applies are not there yet.",
        "epoch": "Should `{clip}` stand inside of the loop, before `{step}` on line {step_line}?"
        " Here it is run once all steps are done.",
    },
    statement={
        "": "`{clip}` on line {line} clips gradients that `{step}` on line {step_line} has"
        " applied.",
        "early": "`{clip}` on line {line} clips before `backward` on line {backward_line} has"
        " computed the gradients of this step.",
        "epoch": "`{clip}` on line {line} clips once the loop is over, when `{step}` on line"
        " {step_line} has applied every gradient.",
    },
    safety=Safety.UNSAFE,
    skill="pytorch-internals",
    needs={"clip"},
)
def clip_out_of_order(timeline: Timeline) -> Iterator[Ask]:
    """Ask about each clip between a step and the next `backward`."""
    asked: set[object] = set()
    for clip, update in late_clips(timeline):
        if clip.node not in asked:
            asked.add(clip.node)
            yield _ask(timeline, clip, update)


def _ask(timeline: Timeline, clip: Event, update: Update) -> Ask:
    step = update.step.place_in(timeline.module)
    early = "early" if clip.order < update.backward.order else ""
    return Ask(
        at=clip.place,
        variant="epoch" if len(clip.loops) < len(update.step.loops) else early,
        fields={
            "backward_line": update.backward.place.line,
            "clip": clip.short.rpartition(".")[2],
            "step": update.step.short,
            "step_line": step.line,
        },
        evidence=((update.backward.place, "computed here"), (step, "applied here")),
        fix=move_before(timeline, clip, update.step),
    )
