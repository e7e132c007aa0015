"""One run of ``diff``: settings, versions, questions, the report, and the exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from triptych_lint import catalog
from triptych_lint.atomic import write_atomically
from triptych_lint.configdiff import gather, notes
from triptych_lint.configdiff.compare import Changeset, Comparison, Declared, FileDiff
from triptych_lint.configdiff.gather import Gathered
from triptych_lint.configdiff.git import HEAD, GitError, Repository
from triptych_lint.configdiff.ladder import write_ladders
from triptych_lint.configdiff.matching import values
from triptych_lint.configdiff.options import variables
from triptych_lint.configdiff.places import two_places
from triptych_lint.configdiff.recording import record
from triptych_lint.configdiff.report import Compared, render
from triptych_lint.configdiff.yamlstrings import scripts_that_read_yaml
from triptych_lint.configfile import SettingsFinder
from triptych_lint.engine import diagnostic
from triptych_lint.model import Diagnostic, FileReport, Problem, Safety, Severity
from triptych_lint.paths import cause_of, displayed
from triptych_lint.report.look import Look
from triptych_lint.report.summary import summary
from triptych_lint.rule import Rule, all_rules
from triptych_lint.runner import internal_error
from triptych_lint.session import ASKED, BROKEN, CLEAN, Tally
from triptych_lint.settings import Settings

LR = "lr"
"""The variable that only training has."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be compared: two places, what git says changed, or commits one by one."""

    files: Sequence[str]
    staged: bool = False
    since: str = ""
    """Compare the commits since this one, each by itself."""
    until: str = HEAD
    output_format: str = ""
    """``markdown`` or ``github``, which only this command has; else that of the settings."""
    split: str = ""
    """A folder for the ladder of each joint change."""
    record: bool = False
    """Whether the changes are noted in ``state.md``."""
    fix: bool = False
    """Whether safe fixes are made in the working tree."""

    @property
    def is_of_two(self) -> bool:
        return len(self.files) == 2 and not self.staged and not self.since

    @property
    def base(self) -> str:
        return self.since or (self.files[0] if self.is_of_two else HEAD)


def run(request: Request, finder: SettingsFinder, colour: bool | None) -> int:
    """Compare and print; the exit code. Raises SettingsError."""
    settings = finder.at(".")
    comparison = Comparison(variables(settings), settings.strict)
    problems = list(finder.problems)
    compared: list[Compared] = []
    for gathered in _gathered(request, finder):
        changeset = _compared(gathered, comparison, named=request.is_of_two)
        if request.record:
            changeset = _recorded(changeset, gathered, comparison)
        if request.split:
            written, hindrances = write_ladders(changeset, comparison, request.split)
            gathered.problems += hindrances
            for path in written:
                click.echo(f"wrote {path}", err=True)
        reports = questions(changeset, finder)
        if request.fix:
            gathered.problems += _fixed(reports)
        compared.append(Compared(changeset, reports, gathered.commit))
        problems += gathered.problems
    for problem in problems:
        click.echo(str(problem), err=True)
    look = Look.of(sys.stdout, colour)
    reports = [report for found in compared for report in found.reports]
    asked = [diagnostic for report in reports for diagnostic in report.diagnostics]
    form = request.output_format or settings.output_format
    pieces = list(render(form, compared, request.base, look))
    if form in ("full", "concise"):
        if reports:
            pieces += summary(Tally(files=len(reports), asked=asked, problems=problems), look)
        elif not problems:
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
        asked = (file for file in changeset.files if _is_asked(rule, file.config.path, finder))
        open_files = (f for f in asked if not f.config.excuses(rule.code, rule.name))
        for question in rule.check(changeset.only(open_files)):
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
        files = [file for file in files if not file.config.is_code or _trains(file, comparison)]
    declared = _declared(gathered, comparison)
    return Changeset(
        tuple(files), declared, gathered.is_merge, comparison.variables, scripts_that_read_yaml
    )


