"""The rows that a model is fitted on and those that it is judged by overlap.

Slices whose numbers were changed in one place and not in the other share rows: `X[:800]` and
`X[700:]` have a hundred in common, on which the model has seen the answers. Slices by label hold
both ends (established by running): `df.loc[:80]` and `df.loc[80:]` share row 80, and
`prices[:"2016"]` and `prices["2016":]` a whole year. `iloc` and plain slices by position do not.

    X_train, X_test = X[:800], X[700:]

    X_train, X_test = X[:800], X[800:]

Asked where both slices are of the same rows, their bounds are known, a model is fitted on one of
them for certain, and the same model is scored or validated on the other. A look at the score on a
part of the training rows is no split and is not asked about, unless that part is called a test. So
is what only reaches back for the window of the first row (`data[train_len - 60:]`).

Ignore it where the overlap is meant, to warm up a state for example. Where slices by label share
only the label at which one ends and the other starts, it is a note.
"""

import re
from collections.abc import Iterator

from triptych_lint.rule import Ask, Severity, rule
from triptych_lint.timeline import Event, Timeline
from triptych_lint.timeline.judged import Judged, judged
from triptych_lint.timeline.overlaps import one_label, overlap, within
from triptych_lint.timeline.pieces import Piece

_HELD = re.compile(r"(?i)(^|_)(x|y)?_?(test|val|valid|validation|holdout|hold_out|dev|eval)s?(_|$)")
"""Names of rows that somebody means to keep apart."""
Slice = tuple[Piece, Event]


@rule(
    "TRP411",
    "overlapping-index-split",
    question={
        "": "Do the two slices share rows? The model is fitted on those of line {line} and judged"
        " by those of line {held_line}, and the bounds overlap.",
        "label": "Is the row at the border meant for both sides? Slices by label hold both ends,"
        " those of line {line} and of line {held_line} alike.",
    },
    statement={
        "": "The slices on lines {line} and {held_line}, fitted on and judged by, share rows.",
        "label": "The slices by label on lines {line} and {held_line} share the row at the border.",
    },
    needs={"taken"},
)
def overlapping_index_split(timeline: Timeline) -> Iterator[Ask]:
    """Ask about slices that overlap, of which one is fitted on and the other judged by."""
    asked: set[int] = set()
    for run in timeline.runs:
        if not run.complete:
            continue
        for case in judged(run):
            pair = _overlapping(case)
            if pair is None:
                continue
            start = pair[1][1].place_in(timeline.module).span.start
            if start not in asked:
                asked.add(start)
                yield _ask(timeline, case, *pair)


def _overlapping(case: Judged) -> tuple[Slice, Slice] | None:
    """The slices of one case that share rows, with where they were taken."""
    for rows in case.trained:
        for held in case.held:
            one, other = rows.piece, held.piece
            if one is None or other is None or not overlap(one, other):
                continue
            validated = case.train is case.score
            meant = validated or any(_HELD.search(name) for name in held.names)
            if one.event and other.event and (meant or not within(other, one)):
                return (one, one.event), (other, other.event)
    return None


def _ask(timeline: Timeline, case: Judged, one: Slice, other: Slice) -> Ask:
    module = timeline.module
    first, second = one[1].place_in(module), other[1].place_in(module)
    border = one_label(one[0], other[0])
    return Ask(
        at=second,
        variant="label" if border else "",
        severity=Severity.NOTE if border else None,
        fields={"line": first.line, "held_line": second.line},
        evidence=(
            (first, "fitted on these rows"),
            (second, "judged by these"),
            (case.train.place_in(module), "fitted here"),
            (case.score.place_in(module), "judged here"),
        ),
    )
