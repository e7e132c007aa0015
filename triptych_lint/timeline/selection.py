"""What is chosen by its score on held-out rows, and reported by its score on the same rows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from triptych_lint import tree as t
from triptych_lint.edits import imports, names_in
from triptych_lint.timeline import sides, streams
from triptych_lint.timeline.events import Event, Run, Sure
from triptych_lint.timeline.scores import (
    Score,
    by_hand,
    first_argument,
    learned_from,
    scores,
    training_of,
)
from triptych_lint.timeline.values import Const, Data, Items, Obj, Unknown, Value

_VALIDATES = re.compile(r"(?i)val|dev|eval|tun")
"""In the name of rows: that they are there to choose by, and scores on them are called so."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that is chosen on held-out rows, with the score on them that is reported."""

    at: Event
    """The training that stops by them, or the score in the loop."""
    report: Event
    how: str
    """``stops`` or ``loop``."""
    rows: str
    """What the script calls the rows."""


def choices(run: Run) -> Iterator[Choice]:
    """What the run chooses on the rows that it reports on, where it looks at no others."""
    found = list(scores(run))
    for training in run.of("train"):
        for rows in _stops_on(run, training):
            report = _report(found, rows, training)
            if report is not None and _last_part(run, found, report):
                yield Choice(training, report.event, "stops", _called(report, training))
                break
    for score in [*found, *by_hand(run)]:
        best = _chosen_in_loop(run, found, score)
        if best is not None and _last_part(run, found, score):
            yield Choice(score.event, best, "loop", _called(score, score.event))


def _called(score: Score, at: Event) -> str:
    """What the function of ``at`` calls the rows, if it is the one that applies the model."""
    expression = first_argument(score.applied)
    text = score.applied.place.module.text(expression) if expression is not None else ""
    here = score.applied.stack[-1].function is at.stack[-1].function
    return f"`{text}`" if here and text.isidentifier() else "held-out rows"


# Early stopping and the best checkpoint


def _stops_on(run: Run, training: Event) -> list[Value]:
    """The tables whose score decides which round or epoch of a training is kept."""
    row, args = training.facts["row"], training.facts["args"]
    value = args.get(row["watches"], row.get("params")) if "watches" in row else None
    if value is None or not _chooses(run, training):
        return []
    if isinstance(value, Items) and not value.open and value.items:
        pair = value.kind == "tuple" or "selects" not in row
        listed = [value] if pair and not isinstance(value.items[0], Items) else value.items
        tables = [v.items[0] if isinstance(v, Items) and v.items else v for v in listed]
    else:
        tables = [value]
    own: list[Value] = [*learned_from(training), *args.values[:1]]
    return [v for v in tables if not any(same_rows(v, known) for known in own) and _is_test(v)]


def _chooses(run: Run, training: Event) -> bool:
    """Whether the training call keeps what is best on the rows that it watches."""
    row, args = training.facts["row"], training.facts["args"]
    if streams.happens({"unless_value": row.get("unless_value", {})}, args) is Sure.NO:
        return False
    if any(_given(args.get(name, row.get("params"))) for name in row.get("selects", ())):
        return True
    made = training.receiver.made if isinstance(training.receiver, Obj) else None
    own = made.facts.get("args") if made is not None else None
    if own is not None and any(_given(own.keywords.get(name)) for name in row.get("selects", ())):
        return True
    callbacks = args.keywords.get("callbacks")
    items = callbacks.items if isinstance(callbacks, Items) else [callbacks]
    return any(_is_chooser(run, item) for item in items)


def _is_chooser(run: Run, value: Value | None) -> bool:
    row = run.catalog.row(value.type) if isinstance(value, Obj) else None
    made = value.made.facts.get("args") if isinstance(value, Obj) and value.made else None
    if row is None or made is None or row.get("selects") is not True:
        return False
    monitor = made.get("monitor", row.get("params"))
    watched = not isinstance(monitor, Const) or str(monitor.value).startswith("val")
    return watched and streams.happens({**row, "unless": ()}, made) is Sure.YES


def _given(value: Value | None) -> bool:
    return value is not None and not (isinstance(value, Const) and not value.value)


# A loop that tries settings


def _chosen_in_loop(run: Run, found: list[Score], score: Score) -> Event | None:
    """Where the best of a loop's scores is taken, or the setting that was read off them used."""
    loop = _trying_loop(score)
    if loop is None or not isinstance(score.given, Data) or not _is_test(score.given):
        return None
    made = score.applied.receiver.made if isinstance(score.applied.receiver, Obj) else None
    if made is None:
        return None
    for event in run.of("judged"):
        if score.event.order in event.facts["scores"] and not _only_shown(run, event):
            return event
    if loop not in made.loops:
        return None  # what other models of one kind do later says nothing of a list of models
    for other in found:
        later = other.event.order > score.event.order and loop not in other.event.loops
        if later and other.given is not None and same_rows(other.given, score.given):
            final = other.training is not score.training and _trying_loop(other) is None
            if final and _type(other) == _type(score):
                return other.event
    return None


