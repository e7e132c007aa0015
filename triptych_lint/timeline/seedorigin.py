"""Where the seeds of a run come from, and which of its draws they govern."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from triptych_lint import tree as t
from triptych_lint.module import Module
from triptych_lint.timeline.discarded import is_discarded
from triptych_lint.timeline.entropy import sources
from triptych_lint.timeline.events import Event, Run, Sure
from triptych_lint.timeline.generators import is_told
from triptych_lint.timeline.seeding import TRAINING, first_draws, is_used, may_be_seeded_elsewhere
from triptych_lint.timeline.values import Const, Value


@dataclass(frozen=True, slots=True)
class Unfixed:
    """Seeds that differ from run to run: what they have in common, and a draw that they govern."""

    source: Event | None
    """The clock, the entropy or the draw; None where the seeder itself asks for entropy."""
    seeds: tuple[Event, ...]
    draw: Event


def unfixed(run: Run) -> Iterator[Unfixed]:
    """Seeds that nobody could repeat: new in each run, shown nowhere, and drawn from."""
    found: dict[Event | None, list[tuple[Event, Event]]] = {}
    for seed in run.of("seed", at_least=Sure.YES):
        numbers = sources(seed.facts["value"])
        source = next((e for n in sorted(numbers) if _is_new(run, e := run.events[n])), None)
        if source is None and (seed.facts["fixed"] or _is_optional(seed.facts["value"])):
            continue
        draw = governed(run, seed)
        if draw is not None and not is_told(run, numbers | {seed.order}):
            found.setdefault(source, []).append((seed, draw))
    for source, pairs in found.items():
        yield Unfixed(source, tuple(seed for seed, _ in pairs), pairs[0][1])


def _is_new(run: Run, source: Event) -> bool:
    """Whether a number differs from run to run: a draw does, if its stream is not seeded before."""
    if source.kind != "draw":
        return True
    stream = source.facts["stream"]
    before = [e for e in run.of("seed", at_least=Sure.NO) if e.order < source.order]
    seeded = any(stream in seed.facts["streams"] for seed in before)
    return not seeded and not may_be_seeded_elsewhere(run, source)


def _is_optional(value: Value | None) -> bool:
    return isinstance(value, Const) and value.option


def governed(run: Run, seed: Event) -> Event | None:
    """The first draw for the training that follows a seed, before its stream is seeded again."""
    training = list(run.of(*TRAINING))
    streams = set(seed.facts["streams"])
    for event in run.events[seed.order + 1 :]:
        if event.kind == "seed":
            streams -= set(event.facts["streams"]) if event.sure >= seed.sure else set()
        if event.kind != "draw" or event.sure < Sure.YES or event.facts["stream"] not in streams:
            continue
        if any(is_used(event, other) for other in training) and not is_discarded(run, event):
            return event
    return None


def behind_option(run: Run) -> Event | None:
    """The seed that an option keeps out of the default run, where no other seed is in it."""
    draws = first_draws(run)
    if fixed_somewhere(run) or not draws:
        return None
    for event in run.of("seed", "generator", at_least=Sure.NO):
        value = event.facts.get("value") or event.facts.get("seed")
        test = guard(event)
        named = test is not None and run.catalog.seeding_names.search(test)
        if _is_optional(value) and isinstance(value, Const) and value.value is None:
            return event
        if event.kind == "seed" and event.sure is Sure.NO and named:
            return event
    return None


def fixed_somewhere(run: Run) -> bool:
    """Whether the run may give itself a seed that is no option's empty default."""
    for event in run.of("seed", "generator"):
        value = event.facts.get("value") or event.facts.get("seed")
        empty = isinstance(value, Const) and value.value is None
        if event.kind == "generator":
            if value is not None and not empty:
                return True
        elif event.facts["fixed"] or (value is not None and not empty):
            return True
    return False


def guard(event: Event) -> str | None:
    """The innermost condition that an event stands behind, as its script writes it."""
    for frame in reversed(event.stack):
        for statement in reversed(frame.path):
            if isinstance(statement, t.If):
                return _text(frame.module, statement.test)
    return None


def _text(module: Module, node: t.Node) -> str:
    return " ".join(module.text(node).split())
