"""Source lines with numbers, underlines and labels, as good compilers show them."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from triptych_lint.report.look import Look
from triptych_lint.report.strip import Strip

INDENT = "  "
BEFORE, AFTER = 2, 1
NARROWEST_LABEL = 32
EVIDENCE, NUMBERS = "cyan", "bright_blue"


@dataclass(frozen=True, slots=True)
class Label:
    """Something to point at within one line; columns in characters from zero."""

    row: int
    start: int
    end: int
    message: str
    primary: bool


@dataclass(frozen=True, slots=True)
class Gutter:
    """The column of line numbers at the left of an excerpt."""

    look: Look
    digits: int

    @property
    def width(self) -> int:
        return len(INDENT) + self.digits + 3

    def row(self, number: int | None, text: str) -> str:
        """``text`` behind its number, or behind an empty gutter."""
        label = "" if number is None else str(number)
        edge = f"{label:>{self.digits}} {self.look.glyph('bar')}"
        return f"{INDENT}{self.look.paint(edge, NUMBERS)} {text}".rstrip()

    def change(self, sign: str, number: int | None, text: str) -> str:
        """A row that a fix takes away (``-``) or puts in (``+``, or a sign of going on)."""
        label = "" if number is None else str(number)
        row = f"{label:>{self.digits}} {sign} {text}".rstrip()
        return INDENT + self.look.paint(row, "red" if sign == "-" else "green")

    def gap(self) -> str:
        edge = " " * (len(INDENT) + self.digits + 1) + self.look.glyph("gap")
        return self.look.paint(edge, NUMBERS)


def excerpt(
    labels: Sequence[Label], line: Callable[[int], str | None], look: Look, colour: str
) -> list[str]:
    """The lines that ``labels`` point at, in order, with context around the primary ones.

    ``line`` gives the text of a row, or None beyond the end; ``colour`` is that of the primary
    underline.
    """
    rows = _rows(labels, line)
    gutter = Gutter(look, max(len(str(rows[-1])), 3))
    shown: list[str] = []
    for previous, row in zip([None, *rows[:-1]], rows, strict=True):
        if previous is not None and row > previous + 1:
            shown.append(gutter.gap())
        here = [label for label in labels if label.row == row]
        room = look.width - gutter.width
        strip = Strip.of(line(row) or "", room, [(x.start, x.end) for x in here], look)
        shown.append(gutter.row(row, strip.text))
        shown += [gutter.row(None, text) for text in _marks(here, strip, room, look, colour)]
    return shown


def _rows(labels: Sequence[Label], line: Callable[[int], str | None]) -> list[int]:
    """Rows to show: those pointed at, context, and what fills a gap of a single row."""
    rows = {label.row for label in labels}
    for label in labels:
        if label.primary:
            around = range(max(1, label.row - BEFORE), label.row + AFTER + 1)
            rows.update(_trimmed(around, label.row, line))
    rows.update(row + 1 for row in tuple(rows) if row + 2 in rows)
    return sorted(rows)


def _trimmed(around: Iterable[int], centre: int, line: Callable[[int], str | None]) -> list[int]:
    """``around`` without blank and missing rows at its two ends."""
    filled = [row for row in around if row == centre or (line(row) or "").strip()]
    return list(range(filled[0], filled[-1] + 1))


def _marks(labels: Sequence[Label], strip: Strip, room: int, look: Look, colour: str) -> list[str]:
    """The underlines of one row, with the last label beside them and the others hung below."""
    if not labels:
        return []
    marks = ""
    for label in sorted(labels, key=lambda label: label.primary):
        start, end = strip.extent(label.start, label.end)
        mark = ("^" if label.primary else "-") * (end - start)
        marks = marks.ljust(end)[:start] + mark + marks[end:]
    tints = {"^": colour, "-": EVIDENCE}
    underline = "".join(look.paint("".join(run), tints.get(mark)) for mark, run in groupby(marks))

    hung = sorted((x for x in labels if x.message), key=lambda label: -label.start)
    lines = [underline]
    if hung and strip.extent(hung[0].start, hung[0].end)[1] == len(marks):
        space = room - len(marks) - 1
        if space >= min(len(hung[0].message), NARROWEST_LABEL):
            first, *rest = _wrapped(hung[0].message, space)
            tint = colour if hung[0].primary else EVIDENCE
            pad = " " * (len(marks) + 1)
            lines = [f"{underline} {look.paint(first, tint)}"]
            lines += [pad + look.paint(text, tint) for text in rest]
            hung = hung[1:]
    for index, label in enumerate(hung):
        pending = {strip.extent(other.start, other.end)[0] for other in hung[index + 1 :]}
        lines += _hanging(label, pending, strip, room, look, colour)
    return lines


def _hanging(
    label: Label, pending: set[int], strip: Strip, room: int, look: Look, colour: str
) -> list[str]:
    """A label below its underline; moved to the left where too little room is right of it.

    ``pending`` are the columns of underlines whose labels are still to come.
    """
    tint = colour if label.primary else EVIDENCE
    start, _ = strip.extent(label.start, label.end)
    hook = f"{look.glyph('hook')} "
    needed = min(len(label.message), NARROWEST_LABEL)
    if start + len(hook) + needed > room:
        start, hook = max(0, start + 1 - needed), ""
    bars = "".join(look.glyph("bar") if column in pending else " " for column in range(start))
    first, *rest = _wrapped(label.message, room - start - len(hook))
    lines = [bars + look.paint(hook + first, tint)]
    return lines + [bars + " " * len(hook) + look.paint(text, tint) for text in rest]


def _wrapped(message: str, room: int) -> list[str]:
    return textwrap.wrap(
        message, max(room, NARROWEST_LABEL), break_long_words=False, break_on_hyphens=False
    ) or [""]
