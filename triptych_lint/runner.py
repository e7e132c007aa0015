"""Linting many files: in order, on all cores when it takes long, and surviving any one of them."""

from __future__ import annotations

import gc
import os
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from triptych_lint.discover import Target
from triptych_lint.model import Diagnostic, FileReport, Problem
from triptych_lint.paths import cause_of
from triptych_lint.settings import Settings

if TYPE_CHECKING:
    from triptych_lint.project import Project
    from triptych_lint.source import Source

PATIENCE = 0.1
"""Seconds for which files are linted right here before it is worth starting other processes."""
MANY = 60
"""More files than these go to the processes at once."""


class Mode(Enum):
    """What is done with the fixes that are offered."""

    LINT = "lint"
    FIX = "fix"
    DIFF = "diff"


@dataclass(slots=True)
class Outcome:
    """What became of one file: what remains to be asked, and what was (or would be) fixed.

    ``data`` is the fixed text of what came as bytes, ``diff`` what changes under ``Mode.DIFF``.
    """

    report: FileReport
    fixed: list[Diagnostic] = field(default_factory=list)
    data: bytes | None = None
    diff: str = ""


def lint_files(
    targets: Sequence[Target],
    *,
    mode: Mode = Mode.LINT,
    jobs: int | None = None,
    progress: Callable[[], None] | None = None,
) -> Iterator[Outcome]:
    """Lint each target; outcomes come in the order of ``targets``.

    ``jobs`` limits the processes (default: one per core); ``progress`` is called once per file.
    Whatever goes wrong inside one file becomes a Problem of its report.
    """
    # Trees are built and dropped by the thousand nodes; looking for cycles that often is a waste.
    gc.set_threshold(200_000, 20, 20)
    jobs = jobs or available_cores()
    started = time.monotonic()
    for index, target in enumerate(targets):
        waited = time.monotonic() - started > PATIENCE or len(targets) > MANY
        if jobs > 1 and index and waited:
            from triptych_lint.workers import lint_in_processes

            rest = lint_in_processes(targets[index:], mode, min(jobs, len(targets) - index))
            break
        yield lint_target(target, mode)
        if progress:
            progress()
    else:
        return
    for outcome in rest:
        yield outcome
        if progress:
            progress()


def available_cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def lint_target(target: Target, mode: Mode) -> Outcome:
    """Read, lint and (with ``Mode.FIX``) rewrite one file. Never raises an Exception."""

    def lint() -> Outcome:
        from triptych_lint.source import Source

        source = Source.read(target.path, target.display)
        return _lint(source, target.settings, mode, target.path)

    return _guarded(target.display, lint)


def lint_bytes(data: bytes, path: str, settings: Settings, mode: Mode) -> Outcome:
    """Lint a file that was read already; fixes are only returned. Never raises an Exception."""

    def lint() -> Outcome:
        from triptych_lint.source import Source

        return _lint(Source.from_bytes(data, path), settings, mode, None)

    return _guarded(path, lint)


def _guarded(path: str, lint: Callable[[], Outcome]) -> Outcome:
    from triptych_lint.source import UnreadableSource

    try:
        return lint()
    except UnreadableSource as error:
        return failed(path, str(error), gates=True)
    except FileNotFoundError:
        return failed(path, "vanished before it could be read")
    except OSError as error:
        return failed(path, f"cannot be read ({cause_of(error)})", gates=True)
    except Exception as error:
        return failed(path, internal_error(error), fatal=True)


def _lint(source: Source, settings: Settings, mode: Mode, path: Path | None) -> Outcome:
    from triptych_lint.engine import lint_source

    if mode is Mode.LINT:
        project = None if path is None else _project()
        return Outcome(_light(lint_source(source, settings, project)))
    return _fix(source, settings, mode, path)


@cache
def _project() -> Project:
    """What the files of this run import, read once for all of them."""
    from triptych_lint.project import Project

    return Project()


def _fix(source: Source, settings: Settings, mode: Mode, path: Path | None) -> Outcome:
    from triptych_lint.engine import lint_source
    from triptych_lint.fixer import fix_source, unified_diff, write_atomically

    def lint(text: Source) -> FileReport:
        return lint_source(text, settings)

    result = fix_source(source, lint, unsafe=settings.unsafe_fixes)
    result.report.problems += result.problems
    outcome = Outcome(_light(result.report), result.fixed)
    if not result.fixed:
        return outcome
    if mode is Mode.DIFF:
        outcome.diff = unified_diff(source, result.data)
    elif path is None:
        outcome.data = result.data
    else:
        try:
            write_atomically(path, result.data)
        except OSError as error:
            outcome = Outcome(_light(lint(source)))
            problem = Problem(source.path, f"cannot be rewritten ({cause_of(error)})", fatal=True)
            outcome.report.problems.append(problem)
    return outcome


def _light(report: FileReport) -> FileReport:
    """The report without the text of a file about which nothing is asked."""
    if not report.diagnostics:
        report.source = None
    return report


def failed(path: str, cause: str, *, fatal: bool = False, gates: bool = False) -> Outcome:
    """The outcome of a file that could not be linted."""
    return Outcome(FileReport(path, problems=[Problem(path, cause, fatal, gates)]))


def internal_error(error: Exception) -> str:
    """A mistake of ours in one line: what was raised, and where."""
    message = " ".join(str(error).split()) or "no message"
    where = traceback.extract_tb(error.__traceback__)[-1:]
    place = "".join(f" ({Path(frame.filename).name}:{frame.lineno})" for frame in where)
    return f"internal error: {type(error).__name__}: {message}{place}"
