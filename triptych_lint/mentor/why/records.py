"""The conversation for programs, as JSON."""

from __future__ import annotations

import json
from typing import Any

from triptych_lint.mentor.why.chapter import Chapter
from triptych_lint.mentor.why.conversation import Conversation
from triptych_lint.report.json import record as question_record
from triptych_lint.source import Source


def render(conversation: Conversation) -> str:
    """The conversation as one JSON object."""
    return json.dumps(record(conversation), indent=2, ensure_ascii=False) + "\n"


def record(conversation: Conversation) -> dict[str, Any]:
    """The chapters in their order, and what the log shows."""
    reading = conversation.reading
    return {
        "filename": reading.path,
        "log": conversation.log.path if conversation.log else None,
        "symptoms": [
            {"name": s.name, "step": s.step, "says": s.said, "points_to": s.pitfall}
            for s in conversation.symptoms
        ],
        "chapters": [_chapter(chapter, reading.source) for chapter in conversation.chapters],
    }


def _chapter(chapter: Chapter, source: Source) -> dict[str, Any]:
    return {
        "pitfall": chapter.pitfall,
        "name": chapter.key,
        "does": [
            {
                "filename": moment.region.filename,
                "cell": moment.region.cell,
                "row": moment.region.start.row,
                "says": moment.words,
            }
            for moment in chapter.does
        ],
        "remarks": chapter.remarks,
        "settled": chapter.settled,
        "open": [
            {**question_record(entry.diagnostic, source), "silenced": entry.silenced}
            for entry in chapter.open
        ],
        "also_open": chapter.unasked,
        "next": [
            {"says": step.said, "command": step.command or None, "patch": list(step.patch)}
            for step in chapter.next
        ],
    }
