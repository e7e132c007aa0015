"""Values that only move together are one variable, and it is said why.

Each tie leaves one variable in the lead: a learning rate scaled with the batch is counted with
the batch, a warmup that shrinks with the run with its length.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from triptych_lint.configdiff.changes import Change, Kind
from triptych_lint.configdiff.meaning import Meaning, common, is_number, ratio
from triptych_lint.configdiff.variables import Axis, Variables

LR_TOLERANCE = 0.05
TOLERANCE = 0.02


@dataclass(frozen=True, slots=True)
class Tie:
    """Why the changes of a variable are no variable of their own: they go with ``leader``."""

    leader: Axis
    reason: str


@dataclass(frozen=True, slots=True)
class Moved:
    """A variable whose keys changed; ``tie`` is None where it moved by itself."""

    axis: Axis
    changes: tuple[Change, ...]
    tie: Tie | None = None


def moved(changes: Sequence[Change], variables: Variables, unchanged: Iterable[str]) -> list[Moved]:
    """The variables that moved in a run, in the order of the catalogue.

    ``unchanged`` are the names of the variables' keys that stayed as they were.
    """
    groups: dict[str, list[Change]] = {}
    for change in changes:
        if change.kind is Kind.CHANGED and change.key.axis is not None:
            groups.setdefault(change.key.axis.name, []).append(change)
    ties: dict[str, Tie] = {}
    for name, leader, reason in _ties(groups, changes, variables, set(unchanged)):
        if name not in ties and (leader == name or _can_lead(leader, name, ties)):
            ties[name] = Tie(variables.axes[leader], reason)
    return [
        Moved(axis, tuple(groups[name]), ties.get(name))
        for name, axis in variables.axes.items()
        if name in groups
    ]


def _can_lead(leader: str, name: str, ties: dict[str, Tie]) -> bool:
    """Whether ``name`` can go with ``leader``: not in a circle, nor with what did not move."""
    while leader in ties:
        above = ties[leader].leader.name
        if above == leader:
            return False
        leader = above
    return leader != name


def _ties(
    groups: dict[str, list[Change]],
    changes: Sequence[Change],
    variables: Variables,
    unchanged: set[str],
) -> Iterator[tuple[str, str, str]]:
    """Variable, the one that it goes with, and why; the first tie of a variable holds."""
    batch = _batch_ratio(changes, variables, unchanged) if "batch" in groups else None
    lr, length = _ratio(groups.get("lr", ())), _ratio(groups.get("length", ()))
    if batch is not None and math.isclose(batch, 1):
        yield "batch", "batch", "the product stays the same"
        batch = None
    if "weight_decay" in groups and any(_renamed(c) for c in groups.get("optimizer", ())):
        yield "weight_decay", "optimizer", "a new optimizer brings its own"
    if batch is not None and lr is not None:
        if math.isclose(lr, batch, rel_tol=LR_TOLERANCE):
            yield "lr", "batch", "scaled with the batch"
        elif math.isclose(lr, math.sqrt(batch), rel_tol=LR_TOLERANCE):
            yield "lr", "batch", "scaled with the square root of the batch"
    if batch is not None and length is not None and _inverse(batch, length):
        yield "length", "batch", "as many samples in all"
    yield from _schedule_ties(groups, variables, lr, batch)
    yield from _common_origins({name: groups[name] for name in variables.axes if name in groups})


def _ratio(changes: Iterable[Change]) -> float | None:
    return common([ratio(*(value.value for value in change.values)) for change in changes])


def _inverse(one: float, other: float) -> bool:
    return math.isclose(one * other, 1, rel_tol=TOLERANCE)


def _renamed(change: Change) -> bool:
    """Whether another optimizer was named, not only a number of it changed."""
    return all(isinstance(reading.value, str) for reading in change.values)


def _batch_ratio(
    changes: Iterable[Change], variables: Variables, unchanged: set[str]
) -> float | None:
    """How the samples per step grew: micro-batch times accumulation times replicas.

    An accumulation that is new was one before, one that is gone is one now.
    """
    ratios: dict[str, list[float | None]] = {}
    for change in changes:
        role = variables.roles.get(change.key.leaf, "micro")
        if role == "micro" and (change.key.axis is None or change.key.axis.name != "batch"):
            continue
        if change.kind is Kind.CHANGED:
            ratios.setdefault(role, []).append(_ratio([change]))
        elif role == "accumulation":
            old = 1 if change.old is None else change.old.value
            new = 1 if change.new is None else change.new.value
            ratios.setdefault(role, []).append(ratio(old, new))
    totals = {key for key, role in variables.roles.items() if role == "total"}
    if "total" in ratios:
        return common(ratios["total"])
    if totals & unchanged:
        return 1.0
    product = 1.0
    for role, found in ratios.items():
        agreed = common(found)
        if agreed is None:
            return None
        product *= 1 / agreed if role == "inverse" else agreed
    return product


def _schedule_ties(
    groups: dict[str, list[Change]], variables: Variables, lr: float | None, batch: float | None
) -> Iterator[tuple[str, str, str]]:
    """A schedule none of whose changes is more than a consequence of another variable's."""
    lengths = groups.get("length", [])
    leaders = set()
    for change in groups.get("schedule", ()):
        leaf, (old, new) = change.key.leaf, change.values
        if leaf in variables.follows and any(_same_way(change, other) for other in lengths):
            leaders.add("length")
        elif (
            leaf in variables.follows
            and batch
            and _inverse(batch, ratio(old.value, new.value) or 0)
        ):
            leaders.add("batch")
        elif (
            leaf in variables.floor
            and lr
            and math.isclose(lr, ratio(old.value, new.value) or 0, rel_tol=TOLERANCE)
        ):
            leaders.add("lr")
        else:
            return
    reasons = {
        "length": "moves with the length",
        "batch": "as many samples in all",
        "lr": "scaled with the learning rate",
    }
    for leader, reason in reasons.items():
        if leader in leaders:
            yield "schedule", leader, reason
            return


def _same_way(one: Change, other: Change) -> bool:
    direction = _direction(*(reading.value for reading in one.values))
    return direction != 0 and direction == _direction(*(reading.value for reading in other.values))


def _direction(old: Meaning, new: Meaning) -> int:
    """+1 where the numbers grow, -1 where they shrink; of lists, where all do. Else 0."""
    if isinstance(old, tuple) and isinstance(new, tuple):
        if len(old) != len(new):
            return 0
        steps = {_direction(a, b) for a, b in zip(old, new, strict=True) if a != b}
        return steps.pop() if len(steps) == 1 else 0
    if not (is_number(old) and is_number(new)):
        return 0
    return (new > old) - (new < old)


def _common_origins(groups: dict[str, list[Change]]) -> Iterator[tuple[str, str, str]]:
    """Variables that refer to the same value, before and after; the first of them leads."""
    names = list(groups)
    for index, leader in enumerate(names):
        for name in names[index + 1 :]:
            if all(
                any(share_origins(change, c) for c in groups[leader]) for change in groups[name]
            ):
                yield name, leader, "both refer to one value"


def share_origins(one: Change, other: Change) -> bool:
    """Whether two changes come from one value, before and after."""
    pairs = zip(one.values, other.values, strict=True)
    return all(a.origins & b.origins for a, b in pairs)
