"""Ids that several rows share, as far as the flow shows them on the rows of a split."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from triptych_lint.catalog import read_yaml
from triptych_lint.timeline.build import Timeline
from triptych_lint.timeline.events import Event, Run, Sure
from triptych_lint.timeline.values import Data, Unknown


@dataclass(frozen=True, slots=True)
class Group:
    """An id on the rows of a split: the column, the events that show it, and how they do."""

    column: str
    seen: tuple[Event, ...]
    how: str


_SHOWS = {
    "read": "is read",
    "groupby": "groups the rows",
    "merge": "is merged on",
    "nunique": "is counted",
    "named": "is taken from the rows",
}
"""Uses that show an id to be more than a row number, with the words for them."""
_TELLING = {"groupby", "merge", "nunique", "named"}
"""Uses that speak of several rows for each value."""
_SETTLES = {"unique", "asserted", "isin"}
"""Uses after which somebody has taken care of the id."""


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    groups = read_yaml("ids.yaml")["groups"]
    return re.compile(groups["regex"]), re.compile(groups["shown_regex"])


def is_group_name(name: str, use: str = "read") -> bool:
    """Whether a column of this name usually identifies a group of rows (``patient_id``).

    What is done with the column can say so where a bare word (``session``) does not.
    """
    alone, shown = _patterns()
    return bool(alone.search(name)) or (use in _TELLING and bool(shown.search(name)))


def groups_of(timeline: Timeline, run: Run, split: Event) -> Iterator[Group]:
    """The ids that the flow shows on the rows of ``split`` and that nobody has taken care of."""
    data: list[Data] = split.facts["data"]
    roots = frozenset().union(*(rows.roots for rows in data)) if data else frozenset()
    uses: dict[str, list[Event]] = {}
    for event in run.of("column", "named"):
        if event.facts["roots"] & roots and is_group_name(event.name, _use(event)):
            uses.setdefault(event.name, []).append(event)
    for column, events in uses.items():
        kinds = {_use(event) for event in events}
        shown = [event for event in events if _use(event) in _SHOWS and event.sure is Sure.YES]
        one_row = any(column in rows.keys for rows in data)
        # An id that is handed to the model is a feature or the label, and no group to keep apart.
        used = any(column in rows.taken for rows in data)
        if shown and not kinds & _SETTLES and not one_row and not used:
            yield Group(column, tuple(shown), _SHOWS[_use(shown[0])])


def _use(event: Event) -> str:
    if event.kind == "named":
        data: Data = event.facts["data"]
        # Ids that were computed from the rows; a name for the whole table shows nothing.
        return "named" if data.column is None and data.parsed else ""
    return str(event.facts["use"])


def keeps_groups(run: Run, split: Event) -> bool:
    """Whether a split keeps ids together, or may do so out of sight."""
    facts: dict[str, Any] = split.facts
    if facts.get("opaque_splitter") or isinstance(facts.get("groups"), Unknown):
        return True
    if facts.get("groups") is not None or (facts.get("stratify") is not None and _is_id(facts)):
        return True
    shuffle = facts.get("shuffle")
    data: list[Data] = [*facts["data"], *(shuffle.facts["data"] if shuffle else ())]
    if any(rows.rows == "unique" or rows.part is not None for rows in data):
        return True
    roots = frozenset().union(*(rows.roots for rows in data)) if data else frozenset()
    return any(
        other.facts.get("group_aware") and any(rows.roots & roots for rows in other.facts["data"])
        for other in run.of("split")
    )


def _is_id(facts: dict[str, Any]) -> bool:
    value = facts["stratify"]
    return isinstance(value, Data) and value.column is not None and is_group_name(value.column)