def _fixed(reports: Sequence[FileReport]) -> Iterator[Problem]:
    """Make the safe fixes in files that are as they were read; their questions are settled."""
    for report in reports:
        fixable = [d for d in report.diagnostics if d.fix and d.fix.safety is Safety.SAFE]
        if not fixable or report.source is None:
            continue
        edits = [edit for d in fixable if d.fix for edit in d.fix.edits]
        try:
            path = Path(report.path)
            if path.read_bytes() != report.source.data:
                raise ValueError("not the version that was compared")
            write_atomically(path, report.source.apply(edits))
        except (OSError, ValueError) as error:
            cause = cause_of(error) if isinstance(error, OSError) else str(error)
            yield Problem(report.path, f"is not fixed ({cause})", fatal=True)
            continue
        click.echo(f"{report.path}: fixed {', '.join(d.code for d in fixable)}", err=True)
        report.diagnostics = [d for d in report.diagnostics if d not in fixable]


def _recorded(changeset: Changeset, gathered: Gathered, comparison: Comparison) -> Changeset:
    """The same changes, with what they test noted in ``state.md``."""
    try:
        path, bullets = record(changeset, _top())
    except OSError as error:
        message = f"cannot be written ({cause_of(error)})"
        name = displayed(error.filename or "state.md")
        gathered.problems.append(Problem(name, message, fatal=True))
        return changeset
    for bullet in bullets:
        click.echo(f"noted in {displayed(path)}: {bullet}", err=True)
    return replace(changeset, declared=_declared(gathered, comparison))


def _top() -> str:
    try:
        return Repository().top
    except GitError:
        return os.getcwd()


def _trains(file: FileDiff, comparison: Comparison) -> bool:
    """Whether code in which a variable moved is about training at all.

    A batch size and a temperature stand in many programs: without an import of a library that
    trains there has to be a learning rate.
    """
    if not any(run.moved for run in file.runs):
        return False
    if catalog.load().gate.search(file.config.source.text):
        return True
    paths = (path for root in file.config.tree.documents for path, _ in values(root))
    axes = (comparison.variables.key(path).axis for path in paths)
    return any(axis is not None and axis.name == LR for axis in axes)


def _declared(gathered: Gathered, comparison: Comparison) -> Declared:
    """What the notes in the working tree, or a commit's own words, say about the changes."""
    if gathered.commit is not None:
        word, _, reason = gathered.commit.experiment.partition(" ")
        return Declared(joint=reason.strip() if word.lower() == "joint" else "")
    committed, since = "", 0.0
    try:
        repository = Repository()
        since = float(repository.time() or 0)
        for place in notes.PLACES:
            committed += repository.text(HEAD, place)
    except GitError:
        pass
    found = notes.find(_top(), since, committed=committed)
    return Declared(
        found.path,
        lambda run: found.named(run, comparison.variables),
        found.formal,
        pending=found.has_state and gathered.base == HEAD,
    )


def _is_asked(rule: Rule, path: str, finder: SettingsFinder) -> bool:
    settings = finder.at(os.path.dirname(path) or ".")
    ignored: Any = settings.ignored_in(path)
    return settings.enabled(rule) and not rule.code.startswith(ignored)


def _gathered(request: Request, finder: SettingsFinder) -> list[Gathered]:
    def excluded(path: str) -> bool:
        return finder.at(os.path.dirname(path) or ".").excluded(path)

    if request.is_of_two:
        return [two_places(request.files[0], request.files[1], excluded)]
    if request.since:
        return gather.commits(request.since, request.until, request.files, excluded=excluded)
    return [gather.changed_files(request.files, staged=request.staged, excluded=excluded)]


def _exit_code(asked: Sequence[Diagnostic], problems: Sequence[Problem], settings: Settings) -> int:
    if any(problem.fatal for problem in problems):
        return BROKEN
    gating = [found for found in asked if settings.strict or found.severity is Severity.WARNING]
    return ASKED if gating else CLEAN
