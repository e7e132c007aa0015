"""Transformers that are fitted again on rows that are held out of training."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from triptych_lint import tree as t
from triptych_lint.model import Edit, Fix, Safety, Span
from triptych_lint.timeline import sides
from triptych_lint.timeline.branches import exclusive
from triptych_lint.timeline.build import Timeline
from triptych_lint.timeline.events import Event, Run, Sure
from triptych_lint.timeline.scores import is_predicted, output_of, trained_on
from triptych_lint.timeline.values import Const, Data, Obj, Value


@dataclass(frozen=True, slots=True)
class Refit:
    """A fit on held-out rows, and the fit of the same kind on the rows of the training side."""

    fit: Event
    train: Event
    what: str
    """``statistics``, ``labels``, ``codes`` or, for a mean and its like, ``summary``."""
    split: Event | None
    """None where the two sides are files of their own."""


def refits(run: Run) -> Iterator[Refit]:
    """Each fit of which both sides got one of their own."""
    kinds = [(fit, _what(run, fit)) for fit in run.of("fit") if fit.facts["data"]]
    # Out-of-fold predictions that are features of another model are held out of nothing.
    fits = [(f, what) for f, what in kinds if what and not is_predicted(f.facts["data"][0])]
    for fit, what in fits:
        held: Data = fit.facts["data"][0]
        for train, other in fits:
            if train is fit or other != what or not _alike(fit, train) or exclusive(fit, train):
                continue
            if fit.node is train.node and len(fit.stack) > 1 and not _of_a_table(run, fit):
                continue
            kept: Data = train.facts["data"][0]
            split = sides.apart(kept, held)
            used = _of_one_split(run, fit, train) if split else _of_two_files(run, fit, train)
            if used:
                yield Refit(fit, train, what, split)
                break


def _of_a_table(run: Run, fit: Event) -> bool:
    """Whether a function that is run for both sides always fits, and on columns or whole tables.

    A fit on demand may not be asked for here, and one for each row takes nothing from the others.
    """
    return _writes(run, fit) if fit.loops else fit.sure is Sure.YES


def _writes(run: Run, fit: Event) -> bool:
    """Whether each pass of the loop around a fit writes what it gives to the table."""
    written = (event for event in run.of("written") if event.loops == fit.loops)
    return any(_output(fit, value) for event in written for value in event.facts["values"])


def _what(run: Run, fit: Event) -> str:
    """What a fit learns that another fit would learn otherwise."""
    learns = str(fit.facts["learns"])
    estimator = str(fit.facts["estimator"])
    if _is_summary(fit):
        return "summary" if learns == "statistics" else ""
    if isinstance(fit.receiver, Obj) and run.catalog.kind(estimator) == "estimator":
        return ""
    codes = run.catalog.inherited(estimator, "codes")
    if codes is not None:
        return "" if _given(fit.receiver, codes.get("unless", ())) else "codes"
    return learns if learns in ("statistics", "labels") else ""


def _is_summary(fit: Event) -> bool:
    """Whether this is no transformer but a mean and its like, which go by their bare names."""
    return "." not in fit.facts["estimator"]


def _given(receiver: Value | None, names: Iterable[str]) -> bool:
    """Whether the object was made with one of these arguments, so that it need not learn them."""
    made = receiver.made if isinstance(receiver, Obj) else None
    args = made.facts.get("args") if made is not None else None
    values = [args.get(name) for name in names] if args is not None else []
    return any(v is not None and not (isinstance(v, Const) and v.value == "auto") for v in values)


def _alike(one: Event, other: Event) -> bool:
    """Whether two fits are of one kind, and on the same column as far as that is known."""
    a, b = one.facts["data"][0], other.facts["data"][0]
    columns = a.column is None or b.column is None or a.column == b.column
    return bool(one.facts["estimator"] == other.facts["estimator"]) and columns


def _of_one_split(run: Run, fit: Event, train: Event) -> bool:
    """Whether both outputs are used: rows transformed, or a summary that changes its own rows.

    Slices that only take two files apart again are no split that somebody made to test by.
    """
    side = sides.held_out(fit.facts["data"][0])
    files = side is not None and sides.takes_apart(side.split)
    if _is_summary(fit) or files:
        return _reaches_model(run, fit, train)
    return _transforms(run, fit) and _transforms(run, train)


def _transforms(run: Run, fit: Event) -> bool:
    """Whether the rows that were fitted on are also transformed."""
    if not fit.name.endswith(".fit"):
        return True
    held: Data = fit.facts["data"][0]
    return any(
        event.facts["fitted"] is fit and any(d.roots & held.roots for d in event.facts["data"])
        for event in run.of("apply")
    )


def _of_two_files(run: Run, fit: Event, train: Event) -> bool:
    """Whether a model learns from the one file and predicts the other."""
    held, kept = fit.facts["data"][0], train.facts["data"][0]
    own = held.roots - kept.roots
    # What was merged into both is shared; each has rows of its own.
    shared = held.roots & kept.roots and not (held.names and not held.names & kept.names)
    if _is_summary(fit) or shared or not own or not kept.roots - held.roots:
        return False
    inside = any(side.part == sides.TRAIN for side in sides.lineage(held))
    # A fit in a loop that writes no column may be one for each row, which sees no other row.
    trained = any(set(fit.loops) & set(event.loops) for event in run.of("train"))
    if fit.loops and not trained and not _writes(run, fit):
        return False
    return not inside and _reaches_model(run, fit, train)


def _reaches_model(run: Run, fit: Event, train: Event) -> bool:
    """Whether some model was fitted on the output of the one and applied to that of the other."""
    held, kept = fit.facts["data"][0].roots, train.facts["data"][0].roots
    files = bool(held - kept and kept - held)
    if files:
        held, kept = held - kept, kept - held
    for event in run.of("apply"):
        if not event.facts["predicts"]:
            continue
        for rows in event.facts["data"]:
            if not rows.roots & held or (files and rows.roots & kept) or not _holds(run, rows, fit):
                continue
            for trained in trained_on(run, event):
                own = trained.roots & kept and not (files and trained.roots & held)
                if own and _holds(run, trained, train):
                    return True
    return False


def _holds(run: Run, rows: Data, fit: Event) -> bool:
    """Whether the output of a fit is among the rows, or was written to a column of theirs."""
    return _output(fit, rows) or any(
        event.facts["roots"] <= rows.roots and any(_output(fit, v) for v in event.facts["values"])
        for event in run.of("written")
    )


def _output(fit: Event, rows: Data) -> bool:
    return rows.carries(fit) or output_of(fit, rows)


def transform_instead(timeline: Timeline, run: Run, refit: Refit) -> Fix | None:
    """``fit_transform`` becomes ``transform``, where the object has learned from the other side."""
    fit, train, node = refit.fit, refit.train, refit.fit.node
    if fit.place.module is not timeline.module or not isinstance(node, t.Call):
        return None
    func = node.func
    if not isinstance(func, t.Attr) or func.attr != "fit_transform" or len(node.args) != 1:
        return None
    own = isinstance(fit.receiver, Obj) and fit.receiver is train.receiver
    if not own or refit.what != "statistics" or refit.split is None or not _just_before(train, fit):
        return None
    between = (e for e in run.of("fit") if train.order < e.order < fit.order)
    if any(event.receiver is fit.receiver for event in between):
        return None
    if not _matches(train.facts["data"][0], fit.facts["data"][0]):
        return None
    end = func.end
    edit = Edit(Span(end - len("fit_transform"), end), "transform")
    return Fix(Safety.UNSAFE, "Transform by what the training side taught", (edit,))


def _just_before(train: Event, fit: Event) -> bool:
    """Whether the one fit precedes the other in the same block, so that its state is there."""
    one, other = train.stack[-1], fit.stack[-1]
    return (
        train.order < fit.order
        and len(train.stack) == len(fit.stack)
        and one.path[:-1] == other.path[:-1]
        and train.loops == fit.loops
    )


def _matches(train: Data, held: Data) -> bool:
    """Whether both are the same table of those that were split together, and the same columns."""
    one = [(side.split, side.table) for side in sides.lineage(train)]
    other = [(side.split, side.table) for side in sides.lineage(held)]
    same = any(pair in other for pair in one)
    return same and (train.column, train.columns, train.taken) == (
        held.column,
        held.columns,
        held.taken,
    )
