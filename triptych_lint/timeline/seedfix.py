"""Fixes for seeds: the missing lines in the script's own dialect, or the late line moved up."""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Mapping, Sequence

from triptych_lint import tree as t
from triptych_lint.edits import (
    add_import,
    delete_lines,
    imports,
    insert_after,
    insert_before,
    names_in,
    spelled,
)
from triptych_lint.model import Edit, Fix, Safety
from triptych_lint.module import Module
from triptych_lint.timeline.build import Timeline
from triptych_lint.timeline.events import Event, Frame

DEFAULT_SEED = "42"


def titles(timeline: Timeline, streams: Iterable[str]) -> str:
    """What people call these streams: "numpy and torch"."""
    known = timeline.catalog.streams
    named = list(streams)
    # A seed of torch reaches its devices as well; the name of the library says it all.
    words = list(dict.fromkeys(str(known[s]["title"]) for s in named if s in known)) or named
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def seed_before(
    timeline: Timeline, missing: Mapping[str, Event], seeded: Mapping[str, Event]
) -> Fix | None:
    """Seed the missing streams: beside the seed that is there, else before the first draw."""
    first = min(missing.values(), key=lambda draw: draw.order)
    beside = _beside(timeline, missing, seeded, first)
    if beside is not None:
        return beside
    place = _statement(timeline.module, first)
    if place is None:
        return None
    statement, frame = place
    module = timeline.module
    seed, extra = seed_value(timeline, statement, frame)
    made = _lines(timeline, list(missing), seed, statement.start, fresh=not seeded)
    if made is None:
        return None
    lines, edits = made
    inserted = insert_before(module, statement, [*extra, *lines])
    return _fix(timeline, missing, [*edits, inserted])


def _fix(timeline: Timeline, missing: Iterable[str], edits: Sequence[Edit | None]) -> Fix | None:
    kept = [edit for edit in edits if edit is not None]
    if len(kept) < len(edits):
        return None
    return Fix(
        Safety.UNSAFE, f"Seed {titles(timeline, missing)} before the first draw", tuple(kept)
    )


def _beside(
    timeline: Timeline,
    missing: Mapping[str, Event],
    seeded: Mapping[str, Event],
    first: Event,
) -> Fix | None:
    """Insert below an existing seed of this file that comes before the first draw."""
    module = timeline.module
    for seed in sorted(seeded.values(), key=lambda event: -event.order):
        frame = seed.stack[-1]
        statement = frame.path[-1]
        if (
            seed.order > first.order
            or seed.sure < first.sure
            or frame.module is not module
            or not isinstance(statement, t.ExprStmt)
            or not isinstance(statement.value, t.Call)
            or not statement.value.args
        ):
            continue
        value = module.text(statement.value.args[0].value)
        made = _lines(timeline, list(missing), value, statement.start, fresh=False)
        if made is None:
            continue
        lines, edits = made
        return _fix(timeline, missing, [*edits, insert_after(module, statement, lines)])
    return None


def _statement(module: Module, draw: Event) -> tuple[t.Stmt, Frame] | None:
    """The statement of the run's own course that leads to a draw: of ``main`` or the top level."""
    frames = list(draw.stack)
    for number, frame in enumerate(frames):
        if frame.module is not module or not frame.path:
            return None
        path = list(frame.path)
        while isinstance(path[0], (t.If, t.Try, t.With)) and len(path) > 1 and _is_guard(path[0]):
            path.pop(0)
        statement = path[0]
        deeper = frames[number + 1] if number + 1 < len(frames) else None
        drives = isinstance(statement, (t.ExprStmt, t.Assign)) and deeper is not None
        if drives and deeper is not None and deeper.module is module and _is_driver(deeper, module):
            continue
        if isinstance(statement, (t.Import, t.ImportFrom)):
            return None
        return statement, frame
    return None


def _is_guard(statement: t.Stmt) -> bool:
    return isinstance(statement, t.If) and "__name__" in names_in(statement.test)


def _is_driver(frame: Frame, module: Module) -> bool:
    """Whether a function is the script's main: all of the run goes through it."""
    function = frame.function
    return function is not None and (
        function.name in {"main", "run", "train", "_main", "cli"} or bool(function.decorators)
    )


def seed_value(timeline: Timeline, before: t.Stmt, frame: Frame) -> tuple[str, list[str]]:
    """How to write the seed: a constant or option that the script has, or a new constant."""
    module = timeline.module
    known = timeline.catalog.seed_constants
    for statement in module.body:
        if isinstance(statement, t.Assign) and isinstance(statement.targets[0], t.Name):
            name = statement.targets[0].id
            literal = isinstance(statement.value, t.Const) and type(statement.value.value) is int
            reached = frame.function is not None or statement.end <= before.start
            if known.search(name) and literal and reached:
                return name, []
    option = timeline.option_text(before, frame)
    if option:
        return option, []
    return DEFAULT_SEED, []


