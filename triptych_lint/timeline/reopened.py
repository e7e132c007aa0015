"""Tracked runs that are started while the last one is still open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from triptych_lint import tree as t
from triptych_lint.edits import walk
from triptych_lint.model import Fix, Safety
from triptych_lint.rule import Place
from triptych_lint.timeline.build import Timeline
from triptych_lint.timeline.events import Event, Run, Sure
from triptych_lint.timeline.generatorfix import pass_argument
from triptych_lint.timeline.kept import has_trainer


@dataclass(frozen=True, slots=True)
class Repeated:
    """A start that comes again and again: in a loop, or for each trial of a search."""

    start: Event
    place: Place
    by: str
    """``loop`` or ``search``."""


def old_values(run: Run) -> Iterator[tuple[Event, str]]:
    """Starts that say by a boolean what happens to an open run, with the word for it."""
    for start in _starts(run):
        node, how = start.node, start.facts["row"]["reopens"]
        for arg in node.args if isinstance(node, t.Call) else ():
            said = arg.value.value if isinstance(arg.value, t.Const) else None
            if arg.keyword == how["by"] and isinstance(said, bool):
                yield start, how["true" if said else "false"]


def repeated(run: Run) -> Iterator[Repeated]:
    """Starts that certainly come again while the run that they opened is still open."""
    if has_trainer(run):  # it may close the run by itself
        return
    searches = [e for e in run.of("search", at_least=Sure.YES) if "tells" in e.facts["row"]]
    for start in _starts(run):
        frame, args = start.stack[-1], start.facts["args"]
        settled = args.open or any(n in args.keywords for n in _how(start)["unless"])
        if start.sure < Sure.YES or settled or _is_closed_by_its_block(start):
            continue
        if start.loops:
            loop = start.loops[-1]
            around = next((f for f in start.stack if loop in f.path), None)
            once = any(_leaves(node) for node in walk(loop)) or _is_tried(start)
            inside = [e for e in run.events if loop in e.loops]
            if around is not None and not once and _stays_open(inside, loop):
                yield Repeated(start, Place(around.module, loop.span), "loop")
        for search in searches:
            inside = [e for e in run.events if any(f.call is search.node for f in e.stack)]
            if start in inside and not start.loops and _stays_open(inside, frame.function):
                yield Repeated(start, search.place, "search")


def _starts(run: Run) -> Iterator[Event]:
    return (e for e in run.of("track", at_least=Sure.NO) if "reopens" in e.facts["row"])


def _how(start: Event) -> dict[str, list[str]]:
    how: dict[str, list[str]] = start.facts["row"]["reopens"]
    return how


def _is_closed_by_its_block(start: Event) -> bool:
    """Whether the start, or a helper around it, stands at the head of a ``with``."""
    return any(
        item is start.node or item is frame.call
        for frame in start.stack
        for block in frame.path
        if isinstance(block, t.With)
        for item, _ in block.items
        if isinstance(item, t.Call)
    )


def _leaves(node: object) -> bool:
    return isinstance(node, t.Return) or (isinstance(node, t.Jump) and node.kind == "break")


def _is_tried(start: Event) -> bool:
    """Whether a loop may be there to try again."""
    return any(isinstance(s, t.Try) for frame in start.stack for s in frame.path)


def _stays_open(inside: list[Event], region: object) -> bool:
    """Whether nothing on the way closes the run: no end, no ``with run``, nothing out of sight."""
    held = any(
        isinstance(node, t.With)
        and any(isinstance(item, (t.Name, t.Attr)) for item, _ in node.items)
        for node in walk(region)
    )
    return not held and not any(
        e.kind == "end" or (e.kind == "opaque" and e.facts["may_seed"]) for e in inside
    )


def say(timeline: Timeline, start: Event, word: str, title: str) -> Fix | None:
    """Say what happens to an open run; not every version of the tracker knows the words."""
    node = start.node
    if not isinstance(node, t.Call) or start.place.module is not timeline.module:
        return None
    how = start.facts["row"]["reopens"]
    edit = pass_argument(node, how["by"], "", f'"{word}"')
    if edit is not None and node.args and edit.span.start == node.args[-1].end:
        text, begin = timeline.module.source.text, node.args[-1].start
        margin = text[text.rfind("\n", 0, begin) + 1 : begin]
        if not margin.strip() and begin > node.func.end + 1:  # an argument on a line of its own
            edit = replace(edit, text=edit.text.replace(", ", f",\n{margin}", 1))
    return Fix(Safety.UNSAFE, title, (edit,)) if edit is not None else None
