"""Applying fixes: in rounds, each of them checked before the next one builds on it.

A fix is kept only if the result still compiles and its own question is no longer asked. Whatever
does not work out is taken back and reported; nothing is raised.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from triptych_lint.atomic import write_atomically
from triptych_lint.diff import unified_diff
from triptych_lint.model import Diagnostic, Edit, FileReport, Problem, Safety, Span
from triptych_lint.source import Source, UnreadableSource

__all__ = ["FixPlan", "FixResult", "fix_source", "plan", "unified_diff", "write_atomically"]

MAX_ROUNDS = 10
Lint = Callable[[Source], FileReport]
Finding = tuple[str, int]
"""A code and an offset: what a finding is recognised by while the text stays the same."""


@dataclass(frozen=True, slots=True)
class FixPlan:
    """The findings that one round fixes, and all edits of their fixes."""

    diagnostics: tuple[Diagnostic, ...]
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class FixResult:
    """What fixing a file gave: its new bytes, what was fixed, and the findings that remain."""

    data: bytes
    fixed: list[Diagnostic]
    report: FileReport
    problems: list[Problem]


def plan(report: FileReport, *, unsafe: bool, refused: Collection[Finding] = ()) -> FixPlan:
    """The fixes of a file that can be applied together, by place.

    An edit that two fixes share (the same import, say) is made once. A fix that otherwise overlaps
    or touches one before it waits for the next round.
    """
    candidates = [
        diagnostic
        for diagnostic in report.diagnostics
        if _applies(diagnostic, unsafe) and _finding(diagnostic) not in refused
    ]
    chosen: list[Diagnostic] = []
    edits: list[Edit] = []
    for diagnostic in sorted(candidates, key=_place):
        own = _edits(diagnostic)
        new = [edit for edit in own if edit not in edits]
        if not any(_touch(edit.span, other.span) for edit in new for other in edits):
            chosen.append(diagnostic)
            edits += new
    return FixPlan(tuple(chosen), tuple(edits))


def fix_source(
    source: Source, lint: Lint, *, unsafe: bool, max_rounds: int = MAX_ROUNDS
) -> FixResult:
    """Fix what can be fixed, linting again after each round until nothing more applies."""
    report = lint(source)
    fixed: list[Diagnostic] = []
    problems: list[Problem] = []
    refused: set[Finding] = set()
    for _ in range(max_rounds):
        chosen = plan(report, unsafe=unsafe, refused=refused)
        if not chosen.diagnostics:
            break
        done = _round(source, report, chosen.diagnostics, lint)
        problems += done.problems
        refused.update(_finding(diagnostic) for diagnostic in done.refused)
        if done.fixed:
            refused = {(code, _moved(at, done.edits).end) for code, at in refused}
            source, report = done.source, done.report
            fixed += done.fixed
    else:
        if left := plan(report, unsafe=unsafe, refused=refused).diagnostics:
            again = f"{len(left)} left to fix after {max_rounds} rounds: run it once more"
            problems.append(Problem(source.path, again))
    # What was tried and taken back is no offer any more.
    report.diagnostics = [
        replace(found, fix=None) if _finding(found) in refused else found
        for found in report.diagnostics
    ]
    return FixResult(source.data, fixed, report, problems)


@dataclass(slots=True)
class _Round:
    """What one round came to; ``source`` and ``report`` are those after it."""

    source: Source
    report: FileReport
    fixed: Sequence[Diagnostic]
    edits: Sequence[Edit]
    refused: list[Diagnostic]
    problems: list[Problem]


class _Failed(Exception):
    """Some fixes of a round cannot stay: those named, or (if none is) nobody knows which."""

    def __init__(self, cause: str, culprits: Sequence[Diagnostic] = ()) -> None:
        super().__init__(cause)
        self.culprits = culprits


def _round(source: Source, report: FileReport, chosen: Sequence[Diagnostic], lint: Lint) -> _Round:
    """Apply as many of the chosen fixes as hold."""
    done = _Round(source, report, (), (), [], [])
    while chosen:
        try:
            done.source, done.report, done.edits = _attempt(source, report, chosen, lint)
            done.fixed = chosen
            return done
        except _Failed as failure:
            culprits = failure.culprits or _failing_alone(source, chosen)
            if len(chosen) == 1:
                culprits = chosen
            for diagnostic in culprits:
                done.refused.append(diagnostic)
                done.problems.append(_taken_back(source, diagnostic, str(failure)))
            # Fixes that fail only in company are tried one at a time.
            chosen = [d for d in chosen if d not in culprits] if culprits else chosen[:1]
    return done


def _attempt(
    source: Source, report: FileReport, chosen: Sequence[Diagnostic], lint: Lint
) -> tuple[Source, FileReport, list[Edit]]:
    """The source after some fixes, its report, and the edits as made; raises _Failed."""
    changed, edits = _changed(source, chosen)
    after = lint(changed)
    if len(after.problems) > len(report.problems):
        raise _Failed(after.problems[-1].message)
    if still := [d for d in chosen if not _is_gone(d, chosen, report, after, edits)]:
        raise _Failed("the question would still be asked", still)
    return changed, after, edits


def _changed(source: Source, chosen: Iterable[Diagnostic]) -> tuple[Source, list[Edit]]:
    """The source after some fixes, and their edits as made; raises _Failed."""
    wanted = dict.fromkeys(edit for diagnostic in chosen for edit in _edits(diagnostic))
    try:
        edits = source.settle(list(wanted))
        changed = Source.from_bytes(source.apply(list(wanted)), source.path)
    except (ValueError, UnreadableSource) as error:
        raise _Failed(str(error)) from None
    for old, new in zip(source.programs(), changed.programs(), strict=True):
        # What this Python could not compile before (a newer syntax, say) is left to the linter.
        if old != new and not _compiles(new) and _compiles(old):
            raise _Failed("the result would not be valid Python")
    return changed, edits


def _failing_alone(source: Source, chosen: Iterable[Diagnostic]) -> list[Diagnostic]:
    failing = []
    for diagnostic in chosen:
        try:
            _changed(source, [diagnostic])
        except _Failed:
            failing.append(diagnostic)
    return failing


def _is_gone(
    diagnostic: Diagnostic,
    chosen: Sequence[Diagnostic],
    before: FileReport,
    after: FileReport,
    edits: Sequence[Edit],
) -> bool:
    """Whether a rule asks less at a place than it did, by as many questions as were fixed there."""
    place = _moved(diagnostic.span.start, edits)
    left = [
        d
        for d in after.diagnostics
        if d.code == diagnostic.code and place.start <= d.span.start <= place.end
    ]
    had = [d for d in before.diagnostics if _finding(d) == _finding(diagnostic)]
    fixed = [d for d in chosen if _finding(d) == _finding(diagnostic)]
    return len(left) <= len(had) - len(fixed)


def _moved(offset: int, edits: Sequence[Edit]) -> Span:
    """Where a character is after ordered edits: a range, where they put text right there."""
    shift = 0
    inserted = 0
    for edit in edits:
        start, end, grown = edit.span.start, edit.span.end, len(edit.text)
        if end < offset or (end == offset and start < end):
            shift += grown - (end - start)
        elif start == end == offset:
            inserted += grown
        elif start <= offset:
            return Span(start + shift, start + shift + inserted + max(grown - 1, 0))
    return Span(offset + shift, offset + shift + inserted)


def _compiles(program: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(program, "<fixed>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _taken_back(source: Source, diagnostic: Diagnostic, cause: str) -> Problem:
    region = diagnostic.region
    place = (
        f"line {region.start.row}"
        if region.cell is None
        else (f"cell {region.cell}, line {region.start.row}")
    )
    return Problem(source.path, f"{place}: the fix for {diagnostic.code} was taken back: {cause}")


def _applies(diagnostic: Diagnostic, unsafe: bool) -> bool:
    fix = diagnostic.fix
    if fix is None or not fix.edits:
        return False
    return fix.safety is Safety.SAFE or (unsafe and fix.safety is Safety.UNSAFE)


def _finding(diagnostic: Diagnostic) -> Finding:
    return (diagnostic.code, diagnostic.span.start)


def _edits(diagnostic: Diagnostic) -> tuple[Edit, ...]:
    return diagnostic.fix.edits if diagnostic.fix else ()


def _place(diagnostic: Diagnostic) -> tuple[Span, str, str]:
    return (diagnostic.span, diagnostic.code, diagnostic.question)


def _touch(one: Span, other: Span) -> bool:
    return one.start <= other.end and other.start <= one.end
