"""Metrics are logged while the tracker has no run open.

`wandb.log` before `wandb.init`, after `wandb.finish`, or below the `with` that the run was opened
in raises an error, and so do `run.log`, `config.update` and `define_metric` there (run offline with
wandb 0.16.6, 0.18.7, 0.19.8, 0.19.9, 0.20.1 and 0.31.0). Where the log stands at the end of
the training, the error comes after hours, and takes with it what it was meant to keep.

    with wandb.init(project="cells") as run:
        train(model)
    wandb.log({"test_acc": evaluate(model)})

    with wandb.init(project="cells") as run:
        train(model)
        run.log({"test_acc": evaluate(model)})

What counts is the order in which the run meets these lines, across functions and files. Asked where
the flow is certain: no condition stands before the log, one run is started in sight, and nothing
that cannot be read might start another.

There is no fix: which of the two lines is to move is a choice.
"""

from collections.abc import Iterator

from triptych_lint.rule import Ask, rule
from triptych_lint.timeline import Timeline
from triptych_lint.timeline.openruns import lost


@rule(
    "TRP105",
    "logged-without-run",
    question={
        "early": "Should the run start first? `{call}` on line {line} comes before the start of the"
        " run on line {other}, and raises.",
        "ended": "Should the run end later? `{call}` on line {line} comes after its end on line"
        " {other}, and raises.",
        "left": "Does `{call}` on line {line} belong into the `with` on line {other}? The run ends"
        " there, and the call raises.",
    },
    statement={
        "early": "`{call}` on line {line} comes before the start of the run on line {other}.",
        "ended": "`{call}` on line {line} comes after the end of the run on line {other}.",
        "left": "`{call}` on line {line} comes after the `with` on line {other} closed the run.",
    },
    needs={"track"},
)
def logged_without_run(timeline: Timeline) -> Iterator[Ask]:
    """Ask about what is logged when no run is open."""
    if not timeline.is_entry or not timeline.main.complete:
        return
    for found in lost(timeline.main):
        place = found.call.place_in(timeline.module)
        words = {"early": "starts only here", "ended": "ends here", "left": "ends with this block"}
        yield Ask(
            at=place,
            variant=found.how,
            fields={"call": found.call.short_in(timeline.module), "other": found.because.line},
            evidence=((found.because, words[found.how]), (place, "logged without a run")),
        )
