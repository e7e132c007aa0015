"""Seeds in loops: which of them make every pass draw the same numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from triptych_lint import tree as t
from triptych_lint.timeline.entropy import sources
from triptych_lint.timeline.events import Event, Run, Sure
from triptych_lint.timeline.values import Const, Obj, Value

_COUNTS = re.compile(r"(?i)epoch|step|iter|round|episode|fold|trial|index|idx|count|rank")
"""Words in a seed that say that it moves on, whatever its first value is."""


@dataclass(frozen=True, slots=True)
class Repeat:
    """A seed that starts a stream again on each pass of a loop in which one model is trained."""

    seed: Event
    loop: t.Node
    draw: Event


def repeats(run: Run) -> Iterator[Repeat]:
    """Constant seeds in the loops of a training, with a draw of the training that they repeat."""
    seen: set[t.Node] = set()
    for seed in run.of("seed", at_least=Sure.YES):
        if seed.node in seen or seed.facts.get("local") or not _is_constant(seed):
            continue
        for loop in reversed(seed.loops):
            draw = _repeated(run, seed, loop)
            if draw is not None and not _changes(run, seed, loop):
                seen.add(seed.node)
                yield Repeat(seed, loop, draw)
                break


def same_starts(run: Run) -> Iterator[Repeat]:
    """Resets that start every episode of a training from the same state."""
    resets = [e for e in run.of("settle", "entropy", at_least=Sure.NO) if _is_env(run, e)]
    for reset in resets:
        alone = len({e.node for e in resets}) == 1 and reset.kind == "settle"
        if not alone or reset.sure < Sure.YES or not _is_constant(reset):
            continue
        for loop in reversed(reset.loops):
            updates = _updates(run, loop)
            if updates and reset.loops == updates[0].loops[: len(reset.loops)]:
                yield Repeat(reset, loop, updates[0])
                return


def _is_env(run: Run, event: Event) -> bool:
    receiver = event.receiver
    return isinstance(receiver, Obj) and run.catalog.kind(receiver.type) == "env"


def _is_constant(seed: Event) -> bool:
    """Whether a seed is the same number on each pass, as far as anybody can see."""
    value: Value | None = seed.facts["value"]
    if not isinstance(value, Const) or value.value is None or sources(value):
        return False
    for frame in seed.stack[-3:]:
        calls = [frame.call, seed.node] if frame is seed.stack[-1] else [frame.call]
        given = [a.value for call in calls if isinstance(call, t.Call) for a in call.args]
        if any(_moves(frame.module.source.text, node) for node in given):
            return False
    return True


def _moves(text: str, node: t.Expr) -> bool:
    """Whether an expression names a counter, or an attribute that is counted up somewhere."""
    written = text[node.start : node.end]
    counted = isinstance(node, t.Attr) and re.search(rf"\.{node.attr}\s*[+-]=", text)
    return bool(counted) or (len(written) < 200 and bool(_COUNTS.search(written)))


def _updates(run: Run, loop: t.Node) -> list[Event]:
    """The steps of a training that goes on from pass to pass; none where each pass trains anew."""
    for event in run.events:
        if loop in event.loops and event.sure > Sure.NO:
            built = event.kind in ("make", "draw") and run.catalog.kind(event.name) == "module"
            if built or event.kind in ("train", "search"):
                return []
    updates = [event for event in run.of("update", at_least=Sure.YES) if loop in event.loops]
    for update in updates:
        made = update.receiver.made if isinstance(update.receiver, Obj) else None
        if made is None or loop in made.loops:
            return []
    return updates


def _repeated(run: Run, seed: Event, loop: t.Node) -> Event | None:
    """The first draw of the training that starts from the seed again on each pass."""
    updates = _updates(run, loop)
    for draw in run.of("draw", at_least=Sure.YES):
        own = {draw.facts["stream"], draw.facts.get("own")}
        reached = draw.facts.get("worker") is seed.facts.get("worker")
        if not reached or loop not in draw.loops or not own & {*seed.facts["streams"]}:
            continue
        if any(update.loops[-1] in draw.loops for update in updates):
            return draw
    return None


def _changes(run: Run, seed: Event, loop: t.Node) -> bool:
    """Whether something else seeds one of the streams in the loop, or puts its state back."""
    for other in run.of("seed", "opaque"):
        if loop not in other.loops or other is seed:
            continue
        if other.kind == "opaque":
            if other.facts["may_seed"]:
                return True
        elif {*other.facts["streams"]} & {*seed.facts["streams"]} and not _is_constant(other):
            return True
    return False
