"""A story: what each format shows, made once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from triptych_lint.mentor.reading import Reading, places_of
from triptych_lint.mentor.story.looking import with_looks
from triptych_lint.mentor.story.moments import WORDS, Moment, moments
from triptych_lint.mentor.story.steps import Step, steps
from triptych_lint.model import Diagnostic
from triptych_lint.source import Source
from triptych_lint.timeline.events import Run


@dataclass(slots=True)
class Part:
    """One run of the story, under its title."""

    title: str
    moments: list[Moment]


@dataclass(slots=True)
class Story:
    """The eight steps and the runs of a script, with the questions where they belong."""

    path: str
    steps: list[Step]
    parts: list[Part]
    sources: dict[str, Source]
    """The files that the run meets, by name, the script first."""
    asked: list[Diagnostic] = field(default_factory=list)
    elsewhere: list[Diagnostic] = field(default_factory=list)
    """Questions about lines at which nothing is told."""
    complete: bool = True

    @property
    def moments(self) -> list[Moment]:
        return [moment for part in self.parts for moment in part.moments]


def tell(reading: Reading) -> Story:
    """The story of a file that trains."""
    runs = reading.runs
    asked = {place for diagnostic in reading.asked for place in places_of(diagnostic)}
    parts = [Part(_title(reading, run), moments(run, asked)) for run in runs]
    sources = {reading.path: reading.source}
    for part in parts:
        for moment in part.moments:
            for frame in moment.event.stack:
                sources.setdefault(frame.module.path, frame.module.source)
    found = steps(reading, [(run, part.moments) for run, part in zip(runs, parts, strict=True)])
    for run, part in zip(runs[:1], parts, strict=False):
        part.moments = with_looks(reading, run, part.moments, found)
    told = [moment for part in parts for moment in part.moments]
    elsewhere = [diagnostic for diagnostic in reading.asked if not _attach(diagnostic, told)]
    parts = [part for part in parts if part.moments]
    return Story(
        path=reading.path,
        steps=found,
        parts=parts,
        sources=sources,
        asked=reading.asked,
        elsewhere=elsewhere,
        complete=all(run.complete for run in runs),
    )


def _title(reading: Reading, run: Run) -> str:
    titles = WORDS["titles"]
    if run.root is None:
        return str(titles["main"])
    return str(titles["looped" if run.looped else "function"]).format(name=run.root.name)


def _attach(diagnostic: Diagnostic, told: Sequence[Moment]) -> bool:
    """Put a question to the first moment at its place, or at a place of its evidence."""
    for filename, cell, row in places_of(diagnostic):
        for moment in told:
            here = (moment.region.filename, moment.region.cell)
            if here == (filename, cell) and row in moment.rows:
                moment.questions.append(diagnostic)
                return True
    return False
