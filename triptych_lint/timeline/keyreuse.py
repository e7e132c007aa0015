"""Keys of random numbers that are used up twice: which numbers repeat, and how certainly."""

from __future__ import annotations

from collections.abc import Iterator

from triptych_lint import tree as t
from triptych_lint.edits import names_in
from triptych_lint.timeline.branches import conditions, exclusive
from triptych_lint.timeline.events import Event, Run, Sure
from triptych_lint.timeline.values import Obj, Unknown


def reused(run: Run) -> Iterator[list[Event]]:
    """The uses of each key that is used up more than once in one pass, in order."""
    uses: dict[int, list[Event]] = {}
    for event in run.of("key"):
        uses.setdefault(id(event.facts["key"]), []).append(event)
    met: set[t.Node] = set()
    for events in uses.values():
        for number, first in enumerate(events):
            again = [e for e in events[number + 1 :] if _is_reuse(run, first, e)]
            if again and again[0].node not in met:
                met.add(again[0].node)
                yield [first, *again]
                break


def _is_reuse(run: Run, first: Event, second: Event) -> bool:
    """Whether both calls certainly use up the same key, to no purpose that needs them alike."""
    if exclusive(first, second) or (
        first.node is second.node and not _in_parts(run, first, second)
    ):
        return False
    if "fold" in (first.facts["how"], second.facts["how"]):
        return False
    if first.facts["operand"] and first.name == second.name:
        return False  # two arrays are shuffled alike
    if first.facts["how"] == second.facts["how"] == "split" and _takes_part(first):
        return False  # each takes another of the keys
    if min(first.sure, second.sure) is Sure.YES:
        return True
    one, other = first.stack[-1], second.stack[-1]
    together = [frame.call for frame in first.stack[:-1]] == [f.call for f in second.stack[:-1]]
    alike = one.function is other.function and conditions(one) == conditions(other)
    return together and alike and first.sure is second.sure


def parted(first: Event, second: Event) -> int:
    """The place on both stacks of the function from which on the ways to two uses part."""
    ways = enumerate(zip(first.stack, second.stack, strict=False))
    return next((n for n, (one, other) in ways if one.call is not other.call), -1)


def _in_parts(run: Run, first: Event, second: Event) -> bool:
    """Whether one function is called twice with the same key, for two parts of one model.

    The same call of it twice, or calls by the script itself, may be two models that are to start
    from the same weights.
    """
    frames = [event.stack[parted(first, second)] for event in (first, second)]
    function = frames[0].function
    calls = {frame.module.text(frame.call) for frame in frames if frame.call is not None}
    if function is None or function.name == "main" or function is not frames[1].function:
        return False
    trained = any(first.order < event.order < second.order for event in run.of("backward"))
    return len(calls) == 2 and not trained


def _takes_part(event: Event) -> bool:
    """Whether only some of the keys are taken that a call gives: ``split(key)[1]``."""
    text = event.place.module.source.text
    return text[event.node.end : event.node.end + 1] == "["


def repeats(event: Event, other: Event) -> bool:
    """Whether the numbers of two uses repeat, and not just a key that is used up already."""
    return bool(event.facts["how"] == other.facts["how"])


def looped(run: Run) -> Iterator[tuple[Event, t.Node]]:
    """Keys that are used up in each step of a training and never renewed, with the loop."""
    backwards = [event.loops[-1] for event in run.of("backward") if event.loops]
    around = {loop for event in run.of("backward") for loop in event.loops[:-1]}
    met: set[t.Node] = set()
    for event in run.of("key", at_least=Sure.YES):
        loop = event.loops[-1] if event.loops else None
        if loop is None or event.node in met or not isinstance(loop, (t.For, t.While)):
            continue
        shuffles = event.facts["operand"] and loop in around
        if (loop in backwards or shuffles) and _is_kept(run, event, loop):
            met.add(event.node)
            yield event, loop


def _is_kept(run: Run, event: Event, loop: t.For | t.While) -> bool:
    """Whether the next pass of a loop finds the same key where this one found it."""
    key = event.facts["key"]
    if isinstance(key, Obj):
        if key.made is None or loop in key.made.loops:
            return False
    elif not (isinstance(key, Unknown) and key.origin == "param" and _is_given(run, key.name)):
        return False
    module = event.stack[-1].module
    if event.facts["how"] == "split" and "fold_in" in module.source.text:
        return False  # the keys may differ by what is folded into them
    names = event.facts["held"][depth(event, loop)]
    dotted = any("." in name for name in names)
    return bool(names) and not dotted and not {*names} & _bound(loop)


def depth(event: Event, loop: t.Node) -> int:
    """The place on an event's stack of the function that holds the loop."""
    return next(n for n, frame in enumerate(event.stack) if loop in frame.path)


def _is_given(run: Run, name: str) -> bool:
    """Whether a name is a parameter of the function that the run starts in."""
    return run.root is not None and any(param.name == name for param in run.root.params)


def _bound(loop: t.For | t.While) -> set[str]:
    """The names that a loop assigns, in whatever way."""
    found = names_in(loop.target) if isinstance(loop, t.For) else set()
    todo: list[object] = [loop.body]
    while todo:
        node = todo.pop()
        if isinstance(node, tuple):
            todo.extend(node)
        elif isinstance(node, t.Assign):
            found |= names_in(node.targets)
        elif isinstance(node, (t.AugAssign, t.Walrus, t.For)):
            found |= names_in(node.target)
        if isinstance(node, t.Node):
            todo.extend(getattr(node, name) for name in node.__dataclass_fields__)
    return found
