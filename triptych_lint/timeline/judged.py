"""What a model was fitted on, and the rows that it is judged by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from triptych_lint.timeline.events import Event, Run, Sure
from triptych_lint.timeline.values import NO_TAGS, Data, Items, Obj, Table, Tags, Value

if TYPE_CHECKING:
    from triptych_lint.timeline.interpreter import Interpreter

_BY = "by@"
"""The tag of what a model gives, followed by the number of the event that trained it."""


@dataclass(frozen=True, slots=True)
class Judged:
    """Rows that a model was trained on, and rows that the same model is judged by."""

    train: Event
    trained: tuple[Data, ...]
    score: Event
    held: tuple[Data, ...]


def by(it: Interpreter, receiver: Obj) -> Tags:
    """The tag of what ``receiver`` gives for rows, if the run has trained it."""
    for event in reversed(it.events):
        if event.kind == "train" and event.receiver is receiver:
            return frozenset({f"{_BY}{event.order}"})
    return NO_TAGS


def judged(run: Run) -> Iterator[Judged]:
    """What each model of the run is trained on and judged by, as far as both are certain."""
    for train in run.of("train", at_least=Sure.YES):
        held = tuple(_validated(train))
        if held:
            yield Judged(train, tuple(_trained(train)), train, held)
    for score in run.of("evaluate", at_least=Sure.YES):
        values = score.facts["args"].values
        last = _trainer(run, score, values)
        if last is not None and last.sure is Sure.YES:
            held = tuple(data for data in _rows(values) if not data.statistic)
            yield Judged(last, tuple(_trained(last)), score, held)


def _trainer(run: Run, score: Event, values: Iterable[Value]) -> Event | None:
    """The event that trained the model whose answers are scored."""
    if isinstance(score.receiver, Obj):
        earlier = (e for e in run.of("train") if e.order < score.order)
        return next((e for e in reversed(list(earlier)) if e.receiver is score.receiver), None)
    found = {tag for data in values for tag in data.tags if tag.startswith(_BY)}
    if len(found) != 1:
        return None
    number = int(found.pop()[len(_BY) :])
    return next((e for e in run.of("train") if e.order == number), None)


def _trained(train: Event) -> Iterator[Data]:
    args, params = train.facts["args"], train.facts["row"].get("params", ())
    yield from _rows(args.positional[:2])
    yield from _rows(value for name, value in args.keywords.items() if name in params)


def _validated(train: Event) -> Iterator[Data]:
    names = train.facts["row"].get("validates", ())
    keywords = train.facts["args"].keywords
    yield from _rows(value for name, value in keywords.items() if name in names)


def _rows(values: Iterable[Value], depth: int = 3) -> Iterator[Data]:
    """The tables among values, in lists, and in what was made from them (``DMatrix``)."""
    for value in values:
        if isinstance(value, Data):
            yield value
        elif isinstance(value, Items):
            yield from _rows(value.items, depth)
        elif isinstance(value, Table):
            yield from _rows(value.entries.values(), depth)
        elif isinstance(value, Obj) and depth:
            yield from _rows(value.parts, depth - 1)
