"""Applying fixes: in rounds, each checked, and written so that nothing can be lost."""

from __future__ import annotations

import contextlib
import difflib
import os
import stat
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from triptych_lint.model import Diagnostic, Edit, FileReport, Problem, Safety
from triptych_lint.source import Source

MAX_ROUNDS = 10
Lint = Callable[[Source], FileReport]


@dataclass(slots=True)
class FixPlan:
    """The fixes of one round, and the edits that they add up to."""

    diagnostics: list[Diagnostic] = field(default_factory=list)
    edits: list[Edit] = field(default_factory=list)


@dataclass(slots=True)
class FixResult:
    """What fixing a file gave: its bytes, what was fixed, and what is left."""

    data: bytes
    source: Source
    fixed: list[Diagnostic]
    report: FileReport
    problems: list[Problem]


def plan(report: FileReport, *, unsafe: bool, skip: frozenset[str] = frozenset()) -> FixPlan:
    """The applicable fixes of a file, in order; what overlaps another waits for the next round.

    ``skip`` holds the keys (see :func:`key_of`) of findings whose fix has failed.
    """
    chosen = FixPlan()
    for diagnostic in sorted(report.diagnostics, key=lambda d: d.sort_key):
        fix = diagnostic.fix
        if fix is None or fix.safety is Safety.DISPLAY or key_of(diagnostic) in skip:
            continue
        if fix.safety is Safety.UNSAFE and not unsafe:
            continue
        new = [edit for edit in fix.edits if edit not in chosen.edits]
        if not any(_touch(edit, other) for edit in new for other in chosen.edits):
            chosen.diagnostics.append(diagnostic)
            chosen.edits.extend(new)
    return chosen


def key_of(diagnostic: Diagnostic) -> str:
    """What stays the same about a finding when lines above it move."""
    return f"{diagnostic.code}:{diagnostic.message.split(' on line ')[0]}"


def _touch(edit: Edit, other: Edit) -> bool:
    return edit.span.start <= other.span.end and other.span.start <= edit.span.end


def fix_source(
    source: Source, lint: Lint, *, unsafe: bool, max_rounds: int = MAX_ROUNDS
) -> FixResult:
    """Fix what can be fixed, linting again after each round.

    A fix after which the text does not compile, or its finding is still there, is taken back and
    reported as a problem.
    """
    report = lint(source)
    fixed: list[Diagnostic] = []
    problems: list[Problem] = []
    failed: set[str] = set()
    for _ in range(max_rounds):
        chosen = plan(report, unsafe=unsafe, skip=frozenset(failed))
        if not chosen.diagnostics:
            break
        outcome = _round(source, lint, chosen.diagnostics)
        if outcome is None and len(chosen.diagnostics) > 1:
            # One of them fails: from here on, one at a time.
            chosen.diagnostics = chosen.diagnostics[:1]
            outcome = _round(source, lint, chosen.diagnostics)
        if outcome is None:
            first = chosen.diagnostics[0]
            failed.add(key_of(first))
            message = f"the fix of {first.code} on line {first.region.start.row} was taken back"
            problems.append(Problem(source.path, message))
            continue
        source, report = outcome
        fixed.extend(chosen.diagnostics)
    data = source.apply([])
    return FixResult(data, source, fixed, report, problems)


def _round(
    source: Source, lint: Lint, diagnostics: Sequence[Diagnostic]
) -> tuple[Source, FileReport] | None:
    """The source and its findings after the fixes; None if one of them did not work."""
    edits: list[Edit] = []
    for diagnostic in diagnostics:
        assert diagnostic.fix is not None
        edits.extend(edit for edit in diagnostic.fix.edits if edit not in edits)
    try:
        changed = Source.from_bytes(source.apply(edits), source.path)
        compile(changed.text, source.path, "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return None
    report = lint(changed)
    left = [key_of(diagnostic) for diagnostic in report.diagnostics]
    before = [key_of(diagnostic) for diagnostic in diagnostics]
    return None if set(before) & set(left) else (changed, report)


# Writing


def write_atomically(path: Path, data: bytes) -> None:
    """Replace the content of ``path`` at once, keeping its mode; a link stays a link.

    Raises:
        OSError: if the file or its folder cannot be written; the file is as it was then.
    """
    target = path.resolve()
    mode = target.stat().st_mode
    if not os.access(target, os.W_OK) or not mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH):
        raise PermissionError(f"{path} is read-only")
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, stat.S_IMODE(mode))
        os.replace(name, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise


def unified_diff(source: Source, new: bytes) -> str:
    """The change as a patch; for a notebook over its code cells, joined."""
    after = Source.from_bytes(new, source.path).text
    lines = difflib.unified_diff(
        _lines(source.text), _lines(after), f"a/{source.path}", f"b/{source.path}"
    )
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    )


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)
