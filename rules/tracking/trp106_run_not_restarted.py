"""`wandb.init` comes again while the run before is still open.

In a script, a second `wandb.init` returns the run that is open, and drops the config that it is
given: the trials of a sweep end in one curve under the settings of the first. Three learning rates
left one run of 93 rows that says `lr: 0.001`, and three runs of 31 rows after the fix.

    for lr in (1e-3, 1e-2):
        wandb.init(project="cells", config={"lr": lr})
        train(lr)

    for lr in (1e-3, 1e-2):
        wandb.init(project="cells", config={"lr": lr}, reinit="finish_previous")
        train(lr)

A `with wandb.init(...) as run:` and `run.finish()` do the same. Asked where a start stands in a
loop, or in the objective of a study, and nothing in it closes the run for certain. Notebooks are
left alone: since 0.19.9 a new `wandb.init` closes the old run there, in one cell as across cells;
before that it returned the open one, as in a script.

A note on `reinit=True` and `reinit=False`, which still work and are deprecated since 0.19.9: they
are called `"finish_previous"` and `"return_previous"` now.

The fix writes these words. It is unsafe: what was one run becomes several, and wandb up to 0.19.8
does not know the words and raises.

All of this was run in offline mode: scripts with wandb 0.16.6, 0.18.7, 0.19.8, 0.19.9, 0.20.1 and
0.31.0, notebooks in a Jupyter kernel with 0.16.6, 0.19.8, 0.19.9 and 0.31.0.
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
