"""Rows are copied, or made up from their neighbours, before they are split.

A copy of a training row in the test set is a question that was answered before. On labels of pure
noise, SMOTE before the split scored +0.47 AUC and `RandomOverSampler` +0.50 above an honest test
(measured): the largest effect of all leaks. The same holds for `resample(minority, replace=True)`,
for a table that is appended to itself, and for folds of cross-validation on rows resampled before.

    X, y = SMOTE().fit_resample(X, y)
    X_train, X_test, y_train, y_test = train_test_split(X, y)

    X_train, X_test, y_train, y_test = train_test_split(X, y)
    X_train, y_train = SMOTE().fit_resample(X_train, y_train)

Cross-validation wants the sampler inside the folds, as a step of `imblearn.pipeline.make_pipeline`.

Asked where the flow leads from the copies to a split. Samplers in a pipeline, on the training side,
and such as only leave rows out (`RandomUnderSampler`, `resample(replace=False)`) are right, and so
is a search for parameters on a resampled training side whose result is tested on rows apart.

Where the copies are made from a training side, it is a note: a test stands apart.

Ignore it where all copies of a row are known to stay on one side.
"""

from collections.abc import Iterator

from triptych_lint.rule import Ask, Severity, rule
from triptych_lint.timeline import Event, Sure, Timeline
from triptych_lint.timeline.values import Data


@rule(
    "TRP405",
    "resample-before-split",
    question="Can a copy of one row reach both sides? `{copy}` on line {line} makes rows from rows,"
    " and `{split}` on line {split_line} splits what comes out (measured effect: +0.47).",
    statement="`{copy}` makes rows from rows before `{split}` on line {split_line} splits them.",
    needs={"split"},
)
def resample_before_split(timeline: Timeline) -> Iterator[Ask]:
    """Ask about copies that are split, once for each copying."""
    asked: set[int] = set()
    for run in timeline.runs:
        if not run.complete:
            continue
        for split in run.of("split", at_least=Sure.YES):
            copy = _copied(split)
            if copy is None:
                continue
            start = copy.place_in(timeline.module).span.start
            if start not in asked:
                asked.add(start)
                yield _ask(timeline, copy, split)


def _copied(split: Event) -> Event | None:
    """The copying that the rows of a split come from, if it parts them row by row."""
    data: list[Data] = split.facts["data"]
    by_rows = split.facts["random"] is Sure.YES or split.facts["by"] in ("scores", "folds")
    kept = split.facts.get("group_aware") or split.facts.get("opaque_splitter")
    if not data or not by_rows or kept or _searches(split, data[0]):
        return None
    return next((event for event in data[0].fits if _copies(event)), None)


def _copies(event: Event) -> bool:
    copies = event.kind == "copy" or event.facts.get("learns") == "rows"
    return copies and event.sure is Sure.YES


def _searches(split: Event, rows: Data) -> bool:
    """Whether parameters are searched on a training side, and something else is the test."""
    return split.facts["by"] == "scores" and split.receiver is not None and rows.part is not None


def _apart(split: Event) -> bool:
    """Whether the rows are a training side, so that a test stands apart."""
    data: list[Data] = split.facts["data"]
    return data[0].part == "train"


def _ask(timeline: Timeline, copy: Event, split: Event) -> Ask:
    at, place = copy.place_in(timeline.module), split.place_in(timeline.module)
    name = copy.facts.get("estimator", "").rpartition(".")[2] or copy.short
    return Ask(
        at=at,
        fields={
            "copy": name,
            "line": at.line,
            "split": split.short or "the slices",
            "split_line": place.line,
        },
        severity=Severity.NOTE if _apart(split) else None,
        evidence=((at, "rows are made from rows here"), (place, "split here")),
    )
