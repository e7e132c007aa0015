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

Asked once for a loop, on the line of its `backward`. Whatever looks at the norm settles it: a norm
that is logged, printed, returned, stored or compared, in any spelling and in any helper that can be
followed; hooks, `wandb.watch`, anomaly detection. Trainers that log the norm are not asked, nor is
a loop that optimises its input instead of a model. A helper that gets the model and cannot be read
silences the question.

The fix computes the norm before the step, without changing the gradients, and stops with a message
that names the suspects when it is not finite. It is unsafe, since such a run stops now.
"""

from collections.abc import Iterator

from triptych_lint.rule import Ask, Safety, rule
from triptych_lint.timeline import Event, Run, Timeline
from triptych_lint.timeline.loops import step_of, watched
from triptych_lint.timeline.normfix import observe


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
    """Ask about each loop that steps on gradients which nobody looks at."""
    asked: set[object] = set()
    for run in timeline.runs:
        if not run.complete:
            continue
        # Several losses may go into one step; the norm is complete at the last of them.
        last: dict[object, tuple[Event, Event]] = {}
        for backward, step in _pairs(timeline, run):
            key = (step.receiver, step.loops[-1:])
            if key not in last or backward.order < step.order:
                last[key] = (backward, step)
        for backward, step in last.values():
            if backward.node not in asked and not watched(timeline, run, backward, step):
                asked.add(backward.node)
                yield _ask(timeline, run, backward, step)


def _pairs(timeline: Timeline, run: Run) -> Iterator[tuple[Event, Event]]:
    """Each ``backward`` of this module with the step that applies its gradients."""
    for backward in run.of("backward"):
        if backward.place.module is timeline.module:
            step = step_of(run, backward)
            if step is not None:
                yield backward, step


def _ask(timeline: Timeline, run: Run, backward: Event, step: Event) -> Ask:
    module = timeline.module
    clips = [clip for clip in run.of("clip") if clip.loops[-1:] == backward.loops[-1:]]
    clips = [clip for clip in clips if clip.order > backward.order]
    place = step.place_in(module)
    fields = {
        "step": step.short.rpartition(".")[2] or "step",
        "step_line": place.line,
    }
    evidence = [(place, "applied here")]
    if clips:
        clip = clips[0].place_in(module)
        fields["clip"] = clips[0].short.rpartition(".")[2]
        fields["clip_line"] = clip.line
        evidence.append((clip, "computes the norm"))
    logs = [e for e in run.of("track") if set(e.loops) & set(backward.loops)]
    if logs:
        log = min(logs, key=lambda event: abs(event.order - backward.order))
        evidence.append((log.place_in(module), "could carry it"))
    return Ask(
        at=backward.place,
        variant="clip" if clips else "",
        fields=fields,
        evidence=tuple(evidence),
        fix=observe(timeline, run, backward, step, clips),
    )
