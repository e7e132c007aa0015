"""The fix for rows that share an id: the same split, by the column that they share."""

from __future__ import annotations

from triptych_lint import tree as t
from triptych_lint.edits import indentation, names_in
from triptych_lint.model import Edit, Fix, Safety, Span
from triptych_lint.module import Module
from triptych_lint.timeline.build import Timeline
from triptych_lint.timeline.events import Event, Run
from triptych_lint.timeline.groupfix import other_class, spelled_beside
from triptych_lint.timeline.groups import Group
from triptych_lint.timeline.ignored import grouped_by
from triptych_lint.timeline.samerows import Ledger, Rows
from triptych_lint.timeline.values import Const, Obj

SHORT = 40
"""Longer expressions are not written out twice."""
NAMES = (("splitter", "train_idx", "test_idx"), ("by_group", "train_rows", "test_rows"))
"""What the splitter and its indices are called: the first three of which the script has none."""


def split_by_groups(timeline: Timeline, run: Run, split: Event, group: Group) -> Fix | None:
    """Split by the class that keeps ``group`` together, where its column is at hand."""
    if split.place.module is not timeline.module or not isinstance(split.node, t.Call):
        return None
    by = split.facts.get("by")
    if by == "pairs":
        return _in_two(timeline, run, split, split.node, group)
    return _in_folds(timeline, run, split, split.node, group) if by in ("folds", "scores") else None


def _groups_text(ledger: Ledger, table: object, column: str) -> str | None:
    """How the script may write the ids of these rows."""
    frame: str | None = None
    for name, rows in ledger.names.items():
        if rows.table is not table:
            continue
        if rows.column == column:
            return name
        if rows.kind == "frame" and column in rows.holds and frame is None:
            text = ledger.module.source.text
            quote = "'" if text.count("'") > text.count('"') else '"'
            frame = f"{name}[{quote}{column}{quote}]"
    return frame


def _in_two(timeline: Timeline, run: Run, split: Event, node: t.Call, group: Group) -> Fix | None:
    """``train_test_split`` into two sides that share no id."""
    module, statement = timeline.module, split.stack[-1].path[-1]
    grouped = (timeline.catalog.row(split.name) or {}).get("grouped")
    targets = _two_for_each(statement, node)
    arrays = [arg.value for arg in node.args if arg.keyword is None]
    indent = indentation(module, statement)
    if grouped is None or indent is None or targets is None or len(targets) != 2 * len(arrays):
        return None
    settings = _settings(module, split, node, grouped["settings"])
    ledger = Ledger(timeline, run, split)
    rows = [ledger.rows(array) for array in arrays]
    table = rows[0].table if rows[0] is not None else None
    if settings is None or any(one is None or one.table is not table for one in rows):
        return None
    ids = _groups_text(ledger, table, group.column)
    used = names_in(list(module.body))
    names = next((names for names in NAMES if not used & set(names)), None)
    new = spelled_beside(
        module, grouped["class"], module.text(node.func), node.start, replaces=True
    )
    if ids is None or names is None or new is None:
        return None
    (spelling, edits), (splitter, train, test) = new, names
    given = ", ".join([module.text(array) for array in arrays[:2]] + [f"groups={ids}"])
    lines = [
        f"{splitter} = {spelling}({settings})",
        f"{train}, {test} = next({splitter}.split({given}))",
    ]
    for number, (array, one) in enumerate(zip(arrays, rows, strict=True)):
        text, sides = module.text(array), targets[2 * number : 2 * number + 2]
        later = {name for other in arrays[number + 1 :] for name in names_in(other)}
        plain = isinstance(array, t.Name) or len(text) <= SHORT
        if one is None or not plain or later & set(sides) or "\n" in text:
            return None
        index = "" if one.kind == "array" else ".iloc"
        taken = ", ".join(f"{text}{index}[{side}]" for side in (train, test))
        lines.append(f"{', '.join(sides)} = {taken}")
    edits.append(Edit(statement.span, f"\n{indent}".join(lines)))
    return Fix(Safety.UNSAFE, f"Split by {ids} with {spelling}", tuple(edits))


def _two_for_each(statement: t.Stmt, node: t.Call) -> list[str] | None:
    """The names that the sides are bound to, if the statement does nothing else."""
    if not isinstance(statement, t.Assign) or statement.value is not node:
        return None
    target = statement.targets[0]
    if len(statement.targets) > 1 or not isinstance(target, t.Seq):
        return None
    names = [item.id for item in target.items if isinstance(item, t.Name)]
    distinct = len(set(names)) == len(target.items) or set(names[len(set(names)) :]) == {"_"}
    return names if len(names) == len(target.items) and distinct else None


def _settings(
    module: Module, split: Event, node: t.Call, defaults: dict[str, object]
) -> str | None:
    """The arguments of the splitter: a share of the groups, as it was one of the rows."""
    args = split.facts["args"]
    own = ("test_size", "train_size", "random_state")
    given = {arg.keyword: module.text(arg.value) for arg in node.args if arg.keyword in own}
    known = {*own, "stratify", "shuffle", None}
    if args.open or any(arg.star or arg.keyword not in known for arg in node.args):
        return None
    if "#" in module.text(split.stack[-1].path[-1]):
        return None
    for name in own[:2]:
        # So many rows would be so many groups.
        size = args.get(name)
        if name in given and not (isinstance(size, Const) and isinstance(size.value, float)):
            return None
    if "train_size" in given:
        given.setdefault("test_size", "")
    settings = {**{key: str(value) for key, value in defaults.items()}, **given}
    return ", ".join(f"{key}={value}" for key, value in settings.items() if value)


def _in_folds(timeline: Timeline, run: Run, split: Event, node: t.Call, group: Group) -> Fix | None:
    """``KFold`` and its like become the class for groups, and the split is given the groups."""
    splitter: Obj | None = split.facts["splitter"]
    if splitter is None or timeline.catalog.kind(splitter.type) != "splitter":
        return None
    grouped = (timeline.catalog.row(splitter.type) or {}).get("grouped")
    if split.facts["by"] == "scores" and grouped_by(timeline, split) is None:
        return None
    if not node.args or any(arg.star for arg in node.args):
        return None
    ledger = Ledger(timeline, run, split)
    found: list[Rows] = [rows for arg in node.args if (rows := ledger.rows(arg.value)) is not None]
    tables = {id(rows.table) for rows in found}
    ids = _groups_text(ledger, found[0].table, group.column) if len(tables) == 1 else None
    fix = other_class(timeline, splitter, grouped, given=node) if ids else None
    if ids is None or fix is None:
        return None
    at = node.args[-1].end
    edit = Edit(Span(at, at), f", groups={ids}")
    return Fix(Safety.UNSAFE, f"{fix.message}, by {ids}", (*fix.edits, edit))
