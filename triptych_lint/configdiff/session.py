"""One run of ``diff``: settings, versions, questions, the report, and the exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import click

from triptych_lint.configdiff import gather
from triptych_lint.configdiff.compare import Changeset, Comparison
from triptych_lint.configdiff.gather import Gathered
from triptych_lint.configdiff.options import variables
from triptych_lint.configdiff.report import render
from triptych_lint.configfile import SettingsFinder
from triptych_lint.engine import diagnostic
from triptych_lint.model import Diagnostic, FileReport, Problem, Severity
from triptych_lint.report.look import Look
from triptych_lint.report.summary import summary
from triptych_lint.rule import Rule, all_rules
from triptych_lint.runner import internal_error
from triptych_lint.session import ASKED, BROKEN, CLEAN, Tally
from triptych_lint.settings import Settings


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be compared: two files, or what git says changed."""

    files: Sequence[str]
    staged: bool = False

    @property
    def is_of_two(self) -> bool:
        return len(self.files) == 2 and not self.staged

    @property
    def base(self) -> str:
        return self.files[0] if self.is_of_two else gather.HEAD


def run(request: Request, finder: SettingsFinder, colour: bool | None) -> int:
    """Compare and print; the exit code. Raises SettingsError."""
    settings = finder.at(".")
    comparison = Comparison(variables(settings), settings.strict)
    gathered = _gathered(request, finder)
    changeset = _compared(gathered, comparison, named=request.is_of_two)
    reports = questions(changeset, finder)
    problems = [*finder.problems, *gathered.problems]
    for problem in problems:
        click.echo(str(problem), err=True)
    look = Look.of(sys.stdout, colour)
    asked = [diagnostic for report in reports for diagnostic in report.diagnostics]
    pieces = list(render(settings.output_format, changeset, reports, request.base, look))
    if settings.output_format != "json" and reports:
        pieces += summary(Tally(files=len(reports), asked=asked, problems=problems), look)
    elif settings.output_format != "json" and not problems:
        pieces.append(f"No config differs from {request.base}.\n")
    click.echo("".join(pieces), nl=False, color=look.colour)
    return _exit_code(asked, problems, settings)


def questions(changeset: Changeset, finder: SettingsFinder) -> list[FileReport]:
    """What the rules about configs ask, one report per file of the changeset, in its order."""
    reports = {
        file.config.path: FileReport(file.config.path, file.config.source)
        for file in changeset.files
    }
    for rule in all_rules().values():
        if rule.subject != "configdiff":
            continue
        asked = tuple(file for file in changeset.files if _is_asked(rule, file.config.path, finder))
        open_files = tuple(f for f in asked if not f.config.excuses(rule.code, rule.name))
        for question in rule.check(Changeset(open_files)):
            found: Diagnostic = diagnostic(rule, question)
            reports[found.region.filename].diagnostics.append(found)
    for report in reports.values():
        report.diagnostics.sort(key=lambda found: found.sort_key)
    return [reports[file.config.path] for file in changeset.files]


def _compared(gathered: Gathered, comparison: Comparison, *, named: bool) -> Changeset:
    """Compare what was gathered; a mistake of ours in one file leaves the others alone."""
    files = []
    for found in gathered.versions:
        try:
            files.append(comparison.of(found.old, found.new, found.base))
        except Exception as error:
            problem = Problem(found.new.path, internal_error(error), fatal=True)
            gathered.problems.append(problem)
    if not named:  # of code that changed, only what sets variables is about the experiment
        files = [f for f in files if not f.config.is_code or any(r.moved for r in f.runs)]
    return Changeset(tuple(files))


def _is_asked(rule: Rule, path: str, finder: SettingsFinder) -> bool:
    settings = finder.at(os.path.dirname(path) or ".")
    ignored: Any = settings.ignored_in(path)
    return settings.enabled(rule) and not rule.code.startswith(ignored)


def _gathered(request: Request, finder: SettingsFinder) -> Gathered:
    if request.is_of_two:
        return gather.two_files(request.files[0], request.files[1])
    return gather.changed_files(
        request.files,
        staged=request.staged,
        excluded=lambda path: finder.at(os.path.dirname(path) or ".").excluded(path),
    )


def _exit_code(asked: Sequence[Diagnostic], problems: Sequence[Problem], settings: Settings) -> int:
    if any(problem.fatal for problem in problems):
        return BROKEN
    gating = [found for found in asked if settings.strict or found.severity is Severity.WARNING]
    return ASKED if gating else CLEAN
