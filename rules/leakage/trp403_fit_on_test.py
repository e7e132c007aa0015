"""The side that is held out gets a fit of its own.

A model learned what the numbers of the training side mean: this much above its mean, this word in
that column. Scaled by its own mean and deviation, the held-out side says something else. A shift of
+5 between the sides came out as 0.00 after a second `fit_transform`, and as 4.91 after `transform`
(measured): the very drift that the test is there to show is gone, and rows that arrive one by one
cannot be scaled that way at all. A vectoriser or an encoder that is fitted again gives the same
column, or the same code, another meaning.

    X_train = scaler.fit_transform(X_train)
    X_test = scaler.fit_transform(X_test)

    X_train = scaler.fit_transform(X_train)
    X_test = scaler.transform(X_test)

Asked where the two sides of one split are each fitted on by the same kind of transformer, or
filled and scaled by means of their own; and where a model learns from one file and predicts
another, with a fit on each. A transformer that learns nothing, one that was fitted on both
together, a last fit on all rows and a clustering of the test side are right.

Ignore it where each side is to be judged by its own scale, as batches of two laboratories are.

The fix writes `transform` where the very same object was fitted on the training side just before.
It is unsafe: the features of the held-out side change, and so does the score.
"""

from collections.abc import Iterator
from dataclasses import replace

from triptych_lint import tree as t
from triptych_lint.model import Fix
from triptych_lint.rule import Ask, Place, Safety, rule
from triptych_lint.timeline import Event, Timeline
from triptych_lint.timeline.refits import Refit, refits, transform_instead
from triptych_lint.timeline.values import Data

SHOWN = 5
"""Further fits that are named as evidence."""
SHORT = 40
"""What rows are called by in a question is no longer than this."""


@rule(
    "TRP403",
    "fit-on-test",
    question={
        "statistics": "Was `transform` meant here? `{fit}` is fitted again on {rows}, after"
        " line {train_line} fitted it on {trained}.",
        "codes": "Do the codes mean the same on both sides? `{fit}` is fitted again on {rows},"
        " after line {train_line} fitted it on {trained}.",
        "summary": "Should {rows} be scaled by a `{fit}` of its own? Line {train_line} takes the"
        " one of {trained}.",
        "each": "Should both sides share one fit? `{fit}` on line {fit_line} is fitted on the"
        " training side and, from here, on the rows that are held out.",
    },
    statement={
        "statistics": "`{fit}` is fitted again on {rows}.",
        "codes": "`{fit}` is fitted again on {rows}: its codes may mean something else there.",
        "summary": "{rows} is scaled by a `{fit}` of its own.",
        "each": "`{fit}` on line {fit_line} is fitted on each side separately.",
    },
    safety=Safety.UNSAFE,
    needs={"fit"},
)
def fit_on_test(timeline: Timeline) -> Iterator[Ask]:
    """Ask about fits on held-out rows that the training side had as well, once for two sides."""
    asked: set[object] = set()
    found: dict[tuple[str, object], list[tuple[Refit, Place, Fix | None]]] = {}
    for run in timeline.runs:
        if not run.complete:
            continue
        for refit in refits(run):
            at = _place(timeline, refit.fit, refit.train)
            # A mean and a deviation on one line are one normalisation.
            key = at.line if refit.what == "summary" else at.span
            if key not in asked:
                asked.add(key)
                sides = (_variant(refit), refit.split.node if refit.split else None)
                fix = transform_instead(timeline, run, refit)
                found.setdefault(sides, []).append((refit, at, fix))
    for places in found.values():
        yield _ask(timeline, places)


def _variant(refit: Refit) -> str:
    if refit.fit.node is refit.train.node:
        return "each"
    return "statistics" if refit.what == "labels" else refit.what


def _place(timeline: Timeline, fit: Event, other: Event) -> Place:
    """Where the fit is made: for one line that is run for both sides, the call that leads to it."""
    if fit.node is other.node:
        for one, two in zip(fit.stack, other.stack, strict=False):
            if one.call is not two.call and one.call and one.module is timeline.module:
                return Place(one.module, one.call.span)
    return fit.place_in(timeline.module)


def _ask(timeline: Timeline, places: list[tuple[Refit, Place, Fix | None]]) -> Ask:
    (refit, at, _), *others = places
    fit, module = refit.fit, timeline.module
    train = _place(timeline, refit.train, fit)
    evidence = [(train, "fitted on the training side"), (at, "fitted on the held-out side")]
    if refit.split is not None:
        evidence.insert(0, (refit.split.place_in(module), "split here"))
    evidence += [(place, "fitted again as well") for _, place, _ in others[:SHOWN]]
    return Ask(
        at=at,
        variant=_variant(refit),
        fields={
            "fit": fit.facts["estimator"].rpartition(".")[2],
            "fit_line": fit.place.line,
            "rows": _called(fit),
            "trained": _called(refit.train),
            "train_line": train.line,
        },
        evidence=tuple(evidence),
        fix=_together([fix for _, _, fix in places if fix is not None]),
    )


def _together(fixes: list[Fix]) -> Fix | None:
    """One fix of several: the edits of all, each once."""
    edits = {(edit.span, edit.text): edit for fix in fixes for edit in fix.edits}
    ordered = tuple(sorted(edits.values(), key=lambda edit: edit.span.start))
    return replace(fixes[0], edits=ordered) if fixes else None


def _called(fit: Event) -> str:
    """What the script calls the rows that were fitted on, where that is short."""
    node = fit.node
    if not isinstance(node, t.Call):
        return "these rows"
    if isinstance(fit.receiver, Data) and isinstance(node.func, t.Attr):
        rows: t.Expr | None = node.func.value
    else:
        rows = node.args[0].value if node.args else None
    text = fit.place.module.text(rows) if rows is not None else ""
    return f"`{text}`" if text and len(text) <= SHORT and "\n" not in text else "these rows"
