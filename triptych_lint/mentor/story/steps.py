"""The eight steps of the canonical order: which lines do each of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from triptych_lint import tree as t
from triptych_lint.mentor import syntax
from triptych_lint.mentor.reading import Reading
from triptych_lint.mentor.story.moments import LEARNING, WORDS, Moment, titles
from triptych_lint.model import Diagnostic, Position, Region, Span
from triptych_lint.paths import displayed
from triptych_lint.statefile import find
from triptych_lint.timeline.events import Run, Sure
from triptych_lint.timeline.values import Const

FAMILIES = {"seed": ("TRP2",), "track": ("TRP1",)}
"""Questions that belong to a step."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A line that does a step; ``reached`` says whether the default run meets it."""

    region: Region
    note: str
    reached: bool = True


@dataclass(slots=True)
class Step:
    """One of the eight steps, with the lines that do it."""

    number: int
    key: str
    title: str
    marks: list[Mark] = field(default_factory=list)
    questions: list[Diagnostic] = field(default_factory=list)

    @property
    def state(self) -> str:
        """``seen``, ``off`` (only where the default run does not come) or ``unseen``."""
        if not self.marks:
            return "unseen"
        return "seen" if any(mark.reached for mark in self.marks) else "off"


def steps(reading: Reading, told: Sequence[tuple[Run, Sequence[Moment]]]) -> list[Step]:
    """The eight steps, with what the runs and the text of the file show of each."""
    found = [Step(n, s["key"], s["title"]) for n, s in enumerate(WORDS["steps"], 1)]
    by_key = {step.key: step for step in found}
    for key, mark in _marks(reading, told):
        marks = by_key[key].marks
        # What is written but not reached adds nothing where the run does the step.
        adds = mark.reached or not any(known.reached for known in marks)
        if adds and all(_row(known) != _row(mark) for known in marks):
            marks.append(mark)
    for key, prefixes in FAMILIES.items():
        by_key[key].questions = [d for d in reading.asked if d.code.startswith(prefixes)]
    return found


def _row(mark: Mark) -> tuple[str, int | None, int]:
    return mark.region.filename, mark.region.cell, mark.region.start.row


def _marks(
    reading: Reading, told: Sequence[tuple[Run, Sequence[Moment]]]
) -> Iterator[tuple[str, Mark]]:
    for run, found in told:
        yield from _from_run(run, found)
    yield from _given(reading)
    yield from _from_text(reading, [moment for _, found in told for moment in found])


def _note(name: str, **fields: str) -> str:
    return str(WORDS["notes"][name]).format(**fields)


def _from_run(run: Run, told: Sequence[Moment]) -> Iterator[tuple[str, Mark]]:
    """What the events of a run show."""
    learning = list(run.of(*LEARNING))
    last = max((event.order for event in learning), default=-1)
    around = {loop for event in learning for loop in event.loops}
    metric = re.compile(WORDS["metric_words"])
    for moment in [one for told_one in told for one in (told_one, *told_one.also)]:
        event = moment.event
        call = event.short or event.name
        if moment.kind == "seed":
            streams = titles(run, [s for e in moment.events for s in e.facts["streams"]])
            note = _note("seed" if moment.sure else "seed_perhaps", streams=streams)
            yield "seed", Mark(moment.region, note)
        elif moment.kind == "track" and event.facts.get("how") in ("init", "log"):
            yield "track", Mark(moment.region, _note("scored", call=call))
        elif moment.kind == "progress":
            yield "progress", Mark(moment.region, _note("scored", call=call))
        elif moment.kind == "report" and (
            run.looped or event.order <= last or around & {*event.loops}
        ):
            yield "progress", Mark(moment.region, _note("reported"))
        elif moment.kind == "search":
            yield "sweep", Mark(moment.region, _note("scored", call=call))
        elif moment.kind == "claim" or (
            moment.kind == "evaluate" and event.order > last and not run.looped
        ):
            yield "claim", Mark(moment.region, _note("scored", call=call))
        elif moment.kind == "report" and metric.search(event.place.module.text(event.node)):
            yield "claim", Mark(moment.region, _note("printed"))


def _given(reading: Reading) -> Iterator[tuple[str, Mark]]:
    """Seeds that single calls are given: a ``random_state``, or that of a generator."""
    for run in reading.runs:
        for event in run.of("given", "generator"):
            value = event.facts.get("value", event.facts.get("seed"))
            if isinstance(value, Const) and value.value is not None:
                region = event.place.module.source.region(event.place.span)
                call = event.short or event.name
                yield "seed", Mark(region, _note("seed_given", call=call))
        for event in run.of("seed", at_least=Sure.NO):
            if event.sure is Sure.NO:
                region = event.place.module.source.region(event.place.span)
                note = _note("seed", streams=titles(run, event.facts["streams"]))
                yield "seed", Mark(region, note, reached=False)


def _from_text(reading: Reading, told: Sequence[Moment]) -> Iterator[tuple[str, Mark]]:
    """What stands in the file, reached or not."""
    yield from _goal(reading)
    yield from _one_batch(reading)
    yield from _calls(reading, told)
    yield from _overfit_words(reading)


def _goal(reading: Reading) -> Iterator[tuple[str, Mark]]:
    """The goal: in ``state.md`` beside the project, else what the script says of itself."""
    state = find(Path(reading.path))
    goal = stated_goal(state) if state is not None else None
    if state is not None and goal is not None:
        text, row = goal
        where = Region(displayed(state), Position(row, 0), Position(row, len(text)))
        yield "goal", Mark(where, _note("goal_state", text=text))
        return
    found = docstring(reading)
    if found is not None:
        yield "goal", Mark(found[1], _note("goal_docstring", text=found[0]))


