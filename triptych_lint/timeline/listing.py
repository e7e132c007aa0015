"""Rows in an order that nothing fixes: listings of folders, and sets of texts.

A tag follows what such rows become, ``unordered@`` with the order of the event that made them,
until they are sorted. One member of them has no order any more; a list that a loop over them fills
has.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from triptych_lint import tree as t
from triptych_lint.timeline.values import NO_TAGS, Const, Data, Items, Tags, Value, rows_in

if TYPE_CHECKING:
    from triptych_lint.timeline.interpreter import Interpreter

MARK = "unordered@"
_TEXTS = ("<files>", "builtins.str")


def note(it: Interpreter, name: str, node: t.Node, how: str) -> Tags:
    """Note what gives rows in no order: ``listing`` of a folder, or a ``set`` of texts."""
    event = it.emit("unordered", name, node, how=how)
    return frozenset({f"{MARK}{event.order}"})


def marks(tags: Iterable[str]) -> Tags:
    """The tags that say where an order comes from that nothing fixes."""
    return frozenset(tag for tag in tags if tag.startswith(MARK))


def settled(tags: Tags) -> Tags:
    """The tags of what is sorted, or of one member alone."""
    return tags - marks(tags)


def sources(tags: Iterable[str]) -> frozenset[int]:
    """The orders of the events that gave rows without an order."""
    return frozenset(int(tag[len(MARK) :]) for tag in marks(tags))


def entered(it: Interpreter, loop: t.Node, over: Value) -> Tags:
    """Remember in which order a loop goes through its rows; gives the marks of these rows."""
    found = marks(over.tags)
    if found:
        it.unordered[loop] = found
    return found


def gathered(it: Interpreter) -> Tags:
    """The marks of a list to which the loops adds, that the run is in."""
    return NO_TAGS.union(*(it.unordered.get(loop, NO_TAGS) for loop in it.loops))


def of_set(it: Interpreter, members: Value, node: t.Node) -> Tags:
    """The marks of a set, as it is made or put into an order: texts have another in each run."""
    if isinstance(members, Items) and members.items:
        texts = all(_is_text(item) for item in members.items)
    else:
        texts = _is_text(members)
    return note(it, "builtins.set", node, "set") if texts else NO_TAGS


def _is_text(value: Value) -> bool:
    """Whether a value certainly is a text: a file's name, or a piece of one."""
    if isinstance(value, Const):
        return isinstance(value.value, str)
    return isinstance(value, Data) and value.type in _TEXTS


def in_dataset(held: dict[str, Value], counted: str) -> Tags:
    """The marks of the attributes that a data set of the project's own counts as its rows."""
    found = [value for name, value in held.items() if f"self.{name}" in counted]
    return marks(tag for rows in rows_in(found) for tag in rows.tags)
