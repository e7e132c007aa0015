"""The vocabulary: where things are, what is asked about them, and what would change.

Offsets are characters of ``Source.text`` (for a notebook: of its joined code cells), rows count
from one, columns from zero in code points. Reporters shift columns to what their readers expect.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from triptych_lint.source import Source


class Severity(str, Enum):
    """What a finding does to the exit code."""

    WARNING = "warning"
    """Gates: exit code 1."""
    NOTE = "note"
    """Shown; gates only under ``--strict``."""


class Safety(str, Enum):
    """What applying a fix can change."""

    SAFE = "safe"
    """Nothing that the run computes, beyond what the rule is about."""
    UNSAFE = "unsafe"
    """The numbers of the run, as seeding does; needs ``--unsafe-fixes``."""
    DISPLAY = "display"
    """Shown as a suggestion, never applied."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of characters in ``Source.text``."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A point for people: row from one, column from zero; in a notebook, within the cell."""

    row: int
    column: int


@dataclass(frozen=True, slots=True, order=True)
class Region:
    """A range in a file, resolved for people. ``cell`` counts all notebook cells from one."""

    filename: str
    start: Position
    end: Position
    cell: int | None = None


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace ``span`` of ``Source.text`` by ``text``; every other byte of the file survives."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """Edits to one file (the one of the diagnostic) that belong together."""

    safety: Safety
    message: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A line that shows why a question is asked."""

    region: Region
    message: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One question about one file.

    ``question`` is what the mentor asks; ``message`` states the same as a plain fact (CI, SARIF).
    """

    code: str
    name: str
    region: Region
    span: Span
    question: str
    message: str
    severity: Severity
    evidence: tuple[Evidence, ...] = ()
    fix: Fix | None = None
    url: str = ""
    skill: str | None = None

    @property
    def sort_key(self) -> tuple[Region, str, str]:
        return (self.region, self.code, self.question)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that kept a path from being linted, in one clear line.

    ``fatal`` problems are usage errors (exit code 2); ``gates`` ones mean that a file could not be
    read as Python (exit code 1); others only say what was skipped and why.
    """

    path: str
    message: str
    fatal: bool = False
    gates: bool = False

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


@dataclass(slots=True)
class FileReport:
    """What linting one file gave."""

    path: str
    source: Source | None = None
    diagnostics: list[Diagnostic] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    suppressed: list[Diagnostic] = field(default_factory=list)
