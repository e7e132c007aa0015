"""Anomaly detection is on for a whole training run.

It finds the operation whose gradient is NaN, and pays for it: it keeps the stack of every forward
operation and tests every backward one, on each step. It is a tool for the minute after something
went wrong. It is also no full check: it raises on NaN and lets Inf pass (established by running:
the gradient of `1/w` at 0).

    torch.autograd.set_detect_anomaly(True)
    for epoch in range(100):
        train(model, loader)

    torch.autograd.set_detect_anomaly(args.debug)

A note, off by default (`--extend-select TRP307`). Asked where the run switches it on for certain
and trains afterwards, with no way to leave it off. An option, a condition, a `with` around a few
steps and a later `set_detect_anomaly(False)` settle it. Ignore it in a script that is made for
debugging.

There is no fix: what is to take its place (nothing, an option, a look at the norm) is a choice.
"""

from collections.abc import Iterator

from triptych_lint import tree as t
from triptych_lint.model import Severity
from triptych_lint.rule import Ask, rule
from triptych_lint.timeline import Event, Run, Sure, Timeline


@rule(
    "TRP307",
    "anomaly-left-on",
    question="Is `{what}` on line {line} meant to stay on for the whole run? It slows every step.",
    statement="`{what}` on line {line} keeps anomaly detection on for the whole run.",
    severity=Severity.NOTE,
    default=False,
    skill="pytorch-internals",
    needs={"slow"},
)
def anomaly_left_on(timeline: Timeline) -> Iterator[Ask]:
    """Ask about anomaly detection that a training run switches on for certain."""
    run = timeline.main
    slow = next(run.of("slow", at_least=Sure.YES), None)
    if slow is None or not timeline.is_entry or slow.place.module is not timeline.module:
        return
    step = _trained_under(run, slow)
    off = any(event.order > slow.order for event in run.of("slow", at_least=Sure.NO))
    if step is not None and not off:
        yield Ask(
            at=slow.place,
            fields={"what": slow.short},
            evidence=((step.place_in(timeline.module), "every step pays for it"),),
        )


def _trained_under(run: Run, slow: Event) -> Event | None:
    """The training that runs while it is on: after the call, or inside of its ``with``."""
    frame = slow.stack[-1]
    inside = frame.path[-1] if isinstance(frame.path[-1], t.With) else None
    if slow.loops and inside is not None:
        return None
    for event in run.of("update", "train"):
        held = inside is None or any(inside in level.path for level in event.stack)
        if event.order > slow.order and held:
            return event
    return None
