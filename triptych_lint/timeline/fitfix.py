"""The fix for a fit before the split: the split comes first, and the training side is fitted on."""

from __future__ import annotations

import re

from triptych_lint import tree as t
from triptych_lint.catalog import Catalog
from triptych_lint.edits import (
    indentation,
    insert_after,
    line_end,
    line_start,
    names_in,
    occurrences,
    walk,
)
from triptych_lint.model import Edit, Fix, Safety, Span
from triptych_lint.module import Module
from triptych_lint.timeline.build import Timeline
from triptych_lint.timeline.changes import block_with, written
from triptych_lint.timeline.events import Event, Run
from triptych_lint.timeline.values import Items, Obj, Value


def fit_after_split(timeline: Timeline, run: Run, fit: Event, split: Event) -> Fix | None:
    """``X = scaler.fit_transform(X)`` goes below the split of ``X``, in two lines.

    Both statements stand in one block, and nothing else reads what is fitted on all rows.
    """
    module, call, divided = timeline.module, fit.node, split.node
    if split.facts.get("by") != "pairs" or not _in_one_block(timeline, fit, split):
        return None
    first, second = fit.stack[-1].path[-1], split.stack[-1].path[-1]
    if not isinstance(call, t.Call) or not isinstance(divided, t.Call):
        return None
    name, sides = _bound(first, call), _sides(second, divided)
    if name is None or sides is None or name not in sides or not call.args:
        return None
    raw, train, test = call.args[0], *sides[name]
    func = call.func
    if raw.keyword or raw.star or not isinstance(func, t.Attr) or func.attr != "fit_transform":
        return None
    labels = _labels(module, call, sides)
    if labels is None or not _can_transform(timeline.catalog, fit.receiver):
        return None
    between = _between(module, fit, first, second)
    fixed = set().union(names_in(func.value), *(names_in(arg.value) for arg in call.args))
    if between is None or not all(_leaves(one, name, fixed, raw.value) for one in between):
        return None
    targets = {side for pair in sides.values() for side in pair}
    if (
        occurrences(divided, name) > 1
        or not _read_once(timeline, fit, name, targets)
        or _split_again(run, split)
    ):
        return None
    made = _object(module, func.value, fit.receiver)
    taken = _taken_out(module, first)
    if made is None or taken is None or "\n" in module.text(raw.value):
        return None
    (lines, fitter), (gone, above, beside) = made, taken
    lines = [*above, *lines, f"{train} = {fitter}.fit_transform({train}{labels}){beside}"]
    added = insert_after(module, second, [*lines, f"{test} = {fitter}.transform({test})"])
    if added is None:
        return None
    edits = [gone, added]
    if module.text(raw.value) != name:
        old = next(arg.value for arg in divided.args if _is(arg.value, name))
        edits.insert(1, Edit(old.span, module.text(raw.value)))
    return Fix(Safety.UNSAFE, "Fit on the training side, below the split", tuple(edits))


def _in_one_block(timeline: Timeline, fit: Event, split: Event) -> bool:
    one, other = fit.stack[-1], split.stack[-1]
    return (
        fit.place.module is split.place.module is timeline.module
        and len(fit.stack) == len(split.stack)
        and one.function is other.function
        and one.path[:-1] == other.path[:-1]
        and not fit.loops
        and not split.loops
    )


def _is(node: t.Expr, name: str) -> bool:
    return isinstance(node, t.Name) and node.id == name


def _bound(statement: t.Stmt, call: t.Call) -> str | None:
    """The name that is bound to the output of ``call``, and to nothing else."""
    if not isinstance(statement, t.Assign) or statement.value is not call or statement.annotation:
        return None
    target = statement.targets[0]
    return target.id if len(statement.targets) == 1 and isinstance(target, t.Name) else None


def _sides(statement: t.Stmt, call: t.Call) -> dict[str, tuple[str, str]] | None:
    """What the two sides of each name that is split are called."""
    if not isinstance(statement, t.Assign) or statement.value is not call:
        return None
    target, arrays = statement.targets[0], [arg.value for arg in call.args if not arg.keyword]
    if len(statement.targets) > 1 or not isinstance(target, t.Seq):
        return None
    names = [item.id for item in target.items if isinstance(item, t.Name)]
    if not len(names) == len(set(names)) == len(target.items) == 2 * len(arrays):
        return None
    pairs = zip(names[::2], names[1::2], strict=True)
    return {a.id: pair for a, pair in zip(arrays, pairs, strict=True) if isinstance(a, t.Name)}


def _labels(module: Module, call: t.Call, sides: dict[str, tuple[str, str]]) -> str | None:
    """The labels that the fit is given, as those of the training side."""
    if len(call.args) == 1:
        return ""
    given = call.args[1]
    if len(call.args) > 2 or given.star or given.keyword not in (None, "y"):
        return None
    if not isinstance(given.value, t.Name) or given.value.id not in sides:
        return None
    return f", {'y=' if given.keyword else ''}{sides[given.value.id][0]}"


