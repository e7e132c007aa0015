"""One line of source as a terminal can show it: safe, and cut to the width that there is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, takewhile

from rich.cells import cell_len

from triptych_lint.report.look import Look

TAB = 4
ENOUGH = 16
"""Columns of a span that must be in view where the span is longer."""


@dataclass(frozen=True, slots=True)
class Strip:
    """The visible part of a line.

    ``starts[i]`` is the column at which character ``i`` begins, counted from the left edge of the
    visible part; columns beyond the edges are negative or at least ``width``.
    """

    text: str
    starts: Sequence[int]
    width: int

    @classmethod
    def of(cls, line: str, room: int, spans: Sequence[tuple[int, int]], look: Look) -> Strip:
        """``line`` in at most ``room`` columns, cut so that ``spans`` (characters) stay in view."""
        pieces = _pieces(line.rstrip())
        starts = [0, *accumulate(cell_len(piece) for piece in pieces)]
        if starts[-1] <= room:
            return cls("".join(pieces), starts, starts[-1])
        left = _left_edge(starts, room, spans)
        cut = look.glyph("cut")
        inner = range(left + len(cut) * bool(left), left + room - len(cut))
        kept = [
            piece
            for piece, start, end in zip(pieces, starts, starts[1:], strict=False)
            if start >= inner.start and end <= inner.stop
        ]
        more = starts[-1] > inner.stop
        text = cut * bool(left) + "".join(kept) + cut * more
        return cls(text, [start - left for start in starts], cell_len(text))

    def extent(self, start: int, end: int) -> tuple[int, int]:
        """Columns of the characters from ``start`` to ``end``; at least one, and in view."""
        last = len(self.starts) - 1
        first_column = min(max(self.starts[min(start, last)], 0), max(self.width - 1, 0))
        end_column = min(self.starts[min(end, last)], self.width)
        return first_column, max(end_column, first_column + 1)


def folded(line: str, room: int, rows: int) -> list[str]:
    """``line`` broken into ``rows`` rows at most; only the last may need more than ``room``."""
    pieces = _pieces(line.rstrip())
    depth = sum(1 for _ in takewhile(str.isspace, pieces))
    indent = [*pieces[:depth], " " * TAB]
    shown: list[str] = []
    while len(shown) < rows - 1 and cell_len("".join(pieces)) > room:
        widths = accumulate(cell_len(piece) for piece in pieces)
        fitting = sum(width <= room for width in widths)
        spaces = [at for at in range(fitting // 2, fitting) if pieces[at] == " "]
        end = spaces[-1] + 1 if spaces else fitting
        shown.append("".join(pieces[:end]).rstrip())
        pieces = indent + pieces[end:]
    return [*shown, "".join(pieces)]


def _pieces(line: str) -> list[str]:
    """What each character of ``line`` looks like: tabs as spaces, control characters as marks."""
    pieces: list[str] = []
    column = 0
    for character in line:
        if character == "\t":
            piece = " " * (TAB - column % TAB)
        elif character.isprintable():
            piece = character
        else:
            piece = "\N{REPLACEMENT CHARACTER}"
        column += cell_len(piece)
        pieces.append(piece)
    return pieces


def _left_edge(starts: Sequence[int], room: int, spans: Sequence[tuple[int, int]]) -> int:
    """The first column in view: the start of the line, unless the spans lie too far right."""
    last = len(starts) - 1
    columns = [(starts[min(start, last)], starts[min(end, last)]) for start, end in spans]
    if all(min(end, start + ENOUGH) < room for start, end in columns):
        return 0
    leftmost = min(start for start, _ in columns)
    return max(0, min(leftmost - room // 4, starts[-1] - room + 1))
