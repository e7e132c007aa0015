"""A loop takes optimisation steps, and nobody looks at the gradient norm.

The norm after the first `backward` says in one number whether the loss, the initialisation or the
precision is wrong: NaN or Inf there is not mended by more epochs, and a finite loss is no proof of
finite gradients (established by running: `sqrt(sum(w**2))` at 0). It costs next to nothing: on an
H100 one fused norm for each step could not be told from noise.

    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)     # returns the norm; thrown away
    optimizer.step()

    loss.backward()
    grad_norm = torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    log({"grad_norm": grad_norm})
    optimizer.step()

Asked once for each optimizer of a loop, on the line of its last `backward`; where two branches of a
condition (mixed precision and not) each have their own step, in both. Whatever looks at the norm
settles it: a norm that is logged, printed, returned, stored or compared, in any spelling and in any
helper that can be followed; hooks, `wandb.watch`, anomaly detection. Trainers that log the norm are
not asked, nor is a loop that optimises its input instead of a model. A helper that gets the model
and cannot be read silences the question. Where a clip drops the norm in a loop that logs, TRP303
asks.

A closure is asked as a loop is: LBFGS keeps a gradient that is not finite in its history, and did
not recover from one with or without a line search (established by running).

The fix computes the norm before the step, without changing the gradients: by `get_total_norm`
(torch 2.6 and later; scripts that look older get a stack of norms), never by a clip with an
infinite norm, which writes NaN into gradients. It stops with a message that names the suspects when
the norm is not finite: on the first step where the loop counts its steps, else where the loop waits
for the device anyway. Under `GradScaler` it unscales first, and stops only once the scale has
fallen to 1, since a healthy run may overflow while the scale calibrates; where the scale is out of
sight (Accelerate, Fabric, Lightning, apex) none is offered. Where the loop reports, the norm joins
the report. The fix is unsafe, since such a run stops now.
"""

from collections.abc import Iterator

from triptych_lint.rule import Ask, Safety, rule
from triptych_lint.timeline import Timeline
from triptych_lint.timeline.looks import looks
from triptych_lint.timeline.normfix import observe
from triptych_lint.timeline.reports import nearest
from triptych_lint.timeline.updates import Update, updates


@rule(
    "TRP301",
    "grad-norm-not-observed",
    question={
        "": "Is the gradient norm finite on the first step? Nothing looks at it between `backward`"
        " on line {line} and `{step}` on line {step_line}.",
        "clip": "What was the gradient norm on the first step? `{clip}` on line {clip_line} returns"
        " it, and the value is dropped.",
    },
    statement={
        "": "The gradients of `backward` on line {line} are applied on line {step_line}, and their"
        " norm is never observed.",
        "clip": "`{clip}` on line {clip_line} returns the gradient norm, which is never observed.",
    },
    safety=Safety.UNSAFE,
    skill="pytorch-internals",
    needs={"backward"},
)
def grad_norm_not_observed(timeline: Timeline) -> Iterator[Ask]:
    """Ask about each update whose gradients nobody looks at, and that no log could show at once."""
    asked: set[object] = set()
    for update in updates(timeline):
        if update.backward.node in asked or any(looks(timeline, update)):
            continue
        clip = update.clip
        if clip is None or nearest(update.run, clip) is None:
            asked.add(update.backward.node)
            yield _ask(timeline, update)


def _ask(timeline: Timeline, update: Update) -> Ask:
    module, step, clip = timeline.module, update.step, update.clip
    place = step.place_in(module)
    fields = {"step": step.short.rpartition(".")[2] or "step", "step_line": place.line}
    evidence = [(place, "applied here")]
    if clip is not None:
        at = clip.place_in(module)
        fields |= {"clip": clip.short.rpartition(".")[2], "clip_line": at.line}
        evidence.append((at, "computes the norm"))
    carrier = nearest(update.run, step)
    if carrier is not None and carrier.order > update.backward.order:
        evidence.append((carrier.place_in(module), "could carry it"))
    return Ask(
        at=update.backward.place,
        variant="clip" if clip is not None else "",
        fields=fields,
        evidence=tuple(evidence),
        fix=observe(timeline, update),
    )
