"""A story for programs, as JSON. Rows and columns count from one."""

from __future__ import annotations

import json
from typing import Any

from triptych_lint.mentor.story.model import Story
from triptych_lint.mentor.story.moments import Loop, Moment
from triptych_lint.mentor.story.steps import Step
from triptych_lint.model import Region
from triptych_lint.paths import displayed
from triptych_lint.report.json import record as question_record


def render(story: Story) -> str:
    """The story as one JSON object."""
    return json.dumps(record(story), indent=2, ensure_ascii=False) + "\n"


def record(story: Story) -> dict[str, Any]:
    """The steps, the runs with their moments, and the questions."""
    own = story.sources[story.path]
    return {
        "filename": story.path,
        "complete": story.complete,
        "files": [displayed(name) for name in story.sources],
        "steps": [_step(step) for step in story.steps],
        "runs": [
            {"title": part.title, "events": [_moment(moment) for moment in part.moments]}
            for part in story.parts
        ],
        "questions": [question_record(diagnostic, own) for diagnostic in story.asked],
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "number": step.number,
        "name": step.key,
        "title": step.title,
        "state": step.state,
        "lines": [
            {**_place(mark.region), "note": mark.note, "in_default_run": mark.reached}
            for mark in step.marks
        ],
        "questions": [diagnostic.code for diagnostic in step.questions],
    }


def _moment(moment: Moment) -> dict[str, Any]:
    return {
        "kind": moment.kind,
        "lane": moment.lane,
        "says": moment.words,
        "calls": moment.events[0].name if moment.events else None,
        "function": moment.function or None,
        **_place(moment.region),
        "certain": moment.sure,
        "times": moment.times,
        "rows": moment.rows,
        "loops": [_loop(loop) for loop in moment.loops],
        "questions": [diagnostic.code for diagnostic in moment.questions],
    }


def _loop(loop: Loop) -> dict[str, Any]:
    return {"head": loop.head, **_place(loop.region)}


def _place(region: Region) -> dict[str, Any]:
    return {
        "filename": displayed(region.filename),
        "cell": region.cell,
        "row": region.start.row,
        "column": region.start.column + 1,
    }