def docstring(reading: Reading) -> tuple[str, Region] | None:
    """The first line of what a script says of itself, and where it says it."""
    for statement in reading.module.body[:1]:
        value = statement.value if isinstance(statement, t.ExprStmt) else None
        if isinstance(value, t.Const) and isinstance(value.value, str) and value.value.strip():
            text = value.value.strip().splitlines()[0]
            return text, reading.source.region(value.span)
    return None


def stated_goal(state: Path) -> tuple[str, int] | None:
    """The first line of the Goal section of a ``state.md``, and its row, if there is one."""
    try:
        lines = state.read_text("utf-8", "replace").splitlines()
    except OSError:
        return None
    inside = False
    for row, line in enumerate(lines, 1):
        text = line.strip()
        if re.match(r"#{1,3} ", text):
            inside = bool(re.match(r"#+ *Goal\b", text))
        elif inside and text and not text.startswith(("<!--", "*(")):
            return text, row
    return None


def _one_batch(reading: Reading) -> Iterator[tuple[str, Mark]]:
    """A batch that is bound outside of a loop which trains on it."""
    for run in reading.runs:
        for backward in run.of("backward"):
            frame = backward.stack[-1]
            for loop in [s for s in frame.path if isinstance(s, (t.For, t.While))]:
                body = frame.function.body if frame.function else frame.module.body
                inside = frame.module.text(loop)
                for statement in body:
                    if statement.start >= loop.start or not isinstance(statement, t.Assign):
                        continue
                    if not re.match(r"next\(\s*iter\(", frame.module.text(statement.value or loop)):
                        continue
                    names = [n.id for n in syntax.nodes(statement.targets) if isinstance(n, t.Name)]
                    # A batch that the loop binds again is a look, and no check.
                    again = re.search(r"\bnext\(\s*iter\(|\benumerate\(|loader\b", inside)
                    if not again and any(re.search(rf"\b{name}\b", inside) for name in names):
                        region = frame.module.source.region(statement.span)
                        yield "overfit", Mark(region, _note("overfit_loop"))


def _calls(reading: Reading, told: Sequence[Moment]) -> Iterator[tuple[str, Mark]]:
    module, source = reading.module, reading.source
    known = reading.timeline.catalog
    met = {id(moment.event.node) for moment in told}
    looks = bool(set(WORDS["profile_imports"]) & _tops(reading))
    for call, name in syntax.calls(module):
        region = source.region(call.span)
        shown = _shown(name)
        if looks and (_profiles(call) or re.search(WORDS["profile_calls"], name)):
            yield "profile", Mark(region, _note("scored", call=_method(call)))
            continue
        row = known.row(name) or {}
        for key, step in WORDS["rows"].items():
            if key in row and row[key] != "config" and id(call) not in met:
                yield step, Mark(region, _note("unreached", call=shown), reached=False)
        if re.search(WORDS["claim_calls"], name):
            yield "claim", Mark(region, _note("scored", call=shown))
        if re.search(WORDS["progress_calls"], name):
            yield "progress", Mark(region, _note("scored", call=shown))
        if re.search(WORDS["goal_calls"], name):
            yield "goal", Mark(region, _note("scored", call=shown))
        for arg in call.args:
            step = WORDS["arguments"].get(arg.keyword)
            text = module.text(arg.value)
            if step and text not in WORDS["argument_off"]:
                note = _note("argument", text=f"{arg.keyword}={text}")
                yield step, Mark(source.region(Span(arg.value.start, arg.value.end)), note)


def _shown(name: str) -> str:
    return ".".join(name.split(".")[-2:])


def _tops(reading: Reading) -> set[str]:
    return {name.partition(".")[0] for name in syntax.imported(reading.module).values()}


def _method(call: t.Call) -> str:
    """A method call as it is written, or by its name alone where that is long."""
    written = syntax.dotted(call.func)
    name = call.func.attr if isinstance(call.func, t.Attr) else ""
    inner = call.func.value if isinstance(call.func, t.Attr) else None
    if isinstance(inner, t.Call) and isinstance(inner.func, t.Attr):
        name = f"{inner.func.attr}().{name}"
    return written if 0 < len(written) < 20 else f".{name}()"


def _profiles(call: t.Call) -> bool:
    """Whether a call looks at rows, by the method's name, in a file that reads tables."""
    if not isinstance(call.func, t.Attr):
        return False
    name, inner = call.func.attr, call.func.value
    if name in WORDS["profile_methods"]:
        return True
    if name in WORDS["profile_bare"]:
        return not call.args
    summed = isinstance(inner, t.Call) and isinstance(inner.func, t.Attr)
    return bool(
        name == "sum"
        and summed
        and isinstance(inner, t.Call)
        and isinstance(inner.func, t.Attr)
        and inner.func.attr in WORDS["profile_summed"]
    )


def _overfit_words(reading: Reading) -> Iterator[tuple[str, Mark]]:
    """A flag, a function or a comment that is named for it: it was done once."""
    source = reading.source
    for match in re.finditer(WORDS["overfit_words"], source.text):
        region = source.region(Span(match.start(), match.end()))
        line = source.line(region.start.row, region.cell).strip()
        yield "overfit", Mark(region, _note("overfit_word", text=line[:60]))
        return
