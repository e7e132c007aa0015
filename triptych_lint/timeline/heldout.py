"""Whether a run ever looks at rows that its models have not learned from."""

from __future__ import annotations

from triptych_lint.timeline import sides
from triptych_lint.timeline.events import Event, Run, Sure
from triptych_lint.timeline.scores import Score, learned_from, scores, training_of
from triptych_lint.timeline.values import Const, Data, Items, Obj, Value, predictions


def may_be_validated(run: Run) -> bool:
    """Whether something in the run scores held-out rows, or may do so out of sight."""
    if any(split.facts["by"] == "scores" for split in run.of("split", at_least=Sure.NO)):
        return True
    if any(_validates(run, event) for event in run.of("train", at_least=Sure.NO)):
        return True
    if any(not score.on_trained_rows() for score in scores(run)):
        return True
    if any(_scored_by_hand(run, use) for use in run.of("apply", at_least=Sure.NO)):
        return True
    models = [event.receiver for event in run.of("train") if event.receiver is not None]
    return any(
        any(value is model for value in event.facts["values"] for model in models)
        for event in run.of("opaque", at_least=Sure.NO)
    )


def _validates(run: Run, training: Event) -> bool:
    """Whether a training call holds rows out by itself, or is given other rows to watch."""
    model = training.receiver
    if isinstance(model, Obj):
        made = model.made.facts.get("args") if model.made is not None else None
        if run.catalog.inherited(model.type, "cross_validates"):
            return True
        if made is not None and any(made.get(name) for name in _OWN if _is_set(made.get(name))):
            return True
    args = training.facts["args"]
    if args.open or any(_is_set(args.get(name)) for name in _HELD):
        return True
    given = watched(training)
    return given is not None and not watches_itself(training)


_OWN = ("oob_score", "early_stopping", "validation_fraction")
_HELD = ("validation_split", "callbacks")


def _is_set(value: Value | None) -> bool:
    return value is not None and not (isinstance(value, Const) and not value.value)


def watched(training: Event) -> Value | None:
    """The rows that a training call computes scores on as it goes, if it is given any."""
    row, args = training.facts["row"], training.facts["args"]
    value: Value | None = args.get(row["watches"], row.get("params")) if "watches" in row else None
    return None if isinstance(value, Const) and not value.value else value


def chooses(training: Event) -> bool:
    """Whether the watched rows decide what the training call gives."""
    row, args = training.facts["row"], training.facts["args"]
    return any(_is_set(args.get(name, row.get("params"))) for name in row.get("selects", ()))


def watches_itself(training: Event) -> bool:
    """Whether the rows to validate on are, for certain, those that the call learns from."""
    value, own = watched(training), learned_from(training)
    pairs = value.items if isinstance(value, Items) and not value.open else []
    if isinstance(value, Items) and value.kind == "tuple":
        pairs = [value]
    tables = [p.items[0] if isinstance(p, Items) and p.items else p for p in pairs]
    # Watched once, it may stand there to show how training goes; twice, one is to be validated on.
    shown = "selects" in training.facts["row"] and (len(tables) == 1 or not chooses(training))
    same = bool(tables) and all(any(rows is known for known in own) for rows in tables)
    return same and not shown


def _scored_by_hand(run: Run, use: Event) -> bool:
    """Whether predictions are made for rows that were kept apart, whatever becomes of them."""
    if not use.facts["predicts"]:
        return False
    training = training_of(run, use)
    own = learned_from(training) if training is not None else []
    if not use.facts["data"] or any(rows.origin for rows in use.facts["data"]):
        return _compared(run, use)
    for rows in use.facts["data"]:
        side = sides.held_out(rows)
        if side is not None:
            if not sides.takes_apart(side.split) or _compared(run, use):
                return True
        elif any(_of_one_table(rows, known) for known in own):
            # Other rows of the same table, or the same rows in another form.
            known = Score(use, use, rows, training).on_trained_rows()
            if not known and (len(rows.roots) == 1 or _compared(run, use)):
                return True
    return False


def _compared(run: Run, use: Event) -> bool:
    """Whether predictions meet other rows, or somebody out of sight."""
    met = (event.facts["predictions"] for event in run.of("compared", at_least=Sure.NO))
    given = (predictions(event.facts["values"]) for event in run.of("opaque", at_least=Sure.NO))
    return any(use.order in orders for orders in (*met, *given))


def _of_one_table(one: Data, other: Data) -> bool:
    """Whether two tables may be parts of one: what is merged into both makes them no such parts."""
    apart = one.names and other.names and not one.names & other.names
    return bool(one.roots & other.roots) and not apart


def predicts_others(run: Run, score: Score) -> bool:
    """Whether the model that is scored also predicts another file, which it has not learned from.

    A grid over the range of its own rows, for a figure, is none.
    """
    own = learned_from(score.training) if score.training is not None else []
    for use in run.of("apply"):
        if own and use.facts["predicts"] and use.receiver is score.applied.receiver:
            for rows in use.facts["data"]:
                again = Score(use, use, rows, training_of(run, use)).on_trained_rows()
                files = len(own[0].roots) > 1
                other = files or not any(_of_one_table(rows, known) for known in own)
                if other and not again and not rows.statistic and not rows.origin:
                    return True
    return False


def withheld(score: Score) -> bool:
    """Whether the rows of a score are the training side of a split that held others out."""
    rows = score.rows
    return rows is not None and any(side.part == sides.TRAIN for side in sides.lineage(rows))
