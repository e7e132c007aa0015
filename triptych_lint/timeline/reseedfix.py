"""Fixes for seeds that are there: a number that is known, or one that moves on."""

from __future__ import annotations

from collections.abc import Sequence

from triptych_lint import tree as t
from triptych_lint.edits import spelled
from triptych_lint.model import Edit, Fix, Safety, Span
from triptych_lint.timeline.build import Timeline
from triptych_lint.timeline.events import Event
from triptych_lint.timeline.seedfix import seed_value


def fix_seeds(timeline: Timeline, seeds: Sequence[Event]) -> Fix | None:
    """Give each seeder a number; None where one stands in another file or is no plain call."""
    edits: list[Edit] = []
    for seed in seeds:
        frame, node = seed.stack[-1], seed.node
        inside = seed.place.module is timeline.module and bool(frame.path)
        if not inside or not isinstance(node, t.Call) or len(node.args) > 1:
            return None
        number = seed_value(timeline, frame.path[-1], frame)[0]
        edit = _given(timeline, seed, node, number)
        if edit is None:
            return None
        if edit not in edits:
            edits.append(edit)
    return Fix(Safety.UNSAFE, "Seed with a number that is known", tuple(edits))


def _given(timeline: Timeline, seed: Event, node: t.Call, number: str) -> Edit | None:
    row = timeline.catalog.row(seed.name) or {}
    if "instead" in row:
        name = spelled(timeline.module, row["instead"], node.start)
        return Edit(node.span, f"{name}({number})") if name else None
    if not node.args:
        return Edit(Span(node.end - 1, node.end - 1), number)
    given = node.args[0].value
    return Edit(given.span, number) if isinstance(given, t.Const) else None


def move_on(timeline: Timeline, seed: Event, loop: t.Node) -> Fix | None:
    """Add the loop's counter to the seed, where it stands in the body of a counting loop."""
    node, frame = seed.node, seed.stack[-1]
    counter = _counter(loop)
    here = seed.place.module is timeline.module and loop in frame.path
    if not here or counter is None or not isinstance(node, t.Call) or len(node.args) != 1:
        return None
    given = node.args[0].value
    text = timeline.module.text(given)
    if not isinstance(given, (t.Const, t.Name, t.Attr, t.Call)):
        text = f"({text})"
    moved = counter if text == "0" else f"{text} + {counter}"
    return Fix(Safety.UNSAFE, f"Seed with {moved}", (Edit(given.span, moved),))


def _counter(loop: t.Node) -> str | None:
    """The name that counts the passes of ``for n in range(...)`` or ``enumerate(...)``."""
    if not isinstance(loop, t.For) or not isinstance(loop.iter, t.Call):
        return None
    called, target = loop.iter.func, loop.target
    if not isinstance(called, t.Name):
        return None
    if called.id == "enumerate" and isinstance(target, t.Seq):
        target = target.items[0]
    elif called.id not in ("range", "trange"):
        return None
    return target.id if isinstance(target, t.Name) and target.id != "_" else None


def seed_of_worker(timeline: Timeline, seed: Event) -> Fix | None:
    """Seed numpy, or Python's random, with what torch gives each worker for each epoch."""
    node = seed.node
    torch = spelled(timeline.module, "torch", node.start)
    plain = isinstance(node, t.Call) and len(node.args) == 1 and not node.args[0].keyword
    if not plain or not torch or seed.place.module is not timeline.module:
        return None
    if not {*seed.facts["streams"]} <= {"numpy", "python"} or not isinstance(node, t.Call):
        return None
    edit = Edit(node.args[0].value.span, f"{torch}.initial_seed() % 2**32")
    return Fix(Safety.UNSAFE, "Seed with torch's number for the worker and epoch", (edit,))
