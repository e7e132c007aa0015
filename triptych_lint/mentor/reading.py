"""One file, read for a conversation: its timeline, and what is asked about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from triptych_lint import catalog
from triptych_lint.engine import lint_source
from triptych_lint.model import Diagnostic
from triptych_lint.module import Module, UnparsableModule
from triptych_lint.paths import cause_of, displayed
from triptych_lint.project import Project, is_test
from triptych_lint.settings import Settings
from triptych_lint.source import Source, UnreadableSource
from triptych_lint.timeline import Run, Timeline, build
from triptych_lint.timeline.loops import trains


class Unreadable(Exception):
    """The path cannot be read as Python; the message is one line that names it."""


@dataclass(slots=True)
class Reading:
    """A file, its timeline, the questions about it, and those that a comment has silenced."""

    source: Source
    timeline: Timeline
    asked: list[Diagnostic] = field(default_factory=list)
    silenced: list[Diagnostic] = field(default_factory=list)

    @property
    def module(self) -> Module:
        return self.timeline.module

    @property
    def path(self) -> str:
        return self.source.path

    @property
    def runs(self) -> list[Run]:
        """The runs that a conversation is about: the default run if it trains, else functions."""
        main = self.timeline.main
        if _does_something(main):
            return [main, *(run for run in self.timeline.fragments if run.looped)]
        return [run for run in self.timeline.fragments if _does_something(run)]

    @property
    def trains(self) -> bool:
        """Whether anything in the file trains or searches."""
        return not is_test(self.path) and bool(self.runs)


def _does_something(run: Run) -> bool:
    return trains(run) or run.has("search")


def read(path: str | Path, settings: Settings) -> Reading:
    """Read a script or notebook.

    Raises:
        Unreadable: if there is no such file, or it is no Python.
    """
    file = Path(path)
    shown = displayed(file)
    try:
        source = Source.read(file, shown)
        project = Project()
        module = project.parsed(source)
    except OSError as error:
        raise Unreadable(f"{shown}: cannot be read ({cause_of(error)})") from None
    except (UnreadableSource, UnparsableModule) as error:
        raise Unreadable(f"{shown}: {error}") from None
    report = lint_source(source, settings, project)
    project.begin()
    timeline = build(module, project, catalog.load())
    return Reading(source, timeline, report.diagnostics, report.suppressed)


def places_of(diagnostic: Diagnostic) -> Iterator[tuple[str, int | None, int]]:
    """The file, cell and row of a finding, its own place first, then those of its evidence."""
    for region in (diagnostic.region, *(evidence.region for evidence in diagnostic.evidence)):
        yield region.filename, region.cell, region.start.row
