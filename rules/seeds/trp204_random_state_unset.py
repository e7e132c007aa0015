"""An estimator, a splitter or a search draws, and was given no `random_state`.

Half of scikit-learn's estimators with a `random_state` depend on it by default (48 of 88, each run
with several seeds); so do `train_test_split` and every splitter that shuffles. Without it they draw
from numpy's global stream, and where nothing seeds that, two runs of the script split and fit
differently.

    X_train, X_test = train_test_split(X)
    forest = RandomForestClassifier().fit(X_train, y_train)

    X_train, X_test = train_test_split(X, random_state=SEED)
    forest = RandomForestClassifier(random_state=SEED).fit(X_train, y_train)

Asked once for a run, where such calls are all that draws unseeded; where anything else does too,
one global seed is the better answer and TRP201 asks for it. What draws nothing is never asked for:
`KFold()` without shuffle (where a seed raises an error), `LogisticRegression`, `Ridge`, boosting
libraries. A seed of numpy anywhere, or a helper that cannot be read, silences the question.

Ignore it where the spread between runs is what is measured.

The fix gives each of the calls the script's own seed, or 42. It is unsafe, since the numbers of the
next run change.
"""

from collections.abc import Iterator

from triptych_lint.rule import Ask, Safety, rule
from triptych_lint.timeline import Timeline
from triptych_lint.timeline.randomstate import give_states, maker, parameter, unset
from triptych_lint.timeline.seeding import seeds, shown

SHOWN = 5
"""Calls that are named as evidence; more of them say nothing new."""


@rule(
    "TRP204",
    "random-state-unset",
    question={
        "": "Did we mean to give `{call}` a `{parameter}`? On line {line} it {what}, and nothing"
        " seeds the stream that it draws from.",
        "more": "Did we mean to give `{call}` a `{parameter}`? On line {line} it {what}, and"
        " nothing seeds the stream that it and {others} draw from.",
    },
    statement={
        "": "`{call}` on line {line} {what} without a `{parameter}`, and nothing seeds its stream.",
        "more": "`{call}` on line {line} {what} without a `{parameter}`, as {others} do; nothing"
        " seeds their stream.",
    },
    safety=Safety.UNSAFE,
    needs={"draw"},
)
def random_state_unset(timeline: Timeline) -> Iterator[Ask]:
    """Ask for the calls that draw, if giving them a seed is all that the run lacks."""
    run, module = timeline.main, timeline.module
    if not timeline.is_entry or not run.complete:
        return
    draws = list(unset(timeline).values())
    if not draws:
        return
    first, *rest = draws
    evidence = []
    for draw in draws[:SHOWN]:
        evidence += shown(timeline, draw, str(draw.facts["what"] or "draws"))
        made = maker(draw)
        if made is not draw and made.place.module is module:
            evidence.append((made.place, "made without a seed"))
    evidence += [
        (seed.place_in(module), "seeds another stream")
        for seed in {id(seed): seed for seed in seeds(run).values()}.values()
    ]
    yield Ask(
        at=first.place_in(module),
        variant="more" if rest else "",
        fields={
            "call": first.short_in(module),
            "parameter": parameter(timeline, first) or "",
            "what": first.facts["what"] or "draws",
            "others": "another call" if len(rest) == 1 else f"{len(rest)} other calls",
        },
        evidence=tuple(evidence),
        fix=give_states(timeline, draws),
    )
