"""`wandb.init` comes again while the run before is still open.

In a script, a second `wandb.init` returns the run that is open, and drops the config that it is
given (established by running, wandb 0.31): the trials of a sweep end in one curve under the
settings of the first. A notebook closes the old run by itself.

    for lr in (1e-3, 1e-2):
        wandb.init(project="cells", config={"lr": lr})
        train(lr)

    for lr in (1e-3, 1e-2):
        wandb.init(project="cells", config={"lr": lr}, reinit="finish_previous")
        train(lr)

A `with wandb.init(...) as run:` and `run.finish()` do the same. Asked where a start stands in a
loop, or in the objective of a study, and nothing in it closes the run for certain.

A note on `reinit=True` and `reinit=False`, which still work and are deprecated: they are called
`"finish_previous"` and `"return_previous"` now.

The fix writes these words. It is unsafe: what was one run becomes several, and wandb up to 0.19.8
does not know the words and raises (established by running).
"""

from collections.abc import Iterator

from triptych_lint.rule import Ask, Safety, Severity, rule
from triptych_lint.timeline import Timeline
from triptych_lint.timeline.reopened import old_values, repeated, say


@rule(
    "TRP106",
    "run-not-restarted",
    question={
        "loop": "Was one run meant for each pass of the loop on line {other}? `{start}` on line"
        " {line} returns the run that is still open, and drops the new config.",
        "search": "Was one run meant for each trial of the search on line {other}? `{start}` on"
        " line {line} returns the run that is still open, and drops the new config.",
        "boolean": "Shall `reinit` on line {line} say `{word}`? The boolean is deprecated.",
    },
    statement={
        "loop": "`{start}` on line {line} returns the run that is still open on each further pass"
        " of the loop on line {other}.",
        "search": "`{start}` on line {line} returns the run that is still open for each further"
        " trial of the search on line {other}.",
        "boolean": "`reinit` on line {line} is a boolean, which is deprecated: `{word}`.",
    },
    safety=Safety.UNSAFE,
    needs={"track"},
)
def run_not_restarted(timeline: Timeline) -> Iterator[Ask]:
    """Ask about starts of a run that come while the last one is open."""
    run, module = timeline.main, timeline.module
    if not timeline.is_entry or not run.complete:
        return
    for start, word in old_values(run):
        if start.place.module is module:
            yield Ask(
                at=start.place,
                variant="boolean",
                severity=Severity.NOTE,
                fields={"word": word},
                fix=say(timeline, start, word, f"Say `{word}`"),
            )
    if module.path.endswith(".ipynb"):  # a notebook closes the old run by itself
        return
    for found in repeated(run):
        place = found.start.place_in(module)
        yield Ask(
            at=place,
            variant=found.by,
            fields={"start": found.start.short_in(module), "other": found.place.line},
            evidence=((found.place, "comes again here"), (place, "the run stays open")),
            fix=say(timeline, found.start, "finish_previous", "One run for each"),
        )
