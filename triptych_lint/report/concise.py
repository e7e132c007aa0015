"""One line per question, for editors and for grep."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from triptych_lint.model import FileReport, Region
from triptych_lint.report.look import Look


def render(reports: Iterable[FileReport], look: Look) -> Iterator[str]:
    """``path:line:col: CODE question`` for each question; columns count from one."""
    for report in reports:
        for diagnostic in report.diagnostics:
            question = " ".join(diagnostic.question.split())
            colour = look.severity_colour(diagnostic.severity)
            code = look.paint(diagnostic.code, colour, bold=True)
            yield f"{look.paint(where(diagnostic.region), bold=True)}: {code} {question}\n"


def where(region: Region) -> str:
    """``path:line:col``, or ``path:cell 3:line:col`` in a notebook."""
    cell = "" if region.cell is None else f"cell {region.cell}:"
    return f"{region.filename}:{cell}{region.start.row}:{region.start.column + 1}"
