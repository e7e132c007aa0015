"""The table of what changed: group, key, old, new, and what it is tied to."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from triptych_lint.configdiff.changes import Change, Kind
from triptych_lint.configdiff.compare import FileDiff, Run
from triptych_lint.configdiff.pairs import shown_path
from triptych_lint.configdiff.wording import short
from triptych_lint.report.excerpt import INDENT
from triptych_lint.report.look import Look

MOST_LISTED = 8


def table(file: FileDiff, look: Look) -> str:
    """The changes of one file, plain where ``look`` has no colours."""
    stream = io.StringIO()
    console = Console(
        file=stream,
        width=look.width,
        force_terminal=look.colour,
        color_system="standard" if look.colour else None,
        no_color=not look.colour,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
    )
    console.print(Text.assemble((file.config.path, "bold"), f", compared with {file.base}"))
    for run in file.runs:
        if run.section:
            console.print(Text(f"{INDENT}{run.section}", style="bold"))
        found = list(rows(run))
        if found:
            console.print(Padding(_grid(found), (0, 0, 0, len(INDENT))))
        for line in uncounted(run):
            console.print(Padding(Text(line, style="dim"), (0, 0, 0, len(INDENT))))
    lines = [line.rstrip() for line in stream.getvalue().splitlines()]
    return "\n".join([*lines, "", ""])


Row = tuple[str, str, str, str, str, bool]
"""Group, key, old, new, what it is tied to, and whether it counts."""


def _grid(found: Sequence[Row]) -> Table:
    grid = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="dim")
    titles = ["group", "key", "old", "new"]
    if any(row[4] for row in found):
        titles.append("tied to")
    for title in titles:
        grid.add_column(title, overflow="fold")
    for *cells, counts in found:
        style = "" if counts else "dim"
        texts = [Text(str(cell), style=style) for cell in cells[: len(titles)]]
        if counts:
            texts[2].stylize("red")
            texts[3].stylize("green")
        grid.add_row(*texts)
    return grid


def rows(run: Run) -> Iterator[Row]:
    """A row for each change of a variable."""
    for moved in run.moved:
        tie = f"{moved.tie.leader.name}: {moved.tie.reason}" if moved.tie else ""
        counts = moved in run.variables
        aside = tie if tie or counts else "not counted"
        for change in moved.changes:
            yield (*_cells(run, change), aside, counts)
    for change in run.changes:
        if change.kind is Kind.UNRESOLVED and change.key.axis:
            yield (*_cells(run, change), "unresolved: not counted", False)


def _cells(run: Run, change: Change) -> tuple[str, str, str, str]:
    assert change.key.axis is not None
    old, new = change.values
    group = change.key.axis.name.replace("_", " ")
    return group, _path(run, change), short(old.shown), short(new.shown)


def uncounted(run: Run) -> Iterator[str]:
    """The changes that are no variables, or have one value only, on a line each."""
    others = [
        _path(run, change)
        for change in run.changes
        if change.kind in (Kind.CHANGED, Kind.UNRESOLVED) and change.key.axis is None
    ]
    yield from _line("also changed, not counted", others)
    for title, kind in (("added", Kind.ADDED), ("removed", Kind.REMOVED)):
        yield from _line(title, [_with_value(run, c) for c in run.changes if c.kind is kind])


def _with_value(run: Run, change: Change) -> str:
    reading = change.new or change.old
    return _path(run, change) + (f" = {short(reading.shown)}" if reading else "")


def _path(run: Run, change: Change) -> str:
    """The path of a key within its run."""
    return shown_path(change.path[len(run.path) :]) or shown_path(change.path)


def _line(title: str, names: Sequence[str]) -> Iterator[str]:
    if names:
        more = len(names) - MOST_LISTED
        yield f"{title}: {', '.join(names[:MOST_LISTED])}" + (
            f", and {more} more" if more > 0 else ""
        )
