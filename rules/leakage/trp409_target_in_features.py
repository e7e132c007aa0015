"""The column that is to be predicted is among the features.

A model that is given the answer needs nothing else: its score is perfect, and it fails on the first
row whose answer is not known yet. It happens where columns are dropped by name and the label is
forgotten (`X = df.drop("id", axis=1)`), where only the order of the lines is wrong, or where a
table is handed over whole.

    X = loans.drop("id", axis=1)
    y = loans["default"]
    model.fit(X, y)

    X = loans.drop(["id", "default"], axis=1)

Asked only where the columns are certain: the label is one column that is read from a table, and the
features are that table with all its columns but some that are named, none of which is the label. A
table whose columns are picked by a list or by position, renamed, encoded or joined is not asked
about; nor is a label that is computed from a column of today (`df["price"].shift(-1)`), a column
that the script writes after the features were taken, one that is popped or deleted in between, or a
pipeline with steps that pick their columns.

Ignore it where the model is meant to copy a column.
"""

from collections.abc import Iterator

from triptych_lint.rule import Ask, rule
from triptych_lint.timeline import Event, Sure, Timeline
from triptych_lint.timeline.calls import Args
from triptych_lint.timeline.contents import Width, reads_all
from triptych_lint.timeline.values import Data, Value


@rule(
    "TRP409",
    "target-in-features",
    question="Is `{column}` meant to be a feature as well? `{fit}` on line {line} predicts it from"
    " a table that still holds it.",
    statement="`{fit}` on line {line} predicts `{column}` from a table that holds it.",
    needs={"train", "labelled"},
)
def target_in_features(timeline: Timeline) -> Iterator[Ask]:
    """Ask about fits whose features hold the label, once for each column."""
    asked: set[str] = set()
    for run in timeline.runs:
        if not run.complete:
            continue
        for event in run.of("train", "labelled", at_least=Sure.YES):
            pair = _pair(event)
            if pair is None or not pair[0].holds(pair[1]) or pair[1].column in asked:
                continue
            if event.kind == "train" and not reads_all(run.catalog, _estimator(event)):
                continue
            column = str(pair[1].column)
            asked.add(column)
            at = event.place_in(timeline.module)
            reads = (e for e in run.of("column") if e.name == column and e.order < event.order)
            read = next((e for e in reads if e.facts["use"] == "read"), None)
            seen = () if read is None else ((read.place_in(timeline.module), "the label"),)
            yield Ask(
                at=at,
                fields={"column": column, "fit": event.short_in(timeline.module)},
                evidence=((at, "fitted here"), *seen),
            )


def _estimator(event: Event) -> Value | None:
    """What is fitted: the object of the method, or the first argument of a function."""
    args: Args = event.facts["args"]
    return event.receiver if event.receiver is not None else args.at(0)


def _pair(event: Event) -> tuple[Width, Width] | None:
    """The columns of the features and of the label that a call is given."""
    args, row = event.facts["args"], event.facts["row"]
    found = [args.get(name, row.get("params")) for name in row.get("predicts", ())]
    widths = [value.width for value in found if isinstance(value, Data) and value.width]
    return (widths[0], widths[1]) if len(widths) == 2 else None
