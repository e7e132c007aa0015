"""What fitted objects are applied to, and the rows that scores are computed on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from triptych_lint import tree as t
from triptych_lint.catalog import Row
from triptych_lint.timeline import fits, sides, tables
from triptych_lint.timeline.events import Event, Run
from triptych_lint.timeline.values import (
    PREDICTED,
    Data,
    Obj,
    Tags,
    Unknown,
    Value,
    predictions,
    rows_in,
    tags_of,
)

if TYPE_CHECKING:
    from triptych_lint.timeline.calls import Args
    from triptych_lint.timeline.interpreter import Interpreter

_FITTED, _SCORED = "fitted@", "scored@"
"""The tags of what a fit gives, and of a score, followed by the number of the event."""


# While the run is followed


def fitted(it: Interpreter, value: Value) -> Value:
    """``value``, which the fit gives that was noted last, marked as its output."""
    if not isinstance(value, Obj) or isinstance(value, Data):
        fit = next((event for event in reversed(it.events) if event.kind == "fit"), None)
        value.tags |= {f"{_FITTED}{fit.order}"} if fit is not None else frozenset()
    return value


def applied(it: Interpreter, name: str, row: Row, args: Args, node: t.Node, receiver: Obj) -> Value:
    """``model.predict(rows)`` or ``transformer.transform(rows)``."""
    given = args.at(0, row.get("params"))
    data = tables.as_rows(it, given) if given is not None else None
    predicts = row["applies"] == "predictions"
    event = it.emit(
        "apply",
        name,
        node,
        receiver=receiver,
        data=[data] if data is not None else [],
        fitted=receiver.fitted,
        predicts=predicts,
        given=given,
    )
    out = fits.transform(it, receiver, args)
    if predicts:
        out.tags |= {f"{PREDICTED}{event.order}"}
    elif receiver.fitted is not None:
        out.tags |= {f"{_FITTED}{receiver.fitted.order}"}
    return out


def scored(event: Event | None, value: Value) -> Value:
    """``value``, which a call gives that computes a score, marked as that score."""
    if event is not None and event.kind == "evaluate" and isinstance(value, Unknown):
        value.tags |= {f"{_SCORED}{event.order}"}
    return value


def tags(value: Value) -> Tags:
    """The tags of the scores that a value holds."""
    return frozenset(tag for tag in tags_of([value]) if tag.startswith(_SCORED))


def judged(it: Interpreter, values: Iterable[Value], node: t.Node) -> None:
    """Note that scores are compared, or the best of them is taken."""
    found = [tag for value in values for tag in tags(value)]
    orders = frozenset(int(tag[len(_SCORED) :]) for tag in found)
    if orders:
        it.emit("judged", "", node, scores=orders)


# What rules ask


def output_of(fit: Event, rows: Data) -> bool:
    """Whether rows hold what a fit gave, or what was transformed by what it learned."""
    return f"{_FITTED}{fit.order}" in rows.tags


def is_predicted(rows: Data) -> bool:
    """Whether rows hold what a model predicted."""
    return bool(predictions([rows]))


def learned_from(training: Event) -> list[Data]:
    """The rows that a training call is given to learn from."""
    args, row = training.facts["args"], training.facts["row"]
    if "learns_from" not in row:
        return rows_in(args.values[:1])
    given = args.get(row["learns_from"], row.get("params"))
    return rows_in([given]) if given is not None else []


def training_of(run: Run, applied: Event) -> Event | None:
    """The last training of the model that is applied or scored, before that."""
    made = applied.receiver.made if isinstance(applied.receiver, Obj) else None
    last = made if made is not None and made.kind == "train" else None
    for event in run.of("train"):
        if event.order < applied.order and event.receiver is applied.receiver is not None:
            last = event
    return last


def trained_on(run: Run, applied: Event) -> list[Data]:
    """The rows that a model was fitted on last, before it was applied."""
    last = training_of(run, applied)
    return learned_from(last) if last is not None else []


@dataclass(frozen=True, slots=True)
class Score:
    """A score of one model: where it is computed, and where the model was applied and trained."""

    event: Event
    applied: Event
    rows: Data | None
    training: Event | None
    given: Value | None = None
    """What was scored, also where nothing is known of it but its name."""

    def on_trained_rows(self) -> bool:
        """Whether these are, for certain, the rows that the model has learned from."""
        if self.training is None or self.rows is None:
            return False
        return any(
            _same(self.training, known, self.applied, self.rows)
            for known in learned_from(self.training)
        )


def scores(run: Run) -> Iterator[Score]:
    """The scores of the run, one for each model and table that goes into one."""
    events = {event.order: event for event in run.of("apply")}
    for event in run.of("evaluate"):
        made = [events[n] for n in predictions(event.facts["args"].values) if n in events]
        if event.receiver is not None:
            given = event.facts["args"].values[:1]
            rows = rows_in(given)
            first = rows[0] if rows else None
            yield Score(event, event, first, training_of(run, event), *given)
        elif made:
            for use in made:
                data: list[Data] = use.facts["data"]
                first = data[0] if data else None
                yield Score(event, use, first, training_of(run, use), use.facts["given"])
        else:
            yield Score(event, event, None, None)


def by_hand(run: Run) -> Iterator[Score]:
    """Predictions that meet other rows: scores, perhaps, that no library computes."""
    events = {event.order: event for event in run.of("apply")}
    for event in run.of("compared"):
        for use in (events[n] for n in event.facts["predictions"] if n in events):
            data: list[Data] = use.facts["data"]
            first = data[0] if data else None
            yield Score(event, use, first, training_of(run, use), use.facts["given"])


def _same(training: Event, known: Data, applied: Event, rows: Data) -> bool:
    """Whether two calls were given the same rows: one object, or one expression of the same."""
    if known is rows:
        return True
    one, other = first_argument(training), first_argument(applied)
    if one is None or other is None or isinstance(other, t.Name) or known.roots != rows.roots:
        return False
    here = training.stack[-1].function is applied.stack[-1].function
    text = training.place.module.text(one) == applied.place.module.text(other)
    return here and text and _sides(known) == _sides(rows)


def first_argument(call: Event) -> t.Expr | None:
    """The expression that a call is given first."""
    node = call.node
    return node.args[0].value if isinstance(node, t.Call) and node.args else None


def _sides(rows: Data) -> list[tuple[Event, str]]:
    return [(side.split, side.part) for side in sides.lineage(rows)]
