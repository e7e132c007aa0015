"""Changing the source of one notebook cell within the JSON that holds it."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby
from typing import TYPE_CHECKING

from triptych_lint.jsontext import items, json_string
from triptych_lint.model import Edit, Span
from triptych_lint.source import splice

if TYPE_CHECKING:
    from triptych_lint.notebook import Cell

_ROW = re.compile(r"[^\n]*\n|[^\n]+")
_ROW_OF_STRING = re.compile(r"(?:(?!\\n|\\u000[aA])(?:\\.|[^\\]))*(?:\\n|\\u000[aA])|.+", re.DOTALL)


def settled(cells: Sequence[Cell], spans: Sequence[Span], edit: Edit) -> Edit:
    """``edit`` of the joined cells, so placed that it changes one cell only.

    Raises:
        ValueError: where it touches a masked line, or reaches from one cell into another.
    """
    index = _index(spans, edit)
    if index > 0 and _belongs_to_previous(edit, cells[index], spans[index]):
        index -= 1
        edit = _appended(edit, cells[index], spans[index])
    edit = _within(edit, cells[index], spans[index])
    _refuse_masked(edit, cells[index], spans[index].start)
    return edit


def by_cell(spans: Sequence[Span], edits: Sequence[Edit]) -> Iterator[tuple[int, list[Edit]]]:
    """The index of each cell that changes, and its edits with offsets within the cell."""
    for index, own in groupby(edits, key=lambda edit: _index(spans, edit)):
        base = spans[index].start
        yield (
            index,
            [Edit(Span(e.span.start - base, e.span.end - base), e.text) for e in own],
        )


def _index(spans: Sequence[Span], edit: Edit) -> int:
    return bisect_right(spans, edit.span.start, key=lambda span: span.start) - 1


def _belongs_to_previous(edit: Edit, cell: Cell, span: Span) -> bool:
    """Whether whole lines, put at the start of a cell, can only follow the cell before it."""
    if edit.span != Span(span.start, span.start) or not edit.text.endswith("\n"):
        return False
    return cell.mask.head > 0 or edit.text.lstrip("\n")[:1] in (" ", "\t")


def _appended(edit: Edit, cell: Cell, span: Span) -> Edit:
    on_new_row = not cell.text or cell.text.endswith("\n")
    lead = "" if on_new_row else "\n"
    return Edit(Span(span.end, span.end), lead + edit.text.removesuffix("\n"))


def _within(edit: Edit, cell: Cell, place: Span) -> Edit:
    """``edit``, kept inside of a cell.

    A whole last line ends with the newline that joins two cells and is in neither: an edit of it
    gives up a newline of its own cell instead.
    """
    start, end, text = edit.span.start, edit.span.end, edit.text
    if end == place.end + 1 and start <= place.end:
        end = place.end
        if text.endswith("\n"):
            text = text.removesuffix("\n")
        elif text or not _begins_row(cell.text, start - place.start):
            raise ValueError("an edit joins two notebook cells")
        elif start > place.start:
            start -= 1
    if end > place.end:
        raise ValueError("an edit reaches from one notebook cell into another")
    return Edit(Span(start, end), text)


def _refuse_masked(edit: Edit, cell: Cell, base: int) -> None:
    """Raise ValueError unless every masked line stays a whole line, and the first one first."""
    start, end, text = edit.span.start - base, edit.span.end - base, edit.text
    if start < cell.mask.head:
        raise ValueError("an edit stands before a magic that comes first in its cell")
    for line in cell.mask.hidden:
        if end < line.start or start > line.end:
            continue
        starts_row = text.endswith("\n") or (not text and _begins_row(cell.text, start))
        ends_row = text.startswith("\n") or (not text and cell.text[end : end + 1] in ("\n", ""))
        before, after = end == line.start and starts_row, start == line.end and ends_row
        if not (before or after):
            raise ValueError("an edit touches a line that only IPython understands")


def _begins_row(text: str, offset: int) -> bool:
    return offset == 0 or text[offset - 1] == "\n"


# The JSON of a cell


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of the source: its text, and how it is written ("" if it is new).

    ``string`` tells which of the cell's JSON strings holds it; None is one of its own.
    """

    text: str
    raw: str
    string: int | None


