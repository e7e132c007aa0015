"""What changed between two versions of a run: values, not spelling, names or places."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum

from triptych_lint.configdiff.meaning import same
from triptych_lint.configdiff.pairs import Pair
from triptych_lint.configdiff.references import Path, Reading
from triptych_lint.configdiff.variables import Key, Variables

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
    for pair in pairs:
        key = variables.key(pair.path)
        if pair.old is None or pair.new is None:
            kind = Kind.ADDED if pair.old is None else Kind.REMOVED
        elif _differ(pair.old, pair.new, key):
            unresolved = pair.old.unresolved or pair.new.unresolved
            kind = Kind.UNRESOLVED if unresolved else Kind.CHANGED
        else:
            continue
        found.append(Change(pair.path, key, kind, pair.old, pair.new))
    return _without_moves(found)


def _differ(old: Reading, new: Reading, key: Key) -> bool:
    if old.unresolved != new.unresolved:
        return True
    if same(old.value, new.value):
        return False
    return not (key.names_class and _class_name(old) == _class_name(new) != "")


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
    removed = [change for change in found if change.kind is Kind.REMOVED]
    added = [change for change in found if change.kind is Kind.ADDED]
    gone: set[int] = set()
    joined: dict[int, Change] = {}
    for related in (_same_leaf, _same_axis):
        for new in added:
            for old in removed:
                if id(old) in gone or id(new) in gone or not related(old, new):
                    continue
                if _equal(old, new):
                    gone |= {id(old), id(new)}
    left = Counter(_leaf(change) for change in removed if id(change) not in gone)
    came = Counter(_leaf(change) for change in added if id(change) not in gone)
    for new in added:
        for old in removed:
            if id(old) in gone or id(new) in gone or not _same_leaf(old, new):
                continue
            if left[_leaf(old)] == came[_leaf(new)] == 1 and _nested(old.path, new.path):
                gone.add(id(old))
                joined[id(new)] = _joined(old, new)
    return [joined.get(id(change), change) for change in found if id(change) not in gone]


def _leaf(change: Change) -> str:
    return change.path[-1] if change.path else ""


def _same_leaf(old: Change, new: Change) -> bool:
    return _leaf(old) == _leaf(new)


def _same_axis(old: Change, new: Change) -> bool:
    return old.key.axis is not None and old.key.axis == new.key.axis


def _equal(old: Change, new: Change) -> bool:
    return not _differ(*_joined(old, new).values, new.key)


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
