"""What changed, as a unified diff for people and for ``patch``."""

from __future__ import annotations

from difflib import unified_diff as differences

from triptych_lint.source import ROW_BREAK, Source


def unified_diff(source: Source, new: bytes) -> str:
    """The change from ``source`` to the bytes ``new``; for a notebook, one diff for each cell."""
    changed = Source.from_bytes(new, source.path)
    cells = zip(source.shown_cells(), changed.shown_cells(), strict=True)
    return "".join(
        _diff(before, after, source.path, number) for (number, before), (_, after) in cells
    )


def _diff(before: str, after: str, path: str, cell: int | None) -> str:
    if before == after:
        return ""
    name = path if cell is None else f"{path}:cell {cell}"
    # The last line of a cell has no newline as a rule, that of a script has one.
    unended = "\n\\ No newline at end of file\n" if cell is None else "\n"
    lines = differences(_rows(before), _rows(after), name, name)
    return "".join(_ended(line, unended) for line in lines)


def _rows(text: str) -> list[str]:
    starts = [0, *(match.end() for match in ROW_BREAK.finditer(text))]
    rows = [text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]
    return rows if rows[-1] else rows[:-1]


def _ended(line: str, unended: str) -> str:
    """A line of a diff ends with a newline, whatever the line of the file ends with."""
    if line.endswith("\n"):
        return line
    if line.endswith("\r"):
        return f"{line[:-1]}\n"
    return line + unended
