"""The whole conversation: the chapters in the order that the log suggests, else 2, 3, 4."""

from __future__ import annotations

from dataclasses import dataclass, field

from triptych_lint.mentor.logs.series import Log
from triptych_lint.mentor.logs.symptoms import Symptom, symptoms
from triptych_lint.mentor.reading import Reading
from triptych_lint.mentor.story.model import tell
from triptych_lint.mentor.why import gradients, leakage, seeds
from triptych_lint.mentor.why.advice import advise
from triptych_lint.mentor.why.chapter import Chapter, Context

CHAPTERS = {"seeds": seeds.chapter, "gradients": gradients.chapter, "leakage": leakage.chapter}


@dataclass(slots=True)
class Conversation:
    """What is said to "why is the model bad?"."""

    reading: Reading
    chapters: list[Chapter]
    log: Log | None = None
    symptoms: list[Symptom] = field(default_factory=list)

    @property
    def is_settled(self) -> bool:
        return all(chapter.is_settled for chapter in self.chapters)

    @property
    def has_gradients(self) -> bool:
        """Whether the script, or a framework that it calls, takes gradients."""
        runs = self.reading.runs
        return any(run.has("backward", "logs_norm", "progress") for run in runs)


def converse(reading: Reading, log: Log | None = None) -> Conversation:
    """Walk the three pitfalls over a script, and over the log of a run of it."""
    story = tell(reading)
    told = tuple(moment for moment in story.moments if moment.events)
    context = Context(reading, told, tuple(story.steps))
    seen = symptoms(log) if log is not None else []
    order = [symptom.pitfall for symptom in seen]
    keys = sorted(CHAPTERS, key=lambda key: order.index(key) if key in order else len(order))
    chapters = [CHAPTERS[key](context) for key in keys]
    advise(context, chapters, seen)
    return Conversation(reading, chapters, log, seen)
