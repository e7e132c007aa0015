"""Something is fitted on all rows, and its output is split afterwards.

The rows that the split holds out have been seen. How much that matters was measured: a scaler, an
imputer, PCA or a vectoriser moved the score by 0.000 to 0.008, which is a note; a fit that sees
the labels moved it by +0.21 (target encoding) to +0.40 (selecting 20 of 2000 features), which is a
warning.

    X = SelectKBest(k=20).fit_transform(X, y)
    X_train, X_test, y_train, y_test = train_test_split(X, y)

    X_train, X_test, y_train, y_test = train_test_split(X, y)
    model = make_pipeline(SelectKBest(k=20), LogisticRegression())

What counts is the flow: the rows that were fitted on, transformed, reach the split. Pipelines,
stateless transforms, fits on the training side and a last fit after the evaluation are right; so
are slices that only take two files apart again, after gaps were filled in both, and a scaler that
also serves the table that is held out: what is split then is the training side.

Ignore it where the rows that are fitted on are a training side that was split off elsewhere.

The fix, for one `fit_transform` and one `train_test_split` of its output in the same block, splits
the rows as they were, fits on the training side below and transforms the other. It is offered where
nothing else reads what was fitted on all rows. It is unsafe: the features change, and so does the
score.
"""

from collections.abc import Iterator

from triptych_lint import tree as t
from triptych_lint.rule import Ask, Safety, Severity, rule
from triptych_lint.timeline import Event, Run, Sure, Timeline
from triptych_lint.timeline.fitfix import fit_after_split
from triptych_lint.timeline.values import Data, Obj

SHOWN = 5
"""Fits that are named as evidence; more of them say nothing new."""


@rule(
    "TRP402",
    "fit-before-split",
    question={
        "statistics": "Should `{fit}` see the rows that `{split}` on line {split_line} holds out?"
        " On line {line} it is fitted on all of them (measured effect: 0.000 to 0.008).",
        "labels": "Did `{fit}` see the labels of the rows that `{split}` on line {split_line} holds"
        " out? On line {line} it is fitted on all of them.",
    },
    statement={
        "statistics": "`{fit}` is fitted on all rows before `{split}` on line {split_line}.",
        "labels": "`{fit}` is fitted on all rows and labels before `{split}` on line {split_line}.",
    },
    safety=Safety.UNSAFE,
    needs={"fit"},
)
def fit_before_split(timeline: Timeline) -> Iterator[Ask]:
    """Ask about fits whose output is split later, once for each split and kind of fit."""
    asked: dict[tuple[t.Node, str], list[Event]] = {}
    for run in timeline.runs:
        if not run.complete:
            continue
        found: dict[tuple[t.Node, str], tuple[Event, list[Event]]] = {}
        for fit in run.of("fit", at_least=Sure.YES):
            if fit.facts["learns"] not in ("statistics", "labels") or not _sees_all(fit):
                continue
            if fit.facts["learns"] == "statistics" and _serves_other_rows(run, fit):
                continue
            split = _split_of(run, fit)
            if split is not None:
                key = (split.node, fit.facts["learns"])
                found.setdefault(key, (split, []))[1].append(fit)
        for key, (split, fits) in found.items():
            if key not in asked:
                asked[key] = fits
                yield _ask(timeline, run, fits, split)


def _sees_all(fit: Event) -> bool:
    """Whether the fit sees rows that no split has touched.

    Rows of unknown origin that are called the training rows were split off somewhere else.
    """
    data: list[Data] = fit.facts["data"]
    return bool(data) and all(
        rows.part is None
        and not (rows.origin and any("train" in name.lower() for name in rows.names))
        for rows in data
    )


def _serves_other_rows(run: Run, fit: Event) -> bool:
    """Whether the same object transforms rows of another table: those are held out.

    What is split later is then the training side, and a statistic of it is as good as none.
    """
    own = frozenset().union(*(rows.roots for rows in fit.facts["data"]))
    return any(
        use.receiver is fit.receiver and rows.roots and not rows.roots & own
        for use in (run.of("apply", "fit") if isinstance(fit.receiver, Obj) else ())
        if use.order > fit.order and not isinstance(fit.receiver, Data)
        for rows in use.facts["data"]
    )


def _split_of(run: Run, fit: Event) -> Event | None:
    """The first split of rows that carry the output of ``fit``."""
    for event in run.of("split", "cut", at_least=Sure.YES):
        if event.kind == "cut":
            split: Event = event.facts["split"]
            if split.kind != "split":
                continue
        elif event.order < fit.order:
            continue
        else:
            split = event
        if any(_carries(data, fit) for data in event.facts["data"]):
            return None if _takes_apart(split, fit) else split
    return None


def _takes_apart(split: Event, fit: Event) -> bool:
    """Whether slices only give back the tables that were put together before.

    What is fitted without labels on the rows of two files is no leak from one side to the other.
    """
    data: list[Data] = split.facts["data"]
    joined = any(len(rows.roots) > 1 for rows in data)
    return not split.short and joined and fit.facts["learns"] == "statistics"


def _carries(data: Data, fit: Event) -> bool:
    """Whether whole rows are split of which the fit saw some, and not those of another table."""
    seen = frozenset().union(*(rows.roots for rows in fit.facts["data"]))
    return data.carries(fit) and data.part is None and bool(data.roots & seen)


def _ask(timeline: Timeline, run: Run, fits: list[Event], split: Event) -> Ask:
    module, fit = timeline.module, fits[0]
    learns = fit.facts["learns"]
    place = split.place_in(module)
    return Ask(
        at=fit.place_in(module),
        variant=learns,
        severity=Severity.WARNING if learns == "labels" else Severity.NOTE,
        fields={
            "fit": fit.facts["estimator"].rpartition(".")[2] or fit.short,
            "split": split.short or "the slices",
            "split_line": place.line,
        },
        evidence=(
            (fit.place_in(module), "fitted on all rows"),
            (fit.place, "fitted here"),
            *((other.place_in(module), "fitted as well") for other in fits[1:SHOWN]),
            (place, "split here"),
        ),
        fix=fit_after_split(timeline, run, fit, split) if len(fits) == 1 else None,
    )
