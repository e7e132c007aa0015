"""Groups that a split is given and does not keep together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from triptych_lint import tree as t
from triptych_lint.timeline.build import Timeline
from triptych_lint.timeline.events import Event, Run
from triptych_lint.timeline.groups import is_group_name
from triptych_lint.timeline.values import OPTIONAL, Const, Data, Obj, Unknown, Value


@dataclass(frozen=True, slots=True)
class Ignored:
    """Groups that are dropped: by what, what would keep them, and what they are called."""

    splitter: str
    better: str
    group: str
    made: Event | None


def ignored_groups(timeline: Timeline, split: Event) -> Ignored | None:
    """The groups that ``split`` is given and drops for certain; None where it may keep them."""
    facts = split.facts
    groups: Value | None = facts.get("groups")
    if groups is None or facts["group_aware"] or facts["opaque_splitter"]:
        return None
    if OPTIONAL in groups.tags or not _is_told(split) or _compared(timeline, split):
        return None
    group = groups.column if isinstance(groups, Data) and groups.column else "group"
    if facts["by"] == "scores" and grouped_by(timeline, split) is None:
        return None
    splitter: Obj | None = facts["splitter"]
    row = _row(timeline, splitter.type) if splitter is not None else {}
    if row.get("split", {}).get("random"):
        assert splitter is not None
        grouped = row.get("grouped", {}).get("class", "a splitter that knows groups")
        return Ignored(_short(splitter.type), _short(grouped), group, splitter.made)
    folds, instead = number_of_folds(timeline, split), grouped_by(timeline, split)
    if folds is None or instead is None:
        return None
    better = _short(instead["class"])
    number = "no `cv`" if folds.value is None else f"`cv={folds.value}`"
    return Ignored(number, better, group, None)


def grouped_by(timeline: Timeline, split: Event) -> Any:
    """What the catalogue says of a call that splits by itself and could keep groups apart."""
    receiver, catalog = split.receiver, timeline.catalog
    if not isinstance(receiver, Obj):
        return _row(timeline, split.name).get("grouped")
    found = catalog.method(receiver.type, _short(split.name))
    return found[1].get("grouped") if found is not None else None


def number_of_folds(timeline: Timeline, split: Event) -> Const | None:
    """The number of folds (or None) by which a call splits that is given no splitter."""
    receiver = split.receiver
    if split.facts["by"] != "scores":
        return None
    made: Event | None = split
    if receiver is not None:
        searches = isinstance(receiver, Obj) and timeline.catalog.kind(receiver.type) == "search"
        made = receiver.made if isinstance(receiver, Obj) and searches else None
    args = made.facts.get("args") if made is not None else None
    if args is None or args.open:
        return None
    chosen = args.get("cv") or Const(None)
    plain = isinstance(chosen, Const) and (chosen.value is None or type(chosen.value) is int)
    return chosen if plain else None


def spread_groups(run: Run, split: Event) -> str | None:
    """The id by which ``split`` is stratified, if nothing makes a label or a feature of it."""
    value = split.facts.get("stratify")
    column = value.column if isinstance(value, Data) else None
    if column is None or not is_group_name(column):
        return None
    data: list[Data] = split.facts["data"]
    if any(column in rows.taken for rows in data):
        return None
    used = any(
        event.order > split.order and event.name == column and event.facts["use"] != "drop"
        for event in run.of("column")
    )
    return None if used else column


def _compared(timeline: Timeline, split: Event) -> bool:
    """Whether the same call splits with another splitter as well, as a comparison does."""
    return any(
        other.node is split.node and (other.facts["group_aware"] or other.facts["opaque_splitter"])
        for run in timeline.runs
        for other in run.of("split")
        if "opaque_splitter" in other.facts
    )


def groups_argument(split: Event) -> t.Arg | None:
    """The argument that hands the groups to the call, if it is written there."""
    args = split.node.args if isinstance(split.node, t.Call) else ()
    named = next((arg for arg in args if arg.keyword == "groups"), None)
    if named is None and split.facts["by"] == "folds" and len(args) > 2:
        third = args[2]
        return third if not any(arg.star or arg.keyword for arg in args[:3]) else None
    return named


def _is_told(split: Event) -> bool:
    """Whether groups are written into the call, and are neither its labels nor passed through."""
    module, argument = split.place.module, groups_argument(split)
    inside = split.stack[-1].function
    passes = isinstance(split.facts["groups"], Unknown) and inside is not None
    if argument is None or (passes and inside is not None and inside.name == "split"):
        return False
    args = split.node.args if isinstance(split.node, t.Call) else ()
    others = [module.text(arg.value) for arg in args if arg is not argument]
    return module.text(argument.value) not in others


def _row(timeline: Timeline, name: str) -> Any:
    return timeline.catalog.row(name) or {}


def _short(name: str) -> str:
    return name.rpartition(".")[2]
