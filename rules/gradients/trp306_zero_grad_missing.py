"""Nothing ever zeroes the gradients, so that each step applies the sum of all gradients so far.

`backward` adds to `p.grad`. Without a `zero_grad` the update of step 1000 is made from a thousand
batches of which 999 are stale; it works like a momentum of 1, and diverges or stalls (established
by running: after three identical batches the gradient is three times the gradient). Nothing warns.

    for x, y in loader:
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()

    for x, y in loader:
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()

Asked once for a loop, on the line of its `backward`, if no run of the file zeroes anything: no
`zero_grad` of an optimizer or a model, no `p.grad = None`, no `p.grad.zero_()`, in any helper that
can be followed. Gradient accumulation zeroes as well, only less often. A call in the loop that
cannot be read silences it; so does an optimizer that is made anew in each pass, and jax, TensorFlow
and DeepSpeed, whose gradients do not add up.

The fix zeroes behind the step. It is unsafe: the run changes, and that is its point.
"""

from collections.abc import Iterator

from triptych_lint.rule import Ask, Safety, rule
from triptych_lint.timeline import Timeline
from triptych_lint.timeline.order import never_zeroed, zero_after


@rule(
    "TRP306",
    "zero-grad-missing",
    question="Are the gradients meant to add up from step to step? Nothing zeroes them between"
    " `{step}` on line {step_line} and the next `backward`.",
    statement="The gradients of `backward` on line {line} are never zeroed after `{step}` on line"
    " {step_line}.",
    safety=Safety.UNSAFE,
    skill="pytorch-internals",
    needs={"backward"},
)
def zero_grad_missing(timeline: Timeline) -> Iterator[Ask]:
    """Ask about each update whose gradients are never zeroed."""
    asked: set[object] = set()
    for update in never_zeroed(timeline):
        if update.backward.node in asked:
            continue
        asked.add(update.backward.node)
        step = update.step.place_in(timeline.module)
        yield Ask(
            at=update.backward.place,
            fields={"step": update.step.short, "step_line": step.line},
            evidence=((step, "applied here"),),
            fix=zero_after(timeline, update),
        )
