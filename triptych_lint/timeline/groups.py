"""Ids that several rows share, as far as the flow shows them on the rows of a split."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from triptych_lint.catalog import read_yaml
from triptych_lint.timeline.build import Timeline
from triptych_lint.timeline.events import Event, Run, Sure
from triptych_lint.timeline.values import Const, Data, Unknown, rows_in

if TYPE_CHECKING:
    from triptych_lint.timeline.calls import Args


@dataclass(frozen=True, slots=True)
class Group:
    """An id on the rows of a split: the column, the events that show it, and how they do."""

    column: str
    seen: tuple[Event, ...]
    how: str


_SHOWS = {
    "repeated": "is shared by several rows",
    "read": "is read",
    "groupby": "groups the rows",
    "merge": "is merged on",
    "nunique": "is counted",
    "counted": "is counted",
    "named": "is taken from the rows",
}
"""Uses that show an id to be more than a row number, with the words for them."""
_TELLING = {"repeated", "groupby", "merge", "nunique", "counted", "named"}
"""Uses that speak of several rows for each value."""
_SHARED = {"repeated", "nunique", "named"}
"""Uses that show of any key that several rows share it."""
_SETTLES = {"unique", "asserted", "isin"}
"""Uses after which somebody has taken care of the id."""
_MANY = ("many_to_one", "m:1", "many_to_many", "m:m")
"""What `merge` is told of rows of which several have one partner."""


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    groups = read_yaml("ids.yaml")["groups"]
    return tuple(re.compile(groups[name]) for name in ("regex", "shown_regex", "keys_regex"))


def is_group_name(name: str, use: str = "read") -> bool:
    """Whether a column of this name usually identifies a group of rows (``patient_id``).

    What is done with the column can say so where a bare word (``session``) does not.
    """
    alone, shown, keys = _patterns()
    if alone.search(name):
        return True
    return bool((use in _TELLING and shown.search(name)) or (use in _SHARED and keys.search(name)))


def groups_of(timeline: Timeline, run: Run, split: Event) -> Iterator[Group]:
    """The ids that the flow shows on the rows of ``split`` and that nobody has taken care of."""
    data: list[Data] = split.facts["data"]
    roots = frozenset().union(*(rows.roots for rows in data)) if data else frozenset()
    uses: dict[str, list[Event]] = {}
    for event in run.of("column", "named"):
        if event.facts["roots"] & roots and _may_be_group(event.name):
            uses.setdefault(event.name, []).append(event)
    handed = _handed_to_models(run) if uses else frozenset()
    for column, events in uses.items():
        kinds = {_use(event) for event in events}
        shown = [
            event
            for event in events
            if _use(event) in _SHOWS
            and event.sure is Sure.YES
            and is_group_name(column, _use(event))
        ]
        one_row = any(column in rows.keys or _regrouped(rows, column) for rows in data)
        if shown and not kinds & _SETTLES and not one_row and column not in handed:
            yield Group(column, tuple(shown), _SHOWS[_use(shown[0])])


def _regrouped(data: Data, column: str) -> bool:
    """Whether the rows stand for groups of other rows, with no such id or one row for each."""
    return bool(data.grouped) and not (column in data.grouped and len(data.grouped) > 1)


def _may_be_group(name: str) -> bool:
    return any(pattern.search(name) for pattern in _patterns())


@lru_cache(maxsize=4)
def _handed_to_models(run: Run) -> frozenset[str]:
    """Columns by name that a model is given: features or labels, and no groups to keep apart."""
    found: set[str] = set()
    for event in run.of("split", "fit", "train"):
        if isinstance(event.receiver, Data) and event.kind == "fit":
            continue  # a summary of the rows
        rows = [*event.facts.get("data", ())]
        args = event.facts.get("args")
        rows += rows_in(args.values) if args is not None else []
        for data in rows:
            found |= data.taken
        found |= _labels(run, args) if args is not None else set()
    return frozenset(found)


def _labels(run: Run, args: Args) -> set[str]:
    """The columns that the labels are, or are made from: `author` where `author_num` is learnt."""
    given = args.keywords.get("y") or (args.positional[1] if len(args.positional) > 1 else None)
    found = set().union(*(data.taken for data in rows_in([given] if given is not None else [])))
    for event in run.of("column"):
        value = event.facts.get("value")
        if event.name in found and event.facts["use"] == "write" and value is not None:
            found |= set().union(*(data.taken for data in rows_in([value])))
    return found


def _use(event: Event) -> str:
    if event.kind == "named":
        data: Data = event.facts["data"]
        # Ids that were computed from the rows; a name for the whole table shows nothing.
        return "named" if data.column is None and data.parsed else ""
    use = str(event.facts["use"])
    return "repeated" if use == "merge" and _is_lookup(event) else use


def _is_lookup(event: Event) -> bool:
    """Whether a merge is told that several rows have one partner: ``customers`` of orders."""
    args = event.facts.get("args")
    told = args.get("validate") if args is not None else None
    return isinstance(told, Const) and told.value in _MANY


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
