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
libraries. Of a plain decision tree only the rows decide whether it draws anything that matters (on
9 of 11 data sets it did): it is asked for where it takes features or thresholds at random. A seed
of numpy anywhere, or a helper that cannot be read, silences the question.

With one exception: what `cross_val_score` or `GridSearchCV` fit with `n_jobs=2` is fitted in other
processes, each with a stream of its own, and `np.random.seed` does not reach them (run: the scores
of a seeded script differ). A forest with `n_jobs` of its own is no such case.

Ignore it where the spread between runs is what is measured.

The fix gives each of the calls the script's own seed, or 42. It is unsafe, since the numbers of the
next run change.
"""

from collections.abc import Iterator

from triptych_lint import tree as t
from triptych_lint.rule import Ask, Place, Safety, rule
from triptych_lint.timeline import Event, Timeline
from triptych_lint.timeline.randomstate import (
    also,
    give_states,
    maker,
    parameter,
    unreached,
    unset,
)
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
        "workers": "Did we mean to give `{made}` a `{parameter}`? `{call}` on line {line} fits it"
        " in other processes, which the seed of line {seed_line} does not reach.",
    },
    statement={
        "": "`{call}` on line {line} {what} without a `{parameter}`, and nothing seeds its stream.",
        "more": "`{call}` on line {line} {what} without a `{parameter}`, as {others} do; nothing"
        " seeds their stream.",
        "workers": "`{call}` on line {line} fits `{made}` in other processes without a"
        " `{parameter}`; the seed of line {seed_line} does not reach them.",
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
    apart = [] if draws else unreached(run)
    if apart:
        yield _in_workers(timeline, apart)
    if not draws:
        return
    first, *rest = draws
    evidence = _evidence(timeline, draws)
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
        fix=give_states(timeline, also(timeline, draws)),
    )


def _evidence(timeline: Timeline, draws: list[Event]) -> list[tuple[Place, str]]:
    found = []
    for draw in draws[:SHOWN]:
        found += shown(timeline, draw, str(draw.facts["what"] or "draws"))
        made = maker(draw)
        if made is not draw and made.place.module is timeline.module:
            found.append((made.place, "made without a seed"))
    return found


def _in_workers(timeline: Timeline, draws: list[Event]) -> Ask:
    first, module = draws[0], timeline.module
    seed = seeds(timeline.main)[first.facts["stream"]].place_in(module)
    return Ask(
        at=first.place_in(module),
        variant="workers",
        fields={
            "call": module.text(first.node.func) if isinstance(first.node, t.Call) else "",
            "made": first.name.rpartition(".")[2],
            "parameter": parameter(timeline, first) or "",
            "seed_line": seed.line,
        },
        evidence=(*_evidence(timeline, draws), (seed, "seeds this process only")),
        fix=give_states(timeline, draws),
    )
