"""Rows that follow each other in time are split at random.

The model is then asked about a Tuesday whose Monday and Wednesday it has seen. What lies between
two neighbours can be filled in without knowing anything about the future, and the score says
nothing about next week. A split in time (the last rows, or `TimeSeriesSplit`) asks what the model
will be asked.

    sales["last_week"] = sales["sold"].shift(7)
    train, test = train_test_split(sales)

    train, test = train_test_split(sales, shuffle=False)

Asked where a random split takes rows with a column that was computed from earlier rows (a lag, a
difference, a rolling mean), and as a note where the rows were only sorted by a date that the script
has parsed. Left alone: groups that are kept together, splits in order, rows that stand for whole
series after an aggregation, columns that are dropped before, and what is computed within groups:
whether these stay together is asked by TRP401.

Ignore it where the rows are independent and the order is only how they are stored. The fix of a
`train_test_split` is `shuffle=False`; it is unsafe, since other rows are held out.
"""

from collections.abc import Iterator

from triptych_lint.rule import Ask, Safety, Severity, rule
from triptych_lint.timeline import Event, Run, Sure, Timeline
from triptych_lint.timeline.momentfix import in_order
from triptych_lint.timeline.moments import PAST, columns_with, holds, sorted_by_time
from triptych_lint.timeline.values import Data


@rule(
    "TRP404",
    "temporal-shuffle",
    question={
        "": "Should the rows that `{split}` on line {line} holds out come after the others? It"
        " splits them at random, and `{column}` is computed from the rows before by `{call}` on"
        " line {seen_line}.",
        "sorted": "Should the rows that `{split}` on line {line} holds out come after the others?"
        " It splits them at random, and they were sorted by `{column}` on line {seen_line}.",
    },
    statement={
        "": "`{split}` splits rows at random whose `{column}` is computed from earlier rows on line"
        " {seen_line}.",
        "sorted": "`{split}` splits rows at random that were sorted by the date `{column}` on line"
        " {seen_line}.",
    },
    safety=Safety.UNSAFE,
    needs={"split"},
)
def temporal_shuffle(timeline: Timeline) -> Iterator[Ask]:
    """Ask once about each random split of rows that have an order in time."""
    asked: set[int] = set()
    for run in timeline.runs:
        if not run.complete:
            continue
        for split in run.of("split", at_least=Sure.YES):
            origin = split.facts.get("shuffle") or split
            place = origin.place_in(timeline.module)
            random = split.facts["random"] is Sure.YES and not split.facts.get("group_aware")
            if not random or place.span.start in asked or split.facts.get("groups") is not None:
                continue
            found = _lagged(run, split) or _sorted(run, split)
            if found is not None:
                asked.add(place.span.start)
                yield _ask(timeline, origin, *found)


def _lagged(run: Run, split: Event) -> tuple[str, Event, str] | None:
    """A column from earlier rows that the split takes, with the call that computes it."""
    rows: list[Data] = [data for data in split.facts["data"] if not data.grouped]
    for write, source in columns_with(run, PAST, split):
        if not source.facts["grouped"] and any(holds(data, write) for data in rows[:1]):
            return write.name, source, ""
    return None


def _sorted(run: Run, split: Event) -> tuple[str, Event, str] | None:
    rows: list[Data] = [data for data in split.facts["data"] if not data.grouped]
    found = sorted_by_time(run, split, rows[0]) if rows else None
    return (found.name, found, "sorted") if found is not None else None


def _ask(timeline: Timeline, split: Event, column: str, source: Event, variant: str) -> Ask:
    module = timeline.module
    at, seen = split.place_in(module), source.place_in(module)
    return Ask(
        at=at,
        variant=variant,
        severity=Severity.NOTE if variant else None,
        fields={
            "split": split.short_in(module) or "the mask",
            "column": column,
            "call": source.short_in(module),
            "seen_line": seen.line,
        },
        evidence=((seen, "takes the rows in their order"), (at, "split at random here")),
        fix=in_order(timeline, split),
    )