def _only_shown(run: Run, event: Event) -> bool:
    """Whether the best score only sets up a figure, as the limit of an axis."""
    statement = event.stack[-1].path[-1]
    expression = statement.value if isinstance(statement, t.ExprStmt) else None
    root = expression.func if isinstance(expression, t.Call) else None
    while isinstance(root, t.Attr):
        root = root.value
    if not isinstance(root, t.Name):
        return False
    bound = {name: dotted for _, dotted, name in imports(event.place.module)}
    return bound.get(root.id, "").partition(".")[0] in run.catalog.showing


def _trying_loop(score: Score) -> t.For | None:
    """The loop that makes a model of other settings in each pass and scores it."""
    model, training = score.applied.receiver, score.training
    if training is None or not isinstance(model, Obj) or model.made is None:
        return None
    for loop in reversed(score.event.loops):
        if not isinstance(loop, t.For) or loop not in training.loops:
            continue
        call, bound = model.made.node, names_in(loop.target)
        if loop not in model.made.loops:
            return loop if _is_called(training, bound) else None
        if not isinstance(call, t.Call):
            return None
        settings = [a for a in call.args if a.keyword not in ("random_state", "seed")]
        if any(names_in(argument.value) & bound for argument in settings):
            return loop
    return None


def _is_called(training: Event, names: set[str]) -> bool:
    """Whether the model that is trained goes by one of these names: one of many, in a loop."""
    func = training.node.func if isinstance(training.node, t.Call) else None
    return isinstance(func, t.Attr) and isinstance(func.value, t.Name) and func.value.id in names


def _type(score: Score) -> str:
    model = score.applied.receiver
    return model.type if isinstance(model, Obj) else ""


# Held-out rows


def same_rows(one: Value, other: Value) -> bool:
    """Whether two values are the same rows, or the same part of the same split."""
    if one is other:
        return True
    if not isinstance(one, Data) or not isinstance(other, Data) or not one.roots & other.roots:
        return False
    parts = [(side.split, side.part) for side in sides.lineage(one)]
    return bool(parts) and parts == [(side.split, side.part) for side in sides.lineage(other)]


def _is_test(rows: Value) -> bool:
    """Whether rows were held out by one split, and not to choose by."""
    if isinstance(rows, Data):
        side = sides.held_out(rows)
        if side is None or side.split.facts["by"] == "folds":
            return False
        return not any(_VALIDATES.search(name) for name in rows.names)
    return isinstance(rows, Unknown) and bool(rows.name) and not _VALIDATES.search(rows.name)


def _report(found: list[Score], rows: Value, training: Event) -> Score | None:
    """The score of the trained model on the rows that it was stopped by."""
    return next(
        (
            s
            for s in found
            if s.training is training
            and s.given is not None
            and same_rows(s.given, rows)
            and (isinstance(rows, Data) or _named_alike(training, s))
        ),
        None,
    )


def _named_alike(training: Event, score: Score) -> bool:
    """Whether the rows that are scored stand by their name in the call that watches them.

    Of what cannot be read, pieces that differ may look the same.
    """
    rows, call = first_argument(score.applied), training.node
    here = score.applied.stack[-1].function is training.stack[-1].function
    if not here or not isinstance(rows, t.Name) or not isinstance(call, t.Call):
        return False
    watches = [a.value for a in call.args if a.keyword == training.facts["row"]["watches"]]
    return any(rows.id in names_in(value) for value in watches)


def _last_part(run: Run, found: list[Score], chosen: Score) -> bool:
    """Whether nothing is held out besides the rows of a choice: no third part, no other file.

    What other models are scored on elsewhere, in a study of another table, says nothing.
    """
    rows = chosen.given
    scored = {score.applied for score in found}
    alike = [score for score in found if _type(score) == _type(chosen)]
    for use in run.of("apply"):
        if use.facts["predicts"] and use not in scored:
            data: list[Data] = use.facts["data"]
            training = training_of(run, use)
            if _learned_beside(training, rows):
                first = data[0] if data else None
                alike.append(Score(use, use, first, training, use.facts["given"]))
    for score in alike:
        given = score.given
        if given is None or rows is None or same_rows(given, rows) or score.on_trained_rows():
            continue
        if isinstance(given, Data) and isinstance(rows, Data):
            if _third_part(given, rows):
                return False
        elif score.applied.receiver is chosen.applied.receiver:
            return False
    return True


def _learned_beside(training: Event | None, rows: Value | None) -> bool:
    """Whether a model may have learned from the table that ``rows`` were held out of."""
    own = learned_from(training) if training is not None else []
    if not own or not isinstance(rows, Data):
        return True
    return any(known.roots & rows.roots for known in own)


def _third_part(given: Data, rows: Data) -> bool:
    """Whether ``given`` are rows that neither were trained on nor are those of the choice."""
    if given.origin or given.statistic:
        return bool(given.origin)
    own = {side.split: side.part for side in sides.lineage(rows)}
    parts = [(side.split, side.part) for side in sides.lineage(given)]
    if not parts or not given.roots & rows.roots:
        return True
    return any(split in own and part not in (own[split], sides.TRAIN) for split, part in parts)
