"""What a comparison gives to read: tables and questions for people, JSON for programs."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from triptych_lint.configdiff.changes import Change, Kind
from triptych_lint.configdiff.compare import Changeset, FileDiff, Run
from triptych_lint.configdiff.git import Commit
from triptych_lint.configdiff.meaning import Meaning
from triptych_lint.configdiff.pairs import shown_path
from triptych_lint.configdiff.references import Reading
from triptych_lint.configdiff.ties import Moved
from triptych_lint.model import FileReport
from triptych_lint.report import render as render_questions
from triptych_lint.report.json import record
from triptych_lint.report.look import Look


@dataclass(frozen=True, slots=True)
class Compared:
    """A set of changes and what is asked about it, one report per file, in order."""

    changeset: Changeset
    reports: list[FileReport]
    commit: Commit | None = None


def render(
    output_format: str, compared: Sequence[Compared], base: str, look: Look
) -> Iterator[str]:
    """The comparisons in ``full``, ``concise``, ``json``, ``markdown`` or ``github`` form."""
    if output_format == "json":
        yield _json(compared, base)
        return
    for found in compared:
        if output_format in ("markdown", "github"):
            module = import_module(f"triptych_lint.configdiff.{output_format}")
            yield from module.render(found)
        else:
            yield from _text(output_format, found, look)


def _text(output_format: str, compared: Compared, look: Look) -> Iterator[str]:
    files = compared.changeset.files
    if compared.commit and any(file.runs for file in files):
        yield look.paint(f"commit {compared.commit}\n", "yellow")
    for file, report in zip(files, compared.reports, strict=True):
        if output_format == "full" and file.runs:
            from triptych_lint.configdiff.table import table

            yield table(file, look)
        yield from render_questions(output_format, [report], look)


def _json(compared: Iterable[Compared], base: str) -> str:
    changes: list[dict[str, Any]] = []
    diagnostics: list[dict[str, Any]] = []
    for found in compared:
        commit = {"commit": found.commit.name} if found.commit else {}
        for file, run in found.changeset.runs():
            changes += (change | commit for change in _changes(file, run))
        for report in found.reports:
            diagnostics += (record(d, report.source) | commit for d in report.diagnostics)
    document = {"changes": changes, "base": base, "diagnostics": diagnostics}
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
