"""Pitfall 4: does the score come from rows that the model has not seen?"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from difflib import ndiff

from triptych_lint import tree as t
from triptych_lint.edits import line_start
from triptych_lint.mentor import syntax
from triptych_lint.mentor.story.moments import group_column
from triptych_lint.mentor.why.chapter import WORDS, Chapter, Context, Next
from triptych_lint.model import Edit, Span
from triptych_lint.module import Module
from triptych_lint.source import splice
from triptych_lint.timeline.events import Event, Run, Sure
from triptych_lint.timeline.groups import groups_of

SAYS = WORDS["leakage"]
TARGET = re.compile(r"(?i)^(y|target|label)s?(?=_|$|tr|[A-Z])")


def chapter(context: Context) -> Chapter:
    """What is split, what is fitted before and after, and whose rows may be on both sides."""
    splits = list(context.events("split"))
    found = context.begin("leakage", context.of("split", "shuffle", "fit"))
    if not splits:
        found.unasked.append(SAYS["environment" if _acts(context) else "no_split"])
    found.settled += _settled(context, found, splits)
    found.next += list(context.fixes(found))
    found.next += _checks(context, splits)
    return found


def _acts(context: Context) -> bool:
    """Whether the data comes from an environment that an agent acts in."""
    return any(
        re.match(WORDS["environments"], event.name)
        for run in context.reading.runs
        for event in run.events
    )


def _settled(context: Context, found: Chapter, splits: list[Event]) -> list[str]:
    said: list[str] = []
    first = min((split.order for split in splits), default=None)
    asked = {(o.diagnostic.region.start.row, o.diagnostic.region.cell) for o in found.open}
    for split in splits:
        place = context.place_of(split)
        if split.facts.get("group_aware"):
            column = group_column(split)
            named = SAYS["column"].format(groups=column) if column else ""
            said.append(SAYS["grouped"].format(place=place, column=named))
        elif split.facts.get("random") is Sure.NO:
            said.append(SAYS["ordered"].format(place=place))
    for moment in context.of("fit"):
        event = moment.event
        late = first is not None and event.order > first
        if late and (moment.region.start.row, moment.region.cell) not in asked:
            estimator = str(event.facts["estimator"]).rpartition(".")[2]
            place = context.place(moment.region)
            said.append(SAYS["own_side"].format(estimator=estimator, place=place))
    early = [m for m in context.of("fit") if first is not None and m.event.order < first]
    if splits and not early and not any(o.diagnostic.code == "TRP402" for o in found.open):
        said.append(SAYS["no_fit"])
    return list(dict.fromkeys(said))


def _checks(context: Context, splits: list[Event]) -> list[Next]:
    if not splits:
        return []
    found = [patch for split in splits for patch in _overlap(context, split)][:1]
    pairs = next((split for split in splits if split.facts.get("by") == "pairs"), None)
    names = _targets(pairs) if pairs is not None else []
    labels = next((name for name in names if TARGET.match(name)), None)
    found.append(Next(SAYS["shuffled"], patch=_shuffled(context, labels) if labels else ()))
    return found


def _shuffled(context: Context, labels: str) -> tuple[str, ...]:
    """The line that shuffles the labels, with numpy under the name that it has here."""
    names = syntax.imported(context.reading.module)
    numpy = next((name for name, module in names.items() if module == "numpy"), None)
    line = f"+ {labels} = {numpy or 'np'}.random.default_rng(0).permutation({labels})"
    return (line,) if numpy else ("+ import numpy as np", line)


def _targets(split: Event) -> list[str]:
    """The names that the split binds."""
    statement = split.stack[-1].path[-1] if split.stack[-1].path else None
    if not isinstance(statement, t.Assign) or not isinstance(statement.targets[0], t.Seq):
        return []
    items = statement.targets[0].items
    return [item.id for item in items if isinstance(item, t.Name)]


def _overlap(context: Context, split: Event) -> Iterator[Next]:
    """The same split, with the ids that its rows are known to have split along with them."""
    node, module = split.node, split.place.module
    names = _targets(split)
    statement = split.stack[-1].path[-1]
    if split.facts.get("by") != "pairs" or not isinstance(node, t.Call) or not names:
        return
    own = [arg for arg in node.args if arg.keyword is None and not arg.star]
    if not own or len(names) != 2 * len(own):
        return
    for run in context.reading.runs:
        for group in groups_of(context.reading.timeline, run, split):
            ids = _written(run, split, group.column)
            if ids is None or not isinstance(statement, t.Assign):
                continue
            last = (
                statement.targets[0].items[-1] if isinstance(statement.targets[0], t.Seq) else node
            )
            edits = (
                Edit(Span(last.end, last.end), ", ids_a, ids_b"),
                Edit(Span(own[-1].end, own[-1].end), f", {ids}"),
            )
            patch = _patch(module, statement, edits)
            yield Next(SAYS["overlap"], patch=(*patch, "+ print(len(set(ids_a) & set(ids_b)))"))


def _patch(module: Module, statement: t.Stmt, edits: Sequence[Edit]) -> tuple[str, ...]:
    """A statement before and after some insertions, line by line, without its indentation."""
    start = line_start(module, statement.start)
    before = module.source.text[start : statement.end]
    after = splice(before, edits, start)
    old, new = (textwrap.dedent(text).splitlines() for text in (before, after))
    return tuple(line for line in ndiff(old, new) if not line.startswith("?"))


def _written(run: Run, split: Event, column: str) -> str | None:
    """How the function of the split writes the ids: ``visits["patient_id"]``."""
    for event in run.of("column"):
        here = event.stack[-1].function is split.stack[-1].function
        if event.name != column or not here or event.order > split.order:
            continue
        found = re.match(
            rf"(\w+)(?:\[[\"']{re.escape(column)}[\"']\]|\.groupby\()",
            event.place.module.text(event.node),
        )
        if found:
            return f'{found[1]}["{column}"]'
    return None
