"""The fix for groups that are ignored: the class that does the same and keeps them apart."""

from __future__ import annotations

import re
from typing import Any

from triptych_lint import tree as t
from triptych_lint.edits import imports, names_in, occurrences, spelled, walk
from triptych_lint.model import Edit, Fix, Safety, Span
from triptych_lint.module import Module
from triptych_lint.timeline.build import Timeline
from triptych_lint.timeline.events import Event
from triptych_lint.timeline.ignored import grouped_by, number_of_folds
from triptych_lint.timeline.values import Const, Obj


def keep_groups(timeline: Timeline, split: Event) -> Fix | None:
    """Split by the class that keeps groups apart, in place of the one that ignores them."""
    splitter: Obj | None = split.facts["splitter"]
    row = timeline.catalog.row(splitter.type) if splitter is not None else None
    if splitter is not None and row is not None and "split" in row:
        return other_class(timeline, splitter, row.get("grouped"))
    folds = number_of_folds(timeline, split)
    return _class_for_number(timeline, split, folds) if folds is not None else None


def other_class(
    timeline: Timeline, splitter: Obj, grouped: Any, given: t.Node | None = None
) -> Fix | None:
    """The class of the catalogue's ``grouped`` in place of that of ``splitter``.

    Each of its splits has groups, or is the call ``given``, which is about to get them.
    """
    module, made = timeline.module, splitter.made
    node = made.node if made is not None else None
    if grouped is None or made is None or made.place.module is not module:
        return None
    if not isinstance(node, t.Call) or made.facts["args"].open:
        return None
    if not _always_given(timeline, splitter, made, node, given):
        return None
    spelling = module.text(node.func)
    new = spelled_beside(module, grouped["class"], spelling, node.start, replaces=True)
    if new is None or spelled(module, splitter.type, node.start) != spelling:
        return None
    name, edits = new
    edits.append(Edit(node.func.span, name))
    named = {arg.keyword for arg in node.args} | ({"n_splits"} if _positional(node) else set())
    if "train_size" in named:
        named.add("test_size")
    defaults = grouped.get("settings", {}).items()
    missing = [f"{key}={value}" for key, value in defaults if key not in named]
    if missing:
        at = node.args[-1].end if node.args else node.end - 1
        edits.append(Edit(Span(at, at), (", " if node.args else "") + ", ".join(missing)))
    return Fix(Safety.UNSAFE, f"Split with {name}", tuple(edits))


def _positional(node: t.Call) -> bool:
    return any(arg.keyword is None for arg in node.args)


def _class_for_number(timeline: Timeline, split: Event, folds: Const) -> Fix | None:
    """``cv=GroupKFold(n_splits=5)`` for ``cv=5``, or where no number is given."""
    module = timeline.module
    receiver, grouped = split.receiver, grouped_by(timeline, split)
    made = receiver.made if isinstance(receiver, Obj) else split
    node = made.node if made is not None else None
    if made is None or made.place.module is not module or not isinstance(node, t.Call):
        return None
    if isinstance(receiver, Obj) and not _always_given(timeline, receiver, made, node):
        return None
    func = module.text(node.func)
    new = spelled_beside(module, grouped["class"], func, node.start, replaces=False)
    given = next((arg for arg in node.args if arg.keyword == grouped["param"]), None)
    if new is None or (given is None and folds.value is not None):
        return None
    name, edits = new
    number = "" if folds.value is None or given is None else f"n_splits={module.text(given.value)}"
    if given is not None:
        edits.append(Edit(given.value.span, f"{name}({number})"))
    else:
        at = node.args[-1].end
        edits.append(Edit(Span(at, at), f", {grouped['param']}={name}()"))
    return Fix(Safety.UNSAFE, f"Split with {name}", tuple(edits))


def _always_given(
    timeline: Timeline, made_of: Obj, made: Event, node: t.Call, given: t.Node | None = None
) -> bool:
    """Whether each use of the object is a split that is given groups: without them it raises."""
    module = timeline.module
    splits = {
        id(event.node): event
        for run in timeline.runs
        for event in run.of("split")
        if event.facts.get("splitter") is not None and event.facts["splitter"].made is not None
        if made_of in (event.facts["splitter"], event.receiver)
        or event.facts["splitter"].made.node is node
    }
    if any(e.facts.get("groups") is None and e.node is not given for e in splits.values()):
        return False
    statement = made.stack[-1].path[-1]
    if not isinstance(statement, t.Assign) or statement.value is not node:
        return True  # made where it is used
    target = statement.targets[0]
    if len(statement.targets) > 1 or not isinstance(target, t.Name):
        return False
    uses = sum(occurrences(event.node, target.id) for event in splits.values())
    read = sum(
        isinstance(item, t.Attr)
        and isinstance(item.value, t.Name)
        and item.value.id == target.id
        and not item.attr.startswith(("fit", "split", "get_"))
        for item in walk(list(module.body))
    )
    return occurrences(list(module.body), target.id) == uses + read + 1


def spelled_beside(
    module: Module, dotted: str, beside: str, before: int, *, replaces: bool
) -> tuple[str, list[Edit]] | None:
    """How the script may write ``dotted``, which stands in the module of the name ``beside``."""
    known = spelled(module, dotted, before)
    if known is not None:
        return known, []
    short = dotted.rpartition(".")[2]
    if short in names_in(list(module.body)):
        return None
    for statement, qualified, bound in imports(module):
        same = qualified.rpartition(".")[0] == dotted.rpartition(".")[0] and bound == beside
        if not same or not isinstance(statement, t.ImportFrom) or statement.start >= before:
            continue
        text = module.text(statement)
        found = list(re.finditer(rf"\b{re.escape(beside)}\b", text))
        if len(found) != 1 or "#" in text:
            return None
        at = statement.start + found[0].start()
        # The old class leaves the import where nothing else speaks of it.
        alone = replaces and occurrences(list(module.body), beside) == 1
        end = at + len(beside) if alone else at
        return short, [Edit(Span(at, end), short if end > at else f"{short}, ")]
    return None
