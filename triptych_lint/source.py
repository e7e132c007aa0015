"""The text of one file: offsets to rows and back, and edits that leave every other byte alone.

A script is one cell without a number; a notebook is the Python of its code cells, joined by
newlines. Rows break at ``\\r\\n``, ``\\r`` and ``\\n`` only, as they do for Python: form feeds and
U+2028 are characters like others.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from triptych_lint.decoding import UnreadableSource, decode, decode_python
from triptych_lint.model import Edit, Position, Region, Span

if TYPE_CHECKING:
    from triptych_lint.notebook import Notebook

__all__ = ["ROW_BREAK", "Source", "UnreadableSource", "splice"]

ROW_BREAK = re.compile(r"\r\n|\r|\n")


class Source:
    """A file as the engine reads it.

    ``text`` is decoded, without a byte order mark, with line endings as they are in the file; in a
    notebook, lines that only IPython understands are masked in it, character for character.
    ``path`` is shown to people. ``data`` are the bytes of the file.
    """

    __slots__ = (
        "_cells",
        "_encoding",
        "_notebook",
        "_row_starts",
        "_shown",
        "data",
        "path",
        "text",
    )

    def __init__(self, data: bytes, path: str) -> None:
        """Decode ``data``; a path that ends in ``.ipynb`` names a notebook.

        Raises:
            UnreadableSource: where the bytes hold no Python text.
        """
        self.data = data
        self.path = path
        self._row_starts: list[int] | None = None
        self._notebook: Notebook | None = None
        if PurePath(path).suffix.lower() != ".ipynb":
            self.text, self._encoding = decode_python(data)
            self._shown = self.text
            self._cells: tuple[tuple[int | None, Span], ...] = ((None, Span(0, len(self.text))),)
            return
        from triptych_lint.notebook import Notebook

        raw, self._encoding = decode(data)
        self._notebook = Notebook.parse(raw)
        self.text = "\n".join(cell.masked for cell in self._notebook.cells)
        self._shown = "\n".join(cell.text for cell in self._notebook.cells)
        self._cells = tuple(_spans(self._notebook))

    @classmethod
    def read(cls, path: Path, display: str | None = None) -> Source:
        """Read a file, to be shown under the name ``display``.

        Raises:
            UnreadableSource: where it holds no Python text.
            OSError: where it cannot be read.
        """
        return cls(path.read_bytes(), str(path) if display is None else display)

    @classmethod
    def from_bytes(cls, data: bytes, path: str) -> Source:
        """The source of bytes that would be found at ``path``; raises UnreadableSource."""
        return cls(data, path)

    @property
    def is_notebook(self) -> bool:
        return self._notebook is not None

    @property
    def newline(self) -> str:
        """The line ending that the text uses most; in a notebook the one of its cells."""
        if self.is_notebook:
            return "\n"
        counts = Counter(match[0] for match in ROW_BREAK.finditer(self.text))
        return counts.most_common(1)[0][0] if counts else "\n"

    # Places

    def position(self, offset: int) -> tuple[int | None, Position]:
        """The cell and the row and column of a character.

        Raises:
            ValueError: if the text ends before ``offset``.
        """
        if not 0 <= offset <= len(self.text):
            raise ValueError(f"offset {offset} is not in the text of {self.path}")
        number, span = self._cells[self._cell_index(offset)]
        starts = self._rows()
        row = bisect_right(starts, offset)
        first = bisect_right(starts, span.start)
        return number, Position(row - first + 1, offset - starts[row - 1])

    def region(self, span: Span) -> Region:
        """``span`` for people; in a notebook it ends at the end of the cell where it starts."""
        cell, start = self.position(span.start)
        end = min(span.end, self.cell_span(span.start).end)
        return Region(self.path, start, self.position(max(end, span.start))[1], cell)

    def offset(self, row: int, column: int, cell: int | None = None) -> int:
        """The inverse of :meth:`position`.

        Raises:
            IndexError: if there is no such row.
            ValueError: if there is no such cell, or the row ends before ``column``.
        """
        start, end = self._row_span(row, cell)
        if not 0 <= column <= end - start:
            raise ValueError(f"row {row} of {self.path} has no column {column}")
        return start + column

    def line(self, row: int, cell: int | None = None) -> str:
        """A row as people see it (no line is masked), without its line ending.

        Behind the last line ending there is one more row, which is empty.

        Raises:
            IndexError: if there is no such row.
            ValueError: if there is no such cell.
        """
        start, end = self._row_span(row, cell)
        return self._shown[start:end]

    def cell_span(self, offset: int) -> Span:
        """The extent of the notebook cell that holds ``offset``; in a script, of the whole text."""
        return self._cells[self._cell_index(offset)][1]

    def shown_cells(self) -> list[tuple[int | None, str]]:
        """The number and the text of each cell, with nothing masked."""
        return [(number, self._shown[span.start : span.end]) for number, span in self._cells]

    def programs(self) -> list[str]:
        """The texts that must each be valid Python: the cells, or the whole script."""
        return [self.text[span.start : span.end] for _, span in self._cells]

    def _row_span(self, row: int, cell: int | None) -> tuple[int, int]:
        span = self._span_of(cell)
        starts = self._rows()
        index = bisect_right(starts, span.start) - 1 + row - 1
        if row < 1 or index >= len(starts) or starts[index] > span.end:
            raise IndexError(f"{self.path} has no row {row}")
        line_end = ROW_BREAK.search(self.text, starts[index])
        return starts[index], min(line_end.start() if line_end else span.end, span.end)

    def _span_of(self, cell: int | None) -> Span:
        for number, span in self._cells:
            if number == cell:
                return span
        raise ValueError(f"{self.path} has no code cell {cell}")

    def _cell_index(self, offset: int) -> int:
        return max(bisect_right(self._cells, offset, key=lambda cell: cell[1].start) - 1, 0)

    def _rows(self) -> list[int]:
        if self._row_starts is None:
            self._row_starts = [0, *(match.end() for match in ROW_BREAK.finditer(self.text))]
        return self._row_starts

    # Writing

    def settle(self, edits: Sequence[Edit]) -> list[Edit]:
        """``edits`` as they will be made: in order, with the file's own line endings.

        In a notebook, whole lines that cannot stand at the start of a cell are put at the end of
        the cell before. ``splice(text, settled)`` is the text after :meth:`apply`.

        Raises:
            ValueError: if edits overlap or leave the text, or (in a notebook) if an edit touches a
                masked line, crosses from one cell into another, or the format is only read.
        """
        newline = self.newline
        own = [Edit(edit.span, ROW_BREAK.sub(newline, edit.text)) for edit in edits]
        if self._notebook is not None:
            own = self._notebook.settled([span for _, span in self._cells], own)
        return in_order(own, len(self.text))

    def apply(self, edits: Sequence[Edit]) -> bytes:
        """The bytes of the file with ``edits`` made: no byte outside of them changes.

        Raises:
            ValueError: as :meth:`settle`, or if the file's encoding lacks one of the new
                characters.
        """
        if not edits:
            return self.data
        settled = self.settle(edits)
        if self._notebook is None:
            return self._encoding.encode(splice(self.text, settled))
        raw, _ = decode(self.data)
        spans = [span for _, span in self._cells]
        return self._encoding.encode(self._notebook.rewritten(raw, spans, settled))


def _spans(notebook: Notebook) -> list[tuple[int | None, Span]]:
    found: list[tuple[int | None, Span]] = []
    start = 0
    for cell in notebook.cells:
        found.append((cell.number, Span(start, start + len(cell.text))))
        start += len(cell.text) + 1
    return found or [(None, Span(0, 0))]


def in_order(edits: Sequence[Edit], length: int) -> list[Edit]:
    """``edits`` by place, the order of insertions at one place kept.

    Raises:
        ValueError: if two overlap, or one lies outside of a text of ``length`` characters.
    """
    ordered = sorted(edits, key=lambda edit: edit.span)
    end = 0
    for edit in ordered:
        if not 0 <= edit.span.start <= edit.span.end <= length:
            raise ValueError(f"an edit lies outside of the text: {edit.span}")
        if edit.span.start < end:
            raise ValueError(f"edits overlap at offset {edit.span.start}")
        end = edit.span.end
    return ordered


def splice(text: str, edits: Sequence[Edit], start: int = 0) -> str:
    """``text``, which begins at offset ``start``, with ordered edits made."""
    pieces, done = [], 0
    for edit in edits:
        pieces += [text[done : edit.span.start - start], edit.text]
        done = edit.span.end - start
    return "".join([*pieces, text[done:]])
