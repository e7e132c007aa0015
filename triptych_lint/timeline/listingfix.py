"""The fix for rows in no order: sort them where they are listed."""

from __future__ import annotations

from collections.abc import Iterable

from triptych_lint import tree as t
from triptych_lint.model import Edit, Fix, Safety, Span
from triptych_lint.timeline.build import Timeline
from triptych_lint.timeline.events import Event

_ENTRIES = "entries"
"""Listings whose members cannot be compared."""


def sort_at(timeline: Timeline, listings: Iterable[Event]) -> Fix | None:
    """Sort what each of these gives; None where the lines do not show that it is used as a list."""
    edits: dict[Span, Edit] = {}
    for event in listings:
        found = _sort(timeline, event)
        if found is None:
            return None
        edits.update((edit.span, edit) for edit in found)
    ordered = sorted(edits.values(), key=lambda edit: edit.span.start)
    return Fix(Safety.UNSAFE, "Sort the rows before they are split", tuple(ordered))


def _sort(timeline: Timeline, event: Event) -> list[Edit] | None:
    module, node = timeline.module, event.node
    if event.place.module is not module or event.facts["how"] == _ENTRIES:
        return None
    text = module.source.text
    called = isinstance(node, t.Call) and isinstance(node.func, t.Name) and node.func.id == "list"
    if called and isinstance(node, t.Call):
        return [Edit(node.func.span, "sorted")]
    if text[: node.start].endswith("list(") and text[node.end : node.end + 1] == ")":
        return [Edit(Span(node.start - len("list("), node.start - 1), "sorted")]
    if event.facts["how"] == "set":
        return None  # it may be used as a set
    return [Edit(Span(node.start, node.start), "sorted("), Edit(Span(node.end, node.end), ")")]
