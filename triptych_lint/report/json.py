"""Questions as a JSON array, for programs. Rows and columns count from one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from triptych_lint.model import Diagnostic, Edit, Evidence, FileReport, Fix, Position
from triptych_lint.paths import displayed
from triptych_lint.report.look import Look
from triptych_lint.source import Source


def render(reports: Iterable[FileReport], look: Look) -> Iterator[str]:
    """One array over all files; ``[]`` if nothing is asked."""
    records = [
        record(diagnostic, report.source) for report in reports for diagnostic in report.diagnostics
    ]
    yield json.dumps(records, indent=2) + "\n"


def record(diagnostic: Diagnostic, source: Source | None) -> dict[str, Any]:
    """A diagnostic as a JSON object; ``source`` is the text that the edits of its fix lie in."""
    region = diagnostic.region
    return {
        "code": diagnostic.code,
        "name": diagnostic.name,
        "message": diagnostic.message,
        "question": diagnostic.question,
        "severity": diagnostic.severity.value,
        "filename": region.filename,
        "cell": region.cell,
        "location": _point(region.start),
        "end_location": _point(region.end),
        "evidence": [_evidence(evidence) for evidence in diagnostic.evidence],
        "fix": _fix(diagnostic.fix, source) if diagnostic.fix and source else None,
        "url": diagnostic.url,
        "skill": diagnostic.skill,
    }


def _point(position: Position) -> dict[str, int]:
    return {"row": position.row, "column": position.column + 1}


def _evidence(evidence: Evidence) -> dict[str, Any]:
    region = evidence.region
    return {
        "filename": displayed(region.filename),
        **_cell(region.cell),
        "location": _point(region.start),
        "end_location": _point(region.end),
        "message": evidence.message,
    }


def _fix(fix: Fix, source: Source) -> dict[str, Any]:
    return {
        "safety": fix.safety.value,
        "message": fix.message,
        "edits": [_edit(edit, source) for edit in fix.edits],
    }


def _edit(edit: Edit, source: Source) -> dict[str, Any]:
    region = source.region(edit.span)
    return {
        **_cell(region.cell),
        "location": _point(region.start),
        "end_location": _point(region.end),
        "content": edit.text,
    }


def _cell(cell: int | None) -> dict[str, int]:
    """The cell of a place in a notebook; rows of other files need none."""
    return {} if cell is None else {"cell": cell}
