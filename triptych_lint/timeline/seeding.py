"""Questions about random streams that several rules ask of a run."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache

from triptych_lint import tree as t
from triptych_lint.catalog import Catalog
from triptych_lint.rule import Place
from triptych_lint.timeline.build import Timeline
from triptych_lint.timeline.discarded import is_discarded
from triptych_lint.timeline.entropy import sources
from triptych_lint.timeline.events import Event, Run, Sure
from triptych_lint.timeline.values import Value

DRAWN = "drawn"
"""The tag of values that were drawn from a stream."""
TRAINING = ("train", "update", "search")


@lru_cache(maxsize=4)
def first_draws(run: Run) -> dict[str, Event]:
    """The first draw of each stream that the default run makes for certain, to train on it.

    What is drawn after the last training, or only to be looked at, changes no result.
    """
    training = list(run.of(*TRAINING))
    become_seeds = frozenset().union(*(sources(e.facts["value"]) for e in run.of("seed")))
    found: dict[str, Event] = {}
    for draw in run.of("draw", at_least=Sure.YES):
        if draw.order in become_seeds:
            continue
        stream = draw.facts["stream"]
        used = stream not in found and any(is_used(draw, event) for event in training)
        if used and not is_discarded(run, draw):
            found[stream] = draw
    return found


def is_used(draw: Event, training: Event) -> bool:
    """Whether the training comes after the draw, with it, or again in the next round of a loop."""
    return (
        training.order > draw.order
        or training.node is draw.node
        or bool({*draw.loops} & {*training.loops})
    )


def shown(timeline: Timeline, draw: Event, words: str) -> list[tuple[Place, str]]:
    """The evidence of a draw: where it is made, and the line of the run that leads there."""
    module = timeline.module
    at, way = draw.place_in(module), draw.way_from(module)
    before = set_up(draw)
    made = [(before, f"`{draw.short}` is set up here")] if before is not None else []
    if draw.place.module is not module:
        return [(at, f"leads to `{draw.short}`"), *made, (draw.place, words)]
    if way is None or way.span == at.span:
        return [(at, words), *made]
    return [(at, words), *made, (way, "reached from here")]


def set_up(draw: Event) -> Place | None:
    """Where a draw was asked for, if that is another line: a loader that is iterated later."""
    asked_at: Place | None = draw.facts.get("asked_at")
    return asked_at if asked_at is not None and asked_at.line != draw.place.line else None


def seeds(run: Run) -> dict[str, Event]:
    """The first seed of each stream that the run may meet, behind any option or condition."""
    found: dict[str, Event] = {}
    for seed in run.of("seed", at_least=Sure.NO):
        for stream in reached(run.catalog, seed.facts["streams"]):
            found.setdefault(stream, seed)
    return found


def reached(catalog: Catalog, streams: Iterable[str]) -> list[str]:
    """These streams, and those that take their seeds from them."""
    named = list(streams)
    return named + [s for s, facts in catalog.streams.items() if facts.get("follows") in named]


def unseeded(timeline: Timeline) -> dict[str, Event]:
    """The streams that the run draws from and certainly never seeds, with their first draws."""
    run, draws = timeline.main, first_draws(timeline.main)
    own = _late(run, draws).keys() - late_seeds(run, draws).keys()
    seeded = ({*seeds(run)} - own).union(*(streams for _, streams in dead_seeders(timeline)))
    return {
        stream: draw
        for stream, draw in draws.items()
        if stream not in seeded
        and not _may_follow(timeline, stream, seeded)
        and not may_be_seeded_elsewhere(run, draw)
    }


def _may_follow(timeline: Timeline, stream: str, seeded: Collection[str]) -> bool:
    """Whether some version of a stream's library is seeded by what the run does seed."""
    facts = timeline.catalog.streams.get(stream, {})
    if not any(other in seeded for other in facts.get("followed", ())):
        return False
    return not re.search(facts["current"], timeline.module.source.text)


def may_be_seeded_elsewhere(run: Run, before: Event | None = None) -> bool:
    """Whether the run calls something that cannot be read and that might seed.

    ``before`` leaves out what comes after that draw: a later seed would not reach it.
    """
    return any(
        event.facts["may_seed"] and (before is None or event.order < before.order)
        for event in run.of("opaque")
    )


def late_seeds(run: Run, draws: Mapping[str, Event]) -> dict[str, Event]:
    """Streams whose first seed comes for certain after their first draw, with that seed.

    What a later function seeds for its own draws, with no training in it, governs nothing else.
    """
    return {
        stream: seed
        for stream, seed in _late(run, draws).items()
        if not _governs_itself_only(run, seed, stream)
    }


def _late(run: Run, draws: Mapping[str, Event]) -> dict[str, Event]:
    found: dict[str, Event] = {}
    for stream, seed in seeds(run).items():
        draw = draws.get(stream)
        if draw is None or draw.order > seed.order or seed.sure < Sure.YES:
            continue
        value: Value | None = seed.facts["value"]
        drawn = value is not None and DRAWN in value.tags
        hidden = any(
            event.facts["may_seed"] and event.order < draw.order for event in run.of("opaque")
        )
        if not drawn and not hidden and seed.facts["fixed"]:
            found[stream] = seed
    return found


def _governs_itself_only(run: Run, seed: Event, stream: str) -> bool:
    """Whether a function around the seed draws from it afterwards, and holds no training."""
    drawn = [e for e in run.of("draw", at_least=Sure.NO) if e.facts["stream"] == stream]
    drawn = [e for e in drawn if e.order > seed.order]
    training = list(run.of(*TRAINING, at_least=Sure.NO))
    ways = ([frame.call for frame in seed.stack[:depth]] for depth in range(1, len(seed.stack)))
    return any(
        any(_goes(e, way) for e in drawn) and not any(_goes(e, way) for e in training)
        for way in ways
    )


def _goes(event: Event, way: list[t.Node | None]) -> bool:
    """Whether an event lies behind these calls."""
    return [frame.call for frame in event.stack[: len(way)]] == way


def trained_between(run: Run, draw: Event, seed: Event) -> Event | None:
    """The first training, sweep, claim or logged result between a draw and the seed after it."""
    for event in run.of("train", "update", "search", "claim", "track", at_least=Sure.YES):
        logged = event.kind != "track" or event.facts.get("how") == "log"
        # A model that draws when it is fitted is trained by the very call that draws.
        after = draw.order < event.order or event.node is draw.node
        if after and event.order < seed.order and logged:
            return event
    return None


def dead_seeders(timeline: Timeline) -> list[tuple[Run, tuple[str, ...]]]:
    """Functions that seed and that the run never calls, of the module or imported by it."""
    found: list[tuple[Run, tuple[str, ...]]] = []
    for run in timeline.fragments:
        if run.at is not None:
            seeded = [s for e in run.of("seed") for s in e.facts["streams"]]
            streams = tuple(dict.fromkeys(reached(run.catalog, seeded)))
            if streams:
                found.append((run, streams))
    return found