def _can_transform(catalog: Catalog, receiver: Value | None) -> bool:
    """Whether the object, or each of those inside, can transform what it was not fitted on."""
    todo: list[Value] = [receiver] if isinstance(receiver, Obj) else []
    found = bool(todo)
    while todo:
        item = todo.pop()
        if isinstance(item, Items):
            todo.extend(item.items)
        elif isinstance(item, Obj):
            if catalog.inherited(item.type, "no_transform"):
                return False
            todo.extend(item.parts)
    return found


def _between(
    module: Module, fit: Event, first: t.Stmt, second: t.Stmt
) -> tuple[t.Stmt, ...] | None:
    """The statements between the two; None where a cell of a notebook ends in between."""
    if module.source.cell_span(first.start) != module.source.cell_span(second.start):
        return None
    frame = fit.stack[-1]
    if len(frame.path) > 1:
        block = block_with(frame.path[-2], first)
    else:
        block = frame.function.body if frame.function is not None else module.body
    places = [place for place, one in enumerate(block) if one is first or one is second]
    return block[places[0] + 1 : places[1]] if len(places) == 2 else None


def _leaves(statement: t.Stmt, name: str, fixed: set[str], raw: t.Expr) -> bool:
    """Whether a statement in between has nothing to do with what is fitted, or reads columns."""
    used = names_in(statement)
    if name in used:
        return False
    if not used & fixed:
        return True
    if not isinstance(statement, t.Assign):
        return False
    if any(written(target) & fixed or names_in(target) & fixed for target in statement.targets):
        return False
    read = [
        item.value.id
        for item in walk(statement.value)
        if isinstance(item, t.Sub) and isinstance(item.value, t.Name)
    ]
    rows = names_in(raw)
    return all(
        one in rows and read.count(one) == occurrences(statement, one) for one in used & fixed
    )


def _read_once(timeline: Timeline, fit: Event, name: str, targets: set[str]) -> bool:
    """Whether nothing but the split reads what the fit gives."""
    function, statement = fit.stack[-1].function, fit.stack[-1].path[-1]
    scope = function.body if function is not None else timeline.module.body
    if name in targets:
        return True  # from the split on it is one of the sides
    functions = [item for item in walk(list(scope)) if isinstance(item, t.Def)]
    own = [one for one in functions if name in _own_names(one)]
    if any(name in names_in(one) for one in functions if one not in own):
        return False
    after = (
        item.start
        for item in walk(list(scope))
        if isinstance(item, t.Name) and item.id == name and item.start > statement.end
    )
    return sum(not any(one.start < at < one.end for one in own) for at in after) == 1


def _own_names(function: t.Def) -> set[str]:
    bound = {param.name for param in function.params}
    for item in walk(function.body):
        if isinstance(item, t.Assign):
            bound |= set().union(*(written(target) for target in item.targets))
    return bound


def _split_again(run: Run, split: Event) -> bool:
    """Whether a side is split once more, so that it is not the training side yet.

    Folds inside the training side are no such split: what they hold out stands on it.
    """
    return any(
        rows.side is not None and rows.side.split is split
        for other in run.of("split")
        if other is not split and other.facts.get("by") not in ("folds", "scores")
        for rows in other.facts["data"]
    )


def _object(module: Module, node: t.Expr, made: Value | None) -> tuple[list[str], str] | None:
    """The name of what is fitted, and the line that gives it one where it has none."""
    text = module.text(node)
    if text.replace(".", "").isidentifier():
        return [], text
    if not isinstance(node, t.Call) or not isinstance(made, Obj) or "\n" in text:
        return None
    words = re.findall(r"[A-Z]+[a-z0-9]*|[a-z0-9]+", made.type.rpartition(".")[2])
    name = words[-1].lower() if words else ""
    if not name.isidentifier() or name in names_in(list(module.body)):
        return None
    return [f"{name} = {text}"], name


def _taken_out(module: Module, statement: t.Stmt) -> tuple[Edit, list[str], str] | None:
    """The lines of a statement with the comments above it and beside it, which move with it."""
    text, cell = module.source.text, module.source.cell_span(statement.start)
    indent = indentation(module, statement)
    start, end = line_start(module, statement.start), line_end(module, statement.end)
    beside = text[statement.end : end].strip()
    if indent is None or (beside and not beside.startswith("#")):
        return None
    if "#" in module.text(statement):
        return None
    above: list[str] = []
    while start > cell.start:
        line = text[line_start(module, start - 1) : start]
        if not line.startswith(f"{indent}#") or line.lstrip().startswith("# %%"):
            break
        above.insert(0, line.strip())
        start = line_start(module, start - 1)
    blank = start == cell.start or not text[line_start(module, start - 1) : start].strip()
    while blank and end < cell.end and not text[end : line_end(module, end)].strip():
        end = line_end(module, end)
    return Edit(Span(start, end), ""), above, f"  {beside}" if beside else ""
