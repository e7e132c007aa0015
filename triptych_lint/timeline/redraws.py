"""Pieces of one table that were drawn apart from each other, or in a new order on each pass."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from triptych_lint import tree as t
from triptych_lint.timeline.events import Event, Run, Sure
from triptych_lint.timeline.pieces import Piece, lineage
from triptych_lint.timeline.values import Const


def drawn_apart(one: Piece, other: Piece) -> tuple[Event, Event] | None:
    """The two draws of the same rows that two pieces come from, if neither knows of the other."""
    first, second = _draw(one), _draw(other)
    if first is None or second is None or first.event is second.event:
        return None
    if first.of is None or first.of is not second.of or first.event is None or second.event is None:
        return None
    if first.event.node is second.event.node or first.event.name != second.event.name:
        return None
    return None if _same_seed(first.event, second.event) else (first.event, second.event)


def _draw(piece: Piece) -> Piece | None:
    """The first draw on the way out from ``piece``; None where it was cut down in between."""
    return next((each for each in lineage(piece) if each.how == "draw"), None)


def _same_seed(one: Event, other: Event) -> bool:
    """Whether two draws have the same seed, or seeds of which that cannot be ruled out."""
    seeds = [next(iter(event.facts["seeds"]), None) for event in (one, other)]
    if any(seed is None or (isinstance(seed, Const) and seed.value is None) for seed in seeds):
        return False
    known = [seed.value for seed in seeds if isinstance(seed, Const)]
    return len(known) < 2 or known[0] == known[1]


@dataclass(frozen=True, slots=True)
class Reshuffled:
    """Rows in an order that is new on each pass, of which one part is taken and one skipped."""

    shuffle: Event
    take: Event
    skip: Event


def reshuffled(run: Run) -> Iterator[Reshuffled]:
    """Parts that are cut out of rows whose order is new on each pass."""
    cuts = list(run.of("taken", at_least=Sure.YES))
    for take in cuts:
        first: Piece = take.facts["piece"]
        shuffle = next((p.event for p in lineage(first.of) if p.how == "reshuffled"), None)
        if first.how != "first" or shuffle is None:
            continue
        for skip in cuts:
            rest: Piece = skip.facts["piece"]
            if rest.how == "rest" and rest.of is first.of and _count(take) == _count(skip) != "":
                yield Reshuffled(shuffle, take, skip)


def _count(event: Event) -> str:
    args = event.node.args if isinstance(event.node, t.Call) else ()
    return event.place.module.text(args[0].value) if args else ""
