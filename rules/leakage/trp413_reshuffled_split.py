"""The two sides are drawn apart from each other, or anew on each pass, so that they share rows.

`tf.data` shuffles anew on each pass unless it is told not to. What `take` and `skip` cut out of a
reshuffled data set are other rows in each epoch: after two of them the model has been trained on
what it is validated with, with a fixed seed as well (established by running). `reshuffle_each_
iteration=False` makes the two sides disjoint, seeded or not.

    shuffled = rows.shuffle(10_000, seed=0)
    train, val = shuffled.skip(1_000), shuffled.take(1_000)

    shuffled = rows.shuffle(10_000, seed=0, reshuffle_each_iteration=False)
    train, val = shuffled.skip(1_000), shuffled.take(1_000)

The same is true of `df.sample(frac=0.8)` for training and `df.sample(frac=0.2)` for the test, of
which four in five are training rows on average, and of two calls of a splitter with different
seeds of which one gives the training side and the other the test.

Asked of draws where the same model is fitted on one and judged by the other. What is left over by
the first draw (`df.drop(train.index)`), the same seed for tables that belong together, `cache()`
behind the shuffle, and a shuffle of the training side after the cut are right.

The fix, for `tf.data`, is unsafe: the next run trains on other rows. Shuffle the training side once
more behind the cut to have a new order in each epoch.
"""

from collections.abc import Iterator

from triptych_lint import tree as t
from triptych_lint.model import Edit, Fix, Safety, Span
from triptych_lint.rule import Ask, rule
from triptych_lint.timeline import Event, Timeline
from triptych_lint.timeline.judged import Judged, judged
from triptych_lint.timeline.redraws import Reshuffled, drawn_apart, reshuffled


@rule(
    "TRP413",
    "reshuffled-split",
    question={
        "": "Can one row be drawn for both sides? `{one}` on line {line} and `{other}` on line"
        " {other_line} draw from the same rows, and neither knows what the other has taken.",
        "passes": "Is the order meant to be new on each pass? `{one}` on line {line} shuffles again"
        " for every epoch, so that what line {take_line} takes and line {other_line} skips mix.",
    },
    statement={
        "": "`{one}` on line {line} and `{other}` on line {other_line} draw the two sides apart.",
        "passes": "`{one}` on line {line} reshuffles on each pass, before take and skip.",
    },
    safety=Safety.UNSAFE,
    needs={"taken", "split"},
)
def reshuffled_split(timeline: Timeline) -> Iterator[Ask]:
    """Ask about sides that are drawn apart, and about orders that are new on each pass."""
    asked: set[int] = set()
    for run in timeline.runs:
        if not run.complete:
            continue
        for ask in (
            *(_passes(timeline, found) for found in reshuffled(run)),
            *(_apart(timeline, case, *draws) for case in judged(run) for draws in _draws(case)),
        ):
            if ask.at.span.start not in asked:
                asked.add(ask.at.span.start)
                yield ask


def _draws(case: Judged) -> Iterator[tuple[Event, Event]]:
    for rows in case.trained:
        for held in case.held:
            if rows.piece is not None and held.piece is not None:
                draws = drawn_apart(rows.piece, held.piece)
                if draws is not None:
                    yield draws


def _apart(timeline: Timeline, case: Judged, one: Event, other: Event) -> Ask:
    module = timeline.module
    first, second = one.place_in(module), other.place_in(module)
    return Ask(
        at=second,
        fields={
            "one": one.short_in(module),
            "line": first.line,
            "other": other.short_in(module),
            "other_line": second.line,
        },
        evidence=(
            (first, "drawn to be fitted on"),
            (second, "drawn to be judged by"),
            (case.train.place_in(module), "fitted here"),
            (case.score.place_in(module), "judged here"),
        ),
    )


def _passes(timeline: Timeline, found: Reshuffled) -> Ask:
    module = timeline.module
    at, take, skip = (e.place_in(module) for e in (found.shuffle, found.take, found.skip))
    return Ask(
        at=at,
        variant="passes",
        fields={
            "one": found.shuffle.short_in(module),
            "line": at.line,
            "take_line": take.line,
            "other_line": skip.line,
        },
        evidence=((at, "shuffled anew on each pass"), (take, "taken"), (skip, "skipped")),
        fix=_fixed_order(timeline, found.shuffle),
    )


def _fixed_order(timeline: Timeline, shuffle: Event) -> Fix | None:
    """Tell the shuffle to keep its order."""
    node, option = shuffle.node, "reshuffle_each_iteration"
    if shuffle.place.module is not timeline.module or not isinstance(node, t.Call) or not node.args:
        return None
    given = next((arg for arg in node.args if arg.keyword == option), None)
    if given is not None and isinstance(given.value, t.Const):
        edit = Edit(given.value.span, "False")
    elif given is None and not any(arg.star for arg in node.args) and len(node.args) < 3:
        edit = Edit(Span(node.args[-1].end, node.args[-1].end), f", {option}=False")
    else:
        return None
    return Fix(Safety.UNSAFE, "Keep one order for all passes", (edit,))
