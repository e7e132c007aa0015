"""What people and programs get to read: one small module per output format."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib import import_module

from triptych_lint.model import FileReport
from triptych_lint.report.look import Look


def render(output_format: str, reports: Iterable[FileReport], look: Look) -> Iterator[str]:
    """The reports in ``full``, ``concise`` or ``json`` form, piece by piece."""
    module = import_module(f"triptych_lint.report.{output_format}")
    pieces: Iterator[str] = module.render(reports, look)
    return pieces
