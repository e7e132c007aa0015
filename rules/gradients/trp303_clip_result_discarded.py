"""A clip computes the gradient norm and throws it away, in a loop that logs other metrics.

`clip_grad_norm_` returns the norm as it was before the clip (established by running: 170.49 where
1.0 was left after it). The loop pays for the most telling number of training and does not keep it;
the logging call that could carry it stands a few lines away. In the packages of our benchmark, 36
of 60 loops without a norm are of this kind.

    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    wandb.log({"loss": loss.item()})

    grad_norm = torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    wandb.log({"loss": loss.item(), "grad_norm": grad_norm.item()})

Asked once for an optimizer, on the line of its `backward`, in place of TRP301. A norm that is bound
and never read counts as thrown away. What settles TRP301 settles it as well; `clip_grad_value_`
returns nothing and is not meant. Ignore it where a callback of another file records the norm.

The fix binds the norm and adds it to the logging call in that call's own form: a dict, a keyword,
an f-string, a `%` format, another `add_scalar` with the same step. It adds no wait for the device
to a step that the loop does not log. It is unsafe, since somebody reads what is logged. Where the
clip is under a condition that the logging call is not under, none is offered.
"""

from collections.abc import Iterator

from triptych_lint.rule import Ask, Safety, rule
from triptych_lint.timeline import Event, Timeline
from triptych_lint.timeline.looks import looks
from triptych_lint.timeline.normfix import observe, report
from triptych_lint.timeline.reports import nearest
from triptych_lint.timeline.updates import Update, updates


@rule(
    "TRP303",
    "clip-result-discarded",
    question="Shall the log on line {log_line} show the gradient norm as well? `{clip}` on line"
    " {clip_line} returns it, and the value is dropped.",
    statement="`{clip}` on line {clip_line} returns the gradient norm, which is dropped although"
    " the loop logs on line {log_line}.",
    safety=Safety.UNSAFE,
    skill="pytorch-internals",
    needs={"clip"},
)
def clip_result_discarded(timeline: Timeline) -> Iterator[Ask]:
    """Ask about each update whose clip knows the norm, where the loop logs and nobody looks."""
    asked: set[object] = set()
    for update in updates(timeline):
        clip = update.clip
        carrier = nearest(update.run, clip) if clip is not None else None
        if clip is None or carrier is None or update.backward.node in asked:
            continue
        if not any(looks(timeline, update)):
            asked.add(update.backward.node)
            yield _ask(timeline, update, clip, carrier)


def _ask(timeline: Timeline, update: Update, clip: Event, carrier: Event) -> Ask:
    module = timeline.module
    at, log = clip.place_in(module), carrier.place_in(module)
    return Ask(
        at=update.backward.place,
        fields={
            "clip": clip.short.rpartition(".")[2],
            "clip_line": at.line,
            "log_line": log.line,
        },
        evidence=((at, "computes the norm"), (log, "could carry it")),
        fix=report(timeline, update, carrier) or observe(timeline, update),
    )
