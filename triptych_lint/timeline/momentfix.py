"""The fix for rows that are split at random although they have an order: split them in it."""

from __future__ import annotations

from triptych_lint import tree as t
from triptych_lint.model import Edit, Fix, Safety, Span
from triptych_lint.timeline.build import Timeline
from triptych_lint.timeline.events import Event


def in_order(timeline: Timeline, split: Event) -> Fix | None:
    """``shuffle=False`` for a split that takes the last rows then; None for other ways to split."""
    node = split.node
    row = timeline.catalog.row(split.name) or {}
    if split.place.module is not timeline.module or not isinstance(node, t.Call):
        return None
    given = {arg.keyword for arg in node.args}
    if "shuffle" not in row.get("when", {}) or row.get("split", {}).get("gives") != "pairs":
        return None
    if "stratify" in given or any(arg.star for arg in node.args) or not node.args:
        return None  # which cannot be had in order
    shuffle = next((arg for arg in node.args if arg.keyword == "shuffle"), None)
    end = node.args[-1].end
    edit = (
        Edit(Span(end, end), ", shuffle=False")
        if shuffle is None
        else Edit(shuffle.value.span, "False")
    )
    return Fix(Safety.UNSAFE, "Hold out the last rows", (edit,))
