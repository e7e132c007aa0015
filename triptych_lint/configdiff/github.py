"""Questions as annotations of a GitHub workflow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from triptych_lint.model import Diagnostic, Severity

if TYPE_CHECKING:
    from triptych_lint.configdiff.report import Compared

_MESSAGE = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


def render(compared: Compared) -> Iterator[str]:
    """One workflow command per question."""
    for report in compared.reports:
        for asked in report.diagnostics:
            yield _command(asked)


def _command(asked: Diagnostic) -> str:
    level = "warning" if asked.severity is Severity.WARNING else "notice"
    start, end = asked.region.start, asked.region.end
    properties = {
        "file": asked.region.filename,
        "line": start.row,
        "endLine": end.row,
        "title": f"{asked.code} {asked.name}",
    }
    if end.row == start.row:
        properties |= {"col": start.column + 1, "endColumn": end.column + 1}
    listed = ",".join(f"{name}={str(v).translate(_PROPERTY)}" for name, v in properties.items())
    return f"::{level} {listed}::{asked.question.translate(_MESSAGE)}\n"
