"""When a tracker has a run open, and what is logged while it has none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from triptych_lint import tree as t
from triptych_lint.rule import Place
from triptych_lint.timeline.branches import exclusive
from triptych_lint.timeline.events import Event, Run, Sure
from triptych_lint.timeline.kept import has_trainer
from triptych_lint.timeline.seeding import may_be_seeded_elsewhere


@dataclass(frozen=True, slots=True)
class Lost:
    """A call that raises, since no run is open: ``how`` is ``early``, ``ended`` or ``left``."""

    call: Event
    how: str
    because: Place
    """The start that comes later, the end that came before, or the ``with`` that was left."""


def lost(run: Run) -> Iterator[Lost]:
    """The first call of each tracker that certainly comes when no run of it is open."""
    inits = [e for e in run.of("track", at_least=Sure.NO) if e.facts["how"] == "init"]
    asked: set[str] = set()
    if has_trainer(run):  # it may start a run by itself
        return
    for call in run.of("track", at_least=Sure.YES):
        tracker = call.facts["row"].get("within")
        if tracker is None or tracker in asked:
            continue
        found = _early(run, call, inits) or _ended(run, call, inits) or _left(call, inits)
        if found is not None:
            asked.add(tracker)
            yield found


def _early(run: Run, call: Event, inits: list[Event]) -> Lost | None:
    """What is logged before the run starts: nothing that went before could have started one."""
    if may_be_seeded_elsewhere(run, call) or any(e.order < call.order for e in inits):
        return None
    tracker = call.facts["row"]["within"]
    for start in inits:
        own = start.facts["row"].get("opens") == tracker
        if own and start.sure is Sure.YES and not exclusive(call, start):
            return Lost(call, "early", start.place)
    return None


def _ended(run: Run, call: Event, inits: list[Event]) -> Lost | None:
    """What is logged after the only run was closed."""
    tracker = call.facts["row"]["within"]
    if len(inits) != 1 or inits[0].facts["row"].get("opens") != tracker:
        return None
    for end in run.of("end", at_least=Sure.YES):
        between = inits[0].order < end.order < call.order
        # In a loop, an end that comes later in the text may come before the next pass.
        if between and end.facts["row"]["ends"] == tracker and not exclusive(end, call):
            opaque = (e for e in run.of("opaque") if end.order < e.order < call.order)
            if not any(e.facts["may_seed"] for e in opaque):
                return Lost(call, "ended", end.place)
    return None


def _left(call: Event, inits: list[Event]) -> Lost | None:
    """What is logged below the ``with`` that closed the only run."""
    if len(inits) != 1 or inits[0].order > call.order or inits[0].sure is not Sure.YES:
        return None
    start = inits[0]
    if start.facts["row"].get("opens") != call.facts["row"]["within"]:
        return None
    frame = start.stack[-1]
    block = frame.path[-1] if frame.path else None
    if not isinstance(block, t.With) or all(item is not start.node for item, _ in block.items):
        return None
    if any(block in other.path for other in call.stack):
        return None
    return Lost(call, "left", Place(frame.module, block.span))
