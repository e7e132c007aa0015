"""The fix for seeders that ask for entropy: they are given the script's seed."""

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
