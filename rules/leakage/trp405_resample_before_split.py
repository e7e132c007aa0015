"""Rows are copied, or made up from their neighbours, before they are split.

A copy of a training row in the test set is a question that was answered before. On labels of pure
noise, SMOTE before the split scored +0.47 AUC and `RandomOverSampler` +0.50 above an honest test
(measured): the largest effect of all leaks. The same holds for `resample(minority, replace=True)`,
for a table that is appended to itself, for pictures with their flipped copies below them (it shows
in the labels: `np.concatenate((y, y, y))`), and for folds of cross-validation on rows resampled
before. Keras' `validation_split` takes the last rows: with stacked copies, nothing but copies.

    X, y = SMOTE().fit_resample(X, y)
    X_train, X_test, y_train, y_test = train_test_split(X, y)

    X_train, X_test, y_train, y_test = train_test_split(X, y)
    X_train, y_train = SMOTE().fit_resample(X_train, y_train)

Cross-validation wants the sampler inside the folds, as a step of `imblearn.pipeline.make_pipeline`.

Asked where the flow leads from the copies to a split. Samplers in a pipeline, on the training side,
and such as only leave rows out (`RandomUnderSampler`, `resample(replace=False)`) are right, and so
are folds of a resampled training side, for a search or a look at the training, where the result is
tested on rows apart.

Where the copies are made from a training side, it is a note: a test stands apart. So are windows
that slide by less than their width and are split at random: with a stride of one and labels that
have nothing to do with them they were worth +0.038 (measured), and more where the labels overlap.

Ignore it where all copies of a row are known to stay on one side.
"""

from collections.abc import Iterator

from triptych_lint.rule import Ask, Severity, rule
from triptych_lint.timeline import Event, Run, Sure, Timeline
from triptych_lint.timeline.values import Const, Data, rows_in


@rule(
    "TRP405",
    "resample-before-split",
    question={
        "": "Can a copy of one row reach both sides? `{copy}` on line {line} {does},"
        " and `{split}` on line {split_line} splits what comes out (measured for SMOTE: +0.47).",
        "windows": "Do neighbouring windows reach both sides? Those of line {line} overlap, and"
        " `{split}` on line {split_line} splits them at random (measured effect: +0.04 and more).",
    },
    statement={
        "": "`{copy}` {does} before `{split}` on line {split_line} splits them.",
        "windows": "The windows of line {line} overlap and are split at random by `{split}`.",
    },
    needs={"split", "train"},
)
def resample_before_split(timeline: Timeline) -> Iterator[Ask]:
    """Ask about copies that are split, once for each copying."""
    asked: set[int] = set()
    for run in timeline.runs:
        if not run.complete:
            continue
        for split, rows in _splits(run):
            copy = _copied(rows)
            if copy is None or (_looks_on(split) and rows[0].part is not None):
                continue
            if "windows" in copy.facts and split.facts.get("random") is not Sure.YES:
                continue
            start = copy.place_in(timeline.module).span.start
            if start not in asked:
                asked.add(start)
                yield _ask(timeline, copy, split, rows[0])


def _splits(run: Run) -> Iterator[tuple[Event, list[Data]]]:
    """What parts rows one by one, with the rows: the features first."""
    for split in run.of("split", at_least=Sure.YES):
        by_rows = split.facts["random"] is Sure.YES or split.facts["by"] in ("scores", "folds")
        kept = split.facts.get("group_aware") or split.facts.get("opaque_splitter")
        if by_rows and not kept and split.facts["data"]:
            args = split.facts.get("args")
            yield split, [*split.facts["data"], *(rows_in(args.values) if args else ())]
    for train in run.of("train", at_least=Sure.YES):
        args, row = train.facts["args"], train.facts["row"]
        fraction = args.get(row["holds_out"]) if "holds_out" in row else None
        rows = rows_in(args.values)
        if isinstance(fraction, Const) and fraction.value and rows:
            yield train, rows


def _copied(rows: list[Data]) -> Event | None:
    """The copying that rows come from: of the features, or of labels that are stacked as they are.

    Labels alone are repeated for the parts of a recording as well, which are no copies.
    """
    features = next((event for event in rows[0].fits if _copies(event)), None)
    stacked = (e for data in rows[1:] for e in data.fits if _copies(e) and e.facts.get("stacked"))
    return features or next(stacked, None)


def _copies(event: Event) -> bool:
    copies = event.kind == "copy" or event.facts.get("learns") == "rows"
    return copies and event.sure is Sure.YES


def _looks_on(split: Event) -> bool:
    """Whether a split of a training side may be meant for a search, or to watch the training."""
    by = split.facts.get("by")
    return by == "folds" or (by == "scores" and split.receiver is not None)


def _ask(timeline: Timeline, copy: Event, split: Event, rows: Data) -> Ask:
    at, place = copy.place_in(timeline.module), split.place_in(timeline.module)
    name = copy.facts.get("estimator", "").rpartition(".")[2] or copy.short
    stacked = copy.facts.get("stacked")
    by = split.facts["row"]["holds_out"] if split.kind == "train" else split.short
    note = rows.part == "train" or "windows" in copy.facts
    return Ask(
        at=at,
        variant="windows" if "windows" in copy.facts else "",
        fields={
            "copy": name,
            "line": at.line,
            "does": "puts rows below themselves" if stacked else "makes rows from rows",
            "split": by or "the slices",
            "split_line": place.line,
        },
        # From a training side, a test stands apart.
        severity=Severity.NOTE if note else None,
        evidence=((at, "one row comes out several times here"), (place, "split here")),
    )
