"""The fix for a key that is used up twice: split it before its first use."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from triptych_lint import tree as t
from triptych_lint.edits import insert_before, names_in, spelled
from triptych_lint.model import Edit, Fix, Safety
from triptych_lint.timeline.build import Timeline
from triptych_lint.timeline.events import Event

SPLIT = "jax.random.split"


def split_before(timeline: Timeline, uses: Sequence[Event], level: int = -1) -> Fix | None:
    """Split the key in front of its first use, with a part for each use but the last.

    A use that a loop repeats takes a part as well. ``level`` is the place on the stack of the
    function that does so. None where the key is no name that this function binds itself.
    """
    module, frame = timeline.module, uses[0].stack[level]
    held: list[dict[str, t.Expr | None]] = [use.facts["held"][level] for use in uses]
    places = [place for names in held for place in names.values() if isinstance(place, t.Name)]
    if frame.module is not module or not frame.path or len(places) != len(uses):
        return None
    key, statement = places[0].id, frame.path[-1]
    split = spelled(module, SPLIT, statement.start)
    alike = all([*names] == [key] for names in held)
    together = all(use.stack[level].function is frame.function for use in uses)
    if not alike or not together or split is None or hasattr(statement, "body"):
        return None
    if not _binds(frame.function, key):
        return None
    taken = names_in(module.body)
    free = (n for n in ("subkey", *(f"subkey{i}" for i in range(2, 99))) if n not in taken)
    renewed = places[: max(1, len(uses) - 1)]
    parts = list(islice(free, len(renewed)))
    count = f", {len(parts) + 1}" if len(parts) > 1 else ""
    line = f"{', '.join([key, *parts])} = {split}({key}{count})"
    first = insert_before(module, statement, [line])
    if first is None:
        return None
    edits = [first, *(Edit(p.span, part) for p, part in zip(renewed, parts, strict=True))]
    words = f"Split `{key}` before `{uses[0].short_in(module)}` uses it"
    return Fix(Safety.UNSAFE, words, tuple(edits))


def _binds(function: t.Def | None, name: str) -> bool:
    """Whether a name is the function's own: a parameter, or assigned somewhere in its body."""
    if function is None:
        return True
    if any(param.name == name for param in function.params):
        return True
    todo: list[object] = list(function.body)
    while todo:
        node = todo.pop()
        if isinstance(node, t.Assign) and name in names_in(node.targets):
            return True
        for block in ("body", "orelse", "final"):
            if not isinstance(node, (t.Def, t.Class)):
                todo.extend(getattr(node, block, ()))
    return False
