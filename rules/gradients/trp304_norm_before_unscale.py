"""Gradients are clipped, or their norm is read, while `GradScaler` has them scaled up.

The scaler multiplies the loss by up to 65536, and so every gradient, until `unscale_`. A clip
before it shrinks gradients that are not large at all: with a threshold of 1.0 every step becomes a
step of norm 1/65536. A norm read there is off by the same factor (established by running: 322,031
where the norm was 4.9), and moves whenever the scale does.

    scaler.scale(loss).backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    scaler.step(optimizer)

    scaler.scale(loss).backward()
    scaler.unscale_(optimizer)
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    scaler.step(optimizer)

Asked at the clip, or where the norm is looked at, if nothing unscales between `backward` and there.
A scaler that is switched off for good (`enabled=False`) is left alone; Accelerate, Fabric and
Lightning unscale by themselves in their own clip methods. With `enabled=args.amp` it is asked: the
loop is wrong as soon as the option is on.

The fix puts `unscale_` in front; `step` then knows that it is done. It is unsafe: the clip begins
to mean what it says, and the run changes.
"""

from collections.abc import Iterator

from triptych_lint.rule import Ask, Safety, rule
from triptych_lint.timeline import Timeline
from triptych_lint.timeline.scaling import looked_at_scaled, unscale
from triptych_lint.timeline.updates import updates


@rule(
    "TRP304",
    "norm-before-unscale",
    question={
        "clip": "Should `unscale_` come before `{what}` on line {line}? The gradients are still"
        " scaled up there.",
        "observe": "Is this norm meant to include the scale of `GradScaler`? It is read before any"
        " `unscale_`.",
    },
    statement={
        "clip": "`{what}` on line {line} clips gradients that are still scaled up.",
        "observe": "The gradient norm on line {line} is read before `unscale_`, and includes the"
        " scale.",
    },
    safety=Safety.UNSAFE,
    skill="pytorch-internals",
    needs={"backward"},
)
def norm_before_unscale(timeline: Timeline) -> Iterator[Ask]:
    """Ask about the first clip or look of each update that stands before `unscale_`."""
    asked: set[object] = set()
    for update in updates(timeline):
        early = looked_at_scaled(update)
        if early is None or early.node in asked or early.place.module is not timeline.module:
            continue
        asked.add(early.node)
        yield Ask(
            at=early.place,
            variant=early.kind,
            fields={"what": early.short.rpartition(".")[2]},
            evidence=(
                (update.backward.place, "scaled up here"),
                (update.step.place_in(timeline.module), "applied here"),
            ),
            fix=unscale(timeline, update, early),
        )
