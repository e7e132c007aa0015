"""The change that a fix would make, as a small diff."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import takewhile

from rich.cells import cell_len

from triptych_lint.model import Edit, Fix, Region
from triptych_lint.report.excerpt import INDENT, Gutter
from triptych_lint.report.look import Look
from triptych_lint.report.strip import Strip, folded
from triptych_lint.source import Source

_NEWLINE = re.compile(r"\r\n|\r|\n")
CONTEXT = 1
FOLDED_ROWS = 3


def preview(fix: Fix, source: Source, cell: int | None, look: Look) -> Iterator[str]:
    """The lines that ``fix`` touches, before and after; ``cell`` is that of the question."""
    hunks = list(_hunks(fix.edits, source))
    digits = max((len(str(hunk.last)) for hunk in hunks), default=0)
    gutter = Gutter(look, max(digits, 3))
    previous: _Hunk | None = None
    for hunk in hunks:
        if hunk.cell != (previous.cell if previous else cell):
            yield INDENT + look.paint(f"cell {hunk.cell}", bold=True)
        elif previous:
            yield gutter.gap()
        previous = hunk
        yield from _diff(hunk, gutter, look)


class _Hunk:
    """Rows ``first`` to ``last`` of one cell, and the edits that fall among them."""

    def __init__(self, edit: Edit, source: Source) -> None:
        region = source.region(edit.span)
        self.cell = region.cell
        self.source = source
        self.edits = [edit]
        self.first = region.start.row
        self.last = region.end.row - _ends_before_its_row(edit, region)
        for _ in range(CONTEXT):
            self.first -= self.row(self.first - 1) is not None
            self.last += self.row(self.last + 1) is not None

    def row(self, number: int) -> str | None:
        return row_text(self.source, number, self.cell)

    def absorbs(self, other: _Hunk) -> bool:
        """Take in a later hunk if no row lies between the two."""
        if other.cell != self.cell or other.first > self.last + 1:
            return False
        self.edits += other.edits
        self.last = max(self.last, other.last)
        return True

    def before(self) -> list[str]:
        return [self.row(number) or "" for number in range(self.first, self.last + 1)]

    def after(self) -> list[str]:
        last = self.row(self.last) or ""
        start = self.source.offset(self.first, 0, self.cell)
        end = self.source.offset(self.last, len(last), self.cell)
        pieces = []
        for edit in self.edits:
            pieces += [self.source.text[start : edit.span.start], edit.text]
            start = edit.span.end
        rows = _NEWLINE.split("".join([*pieces, self.source.text[start:end]]))
        behind_the_last_row = start > end and not rows[-1]
        return rows[:-1] if behind_the_last_row else rows


def _ends_before_its_row(edit: Edit, region: Region) -> bool:
    """Whether only whole rows above the end of ``region`` are put in or taken away."""
    whole = edit.text.endswith("\n") or (not edit.text and region.start.column == 0)
    return whole and region.end.column == 0


def _hunks(edits: Sequence[Edit], source: Source) -> Iterator[_Hunk]:
    current: _Hunk | None = None
    for edit in sorted(edits, key=lambda edit: edit.span):
        hunk = _Hunk(edit, source)
        if current is None or not current.absorbs(hunk):
            if current:
                yield current
            current = hunk
    if current:
        yield current


def _diff(hunk: _Hunk, gutter: Gutter, look: Look) -> Iterator[str]:
    before, after = hunk.before(), hunk.after()
    room = look.width - gutter.width
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for tag, old, old_end, new, new_end in matcher.get_opcodes():
        removed, added = before[old:old_end], after[new:new_end]
        for index, line in enumerate(removed):
            row = hunk.first + old + index
            if tag == "equal":
                if line.strip() or hunk.first < row < hunk.last:
                    yield gutter.row(row, Strip.of(line, room, [], look).text)
            else:
                span = _difference(line, added[index : index + 1])
                yield gutter.change("-", row, Strip.of(line, room, span, look).text)
        if tag != "equal":
            for index, line in enumerate(added):
                span = _difference(line, removed[index : index + 1])
                yield from _added(line, span, gutter, look)


def _added(line: str, span: list[tuple[int, int]], gutter: Gutter, look: Look) -> Iterator[str]:
    """A new line: in full if it is no longer than code is, else cut around what is new."""
    room = look.width - gutter.width
    rows = folded(line, room, FOLDED_ROWS)
    if cell_len(rows[-1]) > room:
        rows = [Strip.of(line, room, span, look).text]
    for index, row in enumerate(rows):
        yield gutter.change(look.glyph("gap") if index else "+", None, row)


def _difference(line: str, counterparts: Sequence[str]) -> list[tuple[int, int]]:
    """Where ``line`` starts to differ from its counterpart, if it has one."""
    start = 0
    for other in counterparts:
        same = takewhile(lambda pair: pair[0] == pair[1], zip(line, other, strict=False))
        start = sum(1 for _ in same)
    return [(start, start + 1)]


def row_text(source: Source, row: int, cell: int | None) -> str | None:
    """The text of a row, or None where there is no such row."""
    try:
        return source.line(row, cell)
    except IndexError:
        return None
