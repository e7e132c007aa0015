"""What a comparison gives to read: tables and questions for people, JSON for programs."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator
from typing import Any

from triptych_lint.configdiff.changes import Change, Kind
from triptych_lint.configdiff.compare import Changeset, FileDiff, Run
from triptych_lint.configdiff.meaning import Meaning
from triptych_lint.configdiff.pairs import shown_path
from triptych_lint.configdiff.references import Reading
from triptych_lint.configdiff.ties import Moved
from triptych_lint.model import FileReport
from triptych_lint.report import render as render_questions
from triptych_lint.report.json import record
from triptych_lint.report.look import Look


def render(
    output_format: str, changeset: Changeset, reports: list[FileReport], base: str, look: Look
) -> Iterator[str]:
    """The comparison in ``full``, ``concise`` or ``json`` form; one report per file, in order."""
    if output_format == "json":
        yield _json(changeset, reports, base)
        return
    for file, report in zip(changeset.files, reports, strict=True):
        if output_format == "full" and file.runs:
            from triptych_lint.configdiff.table import table

            yield table(file, look)
        yield from render_questions(output_format, [report], look)


def _json(changeset: Changeset, reports: Iterable[FileReport], base: str) -> str:
    document = {
        "changes": [record for file, run in changeset.runs() for record in _changes(file, run)],
        "base": base,
        "diagnostics": [
            record(diagnostic, report.source)
            for report in reports
            for diagnostic in report.diagnostics
        ],
    }
    return json.dumps(document, indent=2) + "\n"


def _changes(file: FileDiff, run: Run) -> Iterator[dict[str, Any]]:
    groups = {id(change): moved for moved in run.moved for change in moved.changes}
    for change in run.changes:
        yield _change(change, file, run, groups.get(id(change)))


def _change(change: Change, file: FileDiff, run: Run, group: Moved | None) -> dict[str, Any]:
    """A change as a JSON object; ``group`` is the variable that it is a part of."""
    axis = change.key.axis
    location = None
    if change.new is not None:
        start = file.config.source.position(change.new.span.start)[1]
        location = {"row": start.row, "column": start.column + 1}
    return {
        "axis": axis.name if axis else None,
        "counted": group is not None and group in run.variables,
        "key": shown_path(change.path),
        "old": _value(change.old),
        "new": _value(change.new),
        "filename": file.config.path,
        "location": location,
        "tied_to": group.tie.leader.name if group and group.tie else None,
        "unresolved": change.kind is Kind.UNRESOLVED,
    }


def _value(reading: Reading | None) -> Any:
    return None if reading is None else _plain(reading.value)


def _plain(value: Meaning) -> Any:
    """A value that JSON has; infinities and the like become text."""
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value
