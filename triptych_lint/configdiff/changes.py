"""What changed between two versions of a run: values, not spelling, names or places."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, replace
from enum import Enum

from triptych_lint.configdiff.meaning import Meaning, is_number, same
from triptych_lint.configdiff.pairs import Pair
from triptych_lint.configdiff.references import Path, Reading
from triptych_lint.configdiff.variables import Axis, Key, Variables
from triptych_lint.model import Span

_DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")


class Kind(Enum):
    """How a key differs; only what has two known values can count."""

    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"
    UNRESOLVED = "unresolved"
    """Written differently, with a reference that leads out of the file."""


@dataclass(frozen=True, slots=True)
class Change:
    """A key whose value differs. ``path`` is that of the new version where it has the key."""

    path: Path
    key: Key
    kind: Kind
    old: Reading | None
    new: Reading | None

    @property
    def values(self) -> tuple[Reading, Reading]:
        """Both readings of a change that has both."""
        assert self.old is not None
        assert self.new is not None
        return self.old, self.new


def changes(pairs: Iterable[Pair], variables: Variables) -> list[Change]:
    """The changes of a run, in the order of the new version; moves and renames are none."""
    found: list[Change] = []
    pairs = list(pairs)
    spaces = _spaces(pairs, variables)
    for pair in pairs:
        key = variables.key(pair.path)
        if pair.old is None or pair.new is None:
            kind = Kind.ADDED if pair.old is None else Kind.REMOVED
        elif _differ(pair.old, pair.new, key):
            unresolved = pair.path[:-1] in spaces or any(
                _is_open(reading, key, variables) for reading in (pair.old, pair.new)
            )
            kind = Kind.UNRESOLVED if unresolved else Kind.CHANGED
        else:
            continue
        found.append(Change(pair.path, key, kind, pair.old, pair.new))
    return _without_echoes(_without_moves(found))


def _without_echoes(found: list[Change]) -> list[Change]:
    """Leave out the places that only repeat a change by name, before and after.

    `SGD(lr=LR)` changes with `LR`; that is told where `LR` is set.
    """
    told = {
        (c.key.axis, *(reading.span for reading in c.values))
        for c in found
        if c.kind is Kind.CHANGED and not _is_echo(c)
    }
    return [c for c in found if not (_is_echo(c) and _sources(c) <= told)]


def _is_echo(change: Change) -> bool:
    return change.kind is Kind.CHANGED and all(
        reading.span not in reading.origins and len(reading.origins) == 1
        for reading in change.values
    )


def _sources(change: Change) -> set[tuple[Axis | None, Span, Span]]:
    old, new = (next(iter(reading.origins)) for reading in change.values)
    return {(change.key.axis, old, new)}


def _differ(old: Reading, new: Reading, key: Key) -> bool:
    if same(old.value, new.value):
        return False
    return not (key.names_class and _class_name(old) == _class_name(new) != "")


def _spaces(pairs: Iterable[Pair], variables: Variables) -> set[Path]:
    """The tables that hold lists for several single variables: choices, or bounds of a search."""
    counts: Counter[Path] = Counter()
    for pair in pairs:
        key = variables.key(pair.path)
        listed = any(r and isinstance(r.value, tuple) and r.value for r in (pair.old, pair.new))
        if listed and key.axis and key.axis.single and key.leaf not in variables.lists:
            counts[pair.path[:-1]] += 1
    return {path for path, count in counts.items() if count > 1}


def _is_open(reading: Reading, key: Key, variables: Variables) -> bool:
    """Whether the value of a run cannot be told: it is found elsewhere, or one of a list."""
    if reading.unresolved:
        return True
    if key.axis is None or not key.axis.single:
        return False
    if isinstance(reading.value, tuple):
        return key.leaf not in variables.lists
    return reading.shown.lower().strip("\"'") in variables.unset


def _class_name(reading: Reading) -> str:
    """``torch.optim.AdamW`` and ``adamw`` are ``adamw``; "" where the value is no name."""
    text = reading.value
    if not isinstance(text, str) or not _DOTTED.fullmatch(text):
        return ""
    return text.rpartition(".")[2].replace("_", "").lower()


def _without_moves(found: list[Change]) -> list[Change]:
    """Join what left one place and came up in another.

    The same name, or the same variable, with an equal value has only moved. A name that occurs
    once on each side and went into (or out of) a section has moved even if its value is another.
    """
    gone: set[int] = set()

    def left(kind: Kind) -> list[Change]:
        kept = [change for change in found if change.kind is kind and id(change) not in gone]
        return sorted(kept, key=lambda change: change.path)  # not in the order of the text

    for name in (_leaf, _axis):
        waiting: dict[tuple[str, Hashable], list[Change]] = {}
        for old in left(Kind.REMOVED):
            waiting.setdefault((name(old), _fingerprint(old)), []).append(old)
        for new in left(Kind.ADDED):
            moved = waiting.get((name(new), _fingerprint(new)))
            if name(new) and moved:
                gone |= {id(moved.pop()), id(new)}
    joined: dict[int, Change] = {}
    removed, added = _unique(left(Kind.REMOVED)), _unique(left(Kind.ADDED))
    for leaf in removed.keys() & added.keys():
        old, new = removed[leaf], added[leaf]
        if _nested(old.path, new.path):
            gone.add(id(old))
            joined[id(new)] = _joined(old, new)
    return [joined.get(id(change), change) for change in found if id(change) not in gone]


def _leaf(change: Change) -> str:
    return change.path[-1] if change.path else ""


def _axis(change: Change) -> str:
    return change.key.axis.name if change.key.axis else ""


def _fingerprint(change: Change) -> Hashable:
    """Equal for values that mean the same."""
    reading = change.new or change.old
    assert reading is not None
    name = _class_name(reading) if change.key.names_class else ""
    return (reading.unresolved, name or _rounded(reading.value))


def _rounded(value: Meaning) -> Hashable:
    if isinstance(value, tuple):
        return tuple(_rounded(item) for item in value)
    return f"number {value:.10e}" if is_number(value) else (type(value), value)


def _unique(found: Iterable[Change]) -> dict[str, Change]:
    """The changes whose name occurs once, by that name."""
    found = list(found)
    counts = Counter(_leaf(change) for change in found)
    return {_leaf(change): change for change in found if counts[_leaf(change)] == 1}


def _joined(old: Change, new: Change) -> Change:
    """What was removed and what was added, as one change."""
    joined = replace(new, kind=Kind.CHANGED, old=old.old)
    unresolved = any(reading.unresolved for reading in joined.values)
    return replace(joined, kind=Kind.UNRESOLVED) if unresolved else joined


def _nested(one: Path, other: Path) -> bool:
    """Whether the shorter path is the longer one without some of its sections."""
    shorter, longer = sorted((one, other), key=len)
    steps = iter(longer)
    return all(step in steps for step in shorter)
