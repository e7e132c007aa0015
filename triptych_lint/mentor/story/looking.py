"""Looks at the data, read from the text: where in the run they stand."""

from __future__ import annotations

from collections.abc import Sequence

from triptych_lint.mentor import syntax
from triptych_lint.mentor.reading import Reading
from triptych_lint.mentor.story.moments import WORDS, Moment
from triptych_lint.mentor.story.steps import Mark, Step
from triptych_lint.timeline.events import Run


def with_looks(
    reading: Reading, run: Run, told: Sequence[Moment], steps: Sequence[Step]
) -> list[Moment]:
    """The moments of a run, and between them the looks at the data of the functions that it is in.

    The timeline holds no such event: a look changes nothing. Its place is that of its statement
    among the other statements of its function.
    """
    found = list(told)
    rows = {(m.region.filename, m.region.cell, row) for m in told for row in m.rows}
    marks = next(step.marks for step in steps if step.key == "profile")
    for mark in sorted(marks, key=lambda mark: _offset(reading, mark)):
        region = mark.region
        order = _order(reading, run, _offset(reading, mark))
        if order is None or (region.filename, region.cell, region.start.row) in rows:
            continue
        later = (i for i, m in enumerate(found) if m.events and m.event.order >= order)
        index = next(later, len(found))
        look = _moment(reading, mark)
        before = found[index - 1] if index else None
        same = before is not None and before.kind == "profile" and before.function == look.function
        if before is not None and same and before.region.cell == look.region.cell:
            before.times += 1
            before.rows += look.rows
        else:
            found.insert(index, look)
    return found


def _offset(reading: Reading, mark: Mark) -> int:
    region = mark.region
    return reading.source.offset(region.start.row, region.start.column, region.cell)


def _order(reading: Reading, run: Run, offset: int) -> int | None:
    """When the run is there; None where it does not come through the function."""
    function = syntax.function_at(reading.module, offset)
    last: int | None = None
    for event in run.events:
        for frame in event.stack:
            if frame.module is reading.module and frame.function is function and frame.path:
                if frame.path[0].start > offset:
                    return event.order
                last = event.order + 1
                break
    return last


def _moment(reading: Reading, mark: Mark) -> Moment:
    function = syntax.function_at(reading.module, _offset(reading, mark))
    kind = WORDS["kinds"]["profile"]
    return Moment(
        kind="profile",
        lane=kind["lane"],
        said=kind["say"].format(call=mark.note.strip("`")),
        region=mark.region,
        loops=(),
        function=function.name if function else "",
        sure=True,
        events=[],
        rows=[mark.region.start.row],
    )
