"""The score that is reported comes from the rows that were fitted on.

It says how well the model remembers, and a forest or a nearest neighbour remembers everything: on
labels of pure noise a random forest scores 1.00 on its own rows and 0.50 on others (measured). A
comparison of models by such scores chooses the one that overfits most.

    forest.fit(X_train, y_train)
    print(forest.score(X_train, y_train))

    print(cross_val_score(forest, X_train, y_train, cv=5).mean())
    forest.fit(X_train, y_train)

Asked where every score of the run is computed on the very rows that its model learned from, and
the model goes on to predict other rows or a held-out part lies unused; and where the rows to
validate on are those to train on. Without other rows in sight a score of classes is a note, and a
regression that describes its own table is right. A score on training rows beside one on held-out
rows, cross-validation, out-of-bag scores and a validation split inside of the fit settle it.

Ignore it where other rows are scored elsewhere, on a leaderboard for instance.
"""

from collections.abc import Iterator

from triptych_lint.rule import Ask, Place, Severity, rule
from triptych_lint.timeline import Event, Sure, Timeline
from triptych_lint.timeline.heldout import (
    may_be_validated,
    predicts_others,
    watches_itself,
    withheld,
)
from triptych_lint.timeline.scores import Score, scores

SHOWN = 5
"""Scores that are named as evidence; more of them say nothing new."""


@rule(
    "TRP406",
    "evaluated-on-train",
    question={
        "": "Does anything score rows that the model has not seen? `{score}` is computed on the"
        " rows that it learned from on line {fit_line}.",
        "watched": "Were other rows meant here? `{fit}` validates on the rows that it trains on.",
    },
    statement={
        "": "`{score}` is computed on the rows that were fitted on, and no held-out rows are"
        " scored.",
        "watched": "`{fit}` validates on the rows that it trains on.",
    },
    needs={"train"},
)
def evaluated_on_train(timeline: Timeline) -> Iterator[Ask]:
    """Ask once for a run whose every score is of seen rows, and for fits that watch their own."""
    run = timeline.main
    if not run.complete or not timeline.is_entry:
        return
    asked: set[object] = set()
    for training in run.of("train", at_least=Sure.YES):
        if watches_itself(training) and training.node not in asked:
            asked.add(training.node)
            at = training.place_in(timeline.module)
            yield Ask(
                at, {"fit": training.short}, ((at, "trained and validated"),), variant="watched"
            )
    if asked or may_be_validated(run):
        return
    found = [score for score in scores(run) if score.event.sure > Sure.NO]
    telling = any(withheld(score) or predicts_others(run, score) for score in found)
    for score in found if telling else [s for s in found if s.event.facts["how"] == "classes"]:
        if score.training is not None:
            yield _ask(timeline, score, score.training, found, note=not telling)
            return


def _place(timeline: Timeline, score: Score) -> Place:
    """Where the run asks for a score, though a helper of its own computes it."""
    module = timeline.module
    return score.event.way_from(module) or score.event.place_in(module)


def _ask(
    timeline: Timeline, score: Score, training: Event, found: list[Score], *, note: bool
) -> Ask:
    module = timeline.module
    at, fit = _place(timeline, score), training.place_in(module)
    others = [_place(timeline, other) for other in found if other is not score]
    return Ask(
        at=at,
        severity=Severity.NOTE if note else None,
        fields={"score": score.event.short_in(module), "fit_line": fit.line},
        evidence=(
            (fit, "learned from these rows"),
            (at, "scored on them"),
            *((place, "scored as well") for place in others[:SHOWN]),
        ),
    )
