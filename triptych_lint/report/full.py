"""The question in the mentor's voice, what it rests on, and the change that is offered."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

from triptych_lint.mentor.skills import deeper
from triptych_lint.model import Diagnostic, FileReport, Region, Safety, Severity
from triptych_lint.paths import displayed
from triptych_lint.report.concise import where
from triptych_lint.report.excerpt import INDENT, Label, excerpt
from triptych_lint.report.look import Look
from triptych_lint.report.preview import preview, row_text
from triptych_lint.source import Source, UnreadableSource

_INTENTS = {
    Safety.SAFE: "--fix would",
    Safety.UNSAFE: "--fix --unsafe-fixes would",
    Safety.DISPLAY: "a change to consider (--fix leaves it to you)",
}


def render(reports: Iterable[FileReport], look: Look) -> Iterator[str]:
    """Each question with its excerpts, set apart by a blank line; last, where to read on."""
    asked: list[Diagnostic] = []
    for report in reports:
        others = _Sources(report)
        for diagnostic in report.diagnostics:
            yield "\n".join([*_lines(diagnostic, others, look), "", ""])
        asked += report.diagnostics
    further = deeper(asked)
    if further is not None:
        yield look.paint(further, dim=True) + "\n\n"


def _lines(diagnostic: Diagnostic, sources: _Sources, look: Look) -> Iterator[str]:
    yield _header(diagnostic, look)
    yield from (look.paint(line, bold=True) for line in _wrapped(diagnostic.question, look.width))
    yield ""
    yield from _evidence(diagnostic, sources, look)
    if diagnostic.fix and sources.own:
        intent = _INTENTS[diagnostic.fix.safety]
        yield ""
        offer = f"{intent}: {_in_passing(diagnostic.fix.message)}"
        for line in _wrapped(offer, look.width - len(INDENT)):
            yield INDENT + look.paint(line, "green")
        yield from preview(diagnostic.fix, sources.own, diagnostic.region.cell, look)
    yield ""
    yield look.paint(f"{INDENT}why: triptych-lint rule {diagnostic.code}", dim=True)


def _in_passing(message: str) -> str:
    """``message`` as it stands behind a colon: ``Seed numpy`` is ``seed numpy``."""
    first = message.split(" ", 1)[0]
    return message[:1].lower() + message[1:] if first[1:].islower() else message


def _header(diagnostic: Diagnostic, look: Look) -> str:
    colour = look.severity_colour(diagnostic.severity)
    code = look.link(look.paint(diagnostic.code, colour, bold=True), diagnostic.url)
    header = f"{look.paint(where(diagnostic.region), bold=True)}  {code} {diagnostic.name}"
    if diagnostic.severity is Severity.NOTE:
        header += look.paint(" (note)", colour)
    if diagnostic.fix and diagnostic.fix.safety is not Safety.DISPLAY:
        header += look.paint(" [*]", "green")
    return header


class _Point(NamedTuple):
    """A place to underline, and what to say about it."""

    region: Region
    message: str
    primary: bool = False

    @property
    def label(self) -> Label:
        """Where the underline goes; of a region of several lines, under the first."""
        start, end = self.region.start, self.region.end
        last = end.column if end.row == start.row else LINE_END
        return Label(start.row, start.column, last, self.message, self.primary)


LINE_END = 1 << 30


def _evidence(diagnostic: Diagnostic, sources: _Sources, look: Look) -> Iterator[str]:
    """One excerpt per file or cell, that of the question first."""
    blocks: dict[tuple[str, int | None], list[_Point]] = {}
    for point in _points(diagnostic):
        blocks.setdefault((point.region.filename, point.region.cell), []).append(point)
    for index, ((filename, cell), points) in enumerate(blocks.items()):
        source = sources.named(filename)
        place = look.paint(displayed(where(points[0].region)), bold=True)
        if index:
            yield ""
        if source is None:
            yield from (f"{INDENT}{place}  {point.message}" for point in points)
            continue
        if index:
            yield INDENT + place
        yield from excerpt(
            [point.label for point in points],
            partial(row_text, source, cell=cell),
            look,
            look.severity_colour(diagnostic.severity),
        )


def _points(diagnostic: Diagnostic) -> Iterator[_Point]:
    """The place of the question, then what else is evidence, each place once."""
    messages = {evidence.region: evidence.message for evidence in reversed(diagnostic.evidence)}
    yield _Point(diagnostic.region, messages.pop(diagnostic.region, ""), primary=True)
    for region, message in reversed(messages.items()):
        yield _Point(region, message)


class _Sources:
    """The text of the linted file, and of the files that its evidence points into."""

    def __init__(self, report: FileReport) -> None:
        self.own = report.source
        self._known = {report.path: report.source}

    def named(self, filename: str) -> Source | None:
        if filename not in self._known:
            try:
                self._known[filename] = Source.read(Path(filename))
            except (OSError, UnreadableSource):
                self._known[filename] = None
        return self._known[filename]


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)