def _lines(
    timeline: Timeline, streams: Sequence[str], seed: str, before: int, *, fresh: bool
) -> tuple[list[str], list[Edit | None]] | None:
    """The seeding lines, and the imports that they need."""
    module = timeline.module
    if fresh:
        made = _dialect(timeline, streams, seed, before)
        if made is not None:
            return made
    lines: list[str] = []
    edits: list[Edit | None] = []
    for stream in sorted(streams, key=list(timeline.catalog.streams).index):
        facts = timeline.catalog.streams[stream]
        name = spelled(module, facts["module"], before)
        if name is None and facts.get("imported"):
            return None
        if name is None:
            name, edit = _import(module, facts["module"], facts["alias"], before)
            edits.append(edit)
        line = facts["call"].format(m=name, seed=seed)
        lines += [line] if line not in lines else []
    return lines, _merged(edits)


def _merged(edits: list[Edit | None]) -> list[Edit | None]:
    """Imports that go to the same place become one edit."""
    out: list[Edit | None] = []
    for edit in edits:
        if edit is not None and out and out[-1] is not None and out[-1].span == edit.span:
            out[-1] = Edit(edit.span, out[-1].text + edit.text)
        else:
            out.append(edit)
    return out


def _dialect(
    timeline: Timeline, streams: Sequence[str], seed: str, before: int
) -> tuple[list[str], list[Edit | None]] | None:
    module = timeline.module
    roots = {name.partition(".")[0] for _, name, _ in imports(module)}
    for dialect in timeline.catalog.dialects:
        if dialect["imports"] not in roots or not {*streams} <= {*dialect["streams"]}:
            continue
        function = dialect["function"]
        name = spelled(module, function, before)
        edits: list[Edit | None] = []
        if name is None:
            owner, _, name = function.rpartition(".")
            if name in _bound(module):
                continue
            edits = [add_import(module, f"from {owner} import {name}", before)]
        return [dialect["call"].format(f=name, seed=seed)], edits
    return None


def _import(module: Module, dotted: str, alias: str, before: int) -> tuple[str, Edit | None]:
    bound = _bound(module)
    name = alias if alias not in bound else dotted
    line = f"import {dotted}" if name == dotted else f"import {dotted} as {name}"
    edit = add_import(module, line, before) if name not in bound else None
    return name, edit


def _bound(module: Module) -> set[str]:
    """Names that the module binds anywhere at its top level or in its functions."""
    return names_in(list(module.body)) | set(dir(builtins))


# Moving


def move_up(
    timeline: Timeline, late: Mapping[str, Event], draws: Mapping[str, Event]
) -> Fix | None:
    """Move the late seeding statements in front of the statement that draws first."""
    module = timeline.module
    target: t.Stmt | None = None
    moved: dict[int, t.Stmt] = {}
    for stream, seed in late.items():
        siblings = _siblings(module, draws[stream], seed)
        if siblings is None:
            return None
        draw_statement, seed_statement = siblings
        if not isinstance(seed_statement, t.ExprStmt):
            return None
        moved[seed_statement.start] = seed_statement
        if target is None or draw_statement.start < target.start:
            target = draw_statement
    if target is None or not _names_are_bound(module, target, list(moved.values()), timeline):
        return None
    lines = [module.text(statement) for _, statement in sorted(moved.items())]
    if any("\n" in line or "\r" in line for line in lines):
        return None
    edits: list[Edit | None] = [insert_before(module, target, lines)]
    edits += [delete_lines(module, statement) for _, statement in sorted(moved.items())]
    if any(edit is None for edit in edits):
        return None
    return Fix(
        Safety.UNSAFE,
        "Seed before the first draw",
        tuple(edit for edit in edits if edit is not None),
    )


def _siblings(module: Module, draw: Event, seed: Event) -> tuple[t.Stmt, t.Stmt] | None:
    """The two statements of one block through which a draw and a later seed are reached."""
    for left, right in zip(draw.stack, seed.stack, strict=False):
        if left.module is not module or right.module is not module:
            return None
        for one, other in zip(left.path, right.path, strict=False):
            if one is not other:
                return one, other
        if len(left.path) != len(right.path):
            return None
    return None


def _names_are_bound(
    module: Module, target: t.Stmt, moved: Sequence[t.Stmt], timeline: Timeline
) -> bool:
    """Whether what the moved lines read is not bound between the target and where they stood."""
    needed = set().union(*(names_in(statement) for statement in moved))
    last = max(statement.start for statement in moved)
    for statement in _between(module.body, target.start, last):
        if statement not in moved and _binds(statement) & needed:
            return False
    return True


def _between(body: t.Block, start: int, end: int) -> Iterable[t.Stmt]:
    for statement in body:
        if start <= statement.start < end:
            yield statement
        elif statement.start < start < statement.end:
            for block in ("body", "orelse", "final"):
                yield from _between(getattr(statement, block, ()), start, end)


def _binds(statement: t.Stmt) -> set[str]:
    if isinstance(statement, t.Assign):
        return names_in(list(statement.targets))
    if isinstance(statement, (t.Import, t.ImportFrom, t.Def, t.Class)):
        return names_in(statement) if not isinstance(statement, t.Def) else {statement.name}
    if isinstance(statement, (t.If, t.For, t.While, t.With, t.Try)):
        return names_in(statement)
    return set()
