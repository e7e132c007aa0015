"""The gradient norm is shown, and nothing would stop the run when it is NaN.

A curve is read afterwards. A norm that is NaN on the first step says at once that the loss, the
initialisation or the precision is wrong, and every hour after it is lost. What looks like a check
is often none: a finite loss may have non-finite gradients (established by running:
`sqrt(sum(w**2))` at 0), `nan_to_num` hides them, `GradScaler` skips the step and says nothing, and
`wandb.watch` drops the values that are not finite before it draws its histogram.

    grad_norm = torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    wandb.log({"loss": loss.item(), "grad_norm": grad_norm})

    grad_norm = torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    if step == 0 and not torch.isfinite(grad_norm):
        raise FloatingPointError(f"gradient norm {grad_norm}: loss, initialisation or precision?")
    optimizer.step()

A note. Any condition that depends on a norm or a gradient settles it, and so does
`error_if_nonfinite=True`, anomaly detection, `apply_if_finite`, `jax_debug_nans`; so does a norm
that goes where it cannot be followed. Where no norm is shown at all, TRP301 or TRP303 asks instead.
Ignore it where somebody watches the curve from the start.

The fix puts the check behind the line that binds the norm: on the first step where the loop counts
its steps; else on each, where the loop waits for the device anyway. Under `GradScaler` it stops
only once the scale has fallen to 1, since a healthy run may overflow while the scale calibrates. It
is unsafe, since such a run stops now.
"""

from collections.abc import Iterator

from triptych_lint.model import Severity
from triptych_lint.rule import Ask, Safety, rule
from triptych_lint.timeline import Event, Sure, Timeline
from triptych_lint.timeline.looks import looks
from triptych_lint.timeline.normfix import check
from triptych_lint.timeline.updates import Update, updates


@rule(
    "TRP302",
    "no-first-step-check",
    question="Would this run stop if the gradient norm were NaN on the first step? It is shown on"
    " line {shown_line}, and nothing tests it.",
    statement="The gradient norm is shown on line {shown_line}, and nothing stops the run when it"
    " is not finite.",
    severity=Severity.NOTE,
    safety=Safety.UNSAFE,
    skill="pytorch-internals",
    needs={"backward"},
)
def no_first_step_check(timeline: Timeline) -> Iterator[Ask]:
    """Ask about each update whose norm is shown for certain, and does nothing else."""
    asked: set[object] = set()
    for update in updates(timeline):
        shown = _only_shown(list(looks(timeline, update)))
        if shown is None or update.backward.node in asked:
            continue
        asked.add(update.backward.node)
        yield _ask(timeline, update, shown)


def _only_shown(found: list[Event]) -> Event | None:
    """Where the norm is shown, if everything that is done with it can be followed."""
    if any(e.kind != "observe" or e.facts["how"] not in ("shown", "kept") for e in found):
        return None
    return next((e for e in found if e.facts["how"] == "shown" and e.sure > Sure.NO), None)


def _ask(timeline: Timeline, update: Update, shown: Event) -> Ask:
    module = timeline.module
    place, step = shown.place_in(module), update.step.place_in(module)
    return Ask(
        at=update.backward.place,
        fields={"shown_line": place.line},
        evidence=((place, "shown here"), (step, "applied here")),
        fix=check(timeline, update),
    )