def rewritten_source(raw: str, place: Span, edits: Sequence[Edit], *, ascii_only: bool) -> str:
    """The JSON of the value at ``place``, a string or a list of strings, with ordered edits made.

    Rows that no edit touches are written as they were, and strings are split as they were.
    """
    is_list = raw[place.start] == "["
    spans = list(items(raw, place.start)) if is_list else [place]
    rows = [
        _Row(json.loads(f'"{row}"'), row, index)
        for index, span in enumerate(spans)
        for row in _ROW_OF_STRING.findall(raw[span.start + 1 : span.end - 1])
    ]
    strings: list[str] = []
    gaps: list[int | None] = []
    last: int | None = None
    for row in _with_edits(rows, edits, own_strings=is_list and len(rows) <= len(spans)):
        written = row.raw or json_string(row.text, ascii_only=ascii_only)[1:-1]
        if strings and row.string is not None and row.string == last:
            strings[-1] += written
        else:
            strings.append(written)
            gaps.append(row.string)
        last = row.string
    if not is_list:
        return f'"{"".join(strings)}"'
    return _list(raw, place, spans, [f'"{string}"' for string in strings], gaps)


def _list(
    raw: str,
    place: Span,
    old: Sequence[Span],
    strings: Sequence[str],
    origins: Sequence[int | None],
) -> str:
    """A list, laid out as the one at ``place`` that held ``old`` strings."""
    if not old or not strings:
        return f"[{', '.join(strings)}]"
    opening = raw[place.start + 1 : old[0].start]
    closing = raw[old[-1].end : place.end - 1]
    usual = raw[old[0].end : old[1].start] if len(old) > 1 else f",{opening}"
    pieces = [opening, strings[0]]
    for string, origin in zip(strings[1:], origins[1:], strict=True):
        pieces += [raw[old[origin - 1].end : old[origin].start] if origin else usual, string]
    return f"[{''.join(pieces)}{closing}]"


def _with_edits(
    rows: Sequence[_Row], edits: Sequence[Edit], *, own_strings: bool
) -> Iterator[_Row]:
    """The rows after the edits; new ones get strings of their own, or join their neighbour's."""
    ends = list(accumulate((len(row.text) for row in rows), initial=0))
    text = "".join(row.text for row in rows)
    kept = 0
    for dirty, own in _dirty(text, ends, edits):
        first, last = ends.index(dirty.start), ends.index(dirty.end)
        yield from rows[kept:first]
        neighbour = rows[min(first, len(rows) - 1)].string if rows else 0
        for line in _ROW.findall(splice(text[dirty.start : dirty.end], own, dirty.start)):
            yield _Row(line, "", None if own_strings else neighbour)
        kept = last
    yield from rows[kept:]


def _dirty(
    text: str, ends: Sequence[int], edits: Sequence[Edit]
) -> Iterator[tuple[Span, list[Edit]]]:
    """Ranges of whole rows that edits change, and the edits of each."""
    current: Span | None = None
    own: list[Edit] = []
    for edit in edits:
        span = _whole_rows(text, ends, edit)
        if current is not None and span.start < max(current.end, current.start + 1):
            current = Span(current.start, max(current.end, span.end))
            own.append(edit)
            continue
        if current is not None:
            yield current, own
        current, own = span, [edit]
    if current is not None:
        yield current, own


def _whole_rows(text: str, ends: Sequence[int], edit: Edit) -> Span:
    """The rows that an edit changes; none where it puts whole lines between two."""
    start, end = edit.span.start, edit.span.end
    at_row = start in ends and (start == 0 or text[start - 1] == "\n")
    if not at_row:
        start = max(e for e in ends if e < start or e == 0)
    keeps_rows = edit.text.endswith("\n") or (not edit.text and at_row)
    if not (end in ends and keeps_rows):
        end = min((e for e in ends if e > end), default=len(text))
    return Span(start, end)
